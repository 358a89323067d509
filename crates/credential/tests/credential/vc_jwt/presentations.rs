//! Presentations in JOSE.

use credential::vc_jwt::{self, PresentError};
use credential::{Challenge, PeerFault, UnverifiedPresentation};
use keys::Algorithm;
use keys::jws::JwsError;
use serde_json::{Value, json};

use super::model_1_1::{sign_v1, v1};
use super::{FORMAT, answer, change, parties, present, vp};
use crate::parties::*;

#[test]
fn both_models_may_be_presented_together() {
    let parties = parties();
    let old = sign_v1(&parties, None, &v1(&parties, json!({})));
    let new = parties.issue_vc(parties.credential());
    let presentation = verify_presentation(FORMAT, &present(&parties, &[&old, &new])).unwrap();
    assert_eq!(presentation.credentials.len(), 2);
}

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
