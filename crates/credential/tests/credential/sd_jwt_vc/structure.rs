//! Digests and Disclosures that do not fit together (RFC 9901, section 7.1).

use credential::{IssuerFault, PeerFault, StructureFault, UnverifiedCredential, VerificationError};
use keys::base64url;
use serde_json::{Value, json};
use strict_json::JsonError;

use super::{FORMAT, disclosable, parties, person, refused, refused_payload};
use crate::parties::*;

#[test]
fn claims_that_must_be_plain_are_not_taken_from_disclosures() {
    for (name, value) in [
        ("vct", json!("https://issuer.example/identity")),
        ("iss", json!("x")),
        ("exp", json!(1)),
        ("nbf", json!(1)),
        ("cnf", json!({})),
        ("status", json!({})),
        ("vct#integrity", json!("x")),
    ] {
        let parties = parties();
        let mut claims = parties.claims(json!({}));
        let iss = claims.remove("iss").unwrap();
        claims.remove(name);
        if name != "iss" {
            claims.insert("iss".to_owned(), iss);
        }
        let (encoded, digest) = disclosure(&json!(["salt", name, value]));
        claims.insert("_sd".to_owned(), json!([digest]));
        let error = UnverifiedCredential::parse(FORMAT, &parties.craft(&claims.into(), &[encoded]))
            .and_then(|credential| {
                let issuer = evidence(&credential.key_source()?);
                credential.verify(&issuer, now())
            })
            .err()
            .unwrap();
        let expected = if name == "iss" {
            PeerFault::KeyEvidence.into()
        } else {
            VerificationError::Issuer(IssuerFault::MustBePlain(name))
        };
        assert_eq!(error, expected);
    }
    let (encoded, digest) = disclosure(&json!(["salt", "jwk", {}]));
    assert_eq!(
        refused_payload(json!({"cnf": {"_sd": [digest]}}), &[encoded]),
        IssuerFault::MustBePlain("cnf").into()
    );
}

#[test]
fn only_sha_256_is_spoken() {
    for name in [json!("sha-512"), json!("SHA-256"), json!(1), json!(null)] {
        assert_eq!(
            refused_payload(json!({ "_sd_alg": name }), &[]),
            IssuerFault::DigestAlgorithm.into()
        );
    }
}

#[test]
fn every_digest_occurs_once() {
    let (_, decoy) = disclosure(&json!(["salt", "a", 1]));
    for more in [
        json!({"_sd": [decoy, decoy]}),
        json!({"_sd": [decoy], "x": {"_sd": [decoy]}}),
        json!({"_sd": [decoy], "x": [{"...": decoy}]}),
    ] {
        assert_eq!(
            refused_payload(more, &[]),
            IssuerFault::DuplicateDigest.into()
        );
    }
    let (encoded, digest) = disclosure(&json!(["salt", "a", {"_sd": [decoy]}]));
    assert_eq!(
        refused_payload(json!({"_sd": [decoy, digest]}), &[encoded]),
        IssuerFault::DuplicateDigest.into()
    );
}

#[test]
fn every_disclosure_is_referred_to() {
    let (encoded, digest) = disclosure(&json!(["salt", "a", 1]));
    let fault: VerificationError = PeerFault::UnreferencedDisclosure.into();
    assert_eq!(
        refused_payload(json!({}), std::slice::from_ref(&encoded)),
        fault
    );
    assert_eq!(
        refused_payload(json!({"_sd": [digest]}), &[encoded.clone(), encoded]),
        fault
    );
}

#[test]
fn digests_and_disclosures_fit_together() {
    let check = |content: Value, place: fn(String) -> Value, fault: StructureFault| {
        let (encoded, digest) = disclosure(&content);
        assert_eq!(refused_payload(place(digest), &[encoded]), fault.into());
    };
    let member: fn(String) -> Value = |digest| json!({"_sd": [digest]});
    let element: fn(String) -> Value = |digest| json!({"list": [{"...": digest}]});
    check(json!(["salt", 1]), member, StructureFault::Arity);
    check(json!(["salt", "a", 1]), element, StructureFault::Arity);
    check(
        json!(["salt", "_sd", []]),
        member,
        StructureFault::ReservedName,
    );
    check(
        json!(["salt", "...", 1]),
        member,
        StructureFault::ReservedName,
    );
    check(json!(["salt", "vct", 1]), member, StructureFault::Collision);
    check(
        json!(["salt", "a", {"_sd": "x"}]),
        member,
        StructureFault::Digest,
    );
    for more in [
        json!({"_sd": "x"}),
        json!({"_sd": [1]}),
        json!({"a": {"...": "x"}}),
        json!({"a": [{"...": 1}]}),
        json!({"a": [{"...": "x", "b": 1}]}),
    ] {
        assert_eq!(refused_payload(more, &[]), StructureFault::Digest.into());
    }
}

#[test]
fn two_disclosures_of_one_name_collide() {
    let (first, one) = disclosure(&json!(["salt", "a", 1]));
    let (second, two) = disclosure(&json!(["pepper", "a", 2]));
    assert_eq!(
        refused_payload(json!({"_sd": [one, two]}), &[first, second]),
        StructureFault::Collision.into()
    );
}

#[test]
fn malformed_disclosures_are_the_senders_fault() {
    let issued = parties().issue(person(), &disclosable());
    let bad = |content: &str| refused(&format!("{issued}{}~", base64url::encode(content)));
    for content in [
        r#"{}"#,
        r#"["salt"]"#,
        r#"["s","n",1,2]"#,
        r#"[1,"n",1]"#,
        r#"["s",1,1]"#,
        "[]",
    ] {
        assert_eq!(bad(content), PeerFault::Disclosure.into());
    }
    assert_eq!(
        bad(r#"["s","n",{"a":1,"a":2}]"#),
        PeerFault::Json(JsonError::Duplicate).into()
    );
    assert_eq!(
        refused(&format!("{issued}=~")),
        PeerFault::Disclosure.into()
    );
    assert_eq!(
        refused(&format!("{issued}~")),
        PeerFault::Json(JsonError::Syntax).into()
    );
}

#[test]
fn a_chain_of_disclosures_does_not_exhaust_the_stack() {
    let mut encoded = Vec::new();
    let mut value = json!(1);
    for _ in 0..400 {
        let (disclosure, digest) = disclosure(&json!(["s", "a", value]));
        encoded.push(disclosure);
        value = json!({"_sd": [digest]});
    }
    let digest = value["_sd"].clone();
    assert_eq!(
        refused_payload(json!({ "_sd": digest }), &encoded),
        StructureFault::Depth.into()
    );
}
