//! Whatever is changed in whatever place of a Credential secured by whatever mechanism is refused,
//! or says the same.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use std::time::{Duration, Instant};

use bbs::SecretKey;
use credential::data_integrity::selective::{
    derive_bbs, derive_ecdsa_sd, issue_bbs, issue_ecdsa_sd,
};
use credential::data_integrity::{Cryptosuite, Leniency, ProofOptions, issue};
use credential::sd_jwt::ClaimPath;
use credential::{
    Credential, Format, HolderFault, IssuerKey, PeerFault, UnverifiedCredential, VerificationError,
    vc_sd_jwt,
};
use did::{Did, DidUrl};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey, base64url};
use linked_data::{Contexts, Hash, Inline};
use serde_json::{Map, Value, json};
use strict_json::JsonError;

mod parties;

use parties::{Parties, forge, now, object, rng};

macro_rules! mechanisms {
    ($($name:ident: $sample:expr;)+) => {
        $(mod $name {
            use super::*;

            #[test]
            fn no_changed_byte_is_believed() {
                super::no_changed_byte_is_believed(&$sample);
            }

            #[test]
            fn nothing_is_added_dropped_or_changed() {
                super::nothing_is_added_dropped_or_changed(&$sample);
            }

            #[test]
            fn order_says_nothing() {
                super::order_says_nothing(&$sample);
            }

            #[test]
            fn what_secures_stays_where_it_is() {
                super::what_secures_stays_where_it_is(&$sample);
            }

            #[test]
            fn contexts_and_issuers_are_not_swapped() {
                super::contexts_and_issuers_are_not_swapped(&$sample);
            }

            #[test]
            fn times_are_judged() {
                super::times_are_judged(&$sample);
            }

            #[test]
            fn what_is_no_good_json_is_refused() {
                super::what_is_no_good_json_is_refused(&$sample);
            }

            #[test]
            fn blank_nodes_take_bounded_time() {
                super::blank_nodes_take_bounded_time(&$sample);
            }
        })+
    };
}

mechanisms! {
    ed25519_signature_2020: superseded();
    eddsa_jcs_2022: whole(Cryptosuite::EddsaJcs2022, Algorithm::EdDsa);
    eddsa_rdfc_2022: whole(Cryptosuite::EddsaRdfc2022, Algorithm::EdDsa);
    ecdsa_jcs_2019_p256: whole(Cryptosuite::EcdsaJcs2019, Algorithm::Es256);
    ecdsa_jcs_2019_p384: whole(Cryptosuite::EcdsaJcs2019, Algorithm::Es384);
    ecdsa_rdfc_2019_p256: whole(Cryptosuite::EcdsaRdfc2019, Algorithm::Es256);
    ecdsa_rdfc_2019_p384: whole(Cryptosuite::EcdsaRdfc2019, Algorithm::Es384);
    ecdsa_sd_2023: ecdsa_sd();
    bbs_2023: bbs_baseline();
    vc_jwt_eddsa: token(Kind::VcJwt, Algorithm::EdDsa);
    vc_jwt_es256: token(Kind::VcJwt, Algorithm::Es256);
    vc_jwt_es384: token(Kind::VcJwt, Algorithm::Es384);
    vc_jwt_1_1: token(Kind::VcJwtV1, Algorithm::EdDsa);
    vc_sd_jwt_eddsa: token(Kind::VcSdJwt, Algorithm::EdDsa);
    sd_jwt_vc: token(Kind::SdJwtVc, Algorithm::Es256);
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Object,
    SdJwtVc,
    VcJwt,
    VcJwtV1,
    VcSdJwt,
}

/// A good Credential, and another Issuer's.
struct Sample {
    kind: Kind,
    text: String,
    other: String,
    /// How many bytes apart those are that are changed: pairings take their time.
    stride: usize,
}

fn no_changed_byte_is_believed(sample: &Sample) {
    let claims = sample.claims();
    for bit in [0x01, 0x04, 0x20] {
        for at in (0..sample.text.len()).step_by(sample.stride) {
            let mut bytes = sample.text.clone().into_bytes();
            bytes[at] ^= bit;
            if let Ok(changed) = String::from_utf8(bytes)
                && let Ok(believed) = sample.verify(&changed)
            {
                assert_eq!(believed.claims, claims, "{at}: {changed}");
            }
        }
    }
    for cut in (0..sample.text.len()).step_by(sample.stride * 7) {
        assert!(sample.verify(&sample.text[..cut]).is_err(), "{cut}");
    }
}

