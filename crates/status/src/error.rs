use credential::mechanism::ProblemKind;
use credential::{IssuerFault, PeerFault, VerificationError};
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
    /// A Bitstring Status List has fewer entries than 131,072 of one bit.
    #[error("the status list is too short to hide anybody in")]
    Length,
    /// A member of a Bitstring Status List is missing or malformed.
    #[error("the member {0} of the status list is malformed")]
    Member(&'static str),
    /// `iat` is in the future.
    #[error("the status list is not valid yet")]
    NotYetValid,
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
    /// The list is larger than the limit, before or after decompression, or its entries have more
    /// bits than 8.
    #[error("the status list is too large")]
    Size,
    /// `ttl` is not a positive number.
    #[error("the time to live is not positive")]
    TimeToLive,
    /// `sub` is not the URI that the Credential refers to.
    #[error("the status list belongs to another address")]
    Uri,
}

impl From<&StatusError> for ProblemKind {
    /// The name under which a peer learns of it (Bitstring Status List 1.0, sections 3.2 and 3.5).
    fn from(error: &StatusError) -> Self {
        match error {
            StatusError::Compression
            | StatusError::Credential(VerificationError::Issuer(
                IssuerFault::Claim(_) | IssuerFault::Missing(_),
            ))
            | StatusError::Entry
            | StatusError::Json(_)
            | StatusError::Member(_)
            | StatusError::TimeToLive => Self::MalformedValue,
            StatusError::Index => Self::Range,
            StatusError::Length => Self::StatusListLength,
            StatusError::Credential(_)
            | StatusError::Expired
            | StatusError::Issuer(_)
            | StatusError::Jws(_)
            | StatusError::NotYetValid
            | StatusError::Signing
            | StatusError::Size
            | StatusError::Uri => Self::Status,
        }
    }
}

/// Why a verified list has no answer for an entry: the Issuer must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EntryFault {
    /// The list is of the other kind than the entry.
    #[error("the status list is of another kind than the credential says")]
    Kind,
    /// The list has too few entries of that size to hide anybody in.
    #[error("the status list has too few entries of that size to hide anybody in")]
    Length,
    /// The list is about something else.
    #[error("the status list is for another purpose")]
    Purpose,
    /// The index is beyond the end of the list.
    #[error("the status list has no entry with this index")]
    Range,
    /// The entries of the list have another size.
    #[error("the entries of the status list have another size than the credential says")]
    Size,
}

impl From<EntryFault> for ProblemKind {
    /// As for [`StatusError`].
    fn from(fault: EntryFault) -> Self {
        match fault {
            EntryFault::Kind | EntryFault::Purpose | EntryFault::Size => Self::Status,
            EntryFault::Length => Self::StatusListLength,
            EntryFault::Range => Self::Range,
        }
    }
}
