//! W3C Credentials in JOSE: both data models, issued, presented, verified, refused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use credential::vc_jwt::{self, IssueError, PresentError};
use credential::{
    Challenge, CredentialStatus, Format, HolderFault, IssuerFault, PeerFault, StatusReference,
    UnverifiedCredential, UnverifiedPresentation, VerificationError,
};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use strict_json::JsonError;

use parties::*;

mod parties;

const FORMAT: Format = Format::JwtVcJson;

fn parties() -> Parties {
    Parties::new(Algorithm::EdDsa)
}

fn present(parties: &Parties, credentials: &[&str]) -> String {
    vc_jwt::present(credentials, &parties.holder, &challenge(), now()).unwrap()
}

/// The refusal of a good Credential with these members changed (`null` removes).
fn refused(changes: Value) -> VerificationError {
    let parties = parties();
    verify(
        FORMAT,
        &parties.craft_vc(&change(parties.credential(), changes)),
    )
    .err()
    .unwrap()
}

fn change(mut object: Map<String, Value>, changes: Value) -> Value {
    for (name, value) in parties::object(changes) {
        if value.is_null() {
            object.remove(&name);
        } else {
            object.insert(name, value);
        }
    }
    Value::Object(object)
}

/// A VCDM 1.1 Credential as peers write it.
fn v1(parties: &Parties, changes: Value) -> Value {
    let claims = object(json!({
        "iss": parties.iss,
        "sub": did_jwk(parties.holder.public()),
        "jti": "urn:uuid:1",
        "nbf": now().as_second() - 10,
        "exp": now().as_second() + 10,
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential", "IdentityCredential"],
            "credentialSubject": { "givenName": "Ada" },
        },
    }));
    change(claims, changes)
}

fn sign_v1(parties: &Parties, typ: Option<&str>, payload: &Value) -> String {
    let mut header = parties.header("JWT");
    match typ {
        Some(typ) => header["typ"] = typ.into(),
        None => drop(header.as_object_mut().unwrap().remove("typ")),
    }
    forge(&header, payload.to_string().as_bytes(), &parties.issuer)
}

/// A presentation with any header type and claims, signed by the Holder.
fn answer(parties: &Parties, typ: &str, claims: &Value) -> Result<(), VerificationError> {
    let header = json!({"alg": parties.holder.algorithm().name(), "typ": typ});
    let token = forge(&header, claims.to_string().as_bytes(), &parties.holder);
    verify_presentation(FORMAT, &token).map(|_| ())
}

/// What a good `vp+jwt` claims.
fn vp(credentials: &[String]) -> Map<String, Value> {
    let Challenge { audience, nonce } = challenge();
    let enveloped: Vec<Value> = credentials
        .iter()
        .map(|token| {
            json!({
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": format!("data:application/vc+jwt,{token}"),
            })
        })
        .collect();
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": enveloped,
        "aud": audience,
        "nonce": nonce,
        "iat": now().as_second(),
    }))
}

#[test]
fn is_issued_and_presented_in_vcdm_2() {
    for algorithm in Algorithm::ALL {
        let parties = Parties::new(algorithm);
        let issued = parties.issue_vc(parties.credential());
        let header = issued.split('.').next().unwrap();
        let header: Value = serde_json::from_slice(&base64url::decode(header).unwrap()).unwrap();
        assert_eq!(header["typ"], "vc+jwt");

        let credential = verify(FORMAT, &issued).unwrap();
        assert_eq!(credential.issuer, parties.iss);
        assert_eq!(
            credential.types,
            ["VerifiableCredential", "IdentityCredential"]
        );
        assert_eq!(credential.claims["credentialSubject"]["givenName"], "Ada");
        assert_eq!(credential.holder(), Some(parties.holder.public()));
        assert_eq!(
            credential.valid_from.unwrap().to_string(),
            "2026-01-01T00:00:00Z"
        );
        assert_eq!(
            credential.valid_until.unwrap().to_string(),
            "2026-12-31T23:00:00Z"
        );

        let presented = present(&parties, &[&issued]);
        let payload = presented.split('.').nth(1).unwrap();
        let payload: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
        assert_eq!(
            payload["verifiableCredential"][0]["type"],
            "EnvelopedVerifiableCredential"
        );
        let presentation = verify_presentation(FORMAT, &presented).unwrap();
        assert_eq!(presentation.holder.as_ref(), Some(parties.holder.public()));
        assert_eq!(presentation.credentials[0].claims, credential.claims);
    }
}

