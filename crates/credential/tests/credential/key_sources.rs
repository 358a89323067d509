//! Whose key is it? DID documents, issuer metadata, certificates.

use credential::sd_jwt::Issuance;
use credential::{
    Format, IssuerKey, IssuerKeyError, KeyReference, KeySource, PeerFault, UnverifiedCredential,
    VerificationError,
};
use did::{Did, DidDocument};
use jiff::SignedDuration;
use keys::{Algorithm, PublicKey, SigningKey, base64url};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyIdMethod, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SignatureAlgorithm, date_time_ymd,
};
use serde_json::{Value, json};

use crate::parties::*;

/// An SD-JWT VC by `iss` under this header reference.
fn issue(iss: Option<&str>, reference: &KeyReference, key: &SigningKey) -> UnverifiedCredential {
    let mut claims = object(json!({"vct": "https://issuer.example/identity"}));
    if let Some(iss) = iss {
        claims.insert("iss".to_owned(), iss.into());
    }
    let text = Issuance {
        claims,
        disclosable: &[],
        pad_digests_to: 0,
        holder: None,
        key_reference: reference,
    }
    .sign(key, &mut rng())
    .unwrap();
    UnverifiedCredential::parse(Format::SdJwtVc, &text).unwrap()
}

fn issuer() -> SigningKey {
    key(Algorithm::Es256, 1)
}

fn kid(kid: &str) -> KeyReference {
    KeyReference::KeyId(kid.to_owned())
}

fn source(iss: &str, reference: &KeyReference) -> Result<KeySource, VerificationError> {
    issue(Some(iss), reference, &issuer()).key_source()
}

// --- DID ---

#[test]
fn a_did_key_comes_from_the_issuers_own_document() {
    let did = Did::parse("did:web:issuer.example").unwrap();
    let document = did::web::document(&did, &[("a", issuer().public().clone())]).unwrap();
    for name in ["did:web:issuer.example#a", "#a"] {
        let credential = issue(Some("did:web:issuer.example"), &kid(name), &issuer());
        let source = credential.key_source().unwrap();
        let evidence = IssuerKey::from_did_document(&source, &document).unwrap();
        let verified = credential.verify(&evidence, now()).unwrap();
        assert_eq!(verified.get().issuer, "did:web:issuer.example");
    }
    let other = source("did:web:issuer.example", &kid("#b")).unwrap();
    assert_eq!(
        IssuerKey::from_did_document(&other, &document).err(),
        Some(IssuerKeyError::NoSuchKey)
    );
}

#[test]
fn a_key_must_be_meant_for_assertions() {
    let did = Did::parse("did:web:issuer.example").unwrap();
    let document = did::web::document(&did, &[("a", issuer().public().clone())]).unwrap();
    let mut json = serde_json::to_value(document).unwrap();
    json["assertionMethod"] = json!([]);
    let document = DidDocument::parse(json.to_string().as_bytes(), &did).unwrap();
    let source = source("did:web:issuer.example", &kid("#a")).unwrap();
    assert_eq!(
        IssuerKey::from_did_document(&source, &document).err(),
        Some(IssuerKeyError::NoSuchKey)
    );
}

#[test]
fn a_kid_of_another_did_is_refused() {
    let fault = Err(PeerFault::KeyEvidence.into());
    for (iss, name) in [
        ("did:web:issuer.example", "did:web:evil.example#a"),
        ("did:web:issuer.example", "a"),
        ("did:web:issuer.example", "did:web:issuer.example"),
        ("did:example:1", "did:example:1#a"),
        ("issuer.example", "a"),
        ("http://issuer.example", "a"),
        ("ftp://issuer.example", "a"),
        ("https://issuer.example?x", "a"),
        ("https://issuer.example#x", "a"),
        ("https://user@issuer.example", "a"),
    ] {
        assert_eq!(source(iss, &kid(name)), fault, "{iss} {name}");
    }
}

// --- JWT VC Issuer Metadata ---

