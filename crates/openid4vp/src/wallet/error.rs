use crate::messages::ErrorCode;
use crate::request::RequestFault;

use super::{Answering, HoldingFault};

/// Why a presentation did not come about, by who must act.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The wallet cannot present what was chosen.
    #[error("the credential cannot be presented: {0}")]
    Holding(#[from] HoldingFault),
    /// The Holder opened something else than a presentation request.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// The Verifier received the answer and did not accept it.
    #[error("the verifier refused the answer (status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code, if it is a known one.
        code: Option<ErrorCode>,
    },
    /// The Verifier received the answer and said something that makes no sense.
    #[error("the verifier's reply cannot be read")]
    Reply,
    /// The Verifier asks in a way that is refused.
    #[error(transparent)]
    Request(#[from] RequestFault),
}

/// Why a link is not a presentation request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LinkFault {
    /// It does not say who asks.
    #[error("the link is not a presentation request")]
    NotARequest,
    /// It is neither `openid4vp:` nor `https:`.
    #[error("the link is of another kind than openid4vp: and https:")]
    Scheme,
    /// It is not a URL.
    #[error("the link cannot be read")]
    Syntax,
}

/// A request that was refused, and what may be told to the Verifier about it.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Refusal {
    error: Error,
    report: Option<Box<Answering>>,
}

impl Refusal {
    pub(super) fn new(error: impl Into<Error>, report: Option<Answering>) -> Self {
        Self {
            error: error.into(),
            report: report.map(Box::new),
        }
    }

    /// Returns the reason.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error response that the specification wants (section 8.5), if it is known where
    /// to send it. It depends on the request alone; whether to send it is for the Holder to say
    /// (section 15.1).
    #[must_use]
    pub fn report(self) -> Option<Answering> {
        self.report.map(|report| *report)
    }
}

impl From<RequestFault> for Refusal {
    fn from(fault: RequestFault) -> Self {
        Self::new(fault, None)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.error
    }
}
