//! Answers that are not what was asked for.

use std::collections::BTreeMap;

use credential::{Format, VerificationError};
use dcql::{Mismatch, Shortfall};
use keys::{Algorithm, SigningKey};
use openid4vp::messages::{FormError, ResponseError};
use openid4vp::verifier::{Error, Failure, Policy, Session, WalletFault};
use serde_json::json;

use super::{Scene, check, nonce};
use crate::parties::*;

/// A wallet that discloses everything: what nobody asked for is counted, and not kept.
#[test]
fn with_more_than_was_asked_for() {
    let scene = Scene::new();
    let held = credential::sd_jwt::Held::parse(&scene.held.text).unwrap();
    let all: Vec<_> = held.disclosable().cloned().collect();
    let challenge = credential::Challenge {
        audience: scene.verifier.signer().client_id().to_string(),
        nonce: nonce(&scene.presentation),
    };
    let key = scene.held.key.as_ref().unwrap();
    let text = held
        .select(&all)
        .unwrap()
        .bind(key, &challenge, now())
        .unwrap();
    let session = scene.present(&text).next.unwrap();
    assert!(
        !serde_json::to_string(&session)
            .unwrap()
            .contains("Lovelace")
    );
    let taking = session.take(&scene.created.token, None, now()).unwrap();
    assert_eq!(taking.result.unwrap().unasked, all.len() - 1);

    let modest = scene.present(&scene.presentation).next.unwrap();
    let taking = modest.take(&scene.created.token, None, now()).unwrap();
    assert_eq!(taking.result.unwrap().unasked, 0);
}

/// An Issuer that is believed about one thing is not therefore believed about another.
#[test]
fn from_an_issuer_that_is_trusted_for_another_credential_query() {
    let scene_with = |named: bool| {
        let scene = Scene::with(json!({}), |policy| {
            let own = policy.issuers.clone();
            let other = vec!["did:web:registry.example".to_owned()];
            let person = match named {
                true => own.clone(),
                false => other.clone(),
            };
            Policy {
                issuers: [own, other].concat(),
                query_issuers: BTreeMap::from([("person".to_owned(), person)]),
                ..policy
            }
        });
        scene.present(&scene.presentation)
    };
    check(
        scene_with(false),
        Error::IssuerNotTrusted,
        Some(Failure::IssuerNotTrusted),
    );
    scene_with(true).reply.unwrap();
}

#[test]
fn that_do_not_answer_the_query() {
    let scene = Scene::with(json!({ "age_over_18": false }), |policy| Policy {
        // The wallet is asked for anything, the policy wants more: a wallet that does not match
        // values.
        query: serde_json::from_value(json!({ "credentials": [{
            "id": "person",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": ["urn:example:person"] },
            "claims": [{ "path": ["age_over_18"] }],
        }] }))
        .unwrap(),
        ..policy
    });
    let mut stored = serde_json::to_value(&scene.created.session).unwrap();
    let claims = &mut stored["requested"]["policy"]["query"]["credentials"][0]["claims"];
    claims[0]["values"] = json!([true]);
    let session: Session = serde_json::from_value(stored).unwrap();
    let step = receive(&session, &scene.body(&scene.presentation), now());
    let reason = Mismatch::Value(serde_json::from_value(json!(["age_over_18"])).unwrap());
    let shortfall = Shortfall::Mismatch {
        query: "person".into(),
        reason,
    };
    check(
        step,
        Error::NotAnAnswer(shortfall),
        Some(Failure::NotAnAnswer),
    );

    let scene = Scene::new();
    let two = scene.body_of(&[("person", &[&scene.presentation, &scene.presentation])]);
    let step = receive(&scene.created.session, &two, now());
    let shortfall = Shortfall::TooMany("person".into());
    check(
        step,
        Error::NotAnAnswer(shortfall),
        Some(Failure::NotAnAnswer),
    );

    let unknown = scene.body_of(&[("other", &[&scene.presentation])]);
    let step = receive(&scene.created.session, &unknown, now());
    check(step, WalletFault::Query.into(), Some(Failure::WalletFailed));

    let many = vec![scene.presentation.as_str(); 33];
    let many = scene.body_of(&[("person", &many)]);
    let step = receive(&scene.created.session, &many, now());
    match step.reply {
        Err(Error::WalletMisbehaved(
            WalletFault::TooMany | WalletFault::Response(ResponseError::Form(FormError::Size)),
        )) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_another_format_than_asked_for() {
    let scene = Scene::new();
    let key = SigningKey::generate(Algorithm::EdDsa, &mut rng());
    let w3c = scene.issuer.vc_jwt(Some(&key));
    assert!(
        Held::new(Format::JwtVcJson, w3c.clone(), None)
            .credential
            .holder()
            .is_some()
    );
    let step = scene.present(&w3c);
    let Err(Error::Credential(VerificationError::Peer(_))) = step.reply else {
        panic!("{:?}", step.reply)
    };
}
