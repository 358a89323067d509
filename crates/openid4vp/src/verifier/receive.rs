use std::ops::ControlFlow;

use credential::{Challenge, Format, IssuerKey, KeySource, UnverifiedPresentation};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::error::WalletFault;
use super::{AwaitingStatus, Error, Failed, Failure, Requested, Session, Step};
use crate::messages::{AuthorizationResponse, ErrorCode, VpToken};

/// An answer that was read; the keys of its Issuers are needed next.
pub struct AwaitingKeys {
    session: Requested,
    presentations: Vec<Presentation>,
    sources: Vec<KeySource>,
}

struct Presentation {
    query: String,
    /// Whether the query requires a proof of holder binding.
    bound: bool,
    presentation: UnverifiedPresentation,
}

impl Requested {
    /// Receives an answer (section 8.2), and reads it without believing anything.
    ///
    /// Consumes the request, so that it is answered once. Breaks off with a [`Step`] when the
    /// wallet declined, or when there is nothing to verify.
    pub fn receive(
        self,
        response: AuthorizationResponse,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> ControlFlow<Step, AwaitingKeys> {
        if self.is_expired(now) {
            return ControlFlow::Break(Step::refuse(self, Error::Closed, now));
        }
        if response.state() != Some(self.state.as_str()) {
            return ControlFlow::Break(Step::refuse(self, WalletFault::State, now));
        }
        let vp_token = match response {
            AuthorizationResponse::Error { error, .. } => {
                let failure = match error {
                    Some(ErrorCode::AccessDenied) => Failure::HolderDeclined,
                    _ => Failure::WalletFailed,
                };
                return ControlFlow::Break(self.end(failure, rng, now));
            }
            AuthorizationResponse::Presentation { vp_token, .. } => vp_token,
        };
        match self.read(vp_token) {
            Ok((presentations, sources)) => ControlFlow::Continue(AwaitingKeys {
                session: self,
                presentations,
                sources,
            }),
            Err(error) => ControlFlow::Break(Step::refuse(self, error, now)),
        }
    }

    fn read(&self, vp_token: VpToken) -> Result<(Vec<Presentation>, Vec<KeySource>), Error> {
        let mut presentations = Vec::new();
        let mut sources: Vec<KeySource> = Vec::new();
        for (query, texts) in vp_token.0 {
            let asked = self.policy.query.credential(&query);
            let asked = asked.ok_or(WalletFault::Query)?;
            let format = Format::parse(asked.meta().format()).ok_or(WalletFault::Query)?;
            for text in texts {
                if presentations.len() == MAX_PRESENTATIONS {
                    return Err(WalletFault::TooMany.into());
                }
                let presentation = UnverifiedPresentation::parse(format, &text)?;
                for source in presentation.key_sources()? {
                    // Before anybody is asked for a key: a wallet must not choose whom.
                    if !self.policy.trusts(&query, &source.issuer()) {
                        return Err(Error::IssuerNotTrusted);
                    }
                    if !sources.contains(&source) {
                        sources.push(source);
                    }
                }
                presentations.push(Presentation {
                    query: query.clone(),
                    bound: asked.requires_holder_binding(),
                    presentation,
                });
            }
        }
        Ok((presentations, sources))
    }

    /// Takes the wallet's word that there will be no answer: an error that was understood is
    /// processed successfully (section 8.2), and the Holder is sent on as after an answer, so that
    /// the browser does not get stuck.
    fn end(self, failure: Failure, rng: &mut (impl CryptoRng + ?Sized), now: Timestamp) -> Step {
        let (code_hash, reply) = self.send_on(rng);
        Step {
            next: Some(Session::Failed(Failed {
                code_hash,
                expires_at: self.result_expires_at(now),
                failure,
                token_hash: self.token_hash,
            })),
            reply: Ok(reply),
        }
    }
}

impl AwaitingKeys {
    /// Returns whose keys are needed, each once; all are Issuers that the policy believes.
    #[must_use]
    pub fn key_sources(&self) -> &[KeySource] {
        &self.sources
    }

    /// Gives up for now, because a key could not be had: the session goes on waiting.
    #[must_use]
    pub fn unavailable(self, now: Timestamp) -> Step {
        Step::refuse(self.session, Error::Unavailable, now)
    }

    /// Verifies every presentation (section 8.6, step 2): the Issuers' signatures, the Holder's,
    /// audience, nonce and freshness, or, for a query that does not require holder binding, the
    /// Issuer's signature alone.
    pub fn verify(self, keys: &[IssuerKey], now: Timestamp) -> ControlFlow<Step, AwaitingStatus> {
        let challenge = Challenge {
            audience: self.session.client_id.as_str().to_owned(),
            nonce: self.session.nonce.clone(),
        };
        let mut credentials = Vec::new();
        for one in self.presentations {
            let verified = match one.bound {
                true => one.presentation.verify(keys, &challenge, now),
                false => one.presentation.verify_unbound(keys, now),
            };
            match verified {
                Ok(verified) => {
                    let verified = verified.into_inner().credentials.into_iter();
                    credentials.extend(verified.map(|credential| (one.query.clone(), credential)));
                }
                Err(error) => {
                    return ControlFlow::Break(Step::refuse(self.session, error, now));
                }
            }
        }
        ControlFlow::Continue(AwaitingStatus::new(self.session, credentials))
    }
}

const MAX_PRESENTATIONS: usize = 32;
