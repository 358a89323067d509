//! Net Certificates: each attack on context, relay, replay, lengths, epochs and marks that reaches
//! this conversation, written as code, fails (`docs/profiles/net-certificate.md`).

mod binding;
mod context;
mod disclosure;
mod epochs;
mod scopes;

use netcert::{EpochProfile, NetNumber, PseudonymContext};
use openid4vp::messages::{AuthorizationResponse, VpToken};
use openid4vp::verifier::{Answer, Error, Failure, Session, ShownPseudonym, Step, respond};
use openid4vp::wallet;
use serde_json::{Value, json};

use crate::parties::net::*;
use crate::parties::{self, rng};

fn answer(step: &Step) -> &Answer {
    let stored = match &step.next {
        Some(session @ Session::Answered(_)) => serde_json::to_value(session).unwrap(),
        other => panic!("{other:?}, {:?}", step.reply),
    };
    Box::leak(Box::new(
        serde_json::from_value(stored["answered"]["answer"].clone()).unwrap(),
    ))
}

fn number(step: &Step) -> ShownPseudonym {
    answer(step).credentials[0].pseudonym().unwrap().clone()
}

fn refused(step: Step, error: Error) {
    assert_eq!(step.reply.unwrap_err(), error);
}

/// The presentation and the state of an answer.
fn parts(body: &[u8]) -> (Value, Option<String>) {
    match AuthorizationResponse::parse(body).unwrap() {
        AuthorizationResponse::Presentation { state, vp_token } => {
            (vp_token.0["person"][0].clone(), state)
        }
        AuthorizationResponse::Error { error, .. } => panic!("{error:?}"),
    }
}

fn body(state: Option<String>, presentation: Value) -> Vec<u8> {
    let vp_token = VpToken([("person".to_owned(), vec![presentation])].into());
    AuthorizationResponse::Presentation { state, vp_token }
        .encode()
        .into_bytes()
}

struct Stage {
    epoch: Epoch,
    person: Person,
    forum: Web,
}

impl Stage {
    fn new() -> Self {
        let epoch = Epoch::at(ISSUER, noon());
        Self {
            person: Person::new(&epoch),
            epoch,
            forum: Web::at("https://forum.example"),
        }
    }

    fn profiles(&self) -> [EpochProfile; 1] {
        [self.epoch.profile.clone()]
    }

    fn visit(&self, verifier: &Web) -> Step {
        let created = verifier.ask();
        let sent = self.person.accept(verifier.open(&created).unwrap());
        receive_net(&created.session, sent.body(), &self.profiles(), noon())
    }
}

#[test]
fn a_person_is_over_18_and_has_a_number_and_nothing_else_is_said() {
    let stage = Stage::new();
    let step = stage.visit(&stage.forum);
    let answer = answer(&step);
    let credential = &answer.credentials[0];
    assert_eq!(credential.format, "net_certificate");
    assert_eq!(credential.issuer, ISSUER);
    assert_eq!(credential.claims.len(), 1);
    assert_eq!(credential.claims[0].values, [json!(true)]);
    assert_eq!(
        credential.valid_until,
        Some(stage.epoch.profile.valid_until())
    );
    let shown = credential.net_certificate.as_ref().unwrap();
    assert_eq!(
        (shown.epoch, shown.superseded),
        (stage.epoch.profile.epoch(), false)
    );
    let number = number(&step);
    assert_eq!(
        number.net_number,
        NetNumber::of(&number.pseudonym).to_string()
    );
    assert!(number.net_number.starts_with("nn1"));
    assert_eq!(number.first_visit, None);
    let own = stage.person.certificate.pseudonym(
        &stage.person.secret,
        &PseudonymContext::of_did_web(stage.forum.method.did(), netcert::Loopback::Refused)
            .unwrap(),
    );
    assert_eq!(number.pseudonym, own.unwrap());
    let stored = serde_json::to_string(&step.next).unwrap();
    assert!(!stored.contains("ANNA"));
}

/// Invariant 3, as far as one certificate goes.
#[test]
fn the_same_person_has_one_number_here_and_another_there() {
    let stage = Stage::new();
    let shop = Web::at("https://shop.example");
    let first = number(&stage.visit(&stage.forum));
    let again = number(&stage.visit(&stage.forum));
    let there = number(&stage.visit(&shop));
    assert_eq!(first.pseudonym, again.pseudonym);
    assert_ne!(first.pseudonym, there.pseudonym);
    assert_ne!(first.context, there.context);
    let other = Stage {
        person: Person::new(&stage.epoch),
        ..stage
    };
    assert_ne!(
        number(&other.visit(&other.forum)).pseudonym,
        first.pseudonym
    );
}

/// Without a number nothing in two answers is the same but what everybody has in common.
#[test]
fn without_a_number_visits_have_nothing_in_common() {
    let stage = Stage::new();
    let shown = || {
        let created = stage.forum.create(stage.forum.policy(json!({})));
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(answer(&step).credentials[0].pseudonym().is_none());
        parts(sent.body()).0
    };
    let (mut first, mut second) = (shown(), shown());
    let proofs = [&mut first, &mut second].map(|shown| shown["proof"]["proofValue"].take());
    assert_ne!(proofs[0], proofs[1]);
    assert_eq!(first, second);
}

/// The length of an answer says nothing but how many KiB it has.
#[test]
fn answers_are_padded() {
    let stage = Stage::new();
    for meta in [json!({}), json!({"pseudonym": {}})] {
        let created = stage.forum.create(stage.forum.policy(meta));
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        assert_eq!(sent.body().len() % 1024, 0);
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(step.reply.is_ok());
    }
    // A body that is already as long as it should be gets a whole KiB, never a partial one.
    for length in 0..2100 {
        let filled = body(None, json!({"a": "x".repeat(length)}));
        assert_eq!(filled.len() % 1024, 0);
        assert!(AuthorizationResponse::parse(&filled).is_ok());
    }
}

#[test]
fn accounts_are_the_hosts_business_and_a_blocked_number_is_refused_as_such() {
    let stage = Stage::new();
    let step = stage.visit(&stage.forum);
    let step = step.admit(|_| true);
    assert_eq!(number(&step).first_visit, Some(true));
    // Another process was faster: the commit meets an account.
    let step = step.admit(|_| false);
    assert_eq!(number(&step).first_visit, Some(false));
    let seen: Vec<ShownPseudonym> = step.pseudonyms().cloned().collect();
    assert_eq!(seen, [number(&step)]);
    let step = step.block();
    assert_eq!(respond(&step.reply).status(), 403);
    let stored = serde_json::to_value(step.next.as_ref().unwrap()).unwrap();
    assert_eq!(stored["failed"]["failure"], json!(Failure::Blocked));
    assert!(!stored.to_string().contains("nn1"));
    refused(step, Error::Blocked);
}

/// The metadata is the same for every wallet: it says the profile and nothing of its Holder.
#[test]
fn wallet_metadata_is_constant() {
    let forum = Web::at("https://forum.example");
    let question = || {
        let created = forum.ask();
        let step = wallet::open(&created.link, parties::SETTINGS, &mut rng(), noon()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!()
        };
        let form: Vec<(String, String)> = url::form_urlencoded::parse(fetching.request().body())
            .into_owned()
            .collect();
        form[0].clone()
    };
    let (name, metadata) = question();
    assert_eq!(question(), (name.clone(), metadata.clone()));
    assert_eq!(name, "wallet_metadata");
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let format = &metadata["vp_formats_supported"]["net_certificate"];
    assert_eq!(*format, json!({"profile_values": [netcert::PROFILE]}));
}
