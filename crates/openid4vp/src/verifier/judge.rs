use std::ops::ControlFlow;

use credential::{Credential, StatusReference};
use dcql::Presented;
use jiff::Timestamp;
use rand_core::CryptoRng;
use status::{Answer as StatusAnswer, Status};

use super::answer::AnsweredCredential;
use super::{Answer, Answered, Error, Requested, Session, Step};
use crate::wallet::candidate;

/// An answer whose signatures hold; the status of its credentials is needed next.
pub struct AwaitingStatus {
    session: Requested,
    /// Verified, each with the credential query that it came for.
    credentials: Vec<(String, Credential)>,
}

impl AwaitingStatus {
    pub(super) fn new(session: Requested, credentials: Vec<(String, Credential)>) -> Self {
        Self {
            session,
            credentials,
        }
    }

    /// Returns the status list entries that are needed.
    pub fn status_references(&self) -> impl Iterator<Item = &StatusReference> {
        self.credentials
            .iter()
            .filter_map(|(_, credential)| credential.status.as_ref())
    }

    /// Gives up for now, because a status list could not be had: the session goes on waiting.
    #[must_use]
    pub fn unavailable(self, now: Timestamp) -> Step {
        Step::refuse(self.session, Error::Unavailable, now)
    }

    /// Judges the answer: the status of every credential, and whether all of it answers the query
    /// (section 8.6, steps 2 and 3). Only claims that were asked for are kept.
    ///
    /// `status` looks up an entry in the lists of the credential's Issuer: one Issuer's list says
    /// nothing about another's credential.
    pub fn judge(
        self,
        status: impl Fn(&StatusReference, &str) -> StatusAnswer,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> Step {
        for (_, credential) in &self.credentials {
            let Some(reference) = &credential.status else {
                continue;
            };
            let stale = self.session.policy.accept_stale_status;
            if let ControlFlow::Break(error) = check(status(reference, &credential.issuer), stale) {
                return Step::refuse(self.session, error, now);
            }
        }
        let presented: Vec<Presented> = self
            .credentials
            .iter()
            .map(|(query, credential)| Presented {
                query: query.clone(),
                credential: candidate("", credential),
                disclosed: credential.disclosed.clone(),
            })
            .collect();
        let judgement = match dcql::judge(&self.session.policy.query, &presented) {
            Ok(judgement) => judgement,
            Err(shortfall) => return Step::refuse(self.session, shortfall, now),
        };
        let credentials = judgement
            .answers
            .iter()
            .filter_map(|answer| {
                let (_, credential) = self.credentials.get(answer.presentation)?;
                let presented = presented.get(answer.presentation)?;
                Some(AnsweredCredential::keep(
                    answer,
                    credential,
                    &presented.credential.claims,
                ))
            })
            .collect();
        let (code_hash, reply) = self.session.send_on(rng);
        Step {
            next: Some(Session::Answered(Answered {
                answer: Answer {
                    answered_at: now,
                    credentials,
                    unasked: judgement.unasked.len(),
                },
                code_hash,
                expires_at: self.session.result_expires_at(now),
                token_hash: self.session.token_hash,
            })),
            reply: Ok(reply),
        }
    }
}

fn check(answer: StatusAnswer, accept_stale: bool) -> ControlFlow<Error> {
    let status = match answer {
        StatusAnswer::Fresh(status) => status,
        StatusAnswer::NoEntry => return ControlFlow::Break(Error::StatusMissing),
        StatusAnswer::Stale(status) if accept_stale => status,
        // What is revoked stays so.
        StatusAnswer::Stale(Status::INVALID) => Status::INVALID,
        StatusAnswer::Stale(_) | StatusAnswer::Unknown => {
            return ControlFlow::Break(Error::Unavailable);
        }
    };
    match status {
        Status::VALID => ControlFlow::Continue(()),
        Status::SUSPENDED => ControlFlow::Break(Error::Suspended),
        _ => ControlFlow::Break(Error::Revoked),
    }
}
