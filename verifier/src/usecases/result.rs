use jiff::Timestamp;
use keys::token::BearerToken;
use openid4vp::verifier::{Answer, Failure, Phase, TakeError};
use store::{Batch, StoreError, Stored};

use crate::app::{App, News};
use crate::records::StoredSession;

impl App {
    /// Tells how far a session is, to whoever has its token.
    ///
    /// # Errors
    /// [`ResultError::Unknown`] for a wrong token too.
    pub async fn progress(&self, id: &str, token: &BearerToken) -> Result<Progress, ResultError> {
        let now = self.now();
        let read = self.owned(id, token, now).await?;
        Ok(Progress {
            phase: read.value.0.phase(now),
            expires_at: read.value.0.expires_at(),
        })
    }

    /// Takes the result of a session, once: nothing of it is left in the database. In the
    /// same-device flow that needs the `response_code` with which the wallet sent the holder's
    /// browser back (OpenID4VP 1.0, section 14.2).
    ///
    /// # Errors
    /// [`ResultError`]; nothing has changed then.
    pub async fn result(
        &self,
        id: &str,
        token: &BearerToken,
        response_code: Option<&BearerToken>,
    ) -> Result<Outcome, ResultError> {
        let now = self.now();
        let Stored { value, version } = self.owned(id, token, now).await?;
        let taking = value.0.take(token, response_code, now)?;
        let expires_at = Some(taking.next.expires_at());
        let batch = Batch::new().replace(id, version, &StoredSession(taking.next), expires_at)?;
        match self.parts().store.commit(batch, now).await {
            Err(error) if error.is_conflict() => return Err(TakeError::Taken.into()),
            other => other?,
        }
        self.tell(News::Changed(id.to_owned()));
        Ok(match taking.result {
            Ok(answer) => Outcome::Answered(answer),
            Err(failure) => Outcome::Failed(failure),
        })
    }

    async fn owned(
        &self,
        id: &str,
        token: &BearerToken,
        now: Timestamp,
    ) -> Result<Stored<StoredSession>, ResultError> {
        let read = self.parts().store.load::<StoredSession>(id, now).await?;
        read.filter(|read| read.value.0.is_owned_by(token))
            .ok_or(ResultError::Unknown)
    }
}

/// How far a session is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// What is waited for.
    pub phase: Phase,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The result of a session. `Debug` leaves claims out.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The holder presented what was asked for.
    Answered(Answer),
    /// There is no good answer, for this reason.
    Failed(Failure),
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be taken, or not yet.
    #[error(transparent)]
    Take(#[from] TakeError),
    /// There is no such session (any more), or the token is not its.
    #[error("there is no such request any more, or the token is not its")]
    Unknown,
    /// Enough watch it already.
    #[error("too many watch this request already")]
    Watched,
}
