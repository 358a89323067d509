use jiff::Timestamp;
use keys::token::BearerToken;

use super::{Answer, Failure, Phase, Session, Taken};

/// A result that is taken: commit `next` against the version that was read, then hand it out.
#[derive(Debug)]
pub struct Taking {
    /// What takes the place of the session.
    pub next: Session,
    /// The result.
    pub result: Result<Answer, Failure>,
}

/// Why a result cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TakeError {
    /// The `response_code` is missing or wrong: whoever asks is not where the wallet sent its
    /// Holder (section 14.2).
    #[error("the response code is missing or wrong")]
    Code,
    /// Nobody answered, or took the result, in time.
    #[error("the session has expired")]
    Expired,
    /// There is no answer yet.
    #[error("the request was not answered yet")]
    NotAnswered,
    /// The result was taken before.
    #[error("the result was taken before")]
    Taken,
    /// The token is not that of the session.
    #[error("the token is not that of the session")]
    Token,
}

impl Session {
    /// Takes the result, once (section 13.3, steps 8 to 10).
    ///
    /// # Errors
    /// [`TakeError`]: nothing has changed then.
    pub fn take(
        self,
        token: &BearerToken,
        response_code: Option<&BearerToken>,
        now: Timestamp,
    ) -> Result<Taking, TakeError> {
        if !self.is_owned_by(token) {
            return Err(TakeError::Token);
        }
        if self.phase(now) == Phase::Expired {
            return Err(TakeError::Expired);
        }
        let expires_at = self.expires_at();
        let (result, code_hash, token_hash) = match self {
            Self::Answered(session) => (Ok(session.answer), session.code_hash, session.token_hash),
            Self::Failed(session) => (Err(session.failure), session.code_hash, session.token_hash),
            Self::Requested(_) => return Err(TakeError::NotAnswered),
            Self::Taken(_) => return Err(TakeError::Taken),
        };
        let fits = |hash: &[u8; 32]| response_code.is_some_and(|code| code.matches(hash));
        if code_hash.is_some_and(|hash| !fits(&hash)) {
            return Err(TakeError::Code);
        }
        Ok(Taking {
            next: Self::Taken(Taken {
                expires_at,
                token_hash,
            }),
            result,
        })
    }
}
