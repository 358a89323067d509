//! W3C credentials as `vc+jwt`, the issuer a did:key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _,
};
use credential::{Format, IssuerKey, KeyReference, UnverifiedCredential, vc_jwt};
use did::Resolution;
use ed25519_dalek::Signer as _;
use jsonwebtoken::{DecodingKey, EncodingKey, Validation};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use ssi::claims::vc::v2::JsonCredential;
use ssi::claims::vc_jose_cose::JoseVc;
use ssi::claims::{VerificationParameters, jws::JwsVec};

use crate::fixture::{key, now, runtime, ssi_key, ten_claims};
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let [issue, verify, kept] = all(
        Algorithm::EdDsa,
        [
            "vc+jwt EdDSA: issue",
            "vc+jwt EdDSA: verify, did:key resolved each time",
            "vc+jwt EdDSA: verify, issuer's key kept",
        ],
    );
    let [issue_p256, verify_p256, kept_p256] = all(
        Algorithm::Es256,
        [
            "vc+jwt ES256: issue",
            "vc+jwt ES256: verify, did:key resolved each time",
            "vc+jwt ES256: verify, issuer's key kept",
        ],
    );
    let (sign, check) = raw_ed25519();
    let (sign_p256, check_p256) = raw_p256();
    let (_, check_again) = raw_ed25519();
    let (_, check_p256_again) = raw_p256();
    let row = |(name, ours, peers), raw| Row {
        name,
        ours,
        raw: Some(raw),
        peers,
    };
    vec![
        row(issue, against("ed25519-dalek sign", sign).at_least(0.4)),
        row(
            verify,
            against("ed25519-dalek verify_strict", check).at_least(0.75),
        ),
        row(
            kept,
            against("ed25519-dalek verify_strict", check_again).at_least(0.75),
        ),
        row(
            issue_p256,
            against("aws-lc-rs sign", sign_p256).at_least(0.5),
        ),
        row(verify_p256, against("aws-lc-rs verify", check_p256)),
        row(
            kept_p256,
            against("aws-lc-rs verify", check_p256_again).at_least(0.7),
        ),
    ]
}

type Parts = (
    &'static str,
    crate::harness::Work,
    Vec<crate::harness::Against>,
);

