use credential::{ReferenceFault, VerificationError};
use dcql::Shortfall;
use netcert::ShownError;
use serde::{Deserialize, Serialize};

use crate::messages::{ErrorCode, ResponseError};

/// Why there is no good answer, by who must act.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The Verifier has blocked whoever has this number.
    #[error("the verifier has blocked this number")]
    Blocked,
    /// The session waits for no answer any more: somebody answered before, or it was too late.
    #[error("the request was answered before, or has expired")]
    Closed,
    /// A credential or presentation was refused; the inner error says who must act.
    #[error(transparent)]
    Credential(#[from] VerificationError),
    /// The policy does not take the cryptosuite of the credential: the Holder has to present another
    /// one.
    #[error("the verifier does not take the cryptosuite of the credential")]
    CryptosuiteNotTaken,
    /// The Holder declined.
    #[error("the holder declined the request")]
    HolderDeclined,
    /// The policy does not believe the Issuer: the Holder has to present another credential.
    #[error("the verifier does not trust the credential's issuer")]
    IssuerNotTrusted,
    /// The Issuer lets the credential say something with which the policy does not take it.
    #[error("the verifier does not take a credential of which the issuer says this")]
    MessageRefused,
    /// A Net Certificate was refused: the Holder's wallet has to present another one, or rightly.
    #[error("the net certificate is refused: {0}")]
    NetCertificate(#[from] ShownError),
    /// What was presented does not answer the query.
    #[error(transparent)]
    NotAnAnswer(#[from] Shortfall),
    /// A credential does not go together with what it refers to: the Issuer must act.
    #[error(transparent)]
    Reference(#[from] ReferenceFault),
    /// The Issuer has revoked the credential.
    #[error("the issuer has revoked the credential")]
    Revoked,
    /// The Issuer publishes no status for the credential although it says so: the Issuer must act.
    #[error("the issuer publishes no status for the credential")]
    StatusMissing,
    /// The Issuer has suspended the credential.
    #[error("the issuer has suspended the credential")]
    Suspended,
    /// An Issuer's keys or status list are not at hand: the same answer may be good later.
    #[error("the issuer's keys or status list are not at hand")]
    Unavailable,
    /// A Net Certificate is of an epoch profile that was not fetched from a trusted Issuer: made up
    /// for one person, or not fetched yet.
    #[error("the net certificate is of an epoch profile that is not known here")]
    UnknownProfile,
    /// The wallet broke the protocol.
    #[error("the wallet broke the protocol: {0}")]
    WalletMisbehaved(#[from] WalletFault),
}

/// How a wallet broke the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WalletFault {
    /// A presentation is an object where its format is a string.
    #[error("a presentation is not in the form of its format")]
    Form,
    /// A presentation came under a credential query of another format, or of none.
    #[error("a presentation was not asked for")]
    Query,
    /// The response cannot be read.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The `state` is not the one of the request.
    #[error("the response has another state than the request")]
    State,
    /// There are more presentations than anything could ask for.
    #[error("the response has too many presentations")]
    TooMany,
}

/// Why a session failed, as the Verifier's own systems learn it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The number is blocked.
    Blocked,
    /// A credential or presentation could not be verified.
    CredentialRefused,
    /// The Holder declined, or had nothing that answers.
    HolderDeclined,
    /// The Issuer is not one that the policy believes.
    IssuerNotTrusted,
    /// The Issuer lets the credential say something with which the policy does not take it.
    MessageRefused,
    /// What was presented does not answer the query.
    NotAnAnswer,
    /// The credential is revoked.
    Revoked,
    /// The credential has no status although it says so.
    StatusMissing,
    /// The credential is suspended.
    Suspended,
    /// The wallet failed or broke the protocol.
    WalletFailed,
}

impl Error {
    /// Returns the reason with which the session fails; `None` when it goes on waiting.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Blocked => Some(Failure::Blocked),
            Self::Closed | Self::Unavailable | Self::UnknownProfile => None,
            Self::Credential(_)
            | Self::CryptosuiteNotTaken
            | Self::NetCertificate(_)
            | Self::Reference(_) => Some(Failure::CredentialRefused),
            Self::HolderDeclined => Some(Failure::HolderDeclined),
            Self::IssuerNotTrusted => Some(Failure::IssuerNotTrusted),
            Self::MessageRefused => Some(Failure::MessageRefused),
            Self::NotAnAnswer(_) => Some(Failure::NotAnAnswer),
            Self::Revoked => Some(Failure::Revoked),
            Self::StatusMissing => Some(Failure::StatusMissing),
            Self::Suspended => Some(Failure::Suspended),
            // Whoever cannot read the request must not be able to end the session.
            Self::WalletMisbehaved(WalletFault::Response(_) | WalletFault::State) => None,
            Self::WalletMisbehaved(
                WalletFault::Form | WalletFault::Query | WalletFault::TooMany,
            ) => Some(Failure::WalletFailed),
        }
    }
}

impl From<&Error> for ErrorCode {
    fn from(error: &Error) -> Self {
        match error {
            Error::Blocked | Error::HolderDeclined => Self::AccessDenied,
            Error::Unavailable | Error::UnknownProfile => Self::TemporarilyUnavailable,
            Error::Closed
            | Error::Credential(_)
            | Error::CryptosuiteNotTaken
            | Error::IssuerNotTrusted
            | Error::MessageRefused
            | Error::NetCertificate(_)
            | Error::NotAnAnswer(_)
            | Error::Reference(_)
            | Error::Revoked
            | Error::StatusMissing
            | Error::Suspended
            | Error::WalletMisbehaved(_) => Self::InvalidRequest,
        }
    }
}

impl From<ResponseError> for Error {
    fn from(error: ResponseError) -> Self {
        WalletFault::from(error).into()
    }
}
