//! Proofs and documents that are refused, each by its name.

use credential::data_integrity::{
    Cryptosuite, ProofFault, ProofOptions, SecureError, issue, secure,
};
use credential::{Format, PeerFault, UnverifiedCredential, VerificationError};
use linked_data::{ContextError, ExpansionError};
use serde_json::{Map, Value, json};
use strict_json::JsonError;

use super::{EXAMPLES, Party, SUITES, V1, V2, fault, object, text, verify_object};
use crate::parties::now;

#[test]
fn contexts_are_not_swapped() {
    let unrelated = "https://w3id.org/citizenship/v4rc1";
    for suite in SUITES {
        let signed = object(&Party::new(suite).issued(json!({})));
        let claims = verify_object(&signed).unwrap().claims;
        let with = |contexts: Value| {
            let mut changed = signed.clone();
            changed.insert("@context".to_owned(), contexts);
            verify_object(&changed)
        };
        for contexts in [
            json!([V2]),
            json!([EXAMPLES, V2]),
            json!([V1, EXAMPLES]),
            json!([V2, "https://www.w3.org/ns/credentials/undefined-terms/v2"]),
            json!([V2, EXAMPLES, { "@vocab": "https://www.w3.org/ns/credentials/examples#" }]),
            json!([V2, { "@vocab": "https://www.w3.org/ns/credentials/examples#" }]),
            json!([V2, EXAMPLES, "https://unknown.example/context"]),
            json!([V2, EXAMPLES, null]),
        ] {
            if let Ok(believed) = with(contexts.clone()) {
                // What was appended is not part of what was signed, and is not handed on.
                assert!(suite.signs_json(), "{suite:?} {contexts}");
                assert_eq!(believed.claims, claims);
            }
        }
        // A context that changes nothing adds nothing either.
        if let Ok(believed) = with(json!([V2, EXAMPLES, unrelated])) {
            let without =
                |mut claims: Map<String, Value>| claims.remove("@context").map(|_| claims);
            assert_eq!(without(believed.claims), without(claims.clone()));
        }
    }
}

#[test]
fn an_issuer_signs_with_its_own_key() {
    for suite in SUITES {
        let party = Party::new(suite);
        let other = Party::with(suite, 9);
        // Another's name over one's own proof.
        let mut stolen = party.credential(json!({}));
        stolen.insert("issuer".to_owned(), other.did().into());
        let method = party.method.clone();
        let options = ProofOptions::assertion(suite, &method, now());
        assert_eq!(
            issue(stolen.clone(), &options, &party.key).unwrap_err(),
            SecureError::Proof(ProofFault::Controller)
        );
        let forged = secure(stolen, &options, &party.key).unwrap();
        fault(&forged, ProofFault::Controller);
        // Another's method over one's own proof.
        let mut foreign = object(&party.issued(json!({})));
        foreign["proof"]["verificationMethod"] = other.method.to_string().into();
        fault(&foreign, ProofFault::Controller);
        // A proof beside the issuer's, by somebody else.
        let both = secure(
            object(&party.issued(json!({}))),
            &ProofOptions::assertion(suite, &other.method, now()),
            &other.key,
        );
        fault(&both.unwrap(), ProofFault::Controller);
    }
}

