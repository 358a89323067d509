//! Why the wallet stops, and who must act.

use std::fmt;

use http::StatusCode;
use keys::KeyError;
use netcert::ProfileError;
use strict_json::JsonError;

use crate::messages::{ErrorCode, OfferLinkError};

/// Why an offer does not come to the Holder's decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DiscoveryError {
    /// The Authorization Server calls itself by another name, or is not one of the Issuer's.
    #[error("the issuer's authorization server is not the one it says")]
    AuthorizationServer,
    /// The Issuer demands encryption on top of TLS, which this wallet does not speak.
    #[error("the issuer demands encrypted requests, which are not supported")]
    Encryption,
    /// An endpoint is at an address that is not permitted.
    #[error("the issuer names an address that is not permitted (https is required)")]
    EndpointAddress,
    /// The Authorization Server does not take Pre-Authorized Codes from anonymous wallets.
    #[error("the authorization server does not support this way of issuing")]
    Grant,
    /// The Issuer's identifier is not a permitted address.
    #[error("the issuer's identifier is not a permitted address (https is required)")]
    Identifier,
    /// The metadata are those of another Issuer.
    #[error("the metadata are those of another issuer")]
    IssuerMismatch,
    /// The link is not a Credential Offer. The Holder must check it.
    #[error(transparent)]
    Link(#[from] OfferLinkError),
    /// The metadata contradict themselves.
    #[error("the issuer's metadata contradict themselves")]
    Metadata,
    /// The offer needs the Authorization Code Flow, which is not supported.
    #[error("the offer needs a log-in at the issuer, which is not supported")]
    NoPreAuthorizedCode,
    /// The offer is for nothing, names something twice, or describes its code at too great length.
    #[error("the credential offer is malformed")]
    Offer,
    /// The Issuer did not answer as it should.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The offer is for something that the Issuer does not have.
    #[error("the offer is for a credential that the issuer does not describe")]
    UnknownConfiguration,
    /// Nothing on offer is in a format that this wallet reads.
    #[error("nothing on offer is in a supported format")]
    Unsupported,
}

/// Why no access is granted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RedemptionError {
    /// The metadata cannot be used any more: the Issuer changed them since.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The code, Transaction Code or refresh token is wrong, used or expired: the Holder must look
    /// again, or ask for a new offer.
    #[error("the issuer did not accept the code: it is wrong, used or expired")]
    InvalidGrant,
    /// The DPoP key cannot be used here.
    #[error("the wallet's key cannot be used with this issuer")]
    Key,
    /// The anchor cannot be proven: the host made no proof, or the Issuer takes none.
    #[error("the nym anchor cannot be proven to this issuer")]
    Proof,
    /// The Issuer did not answer as it should.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The token is not bound to our key, though the server said that it would be.
    #[error("the issuer's token is not bound to the wallet's key")]
    TokenType,
    /// The Transaction Code cannot be right. It was not sent, and no attempt is lost.
    #[error("the transaction code does not have the expected form")]
    TxCodeForm,
    /// The Holder must enter the Transaction Code.
    #[error("the transaction code is missing")]
    TxCodeMissing,
    /// The offer asks for no Transaction Code. It was not sent: it may be someone else's secret.
    #[error("the offer asks for no transaction code")]
    TxCodeUnexpected,
}

/// Why no Credentials are received.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuanceError {
    /// The access token is not good any more: ask for a fresh one.
    #[error("the access token is not accepted any more")]
    AccessToken,
    /// The person is enrolled with another secret: the Holder must restore the wallet that has it,
    /// from its 24 words.
    #[error("the issuer knows this person by another wallet's secret")]
    AnotherAnchor,
    /// The Issuer sent nothing, or more than was asked for.
    #[error("the issuer sent another number of credentials than was asked for")]
    Count,
    /// The Issuer wants to be asked later, which is not supported.
    #[error("the issuer defers issuance, which is not supported")]
    Deferred,
    /// The Issuer does not issue this Credential to this Holder any more.
    #[error("the issuer declined to issue the credential")]
    Denied,
    /// The Issuer sent a Credential twice.
    #[error("the issuer sent the same credential twice")]
    Duplicate,
    /// The epoch profiles are those of another Issuer, or the Issuer cannot be asked under them.
    #[error("the epoch profiles do not fit the order")]
    Epochs,
    /// A Credential is not in the format that was asked for.
    #[error("the issuer sent a credential in another format than was asked for")]
    Format,
    /// The host's keys are not those that were ordered, or cannot sign what the Issuer accepts.
    #[error("the wallet's keys do not fit the order")]
    Keys,
    /// The Credential was not granted.
    #[error("this credential was not granted")]
    NotGranted,
    /// The host made no proof of the anchor.
    #[error("the nym anchor could not be proven")]
    Proof,
    /// The Issuer did not answer as it should.
    #[error(transparent)]
    Response(#[from] ResponseError),
}

