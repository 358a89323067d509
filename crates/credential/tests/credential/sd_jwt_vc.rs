//! SD-JWT VC: issued, held, presented, verified; and everything that must be refused.

mod key_binding;
mod properties;
mod structure;
mod tokens;

use credential::sd_jwt::{ClaimPath, Component, Held, HoldError, Issuance, IssueError};
use credential::{
    CredentialStatus, Format, HolderFault, IssuerFault, PeerFault, StatusReference,
    VerificationError,
};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use serde_json::{Value, json};

use crate::parties::*;

const FORMAT: Format = Format::SdJwtVc;

fn parties() -> Parties {
    Parties::new(Algorithm::Es256)
}

fn person() -> Value {
    json!({
        "given_name": "Ada",
        "family_name": "Lovelace",
        "address": { "country": "UK", "locality": "London" },
        "nationalities": ["UK", "FR"],
        "status": { "status_list": { "idx": 7, "uri": "https://issuer.example/status/1" } },
    })
}

fn disclosable() -> Vec<ClaimPath> {
    vec![
        "given_name".into(),
        "family_name".into(),
        "address".into(),
        ClaimPath::of("address", ["locality"]),
        ClaimPath::new(vec!["nationalities".into(), Component::Every]).unwrap(),
    ]
}

fn refused(text: &str) -> VerificationError {
    verify(FORMAT, text).err().unwrap()
}

fn refused_presentation(text: &str) -> VerificationError {
    verify_presentation(FORMAT, text).err().unwrap()
}

/// The refusal of a payload that the Issuer did sign.
fn refused_payload(more: Value, disclosures: &[String]) -> VerificationError {
    let parties = parties();
    refused(&parties.craft(&Value::Object(parties.claims(more)), disclosures))
}

#[test]
fn discloses_exactly_what_was_selected() {
    for algorithm in Algorithm::ALL {
        let parties = Parties::new(algorithm);
        let issued = parties.issue(person(), &disclosable());
        let paths = [
            ClaimPath::of("address", ["country"]),
            ClaimPath::new(vec!["nationalities".into(), Component::Index(1)]).unwrap(),
        ];
        let expected = {
            let mut claims = parties.claims(json!({
                "address": { "country": "UK" },
                "nationalities": ["FR"],
                "status": person()["status"],
            }));
            claims.insert(
                "cnf".to_owned(),
                json!({ "jwk": parties.holder.public().jwk() }),
            );
            claims
        };
        let selected = Held::parse(&issued).unwrap().select(&paths).unwrap();
        assert_eq!(selected.claims().unwrap(), expected);

        let presented = parties.present(&issued, &paths);
        let presentation = verify_presentation(FORMAT, &presented).unwrap();
        assert_eq!(presentation.holder.as_ref(), Some(parties.holder.public()));
        let credential = &presentation.credentials[0];
        assert_eq!(credential.claims, expected);
        assert_eq!(credential.issuer, parties.iss);
        assert_eq!(credential.types, ["https://issuer.example/identity"]);
        assert_eq!(
            credential.status,
            [CredentialStatus::Token(StatusReference {
                uri: "https://issuer.example/status/1".parse().unwrap(),
                index: 7
            })]
        );
        assert_eq!(
            credential.valid_until.unwrap().as_second(),
            now().as_second() + 3600
        );
        assert!(!format!("{credential:?}").contains("London"));
    }
}

#[test]
fn a_selected_object_comes_whole_and_a_missing_claim_is_an_error() {
    let issued = parties().issue(person(), &disclosable());
    let held = Held::parse(&issued).unwrap();
    let claims = held.select(&["address".into()]).unwrap().claims().unwrap();
    assert_eq!(claims["address"], person()["address"]);
    assert!(!claims.contains_key("given_name"));
    for path in ["birth_date".into(), ClaimPath::of("address", ["planet"])] {
        assert_eq!(held.select(&[path]).err(), Some(HoldError::NoSuchClaim));
    }
}

#[test]
fn decoys_hide_how_many_claims_there_are() {
    let digests = |more: Value, disclosable: &[ClaimPath]| {
        let issued = parties().issue(more, disclosable);
        let (jwt, _) = issued.split_once('~').unwrap();
        let payload = base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        let digests: Vec<String> = serde_json::from_value(payload["_sd"].clone()).unwrap();
        assert!(digests.is_sorted());
        digests.len()
    };
    let one = digests(json!({"a": 1}), &["a".into()]);
    let three = digests(
        json!({"a": 1, "b": 2, "c": 3}),
        &["a".into(), "b".into(), "c".into()],
    );
    assert_eq!((one, three), (6, 6));
}

