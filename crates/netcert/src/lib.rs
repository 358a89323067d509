//! Net certificates: proof of being a legally identified person, with one number per person and
//! Platform, and nothing that two Platforms, or a Platform and the Issuer, could compare.
//!
//! This crate does not know how a person was identified, how messages travel, where anything is
//! kept, or what time it is. It holds no source of randomness: callers lend one. The public
//! specification, with equations and the security argument, is `docs/profiles/net-certificate.md`.

pub use crate::anchor::{Anchor, AnchorBox, AnchorBoxError, AnchorOpening, Prepared};
pub use crate::certificate::{
    Certificate, CertificateError, CertificateRecord, IssueError, UnverifiedCertificate, issue,
};
pub use crate::context::{ContextError, Loopback, PseudonymContext, Scope};
pub use crate::issuance::{
    Binding, IssuanceProof, IssuanceProofError, IssuanceProofWire, Member, ProvenCommitment,
    TokenBinding, TokenSession,
};
pub use crate::net_number::{Change, NetNumber, NetNumberError, Repair};
pub use crate::pins::{PinError, ProfilePins};
pub use crate::presentation::{PresentationHeader, request_digest};
pub use crate::profile::{EpochKey, EpochProfile, ProfileError};
pub use crate::pseudonym::Pseudonym;
pub use crate::schedule::{Schedule, ScheduleError};
pub use crate::secret::HolderSecret;
pub use crate::shown::{Disclosure, PresentError, Shown, ShownError, VerifiedShowing};
pub use crate::slot::{ShownSlots, Slot, SlotError, SlotValue, Slots};

mod anchor;
mod cbor;
mod certificate;
mod context;
mod document;
mod fields;
mod issuance;
mod net_number;
mod opening;
mod pins;
mod presentation;
mod profile;
mod pseudonym;
mod schedule;
mod secret;
mod shown;
mod slot;
#[cfg(test)]
mod vectors;

/// The version of the profile and the revisions of the drafts that it stands on. It is part of
/// everything that is hashed or signed.
pub const PROFILE: &str = "pessoa-net-certificate-v1+bbs-10+blind-02+nym-03";
/// Slots of a certificate (`L`).
pub const SLOTS: usize = 16;
/// Secret scalars of a Holder (`N`); nothing else is committed, so `M` is the same.
pub const NYMS: usize = 16;
/// The Credential Format Identifier (OpenID4VCI 1.0 and OpenID4VP 1.0).
pub const FORMAT: &str = "net_certificate";
/// The proof type of a Credential Request.
pub const PROOF_TYPE: &str = "net_anchor";
/// The cryptographic binding method.
pub const BINDING_METHOD: &str = "net_anchor";
/// The name of the signature algorithm in metadata.
pub const SIGNING_ALGORITHM: &str = "BBS_BLS12381_SHA256";
/// The Data Integrity cryptosuite.
pub const CRYPTOSUITE: &str = "pessoa-net-2026";
/// The JSON-LD context that defines the slots.
pub const CONTEXT_URL: &str = "https://pessoa.id/ns/net-certificate/v1";
/// The document at [`CONTEXT_URL`].
pub const CONTEXT_DOCUMENT: &str = include_str!("../contexts/net-certificate-v1.jsonld");
/// `@context` of every certificate.
pub const CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/credentials/v2", CONTEXT_URL];
/// `type` of every certificate.
pub const TYPES: [&str; 2] = ["VerifiableCredential", "NetCertificate"];
/// `type` of every certificate's subject.
pub const SUBJECT_TYPE: &str = "NetHolder";
