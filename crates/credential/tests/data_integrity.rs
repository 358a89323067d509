//! Data Integrity proofs: issued, verified, presented, and refused by name.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use credential::data_integrity::{
    Cryptosuite, Leniency, ProofFault, ProofOptions, Purpose, SecureError, issue, present, secure,
};
use credential::{
    Challenge, Credential, Format, HolderFault, IssuerFault, IssuerKey, KeySource, PeerFault,
    UnverifiedCredential, UnverifiedPresentation, VerificationError,
};
use did::{Did, DidUrl};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use linked_data::{ContextError, ExpansionError};
use serde_json::{Map, Value, json};
use strict_json::JsonError;

const V1: &str = "https://www.w3.org/2018/credentials/v1";
const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";
const SUITES: [Cryptosuite; 4] = [
    Cryptosuite::EcdsaJcs2019,
    Cryptosuite::EcdsaRdfc2019,
    Cryptosuite::EddsaJcs2022,
    Cryptosuite::EddsaRdfc2022,
];

#[test]
fn every_suite_issues_and_verifies() {
    for suite in SUITES {
        let party = Party::new(suite);
        let credential = verify(&party.issued(json!({}))).unwrap();
        assert_eq!(credential.format, Format::LdpVc);
        assert_eq!(credential.issuer, party.did());
        assert_eq!(
            credential.types,
            ["VerifiableCredential", "ExampleCredential"]
        );
        assert_eq!(credential.holder(), Some(holder(suite).public()));
        assert_eq!(
            Value::Object(credential.claims),
            Value::Object(party.credential(json!({})))
        );
    }
}

