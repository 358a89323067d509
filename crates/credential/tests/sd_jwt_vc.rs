//! SD-JWT VC: issued, held, presented, verified; and everything that must be refused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use credential::sd_jwt::{ClaimPath, Component, Held, HoldError, Issuance, IssueError};
use credential::{
    Challenge, CredentialStatus, Format, HolderFault, IssuerFault, KeyReference, PeerFault,
    StatusReference, StructureFault, UnverifiedCredential, UnverifiedPresentation,
    VerificationError,
};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use proptest::prelude::*;
use serde_json::{Value, json};
use strict_json::JsonError;

use parties::*;

mod parties;

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

// --- Bad input: structure (RFC 9901, section 7.1) ---

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

// --- Bad input: tokens ---

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

// --- Bad input: key binding (RFC 9901, section 7.3) ---

#[test]
fn a_presentation_answers_one_challenge_now() {
    let parties = parties();
    let presented = parties.present(
        &parties.issue(person(), &disclosable()),
        &["given_name".into()],
    );
    let at = |audience: &str, nonce: &str, seconds: i64| {
        let challenge = Challenge {
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
        };
        let when = now() + jiff::SignedDuration::from_secs(seconds);
        verify_at(FORMAT, &presented, &challenge, when).err()
    };
    let Challenge { audience, nonce } = challenge();
    assert_eq!(at(&audience, &nonce, 0), None);
    assert_eq!(
        at("x509_san_dns:other.example", &nonce, 0),
        Some(PeerFault::Audience.into())
    );
    assert_eq!(at(&audience, "other", 0), Some(PeerFault::Nonce.into()));
    assert_eq!(at(&audience, &nonce, 600), None);
    assert_eq!(
        at(&audience, &nonce, 601),
        Some(PeerFault::Freshness.into())
    );
    assert_eq!(at(&audience, &nonce, -60), None);
    assert_eq!(
        at(&audience, &nonce, -61),
        Some(PeerFault::Freshness.into())
    );
}

#[test]
fn a_key_binding_cannot_be_moved_forged_or_left_out() {
    let parties = parties();
    let issued = parties.issue(person(), &disclosable());
    let presented = parties.present(&issued, &["given_name".into()]);
    let (shown, token) = presented.rsplit_once('~').unwrap();

    // More, fewer and other Disclosures than were signed.
    let everything = format!("{issued}{token}");
    assert_eq!(refused_presentation(&everything), PeerFault::SdHash.into());
    let nothing = format!("{}~{token}", issued.split('~').next().unwrap());
    assert_eq!(refused_presentation(&nothing), PeerFault::SdHash.into());
    let copy = parties.issue(person(), &disclosable());
    assert_eq!(
        refused_presentation(&format!("{copy}{token}")),
        PeerFault::SdHash.into()
    );

    assert_eq!(
        refused_presentation(&format!("{shown}~")),
        PeerFault::HolderBindingMissing.into()
    );
    let thief = key(Algorithm::Es256, 8);
    let forged = Held::parse(&issued).unwrap().select(&[]).unwrap();
    let forged = forged.bind(&thief, &challenge(), now()).unwrap();
    assert_eq!(
        refused_presentation(&forged),
        PeerFault::Jws(JwsError::Signature).into()
    );
    // An Issuer hands out no Key Binding JWT.
    assert_eq!(refused(&presented), PeerFault::Format.into());
}

#[test]
fn a_key_binding_has_its_own_type_and_all_its_claims() {
    let parties = parties();
    let issued = parties.issue(person(), &disclosable());
    let sd_hash = base64url::encode(keys::sha256(issued.as_bytes()));
    let Challenge { audience, nonce } = challenge();
    let good =
        json!({"aud": audience, "nonce": nonce, "iat": now().as_second(), "sd_hash": sd_hash});
    let answer = |typ: &str, claims: &Value| {
        let header = json!({"alg": "ES256", "typ": typ});
        let token = forge(&header, claims.to_string().as_bytes(), &parties.holder);
        verify_presentation(FORMAT, &format!("{issued}{token}")).err()
    };
    assert_eq!(answer("kb+jwt", &good), None);
    for typ in ["JWT", "dc+sd-jwt", "vp+jwt"] {
        assert_eq!(
            answer(typ, &good),
            Some(PeerFault::Jws(JwsError::Type).into())
        );
    }
    for missing in ["aud", "nonce", "iat", "sd_hash"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(missing);
        assert!(matches!(
            answer("kb+jwt", &claims),
            Some(VerificationError::Peer(PeerFault::Json(
                JsonError::Shape { .. }
            )))
        ));
    }
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        answer("kb+jwt", &claims)
    };
    assert!(with("aud", json!([audience])).is_some());
    assert_eq!(
        with("exp", json!(now().as_second())),
        Some(PeerFault::Freshness.into())
    );
    assert_eq!(
        with("nbf", json!(now().as_second() + 61)),
        Some(PeerFault::Freshness.into())
    );
    assert_eq!(with("transaction_data", json!("ignored")), None);
}