#[test]
fn the_holder_may_be_a_did_key_or_a_confirmation_key() {
    let parties = parties();
    let did = did::key::did(parties.holder.public());
    for changes in [
        json!({"credentialSubject": {"id": did}}),
        json!({"credentialSubject": [{"id": did}]}),
        json!({"cnf": {"jwk": parties.holder.public().jwk()}, "credentialSubject": {"id": "urn:x:1"}}),
    ] {
        let issued = parties.craft_vc(&change(parties.credential(), changes));
        assert_eq!(
            verify(FORMAT, &issued).unwrap().holder(),
            Some(parties.holder.public())
        );
        verify_presentation(FORMAT, &present(&parties, &[&issued])).unwrap();
    }
    // Nobody here can tell which of two subjects presents.
    let several = json!({"credentialSubject": [{"id": did}, {"id": "urn:x:1"}]});
    let issued = parties.craft_vc(&change(parties.credential(), several));
    assert_eq!(verify(FORMAT, &issued).unwrap().holder(), None);
    assert_eq!(
        verify_presentation(FORMAT, &present(&parties, &[&issued])).err(),
        Some(PeerFault::HolderBindingAbsent.into())
    );
}

#[test]
fn the_status_claim_is_read_and_other_mechanisms_are_refused() {
    let parties = parties();
    let status = StatusReference {
        uri: "https://issuer.example/status/1".parse().unwrap(),
        index: 9,
    };
    let issued = vc_jwt::Issuance {
        credential: parties.credential(),
        holder: None,
        status: Some(&status),
        key_reference: &parties.reference,
    }
    .sign(&parties.issuer)
    .unwrap();
    let token = CredentialStatus::Token(status);
    assert_eq!(verify(FORMAT, &issued).unwrap().status, [token]);
    assert_eq!(
        refused(json!({"credentialStatus": {"type": "BitstringStatusListEntry"}})),
        IssuerFault::Claim("credentialStatus").into()
    );
    assert_eq!(
        refused(json!({"credentialStatus": {
            "type": "StatusList2021Entry",
            "id": "https://issuer.example/status/1#9",
        }})),
        IssuerFault::StatusMechanism.into()
    );
}

