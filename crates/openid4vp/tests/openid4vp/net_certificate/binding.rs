//! An answer is bound to its request, and says what was asked for and no more.

use netcert::ShownError;
use openid4vp::messages::{AuthorizationResponse, VpToken};
use openid4vp::verifier::{Session, WalletFault};
use serde_json::json;

use super::{Stage, body, parts, refused};
use crate::parties::net::*;

/// *Attack*: an answer again, or in answer to another request.
#[test]
fn an_answer_is_for_one_request() {
    let stage = Stage::new();
    let first = stage.forum.ask();
    let sent = stage.person.accept(stage.forum.open(&first).unwrap());
    let (shown, _) = parts(sent.body());
    let second = stage.forum.ask();
    let session = serde_json::to_value(&second.session).unwrap();
    let state = session["requested"]["state"].as_str().map(str::to_owned);
    let replayed = body(state, shown);
    let step = receive_net(&second.session, &replayed, &stage.profiles(), noon());
    refused(step, ShownError::Proof.into());
    assert!(
        receive_net(&first.session, sent.body(), &stage.profiles(), noon())
            .reply
            .is_ok()
    );
}

/// *Attack*: the request that was answered said something else, with the same nonce: another
/// purpose, or claims that the Holder was shown as something else.
#[test]
fn an_answer_is_to_what_was_asked() {
    let stage = Stage::new();
    for (pointer, value) in [
        ("/requested/policy/purpose", json!("To give you money")),
        ("/requested/policy/client_name", json!("Bank")),
        ("/requested/state", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("/requested/nonce", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        (
            "/requested/response_uri",
            json!("https://forum.example/elsewhere"),
        ),
    ] {
        let created = stage.forum.ask();
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let mut session = serde_json::to_value(&created.session).unwrap();
        *session.pointer_mut(pointer).unwrap() = value;
        let state = session["requested"]["state"].as_str().map(str::to_owned);
        let session: Session = serde_json::from_value(session).unwrap();
        let body = body(state, parts(sent.body()).0);
        let step = receive_net(&session, &body, &stage.profiles(), noon());
        refused(step, ShownError::Proof.into());
    }
}

/// Fetching it again, at another time and with another nonce, changes nothing.
#[test]
fn how_a_request_was_fetched_does_not_matter() {
    let stage = Stage::new();
    let created = stage.forum.ask();
    stage.forum.open(&created).unwrap();
    let sent = stage.person.accept(stage.forum.open(&created).unwrap());
    let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
    assert!(step.reply.is_ok());
}

#[test]
fn a_number_is_there_if_and_only_if_it_was_asked_for() {
    let stage = Stage::new();
    let state = |session: &Session| {
        let session = serde_json::to_value(session).unwrap();
        session["requested"]["state"].as_str().map(str::to_owned)
    };
    let with = stage.forum.ask();
    let without = stage.forum.create(stage.forum.policy(json!({})));
    let numbered = parts(stage.person.accept(stage.forum.open(&with).unwrap()).body()).0;
    let plain = parts(
        stage
            .person
            .accept(stage.forum.open(&without).unwrap())
            .body(),
    )
    .0;
    let step = receive_net(
        &without.session,
        &body(state(&without.session), numbered),
        &stage.profiles(),
        noon(),
    );
    refused(step, ShownError::PseudonymUnasked.into());
    let step = receive_net(
        &with.session,
        &body(state(&with.session), plain),
        &stage.profiles(),
        noon(),
    );
    refused(step, ShownError::PseudonymMissing.into());
}

#[test]
fn one_certificate_and_only_an_object() {
    let stage = Stage::new();
    let created = stage.forum.ask();
    let (shown, state) = parts(
        stage
            .person
            .accept(stage.forum.open(&created).unwrap())
            .body(),
    );
    let twice = AuthorizationResponse::Presentation {
        state: state.clone(),
        vp_token: VpToken([("person".to_owned(), vec![shown.clone(), shown])].into()),
    };
    let twice = twice.encode();
    let step = receive_net(
        &created.session,
        twice.as_bytes(),
        &stage.profiles(),
        noon(),
    );
    refused(step, WalletFault::TooMany.into());
    let text = body(state, json!("eyJhbGciOiJub25lIn0.e30."));
    let step = receive_net(&created.session, &text, &stage.profiles(), noon());
    refused(step, ShownError::Shape.into());
}
