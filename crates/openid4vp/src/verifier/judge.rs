use std::ops::ControlFlow;

use credential::{Credential, CredentialStatus};
use dcql::{ClaimPath, Presented, UnaskedClaim};
use jiff::Timestamp;
use netcert::VerifiedShowing;
use rand_core::CryptoRng;
use status::{Answer as StatusAnswer, Status};

use super::answer::{AnsweredCredential, AnsweredMessage};
use super::{Answer, Answered, Error, Requested, Session, Step};
use crate::wallet::{candidate, net_candidate};

/// An answer whose signatures hold; the status of its credentials is needed next.
pub struct AwaitingStatus {
    pub(super) session: Requested,
    /// Verified, each with the credential query that it came for.
    pub(super) believed: Vec<(String, Believed)>,
    /// What each of them refers to, and was not held against it.
    pub(super) unjudged: Vec<Vec<String>>,
    /// What the Issuers let each of them say.
    pub(super) messages: Vec<Vec<AnsweredMessage>>,
}

/// What was presented and verified.
pub(super) enum Believed {
    Credential(Box<Credential>),
    Showing(Box<VerifiedShowing>),
}

impl AwaitingStatus {
    pub(super) fn new(session: Requested, believed: Vec<(String, Believed)>) -> Self {
        let unjudged = Vec::new();
        Self {
            session,
            believed,
            unjudged,
            messages: Vec::new(),
        }
        .all_unjudged()
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
        status: impl Fn(&CredentialStatus, &str) -> StatusAnswer,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> Step {
        for credential in self.believed.iter().filter_map(|(_, one)| one.credential()) {
            let stale = self.session.policy.accept_stale_status;
            let mut places = credential.status.iter();
            let judged =
                places.try_for_each(|place| check(status(place, &credential.issuer), stale));
            if let ControlFlow::Break(error) = judged {
                return Step::refuse(self.session, error, now);
            }
        }
        if let ControlFlow::Break(error) = self.heed() {
            return Step::refuse(self.session, error, now);
        }
        let presented: Vec<Presented> = self
            .believed
            .iter()
            .map(|(query, one)| one.presented(query))
            .collect();
        let judgement = match dcql::judge(&self.session.policy.query, &presented) {
            Ok(judgement) => judgement,
            Err(shortfall) => return Step::refuse(self.session, shortfall, now),
        };
        let unasked = self.unasked(judgement.unasked);
        let context = self.session.own_context();
        let scope = self.session.policy.query.pseudonym();
        let scope = scope.and_then(|asked| asked.scope.as_deref());
        let credentials = judgement
            .answers
            .iter()
            .filter_map(|answer| {
                let (_, one) = self.believed.get(answer.presentation)?;
                let claims = &presented.get(answer.presentation)?.credential.claims;
                Some(match one {
                    Believed::Credential(credential) => {
                        let unjudged = self.unjudged.get(answer.presentation);
                        let messages = self.messages.get(answer.presentation);
                        AnsweredCredential {
                            unjudged: unjudged.cloned().unwrap_or_default(),
                            messages: messages.cloned().unwrap_or_default(),
                            ..AnsweredCredential::keep(answer, credential, claims)
                        }
                    }
                    Believed::Showing(showing) => {
                        let context = context.as_ref();
                        AnsweredCredential::keep_shown(answer, showing, context, scope, claims)
                    }
                })
            })
            .collect();
        let (code_hash, reply) = self.session.send_on(rng);
        Step {
            next: Some(Session::Answered(Answered {
                answer: Answer {
                    answered_at: now,
                    credentials,
                    unasked,
                },
                code_hash,
                expires_at: self.session.result_expires_at(now),
                token_hash: self.session.token_hash,
            })),
            reply: Ok(reply),
        }
    }
}

impl AwaitingStatus {
    /// How much was shown although nobody asked for it, and could have been kept.
    fn unasked(&self, claims: Vec<UnaskedClaim>) -> usize {
        let mut places = vec![Vec::new(); self.believed.len()];
        for claim in claims {
            if let Some(one) = places.get_mut(claim.presentation) {
                one.push(claim.place);
            }
        }
        let believed = self.believed.iter().map(|(_, one)| one.credential());
        let counts = believed
            .zip(places)
            .map(|(credential, places)| match credential {
                Some(credential) => credential.withholdable(places).len(),
                None => places.len(),
            });
        counts.sum()
    }
}

impl Believed {
    pub(super) fn credential(&self) -> Option<&Credential> {
        match self {
            Self::Credential(credential) => Some(credential),
            Self::Showing(_) => None,
        }
    }

    fn presented(&self, query: &str) -> Presented {
        let (credential, disclosed) = match self {
            Self::Credential(credential) => {
                let disclosed = [credential.disclosed.as_slice(), &credential.shown()].concat();
                (candidate("", credential), disclosed)
            }
            Self::Showing(showing) => return showing_presented(query, showing),
        };
        Presented {
            query: query.to_owned(),
            credential,
            disclosed,
        }
    }
}

/// A Net Certificate as shown, for a query.
pub(crate) fn showing_presented(query: &str, showing: &VerifiedShowing) -> Presented {
    let slots = showing.slots().iter();
    let slots: Vec<_> = slots
        .filter_map(|(slot, value)| Some((slot.name(), value.to_json()?)))
        .collect();
    let place = |name: &str| ClaimPath::of("credentialSubject", [name]);
    Presented {
        query: query.to_owned(),
        disclosed: slots.iter().map(|(name, _)| place(name)).collect(),
        credential: net_candidate("", slots.into_iter()),
    }
}

fn check(answer: StatusAnswer, accept_stale: bool) -> ControlFlow<Error> {
    let status = match answer {
        StatusAnswer::Fresh(status) => status,
        StatusAnswer::NoEntry(_) => return ControlFlow::Break(Error::StatusMissing),
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
