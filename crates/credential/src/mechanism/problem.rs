use keys::jws::JwsError;

use crate::data_integrity::ProofFault;
use crate::error::{HolderFault, IssuerFault, PeerFault, VerificationError};
use crate::mechanism::MechanismError;
use crate::resources::ReferenceFault;

/// One reason why something secured is not believed (RFC 9457).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// What kind of reason.
    pub kind: ProblemKind,
    /// The reason. It names members, and shows no claim.
    pub detail: String,
}

impl Problem {
    /// A reason that a host found: a status, or a request that it does not understand.
    #[must_use]
    pub fn new(kind: ProblemKind, detail: impl ToString) -> Self {
        Self {
            kind,
            detail: detail.to_string(),
        }
    }

    /// What the `id` stands for is not known here, so that nothing was held against it.
    #[must_use]
    pub fn unknown_reference(id: &str) -> Self {
        let detail = format!("{id} is not known here: nothing was held against it");
        Self::new(ProblemKind::UnknownReference, detail)
    }
}

/// The kinds of problems that the specifications name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProblemKind {
    /// The document was changed, or never signed by this key (VCDM 2.0, section 7.3).
    CryptographicSecurity,
    /// The proof answers another challenge, or none (VC Data Integrity 1.0, section 4.7).
    InvalidChallenge,
    /// The proof was made for another Verifier.
    InvalidDomain,
    /// A value is malformed (VCDM 2.0, section 7.3).
    MalformedValue,
    /// The bytes are not of any known form.
    Parsing,
    /// No proof can be made.
    ProofGeneration,
    /// The document cannot be made canonical.
    ProofTransformation,
    /// The proof is malformed, outdated, made for another purpose or by somebody else.
    ProofVerification,
    /// A time has passed, or is still to come.
    Range,
    /// Whether the Credential still stands cannot be told, or it does not
    /// (Bitstring Status List 1.0, section 3.5).
    Status,
    /// The status list is too short to hide anybody in.
    StatusListLength,
    /// The status list could not be had.
    StatusRetrieval,
    /// A Credential refers to what is not known here. No text names this.
    UnknownReference,
}

impl ProblemKind {
    /// The name in the specification.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::CryptographicSecurity => "CRYPTOGRAPHIC_SECURITY_ERROR",
            Self::InvalidChallenge => "INVALID_CHALLENGE_ERROR",
            Self::InvalidDomain => "INVALID_DOMAIN_ERROR",
            Self::MalformedValue => "MALFORMED_VALUE_ERROR",
            Self::Parsing => "PARSING_ERROR",
            Self::ProofGeneration => "PROOF_GENERATION_ERROR",
            Self::ProofTransformation => "PROOF_TRANSFORMATION_ERROR",
            Self::ProofVerification => "PROOF_VERIFICATION_ERROR",
            Self::Range => "RANGE_ERROR",
            Self::Status => "STATUS_VERIFICATION_ERROR",
            Self::StatusListLength => "STATUS_LIST_LENGTH_ERROR",
            Self::StatusRetrieval => "STATUS_RETRIEVAL_ERROR",
            Self::UnknownReference => "UNKNOWN_REFERENCE",
        }
    }

    /// The URL that identifies it.
    #[must_use]
    pub fn url(self) -> String {
        let base = match self {
            Self::CryptographicSecurity | Self::MalformedValue | Self::Parsing | Self::Range => {
                "https://www.w3.org/TR/vc-data-model"
            }
            Self::InvalidChallenge
            | Self::InvalidDomain
            | Self::ProofGeneration
            | Self::ProofTransformation
            | Self::ProofVerification => "https://w3id.org/security",
            Self::Status | Self::StatusListLength | Self::StatusRetrieval => {
                "https://www.w3.org/ns/credentials/status-list"
            }
            Self::UnknownReference => return "about:blank".to_owned(),
        };
        format!("{base}#{}", self.title())
    }
}

impl From<MechanismError> for Problem {
    fn from(error: MechanismError) -> Self {
        let kind = match error {
            MechanismError::Model(_) => ProblemKind::MalformedValue,
            MechanismError::Proof(ProofFault::Signature) => ProblemKind::CryptographicSecurity,
            MechanismError::Proof(
                ProofFault::Canonicalization(_) | ProofFault::Document(_) | ProofFault::Number,
            ) => ProblemKind::ProofTransformation,
            MechanismError::Key
            | MechanismError::Pointers
            | MechanismError::Proof(_)
            | MechanismError::Signing
            | MechanismError::Unsupported => ProblemKind::ProofGeneration,
        };
        Self::new(kind, error)
    }
}

impl From<ReferenceFault> for Problem {
    fn from(fault: ReferenceFault) -> Self {
        let kind = match fault {
            ReferenceFault::Costly | ReferenceFault::Invalid | ReferenceFault::MalformedDigest => {
                ProblemKind::MalformedValue
            }
            ReferenceFault::Digest => ProblemKind::CryptographicSecurity,
            ReferenceFault::Unknown => ProblemKind::UnknownReference,
        };
        Self::new(kind, fault)
    }
}

impl From<VerificationError> for Problem {
    fn from(error: VerificationError) -> Self {
        let kind = match &error {
            VerificationError::Holder(HolderFault::Expired | HolderFault::NotYetValid) => {
                ProblemKind::Range
            }
            VerificationError::Issuer(IssuerFault::StatusMechanism) => ProblemKind::Status,
            VerificationError::Issuer(_) => ProblemKind::MalformedValue,
            VerificationError::Peer(fault) => kind_of(fault),
        };
        Self::new(kind, error)
    }
}

fn kind_of(fault: &PeerFault) -> ProblemKind {
    match fault {
        PeerFault::Audience => ProblemKind::InvalidDomain,
        PeerFault::Disclosure
        | PeerFault::Format
        | PeerFault::Json(_)
        | PeerFault::Size
        | PeerFault::UnreferencedDisclosure => ProblemKind::Parsing,
        PeerFault::Freshness => ProblemKind::Range,
        PeerFault::HolderBindingAbsent
        | PeerFault::HolderBindingMissing
        | PeerFault::HolderMismatch
        | PeerFault::KeyEvidence
        | PeerFault::SdHash => ProblemKind::CryptographicSecurity,
        PeerFault::Jws(JwsError::Signature) => ProblemKind::CryptographicSecurity,
        PeerFault::Jws(_) => ProblemKind::Parsing,
        PeerFault::Nonce => ProblemKind::InvalidChallenge,
        PeerFault::Proof(fault) => kind_of_proof(*fault),
    }
}

fn kind_of_proof(fault: ProofFault) -> ProblemKind {
    match fault {
        ProofFault::Canonicalization(_) | ProofFault::Document(_) | ProofFault::Number => {
            ProblemKind::ProofTransformation
        }
        ProofFault::Signature => ProblemKind::CryptographicSecurity,
        _ => ProblemKind::ProofVerification,
    }
}
