//! The tokens of the W3C's vc-jose-cose test suite.

use std::collections::BTreeSet;
use std::path::PathBuf;

use credential::sd_jwt::UnverifiedSdJwt;
use credential::{
    Challenge, Credential, Format, IssuerKey, KeySource, PeerFault, UnverifiedCredential,
    UnverifiedPresentation, VerificationError,
};
use jiff::Timestamp;
use keys::jws::JwsError;
use keys::{Jwk, PublicKey};
use serde_json::{Value, json};

use crate::parties::now;

const ISSUER: &str = "https://example.issuer/vc-jose-cose";
const FILES: [&str; 11] = [
    "cid-p256.json",
    "credential-jose-minimal.txt",
    "credential-jose-vc-vp-claims.txt",
    "credential-sdjwt-bad-media-type.txt",
    "credential-sdjwt-bad-signature.txt",
    "credential-sdjwt-nested.txt",
    "credential-sdjwt-selective.txt",
    "presentation-sdjwt-bad-credential.txt",
    "presentation-sdjwt-bad-media-type.txt",
    "presentation-sdjwt-selective.txt",
    "vm-p384.json",
];

#[test]
fn every_file_is_run() {
    let there: BTreeSet<String> = std::fs::read_dir(root())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(there, FILES.map(str::to_owned).into());
}

#[test]
fn credential_jose_minimal() {
    let text = text("credential-jose-minimal.txt");
    let unverified = UnverifiedCredential::parse(Format::JwtVcJson, &text).unwrap();
    let believed = verify(unverified, "cid-p256.json").unwrap();
    assert_eq!(believed.issuer, ISSUER);
    assert_eq!(believed.types[1], "ExampleAlumniCredential");
    let from: Timestamp = "2010-01-01T19:23:24Z".parse().unwrap();
    assert_eq!(believed.valid_from, Some(from));
}

#[test]
fn credential_jose_vc_vp_claims() {
    // A token with `vc` is of the older data model, and must not say that it is of the newer.
    let text = text("credential-jose-vc-vp-claims.txt");
    let unverified = UnverifiedCredential::parse(Format::JwtVcJson, &text).unwrap();
    let error = verify(unverified, "cid-p256.json").unwrap_err();
    assert_eq!(error, PeerFault::Format.into());
}

#[test]
fn credential_sdjwt_selective() {
    let text = text("credential-sdjwt-selective.txt");
    let unverified = UnverifiedCredential::parse_sd_jwt(&text).unwrap();
    let believed = verify(unverified, "vm-p384.json").unwrap();
    assert_eq!(believed.disclosed.len(), 2);
    let subject = &believed.claims["credentialSubject"];
    assert_eq!(subject["firstName"], "Jane");
    assert_eq!(subject["lastName"], "Doe");
    // Without its Disclosures, the same with less.
    let token = text.split('~').next().unwrap();
    let unverified = UnverifiedCredential::parse_sd_jwt(&format!("{token}~")).unwrap();
    let believed = verify(unverified, "vm-p384.json").unwrap();
    assert_eq!(believed.claims["credentialSubject"].get("firstName"), None);
}

#[test]
fn credential_sdjwt_nested() {
    let error = UnverifiedCredential::parse_sd_jwt(&text("credential-sdjwt-nested.txt")).err();
    assert_eq!(error, Some(JwsError::AlgorithmUnsupported.into()));
}

#[test]
fn credential_sdjwt_bad_signature() {
    let text = text("credential-sdjwt-bad-signature.txt");
    let unverified = UnverifiedCredential::parse_sd_jwt(&text).unwrap();
    let error = verify(unverified, "vm-p384.json").unwrap_err();
    assert_eq!(error, JwsError::Signature.into());
}

#[test]
fn credential_sdjwt_bad_media_type() {
    // Its issuer is in a Disclosure besides.
    let text = text("credential-sdjwt-bad-media-type.txt");
    let unverified = UnverifiedCredential::parse_sd_jwt(&text).unwrap();
    let error = unverified.key_source().unwrap_err();
    assert_eq!(error, PeerFault::KeyEvidence.into());
}

#[test]
fn presentation_sdjwt_selective() {
    let text = text("presentation-sdjwt-selective.txt");
    let claims = UnverifiedSdJwt::parse(&text)
        .unwrap()
        .verify(&key("vm-p384.json"), &["vp+sd-jwt"])
        .unwrap()
        .claims;
    assert_eq!(claims["holder"], ISSUER);
    let inner = claims["verifiableCredential"][0].as_object().unwrap();
    let inner = UnverifiedCredential::open(inner).unwrap();
    assert_eq!(verify(inner, "vm-p384.json").unwrap().issuer, ISSUER);

    let unverified = UnverifiedPresentation::parse_sd_jwt(&text).unwrap();
    let sources = unverified.key_sources().unwrap();
    let issuers = [evidence(&sources[0], "vm-p384.json")];
    let challenge = Challenge {
        audience: "verifier".to_owned(),
        nonce: "nonce".to_owned(),
    };
    let error = unverified.verify(&issuers, &challenge, now()).unwrap_err();
    assert_eq!(error, PeerFault::HolderBindingAbsent.into());
}

#[test]
fn presentation_sdjwt_bad_credential() {
    let text = text("presentation-sdjwt-bad-credential.txt");
    let error = UnverifiedPresentation::parse_sd_jwt(&text).err();
    assert_eq!(error, Some(JwsError::AlgorithmUnsupported.into()));
}

#[test]
fn presentation_sdjwt_bad_media_type() {
    let text = text("presentation-sdjwt-bad-media-type.txt");
    let unverified = UnverifiedPresentation::parse_sd_jwt(&text).unwrap();
    assert!(unverified.key_sources().is_err());
}

fn verify(
    unverified: UnverifiedCredential,
    key_file: &str,
) -> Result<Credential, VerificationError> {
    let issuer = evidence(&unverified.key_source()?, key_file);
    Ok(unverified.verify(&issuer, now())?.into_inner())
}

/// Evidence that the file's key is the Issuer's, as its metadata would have it.
fn evidence(source: &KeySource, key_file: &str) -> IssuerKey {
    let mut jwk = key_json(key_file);
    // One file's key has another name than the token says.
    if let KeySource::WellKnown { kid, .. } = source {
        jwk["kid"] = json!(kid);
    }
    let metadata = json!({ "issuer": ISSUER, "jwks": { "keys": [jwk] } });
    IssuerKey::from_issuer_metadata(source, metadata.to_string().as_bytes()).unwrap()
}

fn key(file: &str) -> PublicKey {
    let jwk: Jwk = serde_json::from_value(key_json(file)).unwrap();
    PublicKey::from_jwk(&jwk).unwrap()
}

fn key_json(file: &str) -> Value {
    let method: Value = serde_json::from_str(&text(file)).unwrap();
    method["publicKeyJwk"].clone()
}

fn text(file: &str) -> String {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    text.trim_end().to_owned()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/w3c-vc-jose-cose"
    ))
}