#[test]
fn the_data_model_is_checked() {
    for (changes, fault) in [
        (json!({"@context": null}), IssuerFault::Missing("@context")),
        (
            json!({"@context": ["https://www.w3.org/2018/credentials/v1"]}),
            IssuerFault::Claim("@context"),
        ),
        (
            json!({"@context": ["https://x.example", "https://www.w3.org/ns/credentials/v2"]}),
            IssuerFault::Claim("@context"),
        ),
        (
            json!({"@context": ["https://www.w3.org/ns/credentials/v2", 1]}),
            IssuerFault::Claim("@context"),
        ),
        (json!({"type": null}), IssuerFault::Missing("type")),
        (
            json!({"type": ["IdentityCredential"]}),
            IssuerFault::Claim("type"),
        ),
        (
            json!({"type": ["VerifiableCredential", 1]}),
            IssuerFault::Claim("type"),
        ),
        (
            json!({"credentialSubject": null}),
            IssuerFault::Missing("credentialSubject"),
        ),
        (
            json!({"credentialSubject": {}}),
            IssuerFault::Claim("credentialSubject"),
        ),
        (
            json!({"credentialSubject": []}),
            IssuerFault::Claim("credentialSubject"),
        ),
        (
            json!({"credentialSubject": {"id": "no url"}}),
            IssuerFault::Claim("credentialSubject"),
        ),
        (
            json!({"credentialSubject": "x"}),
            IssuerFault::Claim("credentialSubject"),
        ),
        (json!({"id": "no url"}), IssuerFault::Claim("id")),
        (
            json!({"validFrom": "2026-01-01"}),
            IssuerFault::Claim("validFrom"),
        ),
        (
            json!({"validFrom": "2026-01-01 00:00:00Z"}),
            IssuerFault::Claim("validFrom"),
        ),
        (
            json!({"validFrom": "2026-01-01T00:00:00+00:00[UTC]"}),
            IssuerFault::Claim("validFrom"),
        ),
        (json!({"validUntil": 1}), IssuerFault::Claim("validUntil")),
        (
            json!({"validUntil": "2025-01-01T00:00:00Z"}),
            IssuerFault::Contradiction("validFrom", "validUntil"),
        ),
        (
            json!({"iss": "did:key:other"}),
            IssuerFault::Contradiction("iss", "issuer"),
        ),
        (
            json!({"sub": "did:key:other"}),
            IssuerFault::Contradiction("sub", "credentialSubject"),
        ),
        (
            json!({"jti": "urn:other"}),
            IssuerFault::Contradiction("jti", "id"),
        ),
        (json!({"exp": "1"}), IssuerFault::Claim("exp")),
        (json!({"cnf": 1}), IssuerFault::Claim("cnf")),
    ] {
        assert_eq!(refused(changes.clone()), fault.into(), "{changes}");
    }
    for changes in [
        json!({"issuer": null}),
        json!({"issuer": "no url"}),
        json!({"issuer": {}}),
    ] {
        assert_eq!(refused(changes), PeerFault::KeyEvidence.into());
    }
}

#[test]
fn all_stated_times_count() {
    let now = now().as_second();
    for (changes, fault) in [
        (
            json!({"validUntil": "2026-11-22T12:00:00Z"}),
            HolderFault::Expired,
        ),
        (json!({"exp": now}), HolderFault::Expired),
        (
            json!({"validFrom": "2026-11-22T12:01:01Z"}),
            HolderFault::NotYetValid,
        ),
        (json!({"nbf": now + 61}), HolderFault::NotYetValid),
        (json!({"iat": now + 61}), HolderFault::NotYetValid),
    ] {
        assert_eq!(refused(changes), fault.into());
    }
}

#[test]
fn an_issuer_signs_only_what_is_well_formed() {
    let parties = parties();
    let sign = |changes| {
        vc_jwt::Issuance {
            credential: object(change(parties.credential(), changes)),
            holder: Some(parties.holder.public()),
            status: None,
            key_reference: &parties.reference,
        }
        .sign(&parties.issuer)
        .err()
    };
    assert_eq!(sign(json!({})), None);
    assert_eq!(
        sign(json!({"type": "IdentityCredential"})),
        Some(IssueError::Model(IssuerFault::Claim("type")))
    );
    let stranger = did_jwk(key(Algorithm::EdDsa, 8).public());
    assert_eq!(
        sign(json!({"credentialSubject": {"id": stranger}})),
        Some(IssueError::Holder)
    );
    assert_eq!(
        sign(json!({"credentialSubject": [{}, {}]})),
        Some(IssueError::Holder)
    );
}