fn nothing_is_added_dropped_or_changed(sample: &Sample) {
    let claims = sample.claims();
    let mut count = 0;
    for changed in changes(&sample.payload())
        .into_iter()
        .step_by(sample.stride)
    {
        count += 1;
        let text = sample.with_payload(&changed.to_string());
        if let Ok(believed) = sample.verify(&text) {
            // Of a document that is signed as JSON, contexts at the end are cut off; of one that
            // is signed as statements, contexts that change nothing may come and go.
            assert_eq!(sample.kind, Kind::Object, "{changed}");
            assert_eq!(
                without_contexts(believed.claims),
                without_contexts(claims.clone())
            );
        }
    }
    assert!(count > 20, "{count}");
}

fn order_says_nothing(sample: &Sample) {
    let Value::Object(members) = sample.payload() else {
        panic!("not an object")
    };
    let reversed: Vec<String> = members
        .iter()
        .rev()
        .map(|(name, value)| format!("{}:{value}", json!(name)))
        .collect();
    let reversed = sample.with_payload(&format!("{{{}}}", reversed.join(",")));
    match sample.kind {
        Kind::Object => assert_eq!(sample.verify(&reversed).unwrap().claims, sample.claims()),
        // A token is signed as bytes.
        _ => assert!(sample.verify(&reversed).is_err()),
    }
}

fn what_secures_stays_where_it_is(sample: &Sample) {
    let mut payload = sample.payload();
    if sample.kind != Kind::Object {
        let (signed, signature) = sample.token().rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        for parts in [
            [payload, header, signature],
            [header, signature, payload],
            [header, payload, ""],
        ] {
            assert!(sample.verify(&sample.with_token(&parts.join("."))).is_err());
        }
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("typ", json!("JWT+x")),
            ("crit", json!(["exp"])),
            ("b64", json!(false)),
            ("kid", json!("did:example:1#key")),
        ] {
            let header = base64url::decode(header).unwrap();
            let mut header: Value = serde_json::from_slice(&header).unwrap();
            header[name] = value;
            let header = base64url::encode(header.to_string());
            let changed = sample.with_token(&format!("{header}.{payload}.{signature}"));
            assert!(sample.verify(&changed).is_err(), "{name}");
        }
        return;
    }
    let proof = payload.as_object_mut().unwrap().remove("proof").unwrap();
    assert!(sample.verify(&payload.to_string()).is_err());
    let mut moved = payload.clone();
    moved["credentialSubject"]["proof"] = proof.clone();
    assert!(sample.verify(&moved.to_string()).is_err());
    let other: Value = serde_json::from_str(&sample.other).unwrap();
    let changed = |name: &str, value: Value| {
        let mut changed = payload.clone();
        let mut proof = proof.clone();
        proof[name] = value;
        changed["proof"] = proof;
        sample.verify(&changed.to_string())
    };
    for (name, value) in [
        ("proofPurpose", json!("authentication")),
        ("cryptosuite", json!("eddsa-2022")),
        ("cryptosuite", json!("none")),
        ("cryptosuite", json!(null)),
        ("type", json!("Ed25519Signature2018")),
        (
            "verificationMethod",
            other["proof"]["verificationMethod"].clone(),
        ),
        ("proofValue", other["proof"]["proofValue"].clone()),
        ("proofValue", json!("")),
        ("created", json!("2027-11-22T12:00:00Z")),
        ("expires", json!("2026-01-01T00:00:00Z")),
        ("unknown", json!("x")),
        ("nonce", json!("x")),
    ] {
        assert!(changed(name, value.clone()).is_err(), "{name}: {value}");
    }
    // Every other suite's name is refused too.
    for suite in Cryptosuite::ALL {
        if proof["cryptosuite"] != suite.name() {
            assert!(
                changed("cryptosuite", json!(suite.name())).is_err(),
                "{suite:?}"
            );
        }
    }
}

