//! Data Integrity proofs: issued, verified, presented, and refused by name.

mod presentations;
mod refused;

use credential::data_integrity::{Cryptosuite, Leniency, ProofFault, ProofOptions, issue, secure};
use credential::{
    Credential, Format, HolderFault, IssuerFault, IssuerKey, KeySource, UnverifiedCredential,
    VerificationError,
};
use did::{Did, DidUrl};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::changes::changes;
use crate::parties::now;

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

fn verify(text: &str) -> Result<Credential, VerificationError> {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text)?;
    let evidence = evidence(&unverified.key_sources()?);
    let believed = unverified.verify_with(&evidence, Leniency::None, now())?;
    Ok(believed.into_inner())
}

fn verify_object(document: &Map<String, Value>) -> Result<Credential, VerificationError> {
    verify(&text(document))
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

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap()
}

fn text(document: &Map<String, Value>) -> String {
    serde_json::to_string(document).unwrap()
}
