//! Presentations by every mechanism, and what stands in them.

use credential::data_integrity::ProofFault;
use credential::mechanism::{Kind, Mechanism, ProblemKind, Secured};
use credential::{Challenge, vc_sd_jwt};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::{EXAMPLES, Party, V2, issuing, judge_as, now, presenting};
use crate::parties::rng;

#[test]
fn a_presentation_that_is_an_sd_jwt_is_judged_as_any_other() {
    let issuer = Party::new(Mechanism::VcSdJwtEs256);
    let holder = SigningKey::generate(Algorithm::EdDsa, &mut rng());
    let bound = did::key::did(holder.public());
    let credential = issuer.credential(json!({ "credentialSubject": { "id": bound } }));
    let text = issuer.issue(credential).unwrap().into_text();
    let challenge = Challenge {
        audience: "d".to_owned(),
        nonce: "c".to_owned(),
    };
    let presented =
        vc_sd_jwt::present(&[&text], &[], &holder, &challenge, now(), &mut rng()).unwrap();
    let judgement = judge_as(json!(presented), Some("c"), Some("d"));
    assert!(judgement.is_verified(), "{judgement:?}");
    assert_eq!(judgement.kind, Kind::Presentation);
    assert_eq!(judgement.mechanisms, [Mechanism::VcSdJwtEddsa]);
    assert_eq!(
        judgement.credentials[0].mechanisms,
        [Mechanism::VcSdJwtEs256]
    );
    let judgement = judge_as(json!(presented), Some("x"), Some("d"));
    assert_eq!(judgement.problems[0].kind, ProblemKind::InvalidChallenge);
    let judgement = judge_as(json!(presented), Some("c"), Some("x"));
    assert_eq!(judgement.problems[0].kind, ProblemKind::InvalidDomain);
}

#[test]
fn presentations_answer_their_challenge() {
    let credentials: Vec<Value> = issuing()
        .map(|mechanism| {
            let party = Party::new(mechanism);
            party.shown(party.credential(json!({})))
        })
        .collect();
    let (proven, enveloped): (Vec<Value>, Vec<Value>) = credentials
        .iter()
        .cloned()
        .partition(|credential| credential.get("proof").is_some());
    for mechanism in presenting() {
        let holder = Party::new(mechanism);
        let present = |credentials: &[Value]| {
            let presentation = holder.presentation(json!({ "verifiableCredential": credentials }));
            holder.present(presentation).map(Secured::into_value)
        };
        // A token holds credentials in envelopes (VC-JOSE-COSE, section 3.1.2).
        let credentials = match mechanism.name().starts_with("vc-jose") {
            true => &enveloped,
            false => &credentials,
        };
        let bare =
            present(&proven).is_ok_and(|bare| judge_as(bare, Some("c"), Some("d")).is_verified());
        assert_eq!(bare, credentials.len() > enveloped.len());
        let presented = present(credentials).unwrap();
        let judgement = judge_as(presented.clone(), Some("c"), Some("d"));
        assert!(judgement.is_verified(), "{mechanism}: {judgement:?}");
        assert_eq!(judgement.kind, Kind::Presentation);
        assert_eq!(judgement.mechanisms, [mechanism]);
        assert_eq!(judgement.credentials.len(), credentials.len());
        assert!(judge_as(presented.clone(), None, None).is_verified());
        for (challenge, domain, kind) in [
            ("x", "d", ProblemKind::InvalidChallenge),
            ("c", "x", ProblemKind::InvalidDomain),
        ] {
            let judgement = judge_as(presented.clone(), Some(challenge), Some(domain));
            assert!(!judgement.is_verified());
            assert_eq!(judgement.problems[0].kind, kind, "{mechanism}");
        }
    }
}

