use keys::jws::JwsError;
use strict_json::JsonError;

use crate::data_integrity::ProofFault;

/// Why a Credential or Presentation was refused, by who must act.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VerificationError {
    /// The Holder must renew the Credential, or wait.
    #[error("the holder must act: {0}")]
    Holder(#[from] HolderFault),
    /// The Issuer signed something that its format does not permit.
    #[error("the issuer must act: {0}")]
    Issuer(#[from] IssuerFault),
    /// Whoever sent the bytes broke the protocol, or changed them.
    #[error("the sender must act: {0}")]
    Peer(#[from] PeerFault),
}

/// A genuine Credential that cannot be used now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HolderFault {
    /// `exp` or `validUntil` has passed.
    #[error("the credential has expired")]
    Expired,
    /// `nbf`, `iat`, `validFrom` or `issuanceDate` is still to come.
    #[error("the credential is not valid yet")]
    NotYetValid,
}

/// A signed Credential whose content breaks its format.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuerFault {
    /// A registered claim, or a member of the data model, has the wrong type or value.
    #[error("the claim {0} is malformed")]
    Claim(&'static str),
    /// The same statement is made twice with different values (`iss` and `issuer`, …).
    #[error("the claims {0} and {1} contradict each other")]
    Contradiction(&'static str, &'static str),
    /// The hash algorithm of the digests is not `sha-256` (RFC 9901, section 4.1.1).
    #[error("the digests use an unsupported hash algorithm")]
    DigestAlgorithm,
    /// A digest occurs twice (RFC 9901, section 7.1, step 4).
    #[error("a digest occurs twice")]
    DuplicateDigest,
    /// A claim that must be readable by everybody is selectively disclosable.
    #[error("the claim {0} must not be selectively disclosable")]
    MustBePlain(&'static str),
    /// A required claim is missing.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// The status is of a mechanism, or for a purpose, that is not known here.
    #[error("the status mechanism or purpose is not supported")]
    StatusMechanism,
    /// A Disclosure or digest is put together wrongly (RFC 9901, section 7.1, step 3).
    #[error("the selective disclosure structure is malformed: {0}")]
    Structure(StructureFault),
}

/// How digests and Disclosures fail to fit together (RFC 9901, section 7.1, step 3).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StructureFault {
    /// A digest of `_sd` leads to a Disclosure without a claim name, or one of `...` to one with.
    #[error("a disclosure has the wrong number of elements for its place")]
    Arity,
    /// A disclosed claim already exists at its level.
    #[error("a disclosed claim already exists")]
    Collision,
    /// Disclosures are nested too deeply.
    #[error("disclosures are nested too deeply")]
    Depth,
    /// `_sd` is not an array of strings, or `...` is not the only member, with a string.
    #[error("a digest is not where or what it should be")]
    Digest,
    /// A claim is named `_sd` or `...`.
    #[error("a disclosed claim has a reserved name")]
    ReservedName,
}

/// Bytes that nobody trustworthy has signed, or that answer another question.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PeerFault {
    /// The Presentation is meant for another audience.
    #[error("the presentation is meant for another audience")]
    Audience,
    /// A Disclosure is not base64url of a JSON array of two or three elements.
    #[error("a disclosure is malformed")]
    Disclosure,
    /// The Presentation was signed too long ago, or in the future.
    #[error("the presentation was not made just now")]
    Freshness,
    /// The text is not of the announced format.
    #[error("the text does not have the announced format")]
    Format,
    /// The Credential names no Holder key, so nobody can prove to be its Holder.
    #[error("the credential is not bound to a holder key")]
    HolderBindingAbsent,
    /// The Presentation lacks the proof of possession that was asked for.
    #[error("the presentation is not signed by a holder")]
    HolderBindingMissing,
    /// The Presentation speaks for another Holder than the Credential.
    #[error("the presentation names another holder than the credential")]
    HolderMismatch,
    /// The payload is not acceptable JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The signed token is malformed, or its signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The Issuer cannot be identified from the Credential, or no key evidence fits it.
    #[error("no key evidence fits the credential")]
    KeyEvidence,
    /// The Presentation answers another challenge.
    #[error("the presentation has another nonce")]
    Nonce,
    /// The Data Integrity proof is malformed, somebody else's, or wrong.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// The text is longer than the limit.
    #[error("the text is too long")]
    Size,
    /// The Key Binding JWT was made for other disclosures (RFC 9901, section 7.3).
    #[error("the key binding was made for another selection")]
    SdHash,
    /// A Disclosure is not referred to by any digest (RFC 9901, section 7.1, step 5).
    #[error("a disclosure is referred to by no digest")]
    UnreferencedDisclosure,
}

impl From<JsonError> for VerificationError {
    fn from(error: JsonError) -> Self {
        Self::Peer(error.into())
    }
}

impl From<JwsError> for VerificationError {
    fn from(error: JwsError) -> Self {
        Self::Peer(error.into())
    }
}

impl From<ProofFault> for VerificationError {
    fn from(fault: ProofFault) -> Self {
        Self::Peer(fault.into())
    }
}

impl From<StructureFault> for VerificationError {
    fn from(fault: StructureFault) -> Self {
        Self::Issuer(IssuerFault::Structure(fault))
    }
}
