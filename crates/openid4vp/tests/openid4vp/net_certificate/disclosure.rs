//! What else a certificate may say beside its number.

use keys::base64url;
use openid4vp::wallet::{self, HoldingFault};
use serde_json::{Value, json};

use super::{Stage, answer, body};
use crate::parties::net::*;
use crate::parties::{self, rng};

/// A number beside a name is a name for the number.
#[test]
fn a_name_beside_a_number_needs_the_holders_own_word() {
    let stage = Stage::new();
    let claims = json!([
        {"path": ["credentialSubject", "age_over_18"]},
        {"path": ["credentialSubject", "given_name"]},
    ]);
    let created = stage
        .forum
        .create(stage.forum.policy_for(json!({"pseudonym": {}}), claims));
    let accept = |override_: bool| {
        let request = stage.forum.open(&created).unwrap();
        let selection = request
            .matches(&[stage.person.candidate()])
            .preferred()
            .unwrap();
        let named: Vec<String> = request
            .identifying(&selection)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(named.len(), 1);
        assert!(named[0].contains("given_name"));
        let holdings = |_: &str| Some(stage.person.holding(override_));
        request.accept(&selection, holdings, &mut rng(), noon())
    };
    assert!(matches!(
        accept(false).unwrap_err(),
        wallet::Error::Holding(HoldingFault::Net(netcert::PresentError::NameBesideNumber(
            _
        )))
    ));
    let sent = accept(true).unwrap().request();
    let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
    assert_eq!(
        answer(&step).credentials[0].claims[1].values,
        [json!("ANNA")]
    );
}

#[test]
fn nobody_says_what_they_are_not() {
    let stage = Stage::new();
    let over_21 = json!([{"path": ["credentialSubject", "age_over_21"]}]);
    let created = stage
        .forum
        .create(stage.forum.policy_for(json!({}), over_21));
    let request = stage.forum.open(&created).unwrap();
    assert!(!request.matches(&[stage.person.candidate()]).answerable());
}

/// More than was asked for is not kept.
#[test]
fn slots_that_nobody_asked_for_are_counted_and_forgotten() {
    let stage = Stage::new();
    let created = stage.forum.create(stage.forum.policy(json!({})));
    let request = stage.forum.open(&created).unwrap();
    let session = parties::requested(&created.session);
    let mut wire = serde_json::to_value(&created.session).unwrap();
    let state = wire["requested"]["state"].take();
    let nonce = wire["requested"]["nonce"].take();
    let object = session
        .request_object(stage.forum.signer(), &Default::default(), noon())
        .unwrap();
    let payload = base64url::decode(object.split('.').nth(1).unwrap()).unwrap();
    let parameters: serde_json::Map<String, Value> = serde_json::from_slice(&payload).unwrap();
    let header = netcert::PresentationHeader {
        nonce: nonce.as_str().unwrap(),
        client_id: request.verifier().as_str(),
        response_uri: request.response_uri().as_str(),
        request_digest: netcert::request_digest(&parameters).unwrap(),
    };
    let disclosure = netcert::Disclosure {
        slots: &[netcert::Slot::AgeOver18, netcert::Slot::GivenName],
        ..Default::default()
    };
    let Person {
        certificate,
        secret,
    } = &stage.person;
    let shown = certificate
        .present(secret, &disclosure, &header, &mut rng())
        .unwrap();
    let shown = shown.to_json(&stage.epoch.profile).unwrap();
    let body = body(state.as_str().map(str::to_owned), shown);
    let step = receive_net(&created.session, &body, &stage.profiles(), noon());
    assert_eq!(answer(&step).unasked, 1);
    assert!(!serde_json::to_string(&step.next).unwrap().contains("ANNA"));
}