#[test]
fn proofs_are_refused_by_name() {
    let suite = Cryptosuite::EddsaRdfc2022;
    let party = Party::new(suite);
    let good = object(&party.issued(json!({})));
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed["proof"][name] = value;
        changed
    };
    let cases = [
        (
            with("cryptosuite", json!("eddsa-2022")),
            ProofFault::Cryptosuite,
        ),
        (
            with("cryptosuite", json!("Ed25519Signature2020")),
            ProofFault::Cryptosuite,
        ),
        (
            with("cryptosuite", json!("ecdsa-rdfc-2019")),
            ProofFault::Cryptosuite,
        ),
        (
            with("cryptosuite", json!("eddsa-jcs-2022")),
            ProofFault::Signature,
        ),
        (
            with("cryptosuite", json!(1)),
            ProofFault::Malformed("cryptosuite"),
        ),
        (
            with("type", json!("Ed25519Signature2018")),
            ProofFault::Cryptosuite,
        ),
        (
            with("proofPurpose", json!("authentication")),
            ProofFault::Purpose,
        ),
        (
            with(
                "proofPurpose",
                json!("https://w3id.org/security#assertionMethod"),
            ),
            ProofFault::Purpose,
        ),
        (
            with("verificationMethod", json!("https://example.org/key")),
            ProofFault::Controller,
        ),
        (
            with("verificationMethod", json!("did:example:1#key")),
            ProofFault::Controller,
        ),
        (
            with("created", json!("2026-11-22")),
            ProofFault::Malformed("created"),
        ),
        (
            with("created", json!("2026-11-23T12:00:00Z")),
            ProofFault::NotYetValid,
        ),
        (
            with("expires", json!("2026-11-22T11:00:00Z")),
            ProofFault::Expired,
        ),
        (
            with("expires", json!("2026-11-23T11:00:00Z")),
            ProofFault::Signature,
        ),
        (with("nonce", json!("x")), ProofFault::Signature),
        (with("unknown", json!("x")), ProofFault::Signature),
        (with("@context", json!([V2])), ProofFault::Context),
        (
            with("previousProof", json!("urn:uuid:none")),
            ProofFault::PreviousProof,
        ),
        (
            with("previousProof", json!(1)),
            ProofFault::Malformed("previousProof"),
        ),
        (
            with("proofValue", json!("mAAAA")),
            ProofFault::Malformed("proofValue"),
        ),
        (
            with("proofValue", json!(format!("z{}", "2".repeat(10_000)))),
            ProofFault::Malformed("proofValue"),
        ),
        (with("proofValue", json!("z2")), ProofFault::Signature),
    ];
    for (changed, expected) in cases {
        fault(&changed, expected);
    }
    for missing in ["type", "verificationMethod", "proofPurpose", "proofValue"] {
        let mut changed = good.clone();
        changed["proof"].as_object_mut().unwrap().remove(missing);
        fault(&changed, ProofFault::Missing(missing));
    }
    let mut none = good.clone();
    none.remove("proof");
    assert!(matches!(
        UnverifiedCredential::parse(Format::LdpVc, &text(&none)).err(),
        Some(VerificationError::Peer(PeerFault::Proof(
            ProofFault::Missing("proof")
        )))
    ));
    let mut many = good.clone();
    many.insert("proof".to_owned(), vec![good["proof"].clone(); 9].into());
    fault(&many, ProofFault::TooMany);
}

#[test]
fn documents_are_refused_by_name() {
    let party = Party::new(Cryptosuite::EddsaRdfc2022);
    let good = object(&party.issued(json!({})));
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed.insert(name.to_owned(), value);
        changed
    };
    let v2_only = |mut changed: Map<String, Value>| {
        changed.insert("@context".to_owned(), json!([V2]));
        changed
    };
    let document = |changed: &Map<String, Value>, expected: ExpansionError| {
        fault(changed, ProofFault::Document(expected));
    };
    document(
        &v2_only(with("unknownTerm", json!("x"))),
        ExpansionError::UndefinedTerm,
    );
    document(
        &with("https://schema.org/name", json!("x")),
        ExpansionError::Alias,
    );
    document(&with("name", json!(null)), ExpansionError::Empty);
    document(&with("name", json!([])), ExpansionError::Empty);
    document(&with("id", json!("_:b0")), ExpansionError::BlankIdentifier);
    let inline = with(
        "@context",
        json!([V2, EXAMPLES, { "claim": "urn:other:name" }]),
    );
    document(&inline, ContextError::Inline.into());
    let unknown = with(
        "@context",
        json!([V2, EXAMPLES, "https://unknown.example/"]),
    );
    document(&unknown, ContextError::Unknown.into());

    let text = text(&good);
    let duplicate = text.replacen("{\"@context\"", "{\"id\":\"urn:a:b\",\"@context\"", 1);
    let refused = UnverifiedCredential::parse(Format::LdpVc, &duplicate).err();
    assert_eq!(refused, Some(PeerFault::Json(JsonError::Duplicate).into()));
    let huge = format!("{}{}", " ".repeat(64 * 1024), text);
    let refused = UnverifiedCredential::parse(Format::LdpVc, &huge).err();
    assert_eq!(refused, Some(PeerFault::Json(JsonError::Size).into()));
    let deep = with(
        "deep",
        serde_json::from_str(&format!("{}1{}", "[".repeat(40), "]".repeat(40))).unwrap(),
    );
    let refused = UnverifiedCredential::parse(Format::LdpVc, &self::text(&deep)).err();
    assert_eq!(refused, Some(PeerFault::Json(JsonError::Depth).into()));
    assert!(UnverifiedCredential::parse(Format::LdpVc, "[]").is_err());
}

#[test]
fn blank_nodes_that_are_too_much_alike_are_refused_soon() {
    let party = Party::new(Cryptosuite::EddsaRdfc2022);
    let ring = |size: usize| {
        let nodes: Vec<Value> = (0..size).map(|_| json!({ "a": { "b": {} } })).collect();
        json!({ "more": nodes })
    };
    // Alike, and yet told apart in bounded time; or refused.
    let credential = party.credential(json!({ "credentialSubject": ring(300) }));
    let options = ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &party.method, now());
    match secure(credential, &options, &party.key) {
        Ok(signed) => drop(verify_object(&signed).unwrap()),
        Err(error) => assert!(matches!(
            error,
            SecureError::Proof(ProofFault::Canonicalization(_))
        )),
    }
}
