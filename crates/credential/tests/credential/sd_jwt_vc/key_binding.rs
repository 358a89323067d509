//! Key Binding (RFC 9901, section 7.3).

use credential::sd_jwt::Held;
use credential::{Challenge, PeerFault, UnverifiedPresentation, VerificationError};
use keys::jws::JwsError;
use keys::{Algorithm, base64url};
use serde_json::{Value, json};
use strict_json::JsonError;

use super::{FORMAT, disclosable, parties, person, refused, refused_presentation};
use crate::parties::*;

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
