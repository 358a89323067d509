//! Wallet and browser on one device (section 13.3; section 14.2).

use keys::Algorithm;
use keys::token::BearerToken;
use openid4vp::verifier::{Failure, Flow, Phase, Policy, TakeError, respond};
use openid4vp::wallet::{self, Outcome};
use serde_json::json;

use crate::parties::*;

fn same_device(issuer: &Issuer) -> Policy {
    Policy {
        flow: Flow::SameDevice {
            redirect_uri: "https://shop.example/done?cart=7".parse().unwrap(),
        },
        ..adults(issuer)
    }
}

/// The code in the redirect, as the platform's page gets it.
fn response_code(outcome: &Outcome) -> BearerToken {
    let url = outcome.redirect_uri.as_ref().unwrap();
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(query[0], ("cart".into(), "7".into()));
    assert_eq!(query[1].0, "response_code");
    assert!(!format!("{outcome:?}").contains(&query[1].1));
    BearerToken::from(query[1].1.as_str())
}

/// Session fixation (section 14.2): without the code that only the Holder's browser gets, the
/// result cannot be read.
#[test]
fn on_the_same_device_the_result_needs_the_response_code() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let created = verifier.create(same_device(&issuer));
    let request = verifier.open(&created);
    let held = [Held::sd_jwt(&issuer, json!({}))];
    let selection = request.matches(&candidates(&held)).preferred().unwrap();
    let holding = |_: &str| {
        Some(wallet::Holding::Signed {
            credential: &held[0].text,
            key: held[0].key.as_ref(),
        })
    };
    let answering = request
        .accept(&selection, holding, &mut rng(), now())
        .unwrap();
    let step = receive(&created.session, answering.request().body(), now());
    let outcome = answering.receive(&respond(&step.reply)).unwrap();
    let code = response_code(&outcome);
    let session = step.next.unwrap();
    let stored = serde_json::to_string(&session).unwrap();
    assert!(!stored.contains(code.expose()) && !stored.contains(created.token.expose()));

    let wrong = BearerToken::generate(&mut rng());
    let take = |token: &BearerToken, code: Option<&BearerToken>| {
        reload(&session)
            .take(token, code, now())
            .map(|taking| taking.result.unwrap())
    };
    assert_eq!(take(&created.token, None), Err(TakeError::Code));
    assert_eq!(take(&created.token, Some(&wrong)), Err(TakeError::Code));
    assert_eq!(take(&wrong, Some(&code)), Err(TakeError::Token));
    assert!(take(&created.token, Some(&code)).is_ok());
}

#[test]
fn a_result_is_taken_once_and_leaves_nothing_behind() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let claims = json!([{ "path": ["family_name"] }]);
    let created = verifier.create(policy(&issuer, claims));
    let taking = reload(&created.session).take(&created.token, None, now());
    assert_eq!(taking.unwrap_err(), TakeError::NotAnswered);
    let sent = accept(verifier.open(&created), &[Held::sd_jwt(&issuer, json!({}))]);
    let session = receive(&created.session, sent.body(), now()).next.unwrap();
    assert!(
        serde_json::to_string(&session)
            .unwrap()
            .contains("Lovelace")
    );
    assert!(!format!("{session:?}").contains("Lovelace"));
    let taking = session.take(&created.token, None, now()).unwrap();
    assert!(
        !serde_json::to_string(&taking.next)
            .unwrap()
            .contains("Lovelace")
    );
    assert_eq!(taking.next.phase(now()), Phase::Taken);
    let again = reload(&taking.next).take(&created.token, None, now());
    assert_eq!(again.unwrap_err(), TakeError::Taken);
}

#[test]
fn a_holder_declines() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let created = verifier.create(same_device(&issuer));
    let answering = verifier.open(&created).decline().unwrap();
    let body = answering.request().into_body();
    assert!(
        String::from_utf8(body.clone())
            .unwrap()
            .starts_with("error=access_denied&state=")
    );
    let step = receive(&created.session, &body, now());
    let outcome = answering.receive(&respond(&step.reply)).unwrap();
    let code = response_code(&outcome);
    let session = step.next.unwrap();
    assert_eq!(session.phase(now()), Phase::Failed);
    let taking = session.take(&created.token, Some(&code), now()).unwrap();
    assert_eq!(taking.result, Err(Failure::HolderDeclined));
}