fn contexts_and_issuers_are_not_swapped(sample: &Sample) {
    let claims = sample.claims();
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let name = match sample.kind {
        Kind::SdJwtVc => return another_issuer(sample, "iss"),
        Kind::VcJwtV1 => return another_issuer(sample, "iss"),
        _ => "@context",
    };
    for contexts in [
        json!([v2]),
        json!([v2, "https://www.w3.org/ns/credentials/undefined-terms/v2"]),
        json!([v2, { "@vocab": "https://www.w3.org/ns/credentials/examples#" }]),
        json!([v2, { "givenName": "https://schema.org/familyName" }]),
        json!(["https://www.w3.org/2018/credentials/v1"]),
        json!([v2, "https://unknown.example/"]),
        json!({ "@vocab": "urn:x:" }),
        json!(null),
    ] {
        let mut payload = sample.payload();
        payload[name] = contexts.clone();
        let text = sample.with_payload(&payload.to_string());
        if let Ok(believed) = sample.verify(&text) {
            panic!("{contexts}: {:?} for {claims:?}", believed.claims);
        }
    }
    another_issuer(sample, "issuer");
}

fn another_issuer(sample: &Sample, name: &str) {
    let other = Sample {
        text: sample.other.clone(),
        other: String::new(),
        ..*sample
    };
    let mut payload = sample.payload();
    payload[name] = other.payload()[name].clone();
    assert!(
        sample
            .verify(&sample.with_payload(&payload.to_string()))
            .is_err()
    );
    // Evidence for another's key is none.
    let unverified = sample.parse(&sample.text).unwrap();
    let evidence = evidence(&other.parse(&other.text).unwrap());
    let error = unverified.verify_with(&evidence, Leniency::None, now());
    assert_eq!(error.unwrap_err(), PeerFault::KeyEvidence.into());
}

fn times_are_judged(sample: &Sample) {
    let days = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let late = sample.verify_at(&sample.text, days(800)).unwrap_err();
    assert_eq!(late, HolderFault::Expired.into());
    assert!(sample.verify_at(&sample.text, days(-800)).is_err());
    assert!(sample.verify(&sample.text).is_ok());
}

fn what_is_no_good_json_is_refused(sample: &Sample) {
    let refused = |payload: &str| sample.verify(&sample.with_payload(payload)).unwrap_err();
    let payload = sample.payload().to_string();
    let json = |error: JsonError| VerificationError::from(error);
    let doubled = payload.replacen('{', "{\"zz\":1,\"zz\":2,", 1);
    assert_eq!(refused(&doubled), json(JsonError::Duplicate));
    let deep = format!("{{\"deep\":{}1{},", "[".repeat(60), "]".repeat(60));
    assert_eq!(
        refused(&payload.replacen('{', &deep, 1)),
        json(JsonError::Depth)
    );
    for text in [
        "",
        "[]",
        "null",
        "{",
        "{}",
        "\u{feff}{}",
        "{\"a\":1}{\"a\":1}",
        "{\"a\":01}",
    ] {
        refused(text);
    }
    let huge = payload.replacen('{', &format!("{{\"huge\":\"{}\",", "x".repeat(70_000)), 1);
    let start = Instant::now();
    refused(&huge);
    assert!(start.elapsed() < Duration::from_secs(1));
    // An object comes as text, which is UTF-8; a token can hold anything.
    if sample.kind != Kind::Object {
        let (signed, signature) = sample.token().rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        let mut bytes = base64url::decode(payload).unwrap();
        let at = bytes.len() - 3;
        bytes[at] = 0xff;
        let payload = base64url::encode(bytes);
        let changed = sample.with_token(&format!("{header}.{payload}.{signature}"));
        assert!(sample.verify(&changed).is_err());
    }
}

