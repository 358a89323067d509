//! W3C credentials as `vc+jwt`, the issuer a did:key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use credential::{Format, IssuerKey, KeyReference, UnverifiedCredential, vc_jwt};
use did::Resolution;
use ed25519_dalek::Signer as _;
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use ssi::claims::vc::v2::JsonCredential;
use ssi::claims::vc_jose_cose::JoseVc;
use ssi::claims::{VerificationParameters, jws::JwsVec};

use crate::fixture::{key, now, runtime, ssi_key, ten_claims};
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let [issue, verify] = both(Algorithm::EdDsa, ["vc+jwt EdDSA: issue", "vc+jwt EdDSA: verify"]);
    let [issue_p256, verify_p256] = both(Algorithm::Es256, ["vc+jwt ES256: issue", "vc+jwt ES256: verify"]);
    let (sign, check) = raw_ed25519();
    let (sign_p256, check_p256) = raw_p256();
    let row = |(name, ours, peer), raw| Row { name, ours, raw: Some(raw), peers: vec![peer] };
    vec![
        row(issue, against("ed25519-dalek sign", sign).at_least(0.4)),
        row(verify, against("ed25519-dalek verify_strict", check).at_least(0.75)),
        row(issue_p256, against("aws-lc-rs sign", sign_p256).at_least(0.5)),
        row(verify_p256, against("aws-lc-rs verify", check_p256).at_least(0.7)),
    ]
}

type Parts = (&'static str, crate::harness::Work, crate::harness::Against);

fn both(algorithm: Algorithm, names: [&'static str; 2]) -> [Parts; 2] {
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
        let unverified = UnverifiedCredential::parse(Format::JwtVcJson, &verifying).expect("a credential");
        let source = unverified.key_source().expect("a source");
        let credential::KeySource::Did(url) = &source else { panic!("a DID") };
        let Resolution::Here(document) = did::resolve(url.did(), false).expect("a did:key") else {
            panic!("a did:key")
        };
        let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
        unverified.verify(&issuer, now()).expect("valid")
    });
    let jwk = ssi_key(&signing);
    let peer_document: JsonCredential =
        serde_json::from_value(Value::Object(document.clone())).expect("a credential");
    let (waiting, signer) = (runtime(), jwk.clone());
    let peer_issue = against("ssi 0.16", move || {
        let credential = JoseVc(peer_document.clone());
        waiting.block_on(credential.sign_into_enveloped(&signer)).expect("signed")
    });
    let waiting = runtime();
    let token = waiting
        .block_on(JoseVc(serde_json::from_value::<JsonCredential>(Value::Object(document.clone())).expect("a credential")).sign_into_enveloped(&jwk))
        .expect("signed");
    let token = token.id.decoded_data().expect("data").into_owned();
    let peer_verify = against("ssi 0.16, key given", move || {
        let jws = JwsVec::new(token.clone()).expect("a JWS");
        let decoded = JoseVc::decode_any(&jws).expect("a credential");
        let parameters = VerificationParameters::from_resolver(&jwk);
        waiting.block_on(decoded.verify(parameters)).expect("verified").expect("valid")
    });
    let ours = work(move || issue(&document, &reference, &signing));
    [(names[0], ours, peer_issue), (names[1], verify, peer_verify)]
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
    subject.insert("id".to_owned(), did::key::did(holder.public()).to_string().into());
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
    (move || key.sign(&MESSAGE), move || public.verify_strict(&MESSAGE, &signature).expect("valid"))
}

pub fn raw_p256() -> (impl FnMut() -> aws_lc_rs::signature::Signature, impl FnMut()) {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let signature = key.sign(&random, &MESSAGE).expect("signed");
    let point = key.public_key().as_ref().to_vec();
    let public = aws_lc_rs::signature::ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).expect("a key");
    let _: UnparsedPublicKey<Vec<u8>> = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    (
        move || key.sign(&random, &MESSAGE).expect("signed"),
        move || public.verify_sig(&MESSAGE, signature.as_ref()).expect("valid"),
    )
}

const MESSAGE: [u8; 900] = [0x61; 900];