#[test]
fn an_issuer_cannot_hide_what_must_be_plain_nor_leave_plain_what_should_be_hidden() {
    let parties = parties();
    let sign = |claims, disclosable: &[ClaimPath]| {
        Issuance {
            claims,
            disclosable,
            pad_digests_to: 0,
            holder: None,
            key_reference: &parties.reference,
        }
        .sign(&parties.issuer, &mut rng())
        .err()
    };
    for name in ["iss", "nbf", "exp", "vct", "vct#integrity", "status"] {
        let claims = parties.claims(json!({ name: "x" }));
        assert_eq!(sign(claims, &[name.into()]), Some(IssueError::MustBePlain));
    }
    for path in [
        ClaimPath::from("given_nmae"),
        ClaimPath::of("given_name", ["first"]),
        ClaimPath::new(vec!["given_name".into(), Component::Every]).unwrap(),
        ClaimPath::new(vec!["nationalities".into(), Component::Index(2)]).unwrap(),
    ] {
        let claims = parties.claims(person());
        assert_eq!(sign(claims, &[path]), Some(IssueError::NoSuchClaim));
    }
    for more in [
        json!({"_sd": []}),
        json!({"a": {"...": "x"}}),
        json!({"_sd_alg": "x"}),
        json!({"cnf": {}}),
    ] {
        assert_eq!(
            sign(parties.claims(more), &[]),
            Some(IssueError::ReservedName)
        );
    }
    let mut untyped = parties.claims(json!({}));
    untyped.remove("vct");
    assert_eq!(sign(untyped, &[]), Some(IssueError::TypeMissing));
    let mut anonymous = parties.claims(json!({}));
    anonymous.remove("iss");
    assert_eq!(sign(anonymous, &[]), Some(IssueError::IssuerMissing));
}

#[test]
fn without_disclosures_nothing_tells_of_digests() {
    let parties = parties();
    let issued = parties.issue(json!({"a": {"b": [1]}}), &[]);
    let claims = verify(FORMAT, &issued).unwrap().claims;
    assert_eq!(claims["a"], json!({"b": [1]}));
    assert!(!claims.contains_key("_sd_alg"));
}

#[test]
fn both_media_types_are_read_and_no_other() {
    let parties = parties();
    let payload = Value::Object(parties.claims(json!({}))).to_string();
    for (typ, accepted) in [
        ("dc+sd-jwt", true),
        ("vc+sd-jwt", true),
        ("vc+jwt", false),
        ("JWT", false),
    ] {
        let text = forge(&parties.header(typ), payload.as_bytes(), &parties.issuer) + "~";
        match verify(FORMAT, &text) {
            Ok(_) => assert!(accepted),
            Err(error) => {
                assert!(!accepted);
                assert_eq!(error, PeerFault::Jws(JwsError::Type).into());
            }
        }
    }
}

#[test]
fn times_are_judged_with_a_minute_of_leeway() {
    let at = |more: Value| {
        let parties = parties();
        let text = parties.craft(&Value::Object(parties.claims(more)), &[]);
        verify(FORMAT, &text).err()
    };
    let now = now().as_second();
    assert_eq!(at(json!({"exp": now})), Some(HolderFault::Expired.into()));
    assert_eq!(at(json!({"exp": now + 1})), None);
    for name in ["nbf", "iat"] {
        assert_eq!(
            at(json!({ name: now + 61 })),
            Some(HolderFault::NotYetValid.into())
        );
        assert_eq!(at(json!({ name: now + 60 })), None);
    }
    assert_eq!(at(json!({"exp": 1.8e9 + 0.5})), None);
    for bad in [json!("1"), json!(null), json!(1e300), json!([1])] {
        assert_eq!(
            at(json!({ "exp": bad })),
            Some(IssuerFault::Claim("exp").into())
        );
    }
}

#[test]
fn malformed_registered_claims_are_the_issuers_fault() {
    for (name, value) in [
        ("vct", json!(7)),
        ("cnf", json!("key")),
        ("cnf", json!({"jwk": {"kty": "oct", "k": "AA"}})),
        ("cnf", json!({"x5t#S256": "AA"})),
        (
            "status",
            json!({"status_list": {"idx": -1, "uri": "https://a.example"}}),
        ),
        (
            "status",
            json!({"status_list": {"idx": 1, "uri": "file:///etc/passwd"}}),
        ),
    ] {
        assert_eq!(
            refused_payload(json!({ name: value }), &[]),
            IssuerFault::Claim(name).into()
        );
    }
    assert_eq!(
        refused_payload(json!({"vct": ""}), &[]),
        IssuerFault::Missing("vct").into()
    );
    assert_eq!(
        refused_payload(json!({"status": {"other": {}}}), &[]),
        IssuerFault::StatusMechanism.into()
    );
}

#[test]
fn the_holder_may_be_named_by_a_did_url() {
    let parties = parties();
    let kid = did::jwk::verification_method(parties.holder.public()).to_string();
    let payload = Value::Object(parties.claims(json!({"cnf": {"kid": kid}})));
    let credential = verify(FORMAT, &parties.craft(&payload, &[])).unwrap();
    assert_eq!(credential.holder(), Some(parties.holder.public()));
}
