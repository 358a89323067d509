//! What is no such token, or not by that key.

use credential::{KeyReference, PeerFault, UnverifiedCredential, VerificationError};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use serde_json::{Value, json};
use strict_json::JsonError;

use super::{FORMAT, disclosable, parties, person, refused};
use crate::parties::*;

#[test]
fn algorithms_cannot_be_confused() {
    let parties = parties();
    let payload = Value::Object(parties.claims(json!({}))).to_string();
    let with = |name: &str, value: Value| {
        let mut header = parties.header("dc+sd-jwt");
        header[name] = value;
        refused(&(forge(&header, payload.as_bytes(), &parties.issuer) + "~"))
    };
    for name in ["none", "None", "HS256", "RS256", "ES512", "es256"] {
        assert_eq!(
            with("alg", json!(name)),
            PeerFault::Jws(JwsError::AlgorithmUnsupported).into()
        );
    }
    assert_eq!(
        with("alg", json!("EdDSA")),
        PeerFault::Jws(JwsError::AlgorithmMismatch).into()
    );
    assert_eq!(
        with("crit", json!(["exp"])),
        PeerFault::Jws(JwsError::Critical).into()
    );
    assert_eq!(
        with("b64", json!(false)),
        PeerFault::Jws(JwsError::Critical).into()
    );

    let unsigned = format!(
        "{}.{}.",
        base64url::encode(r#"{"alg":"none","typ":"dc+sd-jwt"}"#),
        base64url::encode(&payload)
    );
    assert!(matches!(
        refused(&(unsigned + "~")),
        VerificationError::Peer(PeerFault::Jws(_))
    ));
}

#[test]
fn json_that_could_be_read_in_two_ways_is_refused() {
    let parties = parties();
    let craft = |payload: &str| {
        forge(
            &parties.header("dc+sd-jwt"),
            payload.as_bytes(),
            &parties.issuer,
        ) + "~"
    };
    let twice = format!(r#"{{"iss":"{}","vct":"a","vct":"b"}}"#, parties.iss);
    assert_eq!(
        refused(&craft(&twice)),
        PeerFault::Json(JsonError::Duplicate).into()
    );
    let nested = format!(r#"{{"a":{}{}}}"#, "[".repeat(33), "]".repeat(33));
    assert_eq!(
        refused(&craft(&nested)),
        PeerFault::Json(JsonError::Depth).into()
    );
    assert_eq!(refused(&craft("[]")), PeerFault::Format.into());
    assert_eq!(
        refused(&craft("{")),
        PeerFault::Json(JsonError::Syntax).into()
    );
}

#[test]
fn what_is_too_long_or_not_an_sd_jwt_is_not_read() {
    let issued = parties().issue(json!({"long": "x".repeat(60_000)}), &[]);
    assert_eq!(refused(&issued), PeerFault::Size.into());
    let jwt = issued.split('~').next().unwrap();
    assert_eq!(refused(&jwt[..100]), PeerFault::Format.into());
    assert!(UnverifiedCredential::parse(FORMAT, "").is_err());
    assert!(UnverifiedCredential::parse(FORMAT, "~").is_err());
}

#[test]
fn a_key_of_another_issuer_is_no_evidence() {
    let parties = parties();
    let issued = parties.issue(person(), &disclosable());
    let credential = UnverifiedCredential::parse(FORMAT, &issued).unwrap();
    let other = Parties {
        issuer: key(Algorithm::Es256, 9),
        ..Parties::new(Algorithm::Es256)
    };
    let method = did::key::verification_method(other.issuer.public());
    let other = Parties {
        iss: method.did().to_string(),
        reference: KeyReference::KeyId(method.to_string()),
        ..other
    };
    let theirs = UnverifiedCredential::parse(FORMAT, &other.issue(person(), &[])).unwrap();
    let evidence = evidence(&theirs.key_source().unwrap());
    assert_eq!(
        credential.verify(&evidence, now()).err(),
        Some(PeerFault::KeyEvidence.into())
    );
}