#[test]
fn without_a_holder_key_nobody_can_prove_to_be_the_holder() {
    let parties = parties();
    let issued = parties.craft(&Value::Object(parties.claims(json!({}))), &[]);
    let presented = parties.present(&issued, &[]);
    assert_eq!(
        refused_presentation(&presented),
        PeerFault::HolderBindingAbsent.into()
    );
    let presentation = UnverifiedPresentation::parse(FORMAT, &issued).unwrap();
    let issuers = [evidence(&presentation.key_sources().unwrap()[0])];
    let presentation = presentation.verify_unbound(&issuers, now()).unwrap();
    assert!(presentation.get().holder.is_none());
}

#[test]
fn a_presentation_without_evidence_for_its_issuer_is_refused() {
    let parties = parties();
    let presented = parties.present(&parties.issue(person(), &[]), &[]);
    let presentation = UnverifiedPresentation::parse(FORMAT, &presented).unwrap();
    assert_eq!(
        presentation.verify(&[], &challenge(), now()).err(),
        Some(PeerFault::KeyEvidence.into())
    );
}

// --- Properties ---

#[test]
fn a_change_of_any_byte_is_refused() {
    for algorithm in Algorithm::ALL {
        let parties = Parties::new(algorithm);
        let issued = parties.issue(
            json!({"given_name": "Ada", "a": 1}),
            &["given_name".into(), "a".into()],
        );
        let presented = parties.present(&issued, &["given_name".into()]);
        let parse = |text: &str| UnverifiedPresentation::parse(FORMAT, text);
        let issuers = [evidence(
            &parse(&presented).unwrap().key_sources().unwrap()[0],
        )];
        for position in 0..presented.len() {
            for flip in [1, 2, 32] {
                let mut bytes = presented.clone().into_bytes();
                bytes[position] ^= flip;
                let changed = String::from_utf8(bytes).unwrap();
                let verified = parse(&changed)
                    .and_then(|changed| changed.verify(&issuers, &challenge(), now()));
                assert!(verified.is_err(), "byte {position} of {presented}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", parts in proptest::collection::vec("[A-Za-z0-9_.~-]{0,40}", 0..6)) {
        let _ = verify(FORMAT, &text);
        let _ = verify_presentation(FORMAT, &parts.join("~"));
        let _ = Held::parse(&parts.join("."));
    }

    #[test]
    fn arbitrary_payloads_never_panic(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let parties = parties();
        let jwt = forge(&parties.header("dc+sd-jwt"), &payload, &parties.issuer);
        let _ = verify(FORMAT, &(jwt.clone() + "~" + &base64url::encode(&payload) + "~"));
        let _ = verify_presentation(FORMAT, &(jwt.clone() + "~" + &jwt));
    }

    #[test]
    fn any_selection_reveals_itself_and_nothing_else(
        values in proptest::collection::vec(any::<u32>(), 1..8),
        chosen in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let parties = parties();
        let names: Vec<String> = (0..values.len()).map(|n| format!("claim_{n}")).collect();
        let claims: serde_json::Map<String, Value> =
            names.iter().cloned().zip(values.iter().map(|v| json!(v))).collect();
        let nested = json!({"nested": claims, "list": values});
        let mut hidden: Vec<ClaimPath> =
            names.iter().map(|name| ClaimPath::of("nested", [name.as_str()])).collect();
        hidden.push(ClaimPath::new(vec!["list".into(), Component::Every]).unwrap());
        let issued = parties.issue(nested, &hidden);

        let mut paths = Vec::new();
        let mut expected = serde_json::Map::new();
        let mut list = Vec::new();
        for (number, name) in names.iter().enumerate() {
            if chosen[number] {
                paths.push(ClaimPath::of("nested", [name.as_str()]));
                paths.push(ClaimPath::new(vec!["list".into(), Component::Index(number)]).unwrap());
                expected.insert(name.clone(), json!(values[number]));
                list.push(json!(values[number]));
            }
        }
        let presented = parties.present(&issued, &paths);
        let claims = verify_presentation(FORMAT, &presented).unwrap().credentials.remove(0).claims;
        prop_assert_eq!(&claims["nested"], &Value::Object(expected));
        prop_assert_eq!(&claims["list"], &Value::Array(list));
    }
}