fn blank_nodes_take_bounded_time(sample: &Sample) {
    let mut payload = sample.payload();
    let subject = match sample.kind {
        Kind::VcJwtV1 => &mut payload["vc"]["credentialSubject"],
        _ => &mut payload["credentialSubject"],
    };
    // Hundreds of nodes that nothing tells apart.
    let ring: Vec<Value> = (0..700)
        .map(|_| json!({ "a": { "b": { "c": {} } } }))
        .collect();
    *subject = json!({ "givenName": "Ada", "more": ring });
    let start = Instant::now();
    assert!(
        sample
            .verify(&sample.with_payload(&payload.to_string()))
            .is_err()
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

impl Sample {
    fn claims(&self) -> Map<String, Value> {
        self.verify(&self.text).unwrap().claims
    }

    fn parse(&self, text: &str) -> Result<UnverifiedCredential, VerificationError> {
        match self.kind {
            Kind::Object => UnverifiedCredential::parse(Format::LdpVc, text),
            Kind::SdJwtVc => UnverifiedCredential::parse(Format::SdJwtVc, text),
            Kind::VcJwt | Kind::VcJwtV1 => UnverifiedCredential::parse(Format::JwtVcJson, text),
            Kind::VcSdJwt => UnverifiedCredential::parse_sd_jwt(text),
        }
    }

    fn verify(&self, text: &str) -> Result<Credential, VerificationError> {
        self.verify_at(text, now())
    }

    fn verify_at(&self, text: &str, at: Timestamp) -> Result<Credential, VerificationError> {
        let unverified = self.parse(text)?;
        unverified.key_sources()?;
        let evidence = evidence(&unverified);
        let verified = unverified.verify_with(&evidence, Leniency::None, at)?;
        Ok(verified.into_inner())
    }

    /// The token without Disclosures.
    fn token(&self) -> &str {
        self.text.split('~').next().unwrap()
    }

    fn with_token(&self, token: &str) -> String {
        let rest = &self.text[self.token().len()..];
        format!("{token}{rest}")
    }

    /// What is secured, as JSON.
    fn payload(&self) -> Value {
        match self.kind {
            Kind::Object => serde_json::from_str(&self.text).unwrap(),
            _ => {
                let payload = self.token().split('.').nth(1).unwrap();
                serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
            }
        }
    }

    /// The same signature over another payload.
    fn with_payload(&self, payload: &str) -> String {
        match self.kind {
            Kind::Object => payload.to_owned(),
            _ => {
                let (signed, signature) = self.token().rsplit_once('.').unwrap();
                let (header, _) = signed.split_once('.').unwrap();
                let payload = base64url::encode(payload);
                self.with_token(&format!("{header}.{payload}.{signature}"))
            }
        }
    }
}

fn whole(suite: Cryptosuite, algorithm: Algorithm) -> Sample {
    let make = |seed| {
        let key = signing(algorithm, seed);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions::assertion(suite, &method, now());
        text(issue(credential(&method), &options, &key).unwrap())
    };
    sample(Kind::Object, 1, make)
}

/// A proof of the type that is verified only, made step by step (Data Integrity EdDSA Cryptosuites,
/// appendix A).
fn superseded() -> Sample {
    let make = |seed| {
        let key = signing(Algorithm::EdDsa, seed);
        let method = did::key::verification_method(key.public());
        let mut document = credential(&method);
        let contexts = document["@context"].as_array_mut().unwrap();
        contexts.push(json!("https://w3id.org/security/suites/ed25519-2020/v1"));
        let mut proof = json!({
            "type": "Ed25519Signature2020",
            "created": now().to_string(),
            "verificationMethod": method.to_string(),
            "proofPurpose": "assertionMethod",
        });
        let mut config = object(proof.clone());
        config.insert("@context".to_owned(), document["@context"].clone());
        let hash = |object: &Map<String, Value>| {
            let statements = Contexts::bundled()
                .expand(object, Inline::OwnNames)
                .unwrap();
            Hash::Sha256.digest(&statements.canonicalize(Hash::Sha256).unwrap().text())
        };
        let signature = key
            .sign(&[hash(&config), hash(&document)].concat())
            .unwrap();
        proof["proofValue"] = json!(format!("z{}", bs58::encode(signature).into_string()));
        document.insert("proof".to_owned(), proof);
        text(document)
    };
    sample(Kind::Object, 1, make)
}

fn ecdsa_sd() -> Sample {
    let make = |seed| {
        let key = signing(Algorithm::Es256, seed);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions::assertion(Cryptosuite::EcdsaSd2023, &method, now());
        let base = issue_ecdsa_sd(
            credential(&method),
            &options,
            &mandatory(),
            &key,
            &mut rng(),
        );
        text(derive_ecdsa_sd(&base.unwrap(), &selective(), key.public()).unwrap())
    };
    sample(Kind::Object, 3, make)
}

fn bbs_baseline() -> Sample {
    let make = |seed| {
        let key = SecretKey::key_gen(&[seed; 32], b"").unwrap();
        let bytes = [[0xeb, 0x01].as_slice(), &key.public().to_bytes()].concat();
        let multikey = format!("z{}", bs58::encode(bytes).into_string());
        let method = DidUrl::parse(&format!("did:key:{multikey}#{multikey}")).unwrap();
        let options = ProofOptions::assertion(Cryptosuite::Bbs2023, &method, now());
        let base = issue_bbs(
            credential(&method),
            &options,
            &mandatory(),
            &key,
            &mut rng(),
        );
        let derived = derive_bbs(&base.unwrap(), &selective(), b"", key.public(), &mut rng());
        text(derived.unwrap())
    };
    sample(Kind::Object, 5, make)
}

fn token(kind: Kind, algorithm: Algorithm) -> Sample {
    let make = |seed| {
        let parties = Parties {
            issuer: signing(algorithm, seed),
            ..Parties::new(algorithm)
        };
        let method = did::key::verification_method(parties.issuer.public());
        let parties = Parties {
            iss: method.did().to_string(),
            reference: credential::KeyReference::KeyId(method.to_string()),
            ..parties
        };
        match kind {
            Kind::VcSdJwt => vc_sd_jwt::Issuance {
                credential: credential(&method),
                disclosable: &[path(&["credentialSubject", "familyName"])],
                pad_digests_to: 2,
                holder: None,
                key_reference: &parties.reference,
            }
            .sign(&parties.issuer, &mut rng())
            .unwrap(),
            Kind::SdJwtVc => parties.issue(
                json!({ "given_name": "Ada", "family_name": "Lovelace", "tags": ["one", "two"] }),
                &[path(&["family_name"])],
            ),
            Kind::VcJwtV1 => {
                let payload = json!({
                    "iss": parties.iss,
                    "nbf": now().as_second() - 3600,
                    "exp": now().as_second() + 3600 * 24 * 365,
                    "vc": {
                        "@context": ["https://www.w3.org/2018/credentials/v1"],
                        "type": ["VerifiableCredential"],
                        "credentialSubject": { "givenName": "Ada", "tags": ["one", "two"] },
                    },
                });
                let header = parties.header("JWT");
                forge(&header, payload.to_string().as_bytes(), &parties.issuer)
            }
            Kind::Object | Kind::VcJwt => parties.craft_vc(&json!(credential(&method))),
        }
    };
    sample(kind, 1, make)
}

fn sample(kind: Kind, stride: usize, make: impl Fn(u8) -> String) -> Sample {
    Sample {
        kind,
        text: make(1),
        other: make(3),
        stride,
    }
}

fn credential(method: &DidUrl) -> Map<String, Value> {
    object(json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": method.did().as_str(),
        "validFrom": "2026-11-21T00:00:00Z",
        "validUntil": "2027-11-21T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:subject",
            "givenName": "Ada",
            "familyName": "Lovelace",
            "height": 1.5,
            "member": true,
            "address": { "city": "London" },
        },
    }))
}

