//! W3C Credentials in JOSE: both data models, issued, presented, verified, refused.

mod model_1_1;
mod presentations;

use credential::vc_jwt::{self, IssueError};
use credential::{
    Challenge, CredentialStatus, Format, HolderFault, IssuerFault, PeerFault, StatusReference,
    UnverifiedCredential, VerificationError,
};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use strict_json::JsonError;

use crate::parties::{self, *};

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