#[test]
fn the_metadata_is_between_host_and_path() {
    for (iss, url) in [
        (
            "https://example.com",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/tenant/1234",
            "https://example.com/.well-known/jwt-vc-issuer/tenant/1234",
        ),
        (
            "https://example.com/tenant/",
            "https://example.com/.well-known/jwt-vc-issuer/tenant",
        ),
        (
            "http://127.0.0.1:8080/a",
            "http://127.0.0.1:8080/.well-known/jwt-vc-issuer/a",
        ),
    ] {
        let source = source(iss, &kid("k")).unwrap();
        assert_eq!(source.metadata_url().unwrap().as_str(), url);
    }
}

fn jwk(key: &PublicKey, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(key.jwk()).unwrap();
    jwk["kid"] = kid.into();
    jwk
}

#[test]
fn the_metadata_repeats_the_issuer_and_holds_the_key() {
    let iss = "https://issuer.example/a";
    let rsa = json!({"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"});
    let keys = json!([
        jwk(issuer().public(), "k"),
        jwk(key(Algorithm::EdDsa, 3).public(), "l"),
        rsa
    ]);
    let metadata = json!({"issuer": iss, "jwks": {"keys": keys}});
    let credential = issue(Some(iss), &kid("k"), &issuer());
    let source = credential.key_source().unwrap();
    let read = |metadata: &Value| {
        IssuerKey::from_issuer_metadata(&source, metadata.to_string().as_bytes())
    };
    let evidence = read(&metadata).unwrap();
    credential.verify(&evidence, now()).unwrap();

    let with = |name: &str, value: Value| {
        let mut metadata = metadata.clone();
        metadata[name] = value;
        read(&metadata).err()
    };
    assert_eq!(
        with("issuer", json!("https://issuer.example/a/")),
        Some(IssuerKeyError::OtherIssuer)
    );
    assert_eq!(
        with("jwks", json!({"keys": [rsa]})),
        Some(IssuerKeyError::NoSuchKey)
    );
    let twice = json!({"keys": [keys[0], keys[0]]});
    assert_eq!(with("jwks", twice), Some(IssuerKeyError::NoSuchKey));
    assert_eq!(with("jwks", json!([])), Some(IssuerKeyError::Malformed));
    assert_eq!(with("jwks", Value::Null), Some(IssuerKeyError::Malformed));
    assert_eq!(
        with("jwks_uri", json!("https://issuer.example/jwks")),
        Some(IssuerKeyError::Malformed)
    );
    assert_eq!(
        IssuerKey::from_issuer_metadata(&source, br#"{"issuer":"a","issuer":"b"}"#).err(),
        Some(IssuerKeyError::Malformed)
    );
}

#[test]
fn without_kid_there_is_one_key() {
    let iss = "https://issuer.example";
    let source = KeySource::WellKnown {
        issuer: iss.to_owned(),
        kid: None,
    };
    let read = |keys: Value| {
        let metadata = json!({"issuer": iss, "jwks": {"keys": keys}});
        IssuerKey::from_issuer_metadata(&source, metadata.to_string().as_bytes())
    };
    let one = jwk(issuer().public(), "k");
    let two = jwk(key(Algorithm::EdDsa, 3).public(), "l");
    assert_eq!(
        read(json!([one])).unwrap().signature_key(),
        Ok(issuer().public())
    );
    assert_eq!(
        read(json!([one, two])).err(),
        Some(IssuerKeyError::NoSuchKey)
    );
}

#[test]
fn a_key_set_elsewhere_is_the_callers_to_fetch() {
    let iss = "https://issuer.example";
    let credential = issue(Some(iss), &kid("k"), &issuer());
    let source = credential.key_source().unwrap();
    let metadata = |uri: &str| {
        let metadata = json!({"issuer": iss, "jwks_uri": uri});
        IssuerKey::from_issuer_metadata(&source, metadata.to_string().as_bytes())
    };
    let Err(IssuerKeyError::KeysElsewhere(reference)) = metadata("https://keys.example/jwks")
    else {
        panic!("not elsewhere")
    };
    assert_eq!(reference.url().as_str(), "https://keys.example/jwks");
    let set = json!({"keys": [jwk(issuer().public(), "k")]}).to_string();
    let evidence = IssuerKey::from_key_set(&source, &reference, set.as_bytes()).unwrap();
    credential.verify(&evidence, now()).unwrap();

    let other = KeySource::WellKnown {
        issuer: "https://evil.example".to_owned(),
        kid: None,
    };
    assert_eq!(
        IssuerKey::from_key_set(&other, &reference, set.as_bytes()).err(),
        Some(IssuerKeyError::OtherIssuer)
    );
    for uri in ["http://keys.example/jwks", "file:///etc/jwks"] {
        assert_eq!(metadata(uri).err(), Some(IssuerKeyError::Malformed));
    }
}

#[test]
fn evidence_of_one_kind_is_not_evidence_of_another() {
    let source = source("https://issuer.example", &kid("k")).unwrap();
    let did = Did::parse("did:web:issuer.example").unwrap();
    let document = did::web::document(&did, &[("a", issuer().public().clone())]).unwrap();
    let kind = Some(IssuerKeyError::Source);
    assert_eq!(IssuerKey::from_did_document(&source, &document).err(), kind);
    assert_eq!(IssuerKey::from_x509(&source, &[], now()).err(), kind);
    let did = KeySource::Did(did.url("a").unwrap());
    assert_eq!(IssuerKey::from_issuer_metadata(&did, b"{}").err(), kind);
}

// --- x5c ---

/// The public half of an issuer's key, for its certificate.
struct Subject(Vec<u8>);

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

fn subject(key: &PublicKey) -> Subject {
    let jwk = key.jwk();
    let x = base64url::decode(&jwk.x).unwrap();
    let y = base64url::decode(&jwk.y.unwrap()).unwrap();
    Subject([vec![4], x, y].concat())
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        Self::with_key_id(name, [7; 20])
    }

    fn with_key_id(name: &str, key_id: [u8; 20]) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.key_identifier_method = KeyIdMethod::PreSpecified(key_id.to_vec());
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn anchor(&self) -> Vec<u8> {
        self.0.as_ref().der().to_vec()
    }

    fn certify(&self, change: impl FnOnce(&mut CertificateParams)) -> Vec<Vec<u8>> {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Example Issuer");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Example");
        params.not_before = date_time_ymd(2026, 11, 1);
        params.not_after = date_time_ymd(2026, 12, 1);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.subject_alt_names = vec![
            SanType::DnsName("issuer.example".try_into().unwrap()),
            SanType::URI("did:web:issuer.example".try_into().unwrap()),
            SanType::IpAddress("127.0.0.1".parse().unwrap()),
        ];
        change(&mut params);
        let leaf = params
            .signed_by(&subject(issuer().public()), &*self.0)
            .unwrap();
        vec![leaf.der().to_vec()]
    }
}

