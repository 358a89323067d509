//! What status lists say of a verified credential (Bitstring Status List 1.0, section 3.2).

use credential::mechanism::{Judgement, Problem, ProblemKind};
use credential::{CredentialStatus, Purpose};
use fetch::resolve::{ResolveError, Resolver};
use jiff::Timestamp;
use status::{Answer, StatusMessage};

/// Adds what is wrong by the status lists to a judgement, and returns what the issuer lets the
/// credential say. A message that cannot be had is a warning: it makes no credential good or bad.
pub(super) async fn look_up(
    resolver: &Resolver,
    judgement: &mut Judgement,
    asked: &mut usize,
    now: Timestamp,
) -> Vec<StatusMessage> {
    let Some(credential) = &judgement.credential else {
        return Vec::new();
    };
    let issuer = &credential.get().issuer;
    let mut messages = Vec::new();
    for place in &credential.get().status {
        let mut told = look(resolver, place, issuer, now);
        if matches!(told, Told::Unknown(_)) && *asked < MOST_FETCHES {
            *asked += 1;
            let fetched = resolver.prefetch_list(place.list(), issuer, now).await;
            told = look(resolver, place, issuer, now);
            if let (Told::Unknown(problem), Err(error)) = (&mut told, &fetched) {
                tracing::debug!(reason = %error, "a status list was not fetched");
                *problem = refused(error);
            }
        }
        match told {
            Told::Message(message) => messages.push(message),
            Told::Nothing => {}
            Told::Problem(problem) | Told::Unknown(problem) if is_message(place) => {
                judgement.warnings.push(problem);
            }
            Told::Problem(problem) | Told::Unknown(problem) => judgement.problems.push(problem),
        }
    }
    messages
}

/// What a list says at one place.
enum Told {
    Message(StatusMessage),
    /// That nothing is the matter.
    Nothing,
    Problem(Problem),
    /// No list is at hand.
    Unknown(Problem),
}

fn look(resolver: &Resolver, place: &CredentialStatus, issuer: &str, now: Timestamp) -> Told {
    let missing = || {
        let detail = "the status list could not be had";
        Told::Unknown(Problem::new(ProblemKind::StatusRetrieval, detail))
    };
    match place {
        CredentialStatus::Bitstring(entry) if entry.purpose == Purpose::Message => {
            match resolver.message(entry, issuer, now) {
                Answer::Fresh(message) => Told::Message(message),
                Answer::NoEntry(fault) => Told::Problem(Problem::new(fault.into(), fault)),
                Answer::Stale(_) | Answer::Unknown => missing(),
            }
        }
        CredentialStatus::Bitstring(_) | CredentialStatus::Token(_) => {
            match resolver.status(place, issuer, now) {
                Answer::Fresh(status) if status.is_valid() => Told::Nothing,
                Answer::Fresh(_) => Told::Problem(Problem::new(
                    ProblemKind::Status,
                    "the status list says that the credential is not good",
                )),
                Answer::NoEntry(fault) => Told::Problem(Problem::new(fault.into(), fault)),
                Answer::Stale(_) | Answer::Unknown => missing(),
            }
        }
    }
}

fn is_message(place: &CredentialStatus) -> bool {
    match place {
        CredentialStatus::Bitstring(entry) => entry.purpose == Purpose::Message,
        CredentialStatus::Token(_) => false,
    }
}

/// Why a list is not to be had, by the names of the text.
fn refused(error: &ResolveError) -> Problem {
    match error {
        ResolveError::Status(error) => Problem::new(error.into(), error),
        ResolveError::Did(_) | ResolveError::Key(_) => Problem::new(
            ProblemKind::Status,
            "the key of the status list could not be established",
        ),
        ResolveError::Answered(_) | ResolveError::Fetch(_) | ResolveError::NotKept => {
            let detail = "the status list could not be had";
            Problem::new(ProblemKind::StatusRetrieval, detail)
        }
    }
}

/// How many lists are fetched because of one request.
const MOST_FETCHES: usize = 4;
