//! bbs-2023 through the one door, and keys of one kind where another is due.

use bbs::SecretKey;
use credential::data_integrity::selective::{derive_bbs, issue_bbs};
use credential::data_integrity::{Cryptosuite, ProofFault, ProofOptions, issue, secure};
use credential::{
    Credential, Format, HolderFault, IssuerKey, IssuerKeyError, KeyReference, PeerFault,
    UnverifiedCredential, VerificationError, vc_jwt,
};
use did::{Did, DidDocument, DidUrl};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::parties::{now, object, rng};

#[test]
fn a_derived_credential_goes_through_the_door() {
    let issuer = Issuer::new(1);
    let derived = issuer.derived();
    let credential = verify(&derived, now()).unwrap();
    assert_eq!(credential.format, Format::LdpVc);
    assert_eq!(credential.issuer, issuer.method.did().as_str());
    let subject = &credential.claims["credentialSubject"];
    assert_eq!(subject["givenName"], "Ada");
    assert_eq!(subject.get("familyName"), None);
    // Each derivation is made anew, and none shows the base proof.
    assert_ne!(derived["proof"], issuer.derived()["proof"]);
    assert_eq!(refused(&issuer.issued()), ProofFault::BaseProof.into());
}

#[test]
fn nothing_but_its_own_issuers_key_is_taken() {
    let (issuer, other) = (Issuer::new(1), Issuer::new(2));
    let derived = issuer.derived();
    // Another Issuer's name, with or without its method.
    let mut renamed = derived.clone();
    renamed["issuer"] = other.method.did().as_str().into();
    assert_eq!(refused(&renamed), ProofFault::Controller.into());
    renamed["proof"]["verificationMethod"] = other.method.to_string().into();
    assert_eq!(refused(&renamed), ProofFault::Signature.into());
    // A key that signs, where one of BBS is due.
    let signing = SigningKey::from_secret(Algorithm::EdDsa, &[3; 32]).unwrap();
    let signer = did::key::verification_method(signing.public());
    renamed["issuer"] = signer.did().as_str().into();
    renamed["proof"]["verificationMethod"] = signer.to_string().into();
    assert_eq!(refused(&renamed), ProofFault::Cryptosuite.into());
}

#[test]
fn a_bbs_key_signs_nothing_else() {
    let issuer = Issuer::new(1);
    let signing = SigningKey::from_secret(Algorithm::EdDsa, &[3; 32]).unwrap();
    let signer = did::key::verification_method(signing.public());
    let mut credential = credential(&signer);
    for suite in [Cryptosuite::EddsaJcs2022, Cryptosuite::EddsaRdfc2022] {
        let options = ProofOptions::assertion(suite, &signer, now());
        let mut signed = issue(credential.clone(), &options, &signing).unwrap();
        signed["issuer"] = issuer.method.did().as_str().into();
        signed["proof"]["verificationMethod"] = issuer.method.to_string().into();
        assert_eq!(refused(&signed), ProofFault::Cryptosuite.into());
    }
    // A suite cannot be called by another's name.
    let mut derived = issuer.derived();
    for (name, fault) in [
        ("ecdsa-sd-2023", ProofFault::Cryptosuite),
        ("eddsa-rdfc-2022", ProofFault::Malformed("proofValue")),
        ("bbs-2024", ProofFault::Cryptosuite),
    ] {
        derived["proof"]["cryptosuite"] = name.into();
        assert_eq!(refused(&derived), fault.into());
    }
    // Nor does it sign a token.
    credential.insert("issuer".to_owned(), issuer.method.did().as_str().into());
    let token = vc_jwt::Issuance {
        credential,
        holder: None,
        status: None,
        key_reference: &KeyReference::KeyId(issuer.method.to_string()),
    };
    let token = token.sign(&signing).unwrap();
    let unverified = UnverifiedCredential::parse(Format::JwtVcJson, &token).unwrap();
    let evidence = evidence(&unverified).unwrap();
    assert!(evidence[0].signature_key().is_err());
    assert!(evidence[0].bbs_key().is_ok());
    let error = unverified.verify(&evidence[0], now()).unwrap_err();
    assert_eq!(error, PeerFault::KeyEvidence.into());
    // The crate makes no such proof by a key that signs.
    let options = ProofOptions::assertion(Cryptosuite::Bbs2023, &signer, now());
    let error = secure(Map::new(), &options, &signing).unwrap_err();
    assert_eq!(error, ProofFault::Cryptosuite.into());
}