fn certified(
    iss: Option<&str>,
    chain: Vec<Vec<u8>>,
    anchors: &[Vec<u8>],
) -> Result<(UnverifiedCredential, IssuerKey), IssuerKeyError> {
    let credential = issue(iss, &KeyReference::X5c(chain), &issuer());
    let source = credential.key_source().unwrap();
    let evidence = IssuerKey::from_x509(&source, anchors, now())?;
    Ok((credential, evidence))
}

#[test]
fn a_certificate_speaks_for_the_names_in_it() {
    let authority = Authority::new("Root");
    for iss in [
        "https://issuer.example",
        "https://issuer.example/tenant",
        "did:web:issuer.example",
        "http://127.0.0.1:8080",
    ] {
        let chain = authority.certify(|_| {});
        let (credential, evidence) = certified(Some(iss), chain, &[authority.anchor()]).unwrap();
        assert_eq!(
            credential.verify(&evidence, now()).unwrap().get().issuer,
            iss
        );
    }
    for iss in [
        "https://evil.example",
        "did:web:evil.example",
        "https://127.0.0.2",
        "x",
        "CN=Example Issuer",
    ] {
        let chain = authority.certify(|_| {});
        assert_eq!(
            certified(Some(iss), chain, &[authority.anchor()]).err(),
            Some(IssuerKeyError::OtherIssuer)
        );
    }
}

