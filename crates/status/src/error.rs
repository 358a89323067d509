use credential::{PeerFault, VerificationError};
use keys::jws::JwsError;
use strict_json::JsonError;

/// Why a status list was refused, or could not be written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StatusError {
    /// The compressed list is no ZLIB or GZIP data in base64url: the Issuer must publish it anew.
    #[error("the status list cannot be decompressed")]
    Compression,
    /// A Credential that should be a Bitstring Status List is refused.
    #[error("the status list credential is refused: {0}")]
    Credential(#[from] VerificationError),
    /// A Credential that should be a Bitstring Status List is none, or has a status of its own.
    #[error("the credential is not a status list")]
    Entry,
    /// `exp` has passed: a newer list must be fetched.
    #[error("the status list has expired")]
    Expired,
    /// The list has no such entry, or the entry has no room for the value.
    #[error("the status list has no such entry or value")]
    Index,
    /// The token was issued by somebody else, or no key evidence fits it.
    #[error("the status list is not the issuer's: {0}")]
    Issuer(#[source] PeerFault),
    /// The claims are not those of a Status List Token.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The token is malformed, or its signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// `iat` is in the future.
    #[error("the status list is not valid yet")]
    NotYetValid,
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
    /// The list is larger than the limit, before or after decompression.
    #[error("the status list is too large")]
    Size,
    /// `ttl` is not a positive number.
    #[error("the time to live is not positive")]
    TimeToLive,
    /// `sub` is not the URI that the Credential refers to.
    #[error("the status list belongs to another address")]
    Uri,
}
