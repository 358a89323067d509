//! Which epochs are known, and that nobody is marked by one.

use keys::base64url;
use keys::seed::Seed;
use netcert::ShownError;
use openid4vp::verifier::{Error, respond};
use serde_json::{Value, json};

use super::{Stage, answer, body, number, parts, refused};
use crate::parties::net::*;
use crate::parties::rng;

/// *Attack*: a profile for one person, whose presentations are then known everywhere.
#[test]
fn a_profile_that_nobody_published_is_not_known_and_not_fetched() {
    let stage = Stage::new();
    let tagged = Epoch::number(ISSUER, stage.epoch.profile.epoch());
    let person = Person::new(&tagged);
    let created = stage.forum.ask();
    let sent = person.accept(stage.forum.open(&created).unwrap());
    let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
    assert!(step.next.is_none(), "the schedule may bring it");
    assert_eq!(respond(&step.reply).status(), 503);
    refused(step, Error::UnknownProfile);
    // Under the published profile's hash it is not signed by the published key.
    let (mut shown, state) = parts(sent.body());
    let text = shown["proof"]["proofValue"].as_str().unwrap();
    let mut bytes = base64url::decode(&text[1..]).unwrap();
    let hash = tagged.profile.hash();
    let at = bytes.windows(32).position(|window| window == hash).unwrap();
    bytes[at..at + 32].copy_from_slice(&stage.epoch.profile.hash());
    shown["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(bytes)));
    let step = receive_net(
        &created.session,
        &body(state, shown),
        &stage.profiles(),
        noon(),
    );
    refused(step, ShownError::Proof.into());
}

/// *Attack*: everything but the shown slots is public, and equal for everybody.
#[test]
fn what_differs_from_everybody_elses_is_a_mark() {
    let stage = Stage::new();
    for (pointer, value) in [
        ("/validUntil", json!("2027-01-01T00:00:00Z")),
        ("/issuer", json!("did:web:other.example")),
        ("/type/1", json!("AdultCertificate")),
        ("/proof/created", json!("2026-11-18T12:00:00Z")),
        ("/id", json!("urn:uuid:5b6c2b0c")),
        ("/credentialSubject/id", json!("did:key:z6Mk")),
    ] {
        let created = stage.forum.ask();
        let (mut shown, state) = parts(
            stage
                .person
                .accept(stage.forum.open(&created).unwrap())
                .body(),
        );
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match shown.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.insert(name.to_owned(), value)),
            Value::Array(list) => list[1] = value,
            other => panic!("{other}"),
        }
        let step = receive_net(
            &created.session,
            &body(state, shown),
            &stage.profiles(),
            noon(),
        );
        let error = step.reply.unwrap_err();
        assert!(
            matches!(
                error,
                Error::NetCertificate(
                    ShownError::Deviates | ShownError::Shape | ShownError::Slot(_)
                )
            ),
            "{pointer}: {error:?}"
        );
    }
}

#[test]
fn an_epoch_ends() {
    let stage = Stage::new();
    let profile = &stage.epoch.profile;
    let created = stage.forum.ask();
    let sent = stage.person.accept(stage.forum.open(&created).unwrap());
    let at = |now| {
        let mut session = serde_json::to_value(&created.session).unwrap();
        session["requested"]["expires_at"] = json!("2027-12-01T00:00:00Z");
        let session = serde_json::from_value(session).unwrap();
        receive_net(&session, sent.body(), &stage.profiles(), now)
    };
    let second = jiff::SignedDuration::from_secs(1);
    refused(
        at(profile.valid_from() - second),
        ShownError::NotYetValid.into(),
    );
    assert!(at(profile.valid_from()).reply.is_ok());
    let over = at(profile.valid_until());
    assert!(
        answer(&over).credentials[0]
            .net_certificate
            .as_ref()
            .unwrap()
            .superseded
    );
    refused(
        at(profile.valid_until() + second),
        ShownError::Expired.into(),
    );
}

/// The same seed and another epoch's key and certificate: another anchor makes another number,
/// the same anchor the same one (tested where renewal is).
#[test]
fn certificates_of_different_people_do_not_share_a_number() {
    let stage = Stage::new();
    let seed = Seed::generate(&mut rng());
    let stage = Stage {
        person: Person::of(&stage.epoch, &seed),
        ..stage
    };
    let first = number(&stage.visit(&stage.forum)).pseudonym;
    let stage = Stage {
        person: Person::of(&stage.epoch, &seed),
        ..stage
    };
    assert_ne!(number(&stage.visit(&stage.forum)).pseudonym, first);
}

#[test]
fn an_issuer_that_is_not_believed_is_not_believed() {
    let stage = Stage::new();
    let mut policy = stage.forum.policy(json!({"pseudonym": {}}));
    policy.issuers = vec!["did:web:other.example".into()];
    let created = stage.forum.create(policy);
    let sent = stage.person.accept(stage.forum.open(&created).unwrap());
    let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
    refused(step, Error::IssuerNotTrusted);
}