impl IssuanceError {
    /// What a refusal at the Credential Endpoint says.
    pub(super) fn refused(error: ResponseError) -> Self {
        match error.fault {
            ResponseFault::Refused(ErrorCode::CredentialRequestDenied) => Self::Denied,
            ResponseFault::Refused(ErrorCode::InvalidToken) => Self::AccessToken,
            ResponseFault::Refused(ErrorCode::NetAnchorMismatch) => Self::AnotherAnchor,
            _ => Self::Response(error),
        }
    }
}

/// Why the Issuer's epoch profiles are not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EpochError {
    /// The Issuer's clock and the Wallet's are so far apart that they are in different epochs: the
    /// Holder looks at the device's clock, and if that is right, the Issuer must act.
    #[error("this device's clock and the issuer's are apart: by the issuer's, which is {}, it is epoch {listed}{}",
        side(.ahead), here(.expected))]
    Clock {
        /// The epoch that the Issuer calls the current one.
        listed: u64,
        /// The epoch by the Wallet's clock; none before the first.
        expected: Option<u64>,
        /// Whether the Issuer's clock is ahead of the Wallet's.
        ahead: bool,
    },
    /// The list does not name the profiles of two epochs where they belong.
    #[error("the issuer's list of epochs is not as the profile wants it")]
    List,
    /// A profile is of another Issuer, epoch or schedule.
    #[error("an epoch profile is not the one that the issuer's list names")]
    Mismatch,
    /// The list names another epoch than this moment's as the current one, and the Issuer's clock,
    /// if it was told, agrees with the Wallet's: the Issuer must act. An old list, shown to one
    /// Wallet, would set it apart from all others.
    #[error("the issuer's list of epochs is not of this moment: it calls epoch {listed} the current one{}",
        here(.expected))]
    NotCurrent {
        /// The epoch that the Issuer calls the current one.
        listed: u64,
        /// The epoch by the Wallet's clock; none before the first.
        expected: Option<u64>,
    },
    /// A profile is not as it has to be.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The Issuer did not answer as it should.
    #[error(transparent)]
    Response(#[from] ResponseError),
}

fn side(ahead: &bool) -> &'static str {
    match ahead {
        true => "ahead",
        false => "behind",
    }
}

fn here(expected: &Option<u64>) -> String {
    match expected {
        Some(epoch) => format!(", by this device's clock it is epoch {epoch}"),
        None => ", by this device's clock no epoch has begun".to_owned(),
    }
}

/// Why the anchor of an enrolment is not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnchorFailure {
    /// The DPoP key cannot be used.
    #[error("the wallet's key cannot be used")]
    Key,
    /// What the Issuer keeps is no anchor.
    #[error("the issuer keeps no usable nym anchor")]
    Malformed,
    /// The Issuer did not answer as it should.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The Issuer issues no net certificates.
    #[error("the issuer issues no net certificates")]
    Unsupported,
}

impl From<KeyError> for IssuanceError {
    fn from(_: KeyError) -> Self {
        Self::Keys
    }
}

/// Why a notification was not delivered. Nothing depends on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotificationFailure {
    /// The DPoP key cannot be used.
    #[error("the wallet's key cannot be used")]
    Key,
    /// The Issuer did not take it.
    #[error(transparent)]
    Response(#[from] ResponseError),
}

/// A Credential is bound to a key that was not ordered, or two of them to one key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a credential is bound to a key that was not ordered for it")]
pub struct ForeignKey;

/// An answer that is not what the texts ask for. The Issuer must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{endpoint}: {fault}")]
pub struct ResponseError {
    /// Who answered.
    pub endpoint: Endpoint,
    /// What is wrong.
    pub fault: ResponseFault,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ResponseFault {
    /// The answer is not JSON by its media type.
    #[error("the answer is not application/json")]
    ContentType,
    /// The answer is not the JSON that was expected.
    #[error("{0}")]
    Json(JsonError),
    /// An error with a code of the texts.
    #[error("refused ({})", .0.as_str())]
    Refused(ErrorCode),
    /// An error without one.
    #[error("refused with status {}", .0.as_u16())]
    Status(StatusCode),
}

/// Whom the wallet asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Endpoint {
    /// The anchor endpoint.
    Anchor,
    /// The Credential Endpoint.
    Credential,
    /// The published epoch profiles.
    Epochs,
    /// The Credential Issuer Metadata.
    IssuerMetadata,
    /// The Nonce Endpoint.
    Nonce,
    /// The Notification Endpoint.
    Notification,
    /// The address of the offer.
    Offer,
    /// The Authorization Server Metadata.
    ServerMetadata,
    /// The Token Endpoint.
    Token,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anchor => "anchor endpoint",
            Self::Credential => "credential endpoint",
            Self::Epochs => "epoch profiles",
            Self::IssuerMetadata => "issuer metadata",
            Self::Nonce => "nonce endpoint",
            Self::Notification => "notification endpoint",
            Self::Offer => "credential offer",
            Self::ServerMetadata => "authorization server metadata",
            Self::Token => "token endpoint",
        })
    }
}