#[test]
fn no_changed_byte_is_believed() {
    for suite in SUITES {
        let party = Party::new(suite);
        let text = party.issued(json!({}));
        let claims = verify(&text).unwrap().claims;
        for bit in [0x01, 0x02, 0x10, 0x20] {
            for at in 0..text.len() {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= bit;
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                if let Ok(believed) = verify(&changed) {
                    assert_eq!(believed.claims, claims, "{suite:?}: {at}: {changed}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_added_dropped_or_moved() {
    for suite in SUITES {
        let party = Party::new(suite);
        let signed = object(&party.issued(json!({})));
        let claims = verify_object(&signed).unwrap().claims;
        let mut count = 0;
        for changed in changes(&Value::Object(signed.clone())) {
            count += 1;
            // Of a document that is signed as JSON, contexts at the end are cut off.
            if let Ok(believed) = verify(&changed.to_string()) {
                assert!(suite.signs_json(), "{suite:?}: {changed}");
                assert_eq!(believed.claims, claims, "{changed}");
            }
        }
        assert!(count > 60, "{count}");
        let mut moved = signed.clone();
        let proof = moved.remove("proof").unwrap();
        moved["credentialSubject"]["proof"] = proof;
        assert!(verify_object(&moved).is_err());
    }
}

#[test]
fn members_in_another_order_say_the_same() {
    for suite in SUITES {
        let text = Party::new(suite).issued(json!({}));
        let members = object(&text);
        let reversed: Vec<String> = members
            .iter()
            .rev()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        let reversed = format!("{{{}}}", reversed.join(","));
        assert_ne!(reversed, text);
        assert_eq!(
            verify(&reversed).unwrap().claims,
            verify(&text).unwrap().claims
        );
    }
}

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

#[test]
fn the_data_model_is_judged_after_the_proof() {
    let suite = Cryptosuite::EddsaJcs2022;
    let party = Party::new(suite);
    let issuer = |claim| VerificationError::Issuer(IssuerFault::Claim(claim));
    let holder = VerificationError::Holder;
    let cases = [
        (
            json!({ "validFrom": "2026-11-23T00:00:00Z" }),
            holder(HolderFault::NotYetValid),
        ),
        (
            json!({ "validUntil": "2026-11-22T00:00:00Z" }),
            holder(HolderFault::Expired),
        ),
        (json!({ "validFrom": "2026-11-21" }), issuer("validFrom")),
        (json!({ "type": "Other" }), issuer("type")),
        (json!({ "id": "relative" }), issuer("id")),
        (json!({ "@context": [EXAMPLES, V2] }), issuer("@context")),
        (json!({ "@context": [V2, V2] }), issuer("@context")),
        (json!({ "name": 5 }), issuer("name")),
        (
            json!({ "name": { "@value": "a", "@language": "d_e" } }),
            issuer("name"),
        ),
        (
            json!({ "name": { "@value": "a", "@direction": "up" } }),
            issuer("name"),
        ),
        (
            json!({ "name": { "@value": "a", "extra": "b" } }),
            issuer("name"),
        ),
        (json!({ "description": ["a"] }), issuer("description")),
        (
            json!({ "credentialSubject": [] }),
            issuer("credentialSubject"),
        ),
        (
            json!({ "credentialSubject": {} }),
            issuer("credentialSubject"),
        ),
        (
            json!({ "credentialSchema": { "id": "https://a.example/" } }),
            issuer("credentialSchema"),
        ),
        (
            json!({ "credentialSchema": { "type": "JsonSchema" } }),
            issuer("credentialSchema"),
        ),
        (
            json!({ "evidence": { "id": "https://a.example/" } }),
            issuer("evidence"),
        ),
        (json!({ "termsOfUse": "text" }), issuer("termsOfUse")),
        (
            json!({ "refreshService": { "id": "https://a.example/" } }),
            issuer("refreshService"),
        ),
        (
            json!({ "relatedResource": { "id": "https://a.example/" } }),
            issuer("relatedResource"),
        ),
        (
            json!({ "relatedResource": [related(), related()] }),
            issuer("relatedResource"),
        ),
        (
            json!({ "credentialStatus": { "type": "Other" } }),
            VerificationError::Issuer(IssuerFault::StatusMechanism),
        ),
    ];
    for (members, expected) in cases {
        let credential = party.credential(members.clone());
        let options = ProofOptions::assertion(suite, &party.method, now());
        let signed = secure(credential, &options, &party.key).unwrap();
        assert_eq!(verify_object(&signed).unwrap_err(), expected, "{members}");
    }
    let good = json!({
        "name": [{ "@value": "a", "@language": "de-AT" }, { "@value": "b", "@direction": "rtl" }],
        "credentialSchema": { "id": "https://a.example/", "type": "JsonSchema" },
        "evidence": [{ "type": "Evidence" }],
        "termsOfUse": { "type": "Terms" },
        "refreshService": { "type": "Refresh" },
        "relatedResource": [related()],
    });
    verify(&party.issued(good)).unwrap();
}

#[test]
fn the_first_data_model_is_read() {
    let suite = Cryptosuite::EddsaRdfc2022;
    let party = Party::new(suite);
    let mut credential = party.credential(json!({
        "@context": [V1, "https://w3id.org/security/data-integrity/v2", EXAMPLES],
        "issuanceDate": "2026-11-22T00:00:00Z",
    }));
    for newer in ["validFrom", "name"] {
        credential.remove(newer);
    }
    let options = ProofOptions::assertion(suite, &party.method, now());
    let signed = issue(credential.clone(), &options, &party.key).unwrap();
    let believed = verify_object(&signed).unwrap();
    assert_eq!(
        believed.valid_from,
        Some("2026-11-22T00:00:00Z".parse().unwrap())
    );
    credential.remove("issuanceDate");
    let signed = secure(credential, &options, &party.key).unwrap();
    assert_eq!(
        verify_object(&signed).unwrap_err(),
        IssuerFault::Missing("issuanceDate").into()
    );
}

#[test]
fn a_holder_presents() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let suite = match algorithm {
            Algorithm::EdDsa => Cryptosuite::EddsaRdfc2022,
            _ => Cryptosuite::EcdsaRdfc2019,
        };
        let text = Party::new(suite).issued(json!({}));
        let other = Party::with(suite, 7).issued(json!({ "name": "Other" }));
        let presented = present(&[&text, &other], &holder(suite), &challenge(), now()).unwrap();
        let believed = verify_presentation(&presented, &challenge(), now()).unwrap();
        assert_eq!(believed, 2);

        let refused = |challenge: &Challenge, at: Timestamp| {
            verify_presentation(&presented, challenge, at).unwrap_err()
        };
        let other = Challenge {
            nonce: "other".to_owned(),
            ..challenge()
        };
        assert_eq!(refused(&other, now()), PeerFault::Nonce.into());
        let other = Challenge {
            audience: "other".to_owned(),
            ..challenge()
        };
        assert_eq!(refused(&other, now()), PeerFault::Audience.into());
        let later = now() + SignedDuration::from_mins(11);
        assert_eq!(refused(&challenge(), later), PeerFault::Freshness.into());
        // A Credential alone is no answer.
        let bare = verify_presentation(&text, &challenge(), now()).unwrap_err();
        assert_eq!(bare, PeerFault::HolderBindingMissing.into());
        // Nobody else's key signs for the Holder.
        let thief = SigningKey::from_secret(algorithm, &[77; 32]).unwrap();
        assert!(present(&[&text], &thief, &challenge(), now()).is_err());
        let method = did::key::verification_method(thief.public());
        let mut stolen = object(&presented);
        stolen.remove("proof");
        let answer = challenge();
        let options = ProofOptions {
            purpose: Purpose::Authentication,
            challenge: Some(&answer.nonce),
            domain: Some(&answer.audience),
            ..ProofOptions::assertion(suite, &method, now())
        };
        let as_holder = secure(stolen.clone(), &options, &thief).unwrap();
        let error = verify_presentation(&self::text(&as_holder), &answer, now()).unwrap_err();
        assert_eq!(error, ProofFault::Controller.into());
        stolen.insert("holder".to_owned(), method.did().as_str().into());
        let as_thief = secure(stolen, &options, &thief).unwrap();
        let error = verify_presentation(&self::text(&as_thief), &answer, now()).unwrap_err();
        assert_eq!(error, PeerFault::HolderMismatch.into());
        // An assertion is no authentication.
        let mut asserted = object(&presented);
        asserted.remove("proof");
        let key = holder(suite);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions {
            purpose: Purpose::AssertionMethod,
            verification_method: &method,
            ..options
        };
        let asserted = secure(asserted, &options, &key).unwrap();
        let error = verify_presentation(&self::text(&asserted), &answer, now()).unwrap_err();
        assert_eq!(error, ProofFault::Purpose.into());
    }
}

#[test]
fn no_changed_byte_of_a_presentation_is_believed() {
    let suite = Cryptosuite::EddsaRdfc2022;
    let text = Party::new(suite).issued(json!({}));
    let presented = present(&[&text], &holder(suite), &challenge(), now()).unwrap();
    for at in 0..presented.len() {
        let mut bytes = presented.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        let result = verify_presentation(&changed, &challenge(), now());
        assert!(result.is_err(), "{at}: {changed}");
    }
}

#[test]
fn leniency_is_for_test_suites() {
    let suite = Cryptosuite::EddsaRdfc2022;
    let party = Party::new(suite);
    let mut credential = party.credential(json!({}));
    credential.insert("issuer".to_owned(), "https://issuer.example/".into());
    let options = ProofOptions::assertion(suite, &party.method, now());
    let signed = secure(credential, &options, &party.key).unwrap();
    fault(&signed, ProofFault::Controller);
    let unverified = UnverifiedCredential::parse(Format::LdpVc, &text(&signed)).unwrap();
    let evidence = evidence(&unverified.key_sources().unwrap());
    unverified
        .verify_with(&evidence, Leniency::TestSuites, now())
        .unwrap();
}

fn related() -> Value {
    json!({ "id": "https://a.example/", "digestMultibase": "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n" })
}

struct Party {
    suite: Cryptosuite,
    key: SigningKey,
    method: DidUrl,
}

impl Party {
    fn new(suite: Cryptosuite) -> Self {
        Self::with(suite, 1)
    }

    fn with(suite: Cryptosuite, seed: u8) -> Self {
        let key = SigningKey::from_secret(algorithm(suite), &[seed; 32]).unwrap();
        let method = did::key::verification_method(key.public());
        Self { suite, key, method }
    }

    fn did(&self) -> &str {
        self.method.did().as_str()
    }

    fn credential(&self, more: Value) -> Map<String, Value> {
        let subject = did::key::did(holder(self.suite).public());
        let mut credential = json!({
            "@context": [V2, EXAMPLES],
            "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
            "type": ["VerifiableCredential", "ExampleCredential"],
            "issuer": self.did(),
            "name": "Example",
            "validFrom": "2026-11-21T00:00:00Z",
            "validUntil": "2027-11-21T00:00:00Z",
            "credentialSubject": {
                "id": subject,
                "type": "Person",
                "givenName": "Ada",
                "tags": ["one", "two"],
                "height": 1.5,
                "member": true,
                "address": { "city": "London", "lines": { "@list": ["a", "b"] } },
            },
        });
        let members = credential.as_object_mut().unwrap();
        for (name, value) in more.as_object().unwrap() {
            members.insert(name.clone(), value.clone());
        }
        members.clone()
    }

    fn issued(&self, more: Value) -> String {
        let options = ProofOptions::assertion(self.suite, &self.method, now());
        text(&issue(self.credential(more), &options, &self.key).unwrap())
    }
}

fn holder(suite: Cryptosuite) -> SigningKey {
    SigningKey::from_secret(algorithm(suite), &[2; 32]).unwrap()
}

fn algorithm(suite: Cryptosuite) -> Algorithm {
    match suite.takes(Algorithm::EdDsa) {
        true => Algorithm::EdDsa,
        false => Algorithm::Es256,
    }
}

/// The document with one member removed, renamed, repeated elsewhere or changed, at every place.
fn changes(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let mut without = members.clone();
                without.remove(name);
                all.push(Value::Object(without.clone()));
                without.insert(format!("{name}x"), inner.clone());
                all.push(Value::Object(without));
                for changed in changes(inner) {
                    let mut with = members.clone();
                    with.insert(name.clone(), changed);
                    all.push(Value::Object(with));
                }
            }
            for (name, inner) in [
                ("added", json!("x")),
                ("description", json!("x")),
                ("nothing", json!(null)),
                ("empty", json!([])),
            ] {
                let mut with = members.clone();
                with.insert(name.to_owned(), inner);
                all.push(Value::Object(with));
            }
        }
        Value::Array(elements) => {
            for (index, inner) in elements.iter().enumerate() {
                let mut without = elements.clone();
                without.remove(index);
                all.push(Value::Array(without));
                for changed in changes(inner) {
                    let mut with = elements.clone();
                    with[index] = changed;
                    all.push(Value::Array(with));
                }
            }
            let mut twice = elements.clone();
            twice.extend(elements.first().cloned());
            all.push(Value::Array(twice));
            all.push(json!([elements, "more"]));
        }
        Value::String(text) => {
            all.push(format!("{text}x").into());
            all.push(Value::Null);
            all.push(json!({ "@value": text, "@language": "en" }));
        }
        Value::Bool(truth) => all.push((!truth).into()),
        Value::Number(_) => all.extend([json!(2), json!("1.5")]),
        Value::Null => {}
    }
    all
}