#[test]
fn a_document_decides_of_which_kind_its_key_is() {
    let issuer = Issuer::new(1);
    let derived = issuer.derived();
    let unverified = parse(&derived).unwrap();
    let source = unverified.key_source().unwrap();
    let did = Did::parse(&source.issuer()).unwrap();
    let multikey = did.as_str().strip_prefix("did:key:").unwrap();
    let with = |kind: &str, name: &str, key: Value| {
        let document = json!({
            "id": did,
            "verificationMethod": [{
                "id": issuer.method.to_string(), "type": kind, "controller": did, name: key,
            }],
            "assertionMethod": [issuer.method.to_string()],
        });
        let document = DidDocument::parse(document.to_string().as_bytes(), &did).unwrap();
        IssuerKey::from_did_document(&source, &document)
    };
    assert!(with("Multikey", "publicKeyMultibase", json!(multikey)).is_ok());
    // Not a point, the identity, another length, another type of method.
    let mut zeros = vec![0; 96];
    zeros[0] = 0xc0;
    for bytes in [vec![1; 96], zeros, vec![0; 95], vec![]] {
        let multikey = json!(text_of(&bytes));
        let error = with("Multikey", "publicKeyMultibase", multikey).unwrap_err();
        assert_eq!(error, IssuerKeyError::NoSuchKey);
    }
    for kind in [
        "Bls12381G2Key2020",
        "JsonWebKey",
        "Ed25519VerificationKey2020",
    ] {
        let error = with(kind, "publicKeyMultibase", json!(multikey)).unwrap_err();
        assert_eq!(error, IssuerKeyError::NoSuchKey);
    }
    // A key that signs under the same name is evidence, and of no use.
    let signing = SigningKey::from_secret(Algorithm::EdDsa, &[3; 32]).unwrap();
    let other = with(
        "Multikey",
        "publicKeyMultibase",
        json!(signing.public().multikey()),
    );
    let error = unverified.verify(&other.unwrap(), now()).unwrap_err();
    assert_eq!(error, ProofFault::Cryptosuite.into());
}

#[test]
fn times_purposes_and_other_proofs_are_judged() {
    let issuer = Issuer::new(1);
    let derived = issuer.derived();
    let later = now() + SignedDuration::from_hours(24 * 400);
    let earlier = now() - SignedDuration::from_hours(24 * 400);
    assert_eq!(
        verify(&derived, later).unwrap_err(),
        HolderFault::Expired.into()
    );
    assert_eq!(
        verify(&derived, earlier).unwrap_err(),
        ProofFault::NotYetValid.into()
    );
    let with = |name: &str, value: Value| {
        let mut changed = derived.clone();
        changed["proof"][name] = value;
        refused(&changed)
    };
    for (name, value, fault) in [
        ("proofPurpose", json!("authentication"), ProofFault::Purpose),
        (
            "previousProof",
            json!("urn:uuid:none"),
            ProofFault::PreviousProof,
        ),
        (
            "expires",
            json!("2026-11-22T11:00:00Z"),
            ProofFault::Expired,
        ),
        (
            "expires",
            json!("2027-11-22T11:00:00Z"),
            ProofFault::Signature,
        ),
        ("nonce", json!("x"), ProofFault::Signature),
        (
            "proofValue",
            json!("u"),
            ProofFault::Malformed("proofValue"),
        ),
        (
            "proofValue",
            json!(format!("u{}", "A".repeat(60_000))),
            ProofFault::Malformed("proofValue"),
        ),
    ] {
        assert_eq!(with(name, value), fault.into(), "{name}");
    }
}

struct Issuer {
    key: SecretKey,
    method: DidUrl,
}

impl Issuer {
    fn new(seed: u8) -> Self {
        let key = SecretKey::key_gen(&[seed; 32], b"").unwrap();
        let multikey = text_of(&key.public().to_bytes());
        let method = DidUrl::parse(&format!("did:key:{multikey}#{multikey}")).unwrap();
        Self { key, method }
    }

    fn issued(&self) -> Map<String, Value> {
        let options = ProofOptions::assertion(Cryptosuite::Bbs2023, &self.method, now());
        let mandatory = ["/issuer", "/validUntil"].map(str::to_owned);
        let credential = credential(&self.method);
        issue_bbs(credential, &options, &mandatory, &self.key, &mut rng()).unwrap()
    }

    fn derived(&self) -> Map<String, Value> {
        let selective = ["/credentialSubject/givenName".to_owned()];
        let issuer = self.key.public();
        derive_bbs(&self.issued(), &selective, b"once", issuer, &mut rng()).unwrap()
    }
}

fn credential(method: &DidUrl) -> Map<String, Value> {
    object(json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": method.did().as_str(),
        "validUntil": "2027-11-21T00:00:00Z",
        "credentialSubject": { "givenName": "Ada", "familyName": "Lovelace" },
    }))
}

/// A Multikey with the code of BLS12-381's second group.
fn text_of(key: &[u8]) -> String {
    let bytes = [[0xeb, 0x01].as_slice(), key].concat();
    format!("z{}", bs58::encode(bytes).into_string())
}

fn parse(document: &Map<String, Value>) -> Result<UnverifiedCredential, VerificationError> {
    UnverifiedCredential::parse(Format::LdpVc, &serde_json::to_string(document).unwrap())
}

fn evidence(unverified: &UnverifiedCredential) -> Result<Vec<IssuerKey>, VerificationError> {
    let sources = unverified.key_sources()?;
    let evidence = |source| {
        let did = Did::parse(&credential::KeySource::issuer(source)).ok()?;
        IssuerKey::from_did_document(source, &did::key::document(&did).ok()?).ok()
    };
    Ok(sources.iter().filter_map(evidence).collect())
}

fn verify(document: &Map<String, Value>, at: Timestamp) -> Result<Credential, VerificationError> {
    let unverified = parse(document)?;
    let evidence = evidence(&unverified)?;
    let verified = unverified.verify_with(&evidence, Default::default(), at)?;
    Ok(verified.into_inner())
}

fn refused(document: &Map<String, Value>) -> VerificationError {
    verify(document, now()).unwrap_err()
}