#[test]
fn tokens_of_other_kinds_are_refused() {
    let parties = parties();
    let payload = Value::Object(parties.credential()).to_string();
    let with = |name: &str, value: Value| {
        let mut header = parties.header("vc+jwt");
        header[name] = value;
        verify(FORMAT, &forge(&header, payload.as_bytes(), &parties.issuer)).err()
    };
    assert_eq!(with("typ", json!("VC+JWT")), None);
    assert_eq!(with("typ", json!("application/vc+jwt")), None);
    for typ in ["JWT", "vp+jwt", "dc+sd-jwt", "vc-ld+jwt"] {
        assert_eq!(
            with("typ", json!(typ)),
            Some(PeerFault::Jws(JwsError::Type).into())
        );
    }
    for alg in ["none", "HS256"] {
        assert_eq!(
            with("alg", json!(alg)),
            Some(PeerFault::Jws(JwsError::AlgorithmUnsupported).into())
        );
    }
    assert_eq!(
        with("alg", json!("ES256")),
        Some(PeerFault::Jws(JwsError::AlgorithmMismatch).into())
    );
    assert_eq!(
        with("crit", json!(["x"])),
        Some(PeerFault::Jws(JwsError::Critical).into())
    );
    assert_eq!(
        with("kid", json!("did:key:z6MkOther#z6MkOther")),
        Some(PeerFault::KeyEvidence.into())
    );

    let craft = |payload: &str| {
        let token = forge(
            &parties.header("vc+jwt"),
            payload.as_bytes(),
            &parties.issuer,
        );
        verify(FORMAT, &token).err().unwrap()
    };
    assert_eq!(
        craft(r#"{"issuer":"a","issuer":"b"}"#),
        PeerFault::Json(JsonError::Duplicate).into()
    );
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(33), "]".repeat(33));
    assert_eq!(craft(&deep), PeerFault::Json(JsonError::Depth).into());
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(65_536));
    assert_eq!(craft(&long), PeerFault::Jws(JwsError::Size).into());
    assert!(UnverifiedCredential::parse(FORMAT, "a.b.c").is_err());
    assert!(UnverifiedCredential::parse(FORMAT, "").is_err());
}

// --- VCDM 1.1 ---

#[test]
fn the_1_1_form_is_read_and_answered() {
    let parties = parties();
    for typ in [None, Some("JWT")] {
        let issued = sign_v1(&parties, typ, &v1(&parties, json!({})));
        let credential = verify(FORMAT, &issued).unwrap();
        assert_eq!(credential.issuer, parties.iss);
        assert_eq!(
            credential.types,
            ["VerifiableCredential", "IdentityCredential"]
        );
        assert_eq!(credential.claims["issuer"], json!(parties.iss));
        assert_eq!(credential.claims["id"], "urn:uuid:1");
        assert_eq!(credential.claims["issuanceDate"], "2026-11-22T11:59:50Z");
        assert_eq!(credential.claims["expirationDate"], "2026-11-22T12:00:10Z");
        let subject = &credential.claims["credentialSubject"];
        assert_eq!(subject["id"], json!(did_jwk(parties.holder.public())));
        assert_eq!(subject["givenName"], "Ada");
        assert_eq!(credential.holder(), Some(parties.holder.public()));

        let presented = present(&parties, &[&issued]);
        let payload = presented.split('.').nth(1).unwrap();
        let payload: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
        assert_eq!(payload["vp"]["verifiableCredential"], json!([issued]));
        verify_presentation(FORMAT, &presented).unwrap();
    }
}

#[test]
fn the_1_1_form_may_not_contradict_itself() {
    let parties = parties();
    let vc = |changes: Value| {
        let vc = object(v1(&parties, json!({}))["vc"].clone());
        json!({ "vc": change(vc, changes) })
    };
    for (changes, fault) in [
        (
            vc(json!({"issuer": "did:example:other"})),
            IssuerFault::Contradiction("iss", "issuer"),
        ),
        (
            vc(json!({"id": "urn:uuid:2"})),
            IssuerFault::Contradiction("jti", "id"),
        ),
        (
            vc(json!({"credentialSubject": {"id": "did:example:other"}})),
            IssuerFault::Contradiction("sub", "credentialSubject"),
        ),
        (
            vc(json!({"@context": ["https://www.w3.org/ns/credentials/v2"]})),
            IssuerFault::Claim("@context"),
        ),
        (json!({"vc": "x"}), IssuerFault::Claim("vc")),
    ] {
        let issued = sign_v1(&parties, None, &v1(&parties, changes));
        assert_eq!(verify(FORMAT, &issued).err(), Some(fault.into()));
    }
    for (changes, fault) in [
        (json!({"exp": now().as_second()}), HolderFault::Expired),
        (
            json!({"nbf": now().as_second() + 61, "exp": now().as_second() + 99}),
            HolderFault::NotYetValid,
        ),
    ] {
        let issued = sign_v1(&parties, None, &v1(&parties, changes));
        assert_eq!(verify(FORMAT, &issued).err(), Some(fault.into()));
    }
    let typed = sign_v1(&parties, Some("vc+jwt"), &v1(&parties, json!({})));
    assert_eq!(verify(FORMAT, &typed).err(), Some(PeerFault::Format.into()));
}