fn verify(text: &str) -> Result<Credential, VerificationError> {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text)?;
    let evidence = evidence(&unverified.key_sources()?);
    let believed = unverified.verify_with(&evidence, Leniency::None, now())?;
    Ok(believed.into_inner())
}

fn verify_object(document: &Map<String, Value>) -> Result<Credential, VerificationError> {
    verify(&text(document))
}

fn verify_presentation(
    text: &str,
    challenge: &Challenge,
    at: Timestamp,
) -> Result<usize, VerificationError> {
    let unverified = UnverifiedPresentation::parse(Format::LdpVc, text)?;
    let evidence = evidence(&unverified.key_sources()?);
    let believed = unverified.verify(&evidence, challenge, at)?;
    Ok(believed.get().credentials.len())
}

/// Evidence for the sources that are keys themselves.
fn evidence(sources: &[KeySource]) -> Vec<IssuerKey> {
    sources
        .iter()
        .filter_map(|source| {
            let document = did::key::document(&Did::parse(&source.issuer()).ok()?).ok()?;
            IssuerKey::from_did_document(source, &document).ok()
        })
        .collect()
}

fn fault(document: &Map<String, Value>, expected: ProofFault) {
    let error = verify_object(document).unwrap_err();
    assert_eq!(error, expected.into(), "{document:?}");
}

fn challenge() -> Challenge {
    Challenge {
        audience: "x509_san_dns:verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap()
}

fn text(document: &Map<String, Value>) -> String {
    serde_json::to_string(document).unwrap()
}
