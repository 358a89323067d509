//! Credentials of the data model 1.1 (VCDM 1.1, section 6.3.1).

use credential::{HolderFault, IssuerFault, PeerFault};
use keys::base64url;
use serde_json::{Value, json};

use super::{FORMAT, change, parties, present};
use crate::parties::*;

/// A VCDM 1.1 Credential as peers write it.
pub(super) fn v1(parties: &Parties, changes: Value) -> Value {
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

pub(super) fn sign_v1(parties: &Parties, typ: Option<&str>, payload: &Value) -> String {
    let mut header = parties.header("JWT");
    match typ {
        Some(typ) => header["typ"] = typ.into(),
        None => drop(header.as_object_mut().unwrap().remove("typ")),
    }
    forge(&header, payload.to_string().as_bytes(), &parties.issuer)
}

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