#[test]
fn without_iss_the_subject_is_the_issuer() {
    let authority = Authority::new("Root");
    let (credential, evidence) =
        certified(None, authority.certify(|_| {}), &[authority.anchor()]).unwrap();
    let credential = credential.verify(&evidence, now()).unwrap().into_inner();
    assert!(
        credential.issuer.contains("CN=Example Issuer"),
        "{}",
        credential.issuer
    );
    assert!(
        credential.issuer.contains("O=Example"),
        "{}",
        credential.issuer
    );
    assert_eq!(credential.authority_key_ids, [base64url::encode([7; 20])]);
}

/// Whoever asks for an authority by its key identifier must not get the customer of another one
/// who put a certificate of the first into `x5c`.
#[test]
fn only_the_certificates_that_lead_to_the_anchor_name_authorities() {
    let authority = Authority::new("Root");
    let better = Authority::with_key_id("Better Root", [9; 20]);
    let mut chain = authority.certify(|_| {});
    chain.extend(better.certify(|_| {}));
    let (credential, evidence) = certified(
        Some("https://issuer.example"),
        chain,
        &[authority.anchor(), better.anchor()],
    )
    .unwrap();
    let credential = credential.verify(&evidence, now()).unwrap().into_inner();
    assert_eq!(credential.authority_key_ids, [base64url::encode([7; 20])]);
}

#[test]
fn a_chain_leads_to_an_anchor_now() {
    let authority = Authority::new("Root");
    let stranger = Authority::new("Root");
    let refused = |chain, anchors: &[Vec<u8>]| {
        certified(Some("https://issuer.example"), chain, anchors).err()
    };
    let untrusted = Some(IssuerKeyError::Chain);
    assert_eq!(refused(authority.certify(|_| {}), &[]), untrusted);
    assert_eq!(
        refused(authority.certify(|_| {}), &[stranger.anchor()]),
        untrusted
    );
    let expired = authority.certify(|params| params.not_after = date_time_ymd(2026, 11, 2));
    assert_eq!(refused(expired, &[authority.anchor()]), untrusted);
    let early = authority.certify(|params| params.not_before = date_time_ymd(2026, 11, 30));
    assert_eq!(refused(early, &[authority.anchor()]), untrusted);
    let unfit = authority.certify(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]);
    assert_eq!(refused(unfit, &[authority.anchor()]), untrusted);
    let garbage = vec![b"not a certificate".to_vec()];
    assert_eq!(
        refused(garbage, &[authority.anchor()]),
        Some(IssuerKeyError::Malformed)
    );
    // The self-signed certificate of an authority is not an Issuer's.
    assert_eq!(
        refused(vec![authority.anchor()], &[authority.anchor()]),
        untrusted
    );
}

#[test]
fn kept_evidence_ends_with_the_certificate() {
    let authority = Authority::new("Root");
    let chain = authority.certify(|_| {});
    let (credential, evidence) =
        certified(Some("https://issuer.example"), chain, &[authority.anchor()]).unwrap();
    let later = now() + SignedDuration::from_hours(24 * 10);
    assert_eq!(
        credential.verify(&evidence, later).err(),
        Some(PeerFault::KeyEvidence.into())
    );
}

#[test]
fn the_signature_must_be_by_the_certified_key() {
    let authority = Authority::new("Root");
    let reference = KeyReference::X5c(authority.certify(|_| {}));
    let thief = key(Algorithm::Es256, 8);
    let credential = issue(Some("https://issuer.example"), &reference, &thief);
    let source = credential.key_source().unwrap();
    let evidence = IssuerKey::from_x509(&source, &[authority.anchor()], now()).unwrap();
    assert!(credential.verify(&evidence, now()).is_err());
}