fn mandatory() -> Vec<String> {
    [
        "/issuer",
        "/validFrom",
        "/validUntil",
        "/credentialSubject/height",
    ]
    .map(str::to_owned)
    .into()
}

fn selective() -> Vec<String> {
    ["/credentialSubject/givenName", "/credentialSubject/address"]
        .map(str::to_owned)
        .into()
}

fn signing(algorithm: Algorithm, seed: u8) -> SigningKey {
    parties::key(algorithm, seed)
}

fn text(document: Map<String, Value>) -> String {
    Value::Object(document).to_string()
}

fn path(names: &[&str]) -> ClaimPath {
    ClaimPath::new(names.iter().map(|name| (*name).into()).collect()).unwrap()
}

fn without_contexts(mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.remove("@context");
    claims
}

/// Evidence for the sources that are keys themselves.
fn evidence(unverified: &UnverifiedCredential) -> Vec<IssuerKey> {
    let sources = unverified.key_sources().unwrap_or_default();
    sources
        .iter()
        .filter_map(|source| {
            let document = did::key::document(&Did::parse(&source.issuer()).ok()?).ok()?;
            IssuerKey::from_did_document(source, &document).ok()
        })
        .collect()
}

/// The value with one member removed, renamed, added or changed, at every place.
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
                ("unknownTerm", json!("x")),
                ("description", json!("x")),
                ("nothing", json!(null)),
                ("empty", json!([])),
                ("@type", json!("urn:x:y")),
                ("https://schema.org/name", json!("x")),
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
        }
        Value::String(text) => {
            all.push(format!("{text}x").into());
            all.push(Value::Null);
        }
        Value::Bool(truth) => all.push((!truth).into()),
        Value::Number(number) => {
            all.push(json!(number.as_f64().unwrap() + 1.0));
            all.push(number.to_string().into());
        }
        Value::Null => {}
    }
    all
}
