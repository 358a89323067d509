use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use keys::token::BearerToken;
use rand_core::CryptoRng;

use super::{
    Answered, AnsweredCredential, Error, Failed, Failure, Flow, Requested, Session, ShownPseudonym,
};
use crate::messages::{DirectPostReply, ErrorCode, ErrorReply};

/// The end of a step: commit `next` against the version that was read, then send `reply`.
#[derive(Debug)]
pub struct Step {
    /// What takes the place of the session; `None` leaves it as it is.
    pub next: Option<Session>,
    /// What the wallet is told.
    pub reply: Result<DirectPostReply, Error>,
}

/// Writes what the wallet is told (section 8.2): a code and nothing about the reason, which is for
/// the log.
#[must_use]
pub fn respond(reply: &Result<DirectPostReply, Error>) -> Response<Vec<u8>> {
    let (status, body) = match reply {
        Ok(reply) => (StatusCode::OK, serde_json::to_vec(reply)),
        Err(error) => {
            let code = ErrorCode::from(error);
            let status = match error {
                Error::Unavailable | Error::UnknownProfile => StatusCode::SERVICE_UNAVAILABLE,
                Error::Blocked => StatusCode::FORBIDDEN,
                Error::Closed
                | Error::Credential(_)
                | Error::CryptosuiteNotTaken
                | Error::HolderDeclined
                | Error::IssuerNotTrusted
                | Error::MessageRefused
                | Error::NetCertificate(_)
                | Error::NotAnAnswer(_)
                | Error::Reference(_)
                | Error::Revoked
                | Error::StatusMissing
                | Error::Suspended
                | Error::WalletMisbehaved(_) => StatusCode::BAD_REQUEST,
            };
            let reply = ErrorReply {
                error: code.name().to_owned(),
                error_description: None,
            };
            (status, serde_json::to_vec(&reply))
        }
    };
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Step {
    /// Lists the numbers in a good answer, for a Verifier that keeps accounts: before it commits,
    /// it looks each up, and calls [`Self::admit`] or [`Self::block`].
    pub fn pseudonyms(&self) -> impl Iterator<Item = &ShownPseudonym> {
        let credentials = match &self.next {
            Some(Session::Answered(session)) => session.answer.credentials.as_slice(),
            _ => &[],
        };
        credentials.iter().filter_map(AnsweredCredential::pseudonym)
    }

    /// Notes for each number whether this is its first visit. It may be called again, when the
    /// commit met another one.
    #[must_use]
    pub fn admit(self, first_visit: impl Fn(&ShownPseudonym) -> bool) -> Self {
        let next = match self.next {
            Some(Session::Answered(session)) => Some(Session::Answered(Answered {
                answer: session.answer.admit(first_visit),
                ..session
            })),
            other => other,
        };
        Self { next, ..self }
    }

    /// Refuses a good answer, because the Verifier has blocked a number in it. Nothing of the
    /// answer is kept.
    #[must_use]
    pub fn block(self) -> Self {
        let Some(Session::Answered(session)) = self.next else {
            return self;
        };
        Self {
            next: Some(Session::Failed(Failed {
                code_hash: None,
                expires_at: session.expires_at,
                failure: Failure::Blocked,
                token_hash: session.token_hash,
            })),
            reply: Err(Error::Blocked),
        }
    }

    /// Refuses an answer; the session fails, unless the error leaves it waiting.
    pub(super) fn refuse(session: Requested, error: impl Into<Error>, now: Timestamp) -> Self {
        let error = error.into();
        let next = error.failure().map(|failure| {
            Session::Failed(Failed {
                code_hash: None,
                expires_at: session.result_expires_at(now),
                failure,
                token_hash: session.token_hash,
            })
        });
        Self {
            next,
            reply: Err(error),
        }
    }
}

impl Requested {
    /// What a wallet is told whose answer was understood: in the same-device flow, where to go on,
    /// with a fresh `response_code` (section 13.3, step 6).
    pub(super) fn send_on(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> (Option<[u8; 32]>, DirectPostReply) {
        match &self.policy.flow {
            Flow::CrossDevice => (None, DirectPostReply::default()),
            Flow::SameDevice { redirect_uri } => {
                let code = BearerToken::generate(rng);
                let mut target = redirect_uri.clone();
                target
                    .query_pairs_mut()
                    .append_pair("response_code", code.expose());
                let reply = DirectPostReply {
                    redirect_uri: Some(target.into()),
                };
                (Some(code.hash()), reply)
            }
        }
    }
}
