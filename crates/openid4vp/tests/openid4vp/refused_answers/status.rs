//! Answers of credentials that are no longer good.

use credential::CredentialStatus;
use openid4vp::verifier::{Error, Failure, Policy};
use serde_json::json;
use status::{Answer as StatusAnswer, EntryFault, Status};

use super::{Scene, check};
use crate::parties::*;

#[test]
fn by_status() {
    let reference = json!({ "status": { "status_list": {
        "idx": 7, "uri": "https://issuer.example/status/1"
    } } });
    let judge = |answer: StatusAnswer, stale: bool| {
        let scene = Scene::with(reference.clone(), |policy| Policy {
            accept_stale_status: stale,
            ..policy
        });
        let body = scene.body(&scene.presentation);
        receive_with(&scene.created.session, &body, now(), |reference| {
            let CredentialStatus::Token(reference) = reference else {
                panic!("{reference:?}")
            };
            assert_eq!((reference.index, reference.uri.path()), (7, "/status/1"));
            answer
        })
    };
    assert!(
        judge(StatusAnswer::Fresh(Status::VALID), false)
            .reply
            .is_ok()
    );
    assert!(
        judge(StatusAnswer::Stale(Status::VALID), true)
            .reply
            .is_ok()
    );
    for (answer, stale, error, failure) in [
        (
            StatusAnswer::Fresh(Status::INVALID),
            false,
            Error::Revoked,
            Some(Failure::Revoked),
        ),
        (
            StatusAnswer::Fresh(Status(3)),
            false,
            Error::Revoked,
            Some(Failure::Revoked),
        ),
        (
            StatusAnswer::Stale(Status::INVALID),
            false,
            Error::Revoked,
            Some(Failure::Revoked),
        ),
        (
            StatusAnswer::Fresh(Status::SUSPENDED),
            false,
            Error::Suspended,
            Some(Failure::Suspended),
        ),
        (
            StatusAnswer::NoEntry(EntryFault::Range),
            true,
            Error::StatusMissing,
            Some(Failure::StatusMissing),
        ),
        (
            StatusAnswer::Stale(Status::VALID),
            false,
            Error::Unavailable,
            None,
        ),
        (StatusAnswer::Unknown, true, Error::Unavailable, None),
    ] {
        check(judge(answer, stale), error, failure);
    }
}