#[test]
fn both_models_may_be_presented_together() {
    let parties = parties();
    let old = sign_v1(&parties, None, &v1(&parties, json!({})));
    let new = parties.issue_vc(parties.credential());
    let presentation = verify_presentation(FORMAT, &present(&parties, &[&old, &new])).unwrap();
    assert_eq!(presentation.credentials.len(), 2);
}

// --- Presentations ---

#[test]
fn a_presentation_answers_one_challenge_now() {
    let parties = parties();
    let presented = present(&parties, &[&parties.issue_vc(parties.credential())]);
    let at = |audience: &str, nonce: &str, seconds: i64| {
        let challenge = Challenge {
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
        };
        verify_at(
            FORMAT,
            &presented,
            &challenge,
            now() + jiff::SignedDuration::from_secs(seconds),
        )
        .err()
    };
    let Challenge { audience, nonce } = challenge();
    assert_eq!(at(&audience, &nonce, 0), None);
    assert_eq!(at("other", &nonce, 0), Some(PeerFault::Audience.into()));
    assert_eq!(at(&audience, "other", 0), Some(PeerFault::Nonce.into()));
    assert_eq!(
        at(&audience, &nonce, 601),
        Some(PeerFault::Freshness.into())
    );
    assert_eq!(
        at(&audience, &nonce, -61),
        Some(PeerFault::Freshness.into())
    );
}

#[test]
fn a_presentation_is_signed_by_the_holder_of_every_credential() {
    let parties = parties();
    let mine = parties.issue_vc(parties.credential());
    let thief = key(Algorithm::EdDsa, 8);
    let stolen = vc_jwt::present(&[&mine], &thief, &challenge(), now()).unwrap();
    assert_eq!(
        verify_presentation(FORMAT, &stolen).err(),
        Some(PeerFault::Jws(JwsError::Signature).into())
    );
    let theirs = {
        let other = Parties {
            holder: key(Algorithm::EdDsa, 8),
            ..Parties::new(Algorithm::EdDsa)
        };
        other.issue_vc(other.credential())
    };
    assert_eq!(
        verify_presentation(FORMAT, &present(&parties, &[&mine, &theirs])).err(),
        Some(PeerFault::HolderMismatch.into())
    );
    // The name on the Presentation is that of the key, too.
    for name in ["iss", "holder"] {
        let mut claims = vp(std::slice::from_ref(&mine));
        claims.insert(name.to_owned(), json!(did_jwk(thief.public())));
        assert_eq!(
            answer(&parties, "vp+jwt", &Value::Object(claims)),
            Err(PeerFault::HolderMismatch.into())
        );
    }
}