fn all(algorithm: Algorithm, names: [&'static str; 3]) -> [Parts; 3] {
    let signing = key(algorithm);
    let document = credential_of(&signing);
    let (reference, text) = {
        let method = did::key::verification_method(signing.public()).to_string();
        let reference = KeyReference::KeyId(method);
        let text = issue(&document, &reference, &signing);
        (reference, text)
    };
    let verifying = text.clone();
    let verify = work(move || {
        let unverified =
            UnverifiedCredential::parse(Format::JwtVcJson, &verifying).expect("a credential");
        let source = unverified.key_source().expect("a source");
        let credential::KeySource::Did(url) = &source else {
            panic!("a DID")
        };
        let Resolution::Here(document) = did::resolve(url.did(), false).expect("a did:key") else {
            panic!("a did:key")
        };
        let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
        unverified.verify(&issuer, now()).expect("valid")
    });
    let kept = {
        let text = text.clone();
        let parse = |text: &str| {
            UnverifiedCredential::parse(Format::JwtVcJson, text).expect("a credential")
        };
        let source = parse(&text).key_source().expect("a source");
        let did = did::key::did(signing.public());
        let Resolution::Here(document) = did::resolve(&did, false).expect("a did:key") else {
            panic!("a did:key")
        };
        let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
        work(move || {
            let unverified = parse(&text);
            assert_eq!(&unverified.key_source().expect("a source"), issuer.source());
            unverified.verify(&issuer, now()).expect("valid")
        })
    };
    let (jwt_issue, jwt_verify) = by_jsonwebtoken(algorithm, &document, &text, &signing);
    let jwk = ssi_key(&signing);
    let peer_document: JsonCredential =
        serde_json::from_value(Value::Object(document.clone())).expect("a credential");
    let (waiting, signer) = (runtime(), jwk.clone());
    let peer_issue = against("ssi 0.16", move || {
        let credential = JoseVc(peer_document.clone());
        waiting
            .block_on(credential.sign_into_enveloped(&signer))
            .expect("signed")
    });
    let waiting = runtime();
    let token = waiting
        .block_on(
            JoseVc(
                serde_json::from_value::<JsonCredential>(Value::Object(document.clone()))
                    .expect("a credential"),
            )
            .sign_into_enveloped(&jwk),
        )
        .expect("signed");
    let token = token.id.decoded_data().expect("data").into_owned();
    let peer_verify = move || {
        let jws = JwsVec::new(token.clone()).expect("a JWS");
        let decoded = JoseVc::decode_any(&jws).expect("a credential");
        let parameters = VerificationParameters::from_resolver(&jwk);
        waiting
            .block_on(decoded.verify(parameters))
            .expect("verified")
            .expect("valid")
    };
    let ours = work(move || issue(&document, &reference, &signing));
    [
        (names[0], ours, vec![peer_issue, jwt_issue]),
        (names[1], verify, Vec::new()),
        (
            names[2],
            kept,
            vec![against("ssi 0.16, key given", peer_verify), jwt_verify],
        ),
    ]
}

/// A JWT library on the same cryptography, which knows nothing of credentials.
fn by_jsonwebtoken(
    algorithm: Algorithm,
    document: &Map<String, Value>,
    token: &str,
    signing: &SigningKey,
) -> (crate::harness::Against, crate::harness::Against) {
    let random = SystemRandom::new();
    let (name, key) = match algorithm {
        Algorithm::EdDsa => {
            let der = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
            (
                jsonwebtoken::Algorithm::EdDSA,
                EncodingKey::from_ed_der(der.as_ref()),
            )
        }
        Algorithm::Es256 => {
            let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
            let der = der.expect("a key");
            (
                jsonwebtoken::Algorithm::ES256,
                EncodingKey::from_ec_der(der.as_ref()),
            )
        }
        Algorithm::Es384 => unreachable!("the rows take two algorithms"),
    };
    let mut header = jsonwebtoken::Header::new(name);
    header.typ = Some("vc+jwt".to_owned());
    header.kid = Some(did::key::verification_method(signing.public()).to_string());
    let document = document.clone();
    let jwk = serde_json::to_value(signing.public().jwk()).expect("a JWK");
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk).expect("a JWK");
    let decoding = DecodingKey::from_jwk(&jwk).expect("a key");
    let mut validation = Validation::new(name);
    validation.required_spec_claims.clear();
    let token = token.to_owned();
    (
        against("jsonwebtoken 11 (aws-lc-rs), JWT alone", move || {
            jsonwebtoken::encode(&header, &document, &key).expect("signed")
        }),
        against("jsonwebtoken 11 (aws-lc-rs), JWT alone", move || {
            jsonwebtoken::decode::<Value>(&token, &decoding, &validation).expect("valid")
        }),
    )
}

fn issue(document: &Map<String, Value>, reference: &KeyReference, key: &SigningKey) -> String {
    let issuance = vc_jwt::Issuance {
        credential: document.clone(),
        holder: None,
        status: None,
        key_reference: reference,
    };
    issuance.sign(key).expect("signed")
}

fn credential_of(key: &SigningKey) -> Map<String, Value> {
    let mut subject = ten_claims();
    let holder = crate::fixture::key(Algorithm::EdDsa);
    subject.insert(
        "id".to_owned(),
        did::key::did(holder.public()).to_string().into(),
    );
    let Value::Object(document) = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "PersonCredential"],
        "issuer": did::key::did(key.public()).to_string(),
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2036-01-01T00:00:00Z",
        "credentialSubject": subject,
    }) else {
        unreachable!("it is an object")
    };
    document
}

/// Signing and verifying about as many bytes as a credential has.
fn raw_ed25519() -> (impl FnMut() -> ed25519_dalek::Signature, impl FnMut()) {
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let signature = key.sign(&MESSAGE);
    let public = key.verifying_key();
    (
        move || key.sign(&MESSAGE),
        move || public.verify_strict(&MESSAGE, &signature).expect("valid"),
    )
}

pub fn raw_p256() -> (
    impl FnMut() -> aws_lc_rs::signature::Signature,
    impl FnMut(),
) {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let signature = key.sign(&random, &MESSAGE).expect("signed");
    let point = key.public_key().as_ref().to_vec();
    let public = aws_lc_rs::signature::ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
        .expect("a key");
    (
        move || key.sign(&random, &MESSAGE).expect("signed"),
        move || {
            public
                .verify_sig(&MESSAGE, signature.as_ref())
                .expect("valid")
        },
    )
}

const MESSAGE: [u8; 900] = [0x61; 900];
