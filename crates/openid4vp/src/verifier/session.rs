use std::fmt;

use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use netcert::{Loopback, PseudonymContext};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Answer, Failure, Policy, PolicyError};
use crate::ClientId;

/// A session as it is stored.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// The wallet has answered; the result waits to be taken.
    Answered(Answered),
    /// The wallet has declined, or its answer was refused.
    Failed(Failed),
    /// The request waits for an answer.
    Requested(Box<Requested>),
    /// The result was taken: nothing is left of it.
    Taken(Taken),
}

/// A request that waits for an answer.
#[derive(Deserialize, Serialize)]
pub struct Requested {
    pub(super) policy: Policy,
    pub(super) client_id: ClientId,
    pub(super) expires_at: Timestamp,
    pub(super) nonce: String,
    pub(super) request_uri: Option<Url>,
    pub(super) response_uri: Url,
    pub(super) state: String,
    pub(super) token_hash: [u8; 32],
}

/// An answer that was found to be good.
#[derive(Debug, Deserialize, Serialize)]
pub struct Answered {
    pub(super) answer: Answer,
    pub(super) code_hash: Option<[u8; 32]>,
    pub(super) expires_at: Timestamp,
    pub(super) token_hash: [u8; 32],
}

/// A session without a good answer.
#[derive(Debug, Deserialize, Serialize)]
pub struct Failed {
    pub(super) code_hash: Option<[u8; 32]>,
    pub(super) expires_at: Timestamp,
    pub(super) failure: Failure,
    pub(super) token_hash: [u8; 32],
}

/// A session whose result was taken.
#[derive(Debug, Deserialize, Serialize)]
pub struct Taken {
    pub(super) expires_at: Timestamp,
    pub(super) token_hash: [u8; 32],
}

/// How far a session is. It says nothing about the Holder.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A good answer waits to be taken.
    Answered,
    /// Nobody answered, or took the result, in time.
    Expired,
    /// There is no good answer; the reason can be taken.
    Failed,
    /// The request waits for an answer.
    Requested,
    /// The result was taken.
    Taken,
}

impl Session {
    /// Says how far the session is.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        if self.expires_at() <= now {
            return Phase::Expired;
        }
        match self {
            Self::Answered(_) => Phase::Answered,
            Self::Failed(_) => Phase::Failed,
            Self::Requested(_) => Phase::Requested,
            Self::Taken(_) => Phase::Taken,
        }
    }

    /// Says how the wallet's answer was judged, as long as the result waits to be taken.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<(), Failure>> {
        match self {
            Self::Answered(_) => Some(Ok(())),
            Self::Failed(session) => Some(Err(session.failure)),
            Self::Requested(_) | Self::Taken(_) => None,
        }
    }

    /// Returns when the session is to be forgotten.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        match self {
            Self::Answered(session) => session.expires_at,
            Self::Failed(session) => session.expires_at,
            Self::Requested(session) => session.expires_at,
            Self::Taken(session) => session.expires_at,
        }
    }

    /// Says whether a token is the one that the session was created with. Whoever has it may see
    /// the phase and take the result.
    #[must_use]
    pub fn is_owned_by(&self, token: &BearerToken) -> bool {
        token.matches(match self {
            Self::Answered(session) => &session.token_hash,
            Self::Failed(session) => &session.token_hash,
            Self::Requested(session) => &session.token_hash,
            Self::Taken(session) => &session.token_hash,
        })
    }
}

impl Requested {
    /// Returns the policy under which the request was made.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns who asks.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// What the number that is asked for is bound to: who asks, and nothing that a wallet sends.
    pub(super) fn context(
        &self,
        loopback: Loopback,
    ) -> Result<Option<PseudonymContext>, PolicyError> {
        let Some(asked) = self.policy.query.pseudonym() else {
            return Ok(None);
        };
        let (client_id, response_uri) = (self.client_id.as_str(), self.response_uri.as_str());
        let context = PseudonymContext::of_client_id(client_id, response_uri, loopback)?;
        let Some(name) = &asked.scope else {
            return Ok(Some(context));
        };
        let scope = self.policy.scopes.find(name).ok_or(PolicyError::Scope)?;
        Ok(Some(context.within(scope.bound()?)))
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Until when the result of an answer that came now can be taken.
    pub(super) fn result_expires_at(&self, now: Timestamp) -> Timestamp {
        later(now, self.policy.ttl_seconds)
    }
}

impl fmt::Debug for Requested {
    /// Leaves out what whoever knows it could answer with: address, nonce and state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requested")
            .field("policy", &self.policy.name)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A moment some seconds later, in whole seconds.
pub(super) fn later(now: Timestamp, seconds: u32) -> Timestamp {
    let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
    whole
        .checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}