#[test]
fn a_presentation_has_its_own_type_and_model() {
    let parties = parties();
    let issued = parties.issue_vc(parties.credential());
    let good = vp(std::slice::from_ref(&issued));
    assert_eq!(
        answer(&parties, "vp+jwt", &Value::Object(good.clone())),
        Ok(())
    );
    let with = |changes: Value| answer(&parties, "vp+jwt", &change(good.clone(), changes));
    let Challenge { audience, .. } = challenge();
    assert_eq!(with(json!({"aud": [audience]})), Ok(()));
    assert_eq!(with(json!({"iat": null})), Ok(()));
    assert_eq!(
        with(json!({"aud": [audience, "x"]})),
        Err(PeerFault::Audience.into())
    );
    assert_eq!(with(json!({"aud": null})), Err(PeerFault::Audience.into()));
    assert_eq!(with(json!({"nonce": null})), Err(PeerFault::Nonce.into()));
    assert_eq!(
        with(json!({"exp": now().as_second()})),
        Err(PeerFault::Freshness.into())
    );
    assert_eq!(with(json!({"iat": "x"})), Err(PeerFault::Freshness.into()));
    let envelope = |name: &str, value: Value| {
        let mut one = good["verifiableCredential"][0].clone();
        one[name] = value;
        with(json!({"verifiableCredential": [one]}))
    };
    for result in [
        with(json!({"@context": null})),
        with(json!({"type": "VerifiableCredential"})),
        with(json!({"verifiableCredential": null})),
        with(json!({"verifiableCredential": []})),
        with(json!({"verifiableCredential": [issued]})),
        with(json!({"verifiableCredential": vec![good["verifiableCredential"][0].clone(); 17]})),
        envelope("@context", json!("x")),
        envelope("type", json!("VerifiableCredential")),
        envelope("id", json!(format!("data:application/vp+jwt,{issued}"))),
    ] {
        assert_eq!(result, Err(PeerFault::Format.into()));
    }
    // A token of another type is taken for a Credential, and nobody asked for a bare one.
    assert_eq!(
        answer(&parties, "JWT", &Value::Object(good.clone())),
        Err(PeerFault::KeyEvidence.into())
    );
    let old = json!({"vp": Value::Object(good)});
    assert!(answer(&parties, "kb+jwt", &old).is_err());
}

#[test]
fn a_bare_credential_binds_nobody() {
    let parties = parties();
    let issued = parties.issue_vc(parties.credential());
    assert_eq!(
        verify_presentation(FORMAT, &issued).err(),
        Some(PeerFault::HolderBindingMissing.into())
    );
    let bare = UnverifiedPresentation::parse(FORMAT, &issued).unwrap();
    let issuers = [evidence(&bare.key_sources().unwrap()[0])];
    assert!(
        bare.verify_unbound(&issuers, now())
            .unwrap()
            .get()
            .holder
            .is_none()
    );
    let presented = present(&parties, &[&issued]);
    let presented = UnverifiedPresentation::parse(FORMAT, &presented).unwrap();
    assert!(presented.verify_unbound(&issuers, now()).is_err());
}

#[test]
fn nothing_and_nonsense_are_not_presented() {
    let parties = parties();
    let present = |tokens: &[&str]| {
        vc_jwt::present(tokens, &parties.holder, &challenge(), now())
            .err()
            .unwrap()
    };
    assert_eq!(present(&[]), PresentError::Count);
    assert_eq!(present(&["x"; 17]), PresentError::Count);
    assert!(matches!(present(&["x"]), PresentError::Credential(_)));
}

// --- Properties ---

#[test]
fn a_change_of_any_byte_is_refused() {
    let parties = parties();
    let issued = parties.issue_vc(parties.credential());
    let parse = |text: &str| UnverifiedCredential::parse(FORMAT, text);
    let issuer = evidence(&parse(&issued).unwrap().key_source().unwrap());
    for position in 0..issued.len() {
        for flip in [1, 2, 32] {
            let mut bytes = issued.clone().into_bytes();
            bytes[position] ^= flip;
            let changed = String::from_utf8(bytes).unwrap();
            let verified = parse(&changed).and_then(|changed| changed.verify(&issuer, now()));
            assert!(verified.is_err(), "byte {position} of {issued}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = verify(FORMAT, &text);
        let _ = verify_presentation(FORMAT, &text);
        let parties = parties();
        for typ in ["vc+jwt", "vp+jwt"] {
            let token = forge(&parties.header(typ), &payload, &parties.issuer);
            let _ = verify(FORMAT, &token);
            let _ = verify_presentation(FORMAT, &token);
        }
    }
}
