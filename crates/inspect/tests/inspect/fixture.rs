//! Parties and what they make.

use credential::KeyReference;
use credential::data_integrity::{self, Cryptosuite, ProofOptions, Purpose};
use credential::sd_jwt::{self, ClaimPath, Held};
use credential::{Challenge, vc_jwt};
use did::DidUrl;
use inspect::{Code, Known, Report};
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

pub(crate) fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret(Algorithm::EdDsa, &[seed; 32]).unwrap()
}

pub(crate) fn method(key: &SigningKey) -> DidUrl {
    let did = did::key::did(key.public());
    let fragment = did.as_str().strip_prefix("did:key:").unwrap().to_owned();
    did.url(&fragment).unwrap()
}

pub(crate) fn did(key: &SigningKey) -> String {
    method(key).did().to_string()
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Explains with nothing at hand.
pub(crate) fn explain(text: &str) -> Report {
    inspect::inspect(text, &Known::at(now()))
}

pub(crate) fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// An SD-JWT VC, two of whose claims can be withheld.
pub(crate) fn sd_jwt() -> String {
    let issuer = key(1);
    let claims = json!({
        "iss": did(&issuer),
        "vct": "https://id.example/types/person",
        "iat": 1_795_000_000,
        "exp": 1_900_000_000,
        "given_name": "Erika",
        "family_name": "Mustermann",
        "age_over_18": true,
    });
    let claims = object(claims);
    let disclosable = [
        ClaimPath::from("given_name"),
        ClaimPath::from("family_name"),
    ];
    let holder = key(2);
    let issuance = sd_jwt::Issuance {
        claims,
        disclosable: &disclosable,
        pad_digests_to: 3,
        holder: Some(holder.public()),
        key_reference: &KeyReference::KeyId(method(&issuer).to_string()),
    };
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    issuance.sign(&issuer, &mut rng).unwrap()
}

/// The same, with one name shown to somebody.
pub(crate) fn presented() -> String {
    let challenge = Challenge {
        audience: "https://shop.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
    };
    let held = Held::parse(&sd_jwt()).unwrap();
    let selected = held.select(&[ClaimPath::from("given_name")]).unwrap();
    selected.bind(&key(2), &challenge, now()).unwrap()
}

pub(crate) fn credential() -> Map<String, Value> {
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "issuer": did(&key(1)),
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2030-01-01T00:00:00Z",
        "credentialSubject": {"id": did(&key(2)), "name": "Erika Mustermann"},
    }))
}

pub(crate) fn vc_jwt() -> String {
    vc_jwt_of(credential())
}

pub(crate) fn vc_jwt_of(credential: Map<String, Value>) -> String {
    let issuer = key(1);
    let issuance = vc_jwt::Issuance {
        credential,
        holder: None,
        status: None,
        key_reference: &KeyReference::KeyId(method(&issuer).to_string()),
    };
    issuance.sign(&issuer).unwrap()
}

pub(crate) fn ldp_vc() -> Map<String, Value> {
    ldp_vc_of(credential())
}

pub(crate) fn ldp_vc_of(credential: Map<String, Value>) -> Map<String, Value> {
    let issuer = key(1);
    let options_method = method(&issuer);
    let options = ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &options_method, now());
    data_integrity::issue(credential, &options, &issuer).unwrap()
}

pub(crate) fn ldp_vp() -> Map<String, Value> {
    let holder = key(2);
    let holder_method = method(&holder);
    let presentation = object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiablePresentation",
        "holder": did(&holder),
        "verifiableCredential": [ldp_vc()],
    }));
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some("abc"),
        domain: Some("https://shop.example"),
        ..ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &holder_method, now())
    };
    data_integrity::secure(presentation, &options, &holder).unwrap()
}