#[test]
fn one_bad_credential_spoils_a_presentation() {
    let holder = Party::new(Mechanism::EddsaRdfc2022);
    let party = Party::new(Mechanism::EddsaJcs2022);
    let good = party.shown(party.credential(json!({})));
    let mut bad = good.clone();
    bad["credentialSubject"]["degree"] = json!("Doctor of Letters");
    let expired = party.credential(json!({ "validUntil": "2025-01-01T00:00:00Z" }));
    let expired = party.shown(expired);
    let presentation = holder.presentation(json!({ "verifiableCredential": [good, bad, expired] }));
    for presented in [
        holder.present(presentation.clone()).unwrap().into_value(),
        Value::Object(presentation),
    ] {
        let judgement = judge_as(presented, None, None);
        assert!(!judgement.is_verified());
        assert!(judgement.problems.is_empty());
        let kinds: Vec<Option<ProblemKind>> = judgement
            .credentials
            .iter()
            .map(|one| one.problems.first().map(|problem| problem.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                None,
                Some(ProblemKind::CryptographicSecurity),
                Some(ProblemKind::Range)
            ]
        );
    }
}

#[test]
fn nobody_speaks_for_another_holder() {
    let holder = Party::new(Mechanism::EddsaRdfc2022);
    let other = Party::new(Mechanism::EddsaJcs2022);
    let presentation = other.presentation(json!({}));
    let error = holder.present(presentation).unwrap_err();
    assert_eq!(error, ProofFault::Controller.into());
    let mut presented = holder
        .present(holder.presentation(json!({})))
        .unwrap()
        .into_value();
    presented["holder"] = other.did().into();
    assert!(!judge_as(presented.clone(), None, None).is_verified());
    presented["holder"] = json!({ "name": "no id" });
    assert!(!judge_as(presented, None, None).is_verified());
}

#[test]
fn unsigned_presentations_are_judged_by_their_form() {
    let issuer = Party::new(Mechanism::VcJoseEddsa);
    let secured = issuer.shown(issuer.credential(json!({})));
    let holder = Party::new(Mechanism::EddsaRdfc2022);
    let with = |more: Value| Value::Object(holder.presentation(more));
    for fine in [
        with(json!({})),
        with(json!({ "verifiableCredential": secured })),
        with(json!({ "verifiableCredential": [] })),
        with(json!({ "holder": { "id": "did:example:holder" } })),
    ] {
        let judgement = judge_as(fine.clone(), None, None);
        assert!(judgement.is_verified(), "{fine}: {judgement:?}");
        // Nobody answers.
        assert!(!judge_as(fine.clone(), Some("c"), None).is_verified());
        assert!(!judge_as(fine, None, Some("d")).is_verified());
    }
    let unsecured = issuer.credential(json!({}));
    for bad in [
        with(json!({ "@context": [EXAMPLES, V2] })),
        with(json!({ "@context": null })),
        with(json!({ "id": 4 })),
        with(json!({ "holder": {} })),
        with(json!({ "holder": "nobody" })),
        with(json!({ "verifiableCredential": "https://issuer.example/credential" })),
        with(json!({ "verifiableCredential": [null] })),
        with(json!({ "verifiableCredential": unsecured })),
        with(json!({ "verifiableCredential": with(json!({})) })),
        with(json!({ "verifiableCredential": vec![&secured; 17] })),
    ] {
        assert!(!judge_as(bad.clone(), None, None).is_verified(), "{bad}");
    }
}

#[test]
fn a_holder_vouches_for_what_it_says_itself() {
    for mechanism in presenting() {
        let holder = Party::new(mechanism);
        let said = |party: &Party| Value::Object(party.credential(json!({})));
        let judged = |presentation: Map<String, Value>| {
            let presented = holder.present(presentation).unwrap().into_value();
            judge_as(presented, Some("c"), Some("d")).is_verified()
        };
        let own = said(&holder);
        let mut presentation = holder.presentation(json!({ "verifiableCredential": [own] }));
        assert!(judged(presentation.clone()), "{mechanism}");
        presentation.remove("holder");
        assert!(!judged(presentation), "{mechanism}");
        let mut silent = holder.presentation(json!({ "verifiableCredential": [] }));
        assert!(judged(silent.clone()), "{mechanism}");
        silent.remove("holder");
        assert!(judged(silent), "{mechanism}");
        let others = said(&Party::new(Mechanism::EcdsaJcs2019P384));
        if mechanism != Mechanism::EcdsaJcs2019P384 {
            let foreign = holder.presentation(json!({ "verifiableCredential": [others] }));
            assert!(!judged(foreign), "{mechanism}");
        }
    }
}
