//! What is tried on each sample.

use std::time::{Duration, Instant};

use credential::data_integrity::{Cryptosuite, Leniency};
use credential::{HolderFault, PeerFault, VerificationError};
use jiff::SignedDuration;
use keys::base64url;
use serde_json::{Map, Value, json};
use strict_json::JsonError;

use super::{Kind, Sample, evidence};
use crate::changes::changes;
use crate::parties::now;

pub(super) fn no_changed_byte_is_believed(sample: &Sample) {
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

pub(super) fn nothing_is_added_dropped_or_changed(sample: &Sample) {
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

pub(super) fn order_says_nothing(sample: &Sample) {
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

pub(super) fn what_secures_stays_where_it_is(sample: &Sample) {
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

pub(super) fn contexts_and_issuers_are_not_swapped(sample: &Sample) {
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

pub(super) fn times_are_judged(sample: &Sample) {
    let days = |days: i64| now() + SignedDuration::from_hours(24 * days);
    let late = sample.verify_at(&sample.text, days(800)).unwrap_err();
    assert_eq!(late, HolderFault::Expired.into());
    assert!(sample.verify_at(&sample.text, days(-800)).is_err());
    assert!(sample.verify(&sample.text).is_ok());
}

pub(super) fn what_is_no_good_json_is_refused(sample: &Sample) {
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

pub(super) fn blank_nodes_take_bounded_time(sample: &Sample) {
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

fn without_contexts(mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.remove("@context");
    claims
}
