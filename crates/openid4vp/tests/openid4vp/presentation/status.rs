//! What is said of a presented credential: its status, and messages.

use credential::{BitstringEntry, CredentialStatus, Purpose};
use keys::Algorithm;
use openid4vp::verifier::{Error, Policy};
use serde_json::json;
use status::{Answer as StatusAnswer, EntryFault, Status};

use super::data_integrity::ldp_policy;
use super::taken;
use crate::parties::*;

/// Every place at which a status is published is judged, by lists of the credential's Issuer.
#[test]
fn every_status_of_a_credential_is_judged() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let place = |purpose: Purpose| {
        let list = format!("https://issuer.example/{}", purpose.name());
        BitstringEntry::bit(purpose, 7, list.parse().unwrap())
    };
    let places = [Purpose::Revocation, Purpose::Suspension].map(place);
    let extra = json!({ "credentialStatus": places.each_ref().map(BitstringEntry::write) });
    let valid = StatusAnswer::Fresh(Status::VALID);
    for (revoked, suspended, expected) in [
        (valid, valid, None),
        (
            StatusAnswer::Fresh(Status::INVALID),
            valid,
            Some(Error::Revoked),
        ),
        (
            valid,
            StatusAnswer::Fresh(Status::SUSPENDED),
            Some(Error::Suspended),
        ),
        (
            valid,
            StatusAnswer::Stale(Status::VALID),
            Some(Error::Unavailable),
        ),
        (valid, StatusAnswer::Unknown, Some(Error::Unavailable)),
        (
            StatusAnswer::NoEntry(EntryFault::Range),
            valid,
            Some(Error::StatusMissing),
        ),
    ] {
        let created = verifier.create(ldp_policy(&issuer, json!(["PersonCredential"])));
        let held = [Held::ldp_vc(&issuer, Algorithm::EdDsa, extra.clone())];
        let sent = accept(verifier.open(&created), &held);
        let step = receive_with(
            &created.session,
            sent.body(),
            now(),
            |status| match status {
                CredentialStatus::Bitstring(entry) if *entry == places[0] => revoked,
                CredentialStatus::Bitstring(entry) if *entry == places[1] => suspended,
                other => panic!("{other:?}"),
            },
        );
        assert_eq!(step.reply.err(), expected);
    }
}

/// What an Issuer lets a credential say goes with the answer, and refuses it if the policy says so.
#[test]
fn what_a_credential_says_is_told() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let list: url::Url = "https://issuer.example/messages".parse().unwrap();
    let texts = ["none", "reported lost"].map(str::to_owned).to_vec();
    let messages = status::StatusMessages::new(texts).unwrap();
    let entry = |index| BitstringEntry::message(index, list.clone(), messages.clone(), Vec::new());
    let entries = |count| {
        (0..count)
            .map(|index| entry(index).write())
            .collect::<Vec<_>>()
    };
    let says = |status: u8| status::StatusMessage {
        status,
        message: messages.get(status).unwrap().to_owned(),
        references: Vec::new(),
    };
    let fresh = |status| StatusAnswer::Fresh(says(status));
    let lost = ["reported lost"].as_slice();
    let none = lost.get(..0).unwrap();
    for (count, refused, answer, expected, told) in [
        (1, none, fresh(1), None, vec![Some(1)]),
        (1, none, fresh(0), None, vec![Some(0)]),
        (1, none, StatusAnswer::Unknown, None, vec![None]),
        (1, none, StatusAnswer::Stale(says(1)), None, vec![None]),
        (
            1,
            none,
            StatusAnswer::NoEntry(EntryFault::Range),
            None,
            vec![None],
        ),
        // More than are kept: the last says that there are.
        (
            6,
            none,
            fresh(0),
            None,
            vec![Some(0), Some(0), Some(0), Some(0), None],
        ),
        (1, lost, fresh(0), None, vec![Some(0)]),
        (1, lost, fresh(1), Some(Error::MessageRefused), vec![]),
        (
            1,
            lost,
            StatusAnswer::Unknown,
            Some(Error::Unavailable),
            vec![],
        ),
        (6, lost, fresh(0), Some(Error::Unavailable), vec![]),
    ] {
        let policy = Policy {
            refused_messages: refused.iter().map(|&one| one.to_owned()).collect(),
            ..ldp_policy(&issuer, json!(["PersonCredential"]))
        };
        let created = verifier.create(policy);
        let extra = json!({ "credentialStatus": entries(count) });
        let held = [Held::ldp_vc(&issuer, Algorithm::EdDsa, extra)];
        let sent = accept(verifier.open(&created), &held);
        let step = receive_telling(
            &created.session,
            sent.body(),
            now(),
            |_| StatusAnswer::Fresh(Status::VALID),
            |_| answer.clone(),
        );
        if told.is_empty() {
            assert_eq!(step.reply.err(), expected);
            continue;
        }
        let answer = taken(step.next.unwrap(), &created.token);
        let messages = &answer.credentials[0].messages;
        let status: Vec<_> = messages.iter().map(|one| one.status).collect();
        assert_eq!(status, told);
        assert!(
            messages
                .iter()
                .all(|one| one.message.is_some() == one.status.is_some())
        );
    }
}
