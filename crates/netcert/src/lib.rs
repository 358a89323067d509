//! Net certificates: proof of being a legally identified person, with one number per person and
//! Platform, and nothing that two Platforms, or a Platform and the Issuer, could compare.
//!
//! This crate does not know how a person was identified, how messages travel, where anything is
//! kept, or what time it is. It holds no source of randomness: callers lend one. The public
//! specification, with equations and the security argument, is `docs/profiles/net-certificate.md`.
//!
//! | Who | Does | With |
//! |---|---|---|
//! | Issuer | publishes an epoch | [`EpochKey`], [`EpochProfile`], [`Schedule`] |
//! | Wallet | has a secret and its anchor | [`HolderSecret`], [`Anchor`], [`AnchorOpening`], [`Prepared`] |
//! | Wallet, Issuer | prove and judge whose certificate it is | [`IssuanceProof`], [`TokenBinding`] |
//! | Issuer | signs, blindly | [`issue`] |
//! | Wallet | takes what is like everybody's | [`ProfilePins`], [`UnverifiedCertificate`], [`Certificate`] |
//! | Wallet, Verifier | show and judge | [`PseudonymContext`], [`PresentationHeader`], [`Shown`], [`VerifiedShowing`] |
//! | people | read a number aloud | [`NetNumber`] |
//!
//! # What it protects
//! - Lengths come from the profile, never from what the other side sends.
//! - All certificates of an epoch are equal in every byte but slots and signature; a Wallet refuses
//!   others.
//! - The signer's entropy is a function of the anchor: an Issuer that chose it could link numbers.
//! - Every proof is bound to its session or request. The context of a pseudonym comes from the
//!   authenticated identity of the Verifier, in its one spelling.
//! - Secrets are wiped when dropped, and no `Debug` shows them.
//!
//! # What it does not promise
//! The Issuer has to be honest about people, and addresses and times are visible. Nothing here is
//! post-quantum, and nothing is audited; the drafts below it are not final.
//!
//! # Example
//! ```
//! use netcert::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
//! # let now = "2026-11-25T12:00:00Z".parse()?;
//! // The Issuer publishes its profile of the epoch.
//! let (issuer, schedule) = ("did:web:issuer.example", Schedule::weekly());
//! let key = EpochKey::generate(&mut rng)?;
//! let profile = EpochProfile::new(issuer, schedule, 46, "+00:00", &key)?;
//!
//! // The Wallet pins it, and proves that it knows what it commits to.
//! let profile = EpochProfile::parse(profile.canonical())?;
//! ProfilePins::default().accept(&profile, now)?;
//! let seed = keys::seed::Seed::generate(&mut rng);
//! let secret = HolderSecret::derive(&seed, issuer, 0);
//! let (anchor, opening) = AnchorOpening::create(&secret, &mut rng)?;
//! let prepared = Prepared::create(&secret, &opening, &mut rng)?;
//! let binding = Binding { profile: &profile, c_nonce: "c_nonce", dpop_jkt: "thumbprint" };
//! let proof =
//!     IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, &mut rng)?;
//!
//! // The Issuer judges the proof, and signs.
//! let (proven, _anchor_box) = proof.verify_first(&binding)?;
//! let slots = Slots::new([(Slot::AgeOver18, SlotValue::Flag(true))])?;
//! let credential = issue(&key, &profile, &slots, &proven)?;
//!
//! // The Wallet takes the certificate, and shows it to a Platform.
//! let certificate = UnverifiedCertificate::parse(&credential)?
//!     .finish(&profile, &secret, &opening, &anchor, &prepared)?;
//! let context = PseudonymContext::of_client_id(
//!     "decentralized_identifier:did:web:shop.example",
//!     "https://shop.example/response",
//!     Loopback::Refused,
//! )?;
//! let header = PresentationHeader {
//!     nonce: "nonce",
//!     client_id: "decentralized_identifier:did:web:shop.example",
//!     response_uri: "https://shop.example/response",
//!     request_digest: [0; 32],
//! };
//! let disclosure = Disclosure {
//!     slots: &[Slot::AgeOver18],
//!     context: Some(&context),
//!     name_beside_number: false,
//! };
//! let shown = certificate.present(&secret, &disclosure, &header, &mut rng)?;
//!
//! // The Verifier learns an age, and a number that nobody else sees.
//! let shown = Shown::from_json(&shown.to_json(&profile)?)?;
//! let showing = shown.verify(&profile, Some(&context), &header, now)?;
//! assert!(showing.slots().is_true(Slot::AgeOver18));
//! let number = showing.pseudonym().map(NetNumber::of).ok_or("asked for")?;
//! println!("{}", number.grouped());
//! # Ok(())
//! # }
//! ```

pub use crate::anchor::{Anchor, AnchorBox, AnchorBoxError, AnchorOpening, Prepared};
pub use crate::certificate::{
    Certificate, CertificateError, CertificateRecord, IssueError, UnverifiedCertificate, issue,
};
pub use crate::context::{ContextError, Loopback, PseudonymContext, Scope};
pub use crate::issuance::{
    Binding, IssuanceProof, IssuanceProofError, IssuanceProofWire, Member, ProvenCommitment,
};
pub use crate::net_number::{Change, NetNumber, NetNumberError, Repair};
pub use crate::pins::{PinConflict, PinError, ProfilePins};
pub use crate::present::{Disclosure, PresentError};
pub use crate::presentation::{PresentationHeader, request_digest};
pub use crate::profile::{EpochKey, EpochProfile, ProfileError};
pub use crate::pseudonym::Pseudonym;
pub use crate::schedule::{Schedule, ScheduleError};
pub use crate::secret::HolderSecret;
pub use crate::shown::{Shown, ShownError, VerifiedShowing};
pub use crate::slot::{ShownSlots, Slot, SlotError, SlotValue, Slots};
pub use crate::token::{TokenBinding, TokenSession};

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
mod present;
mod presentation;
mod profile;
mod pseudonym;
mod schedule;
mod secret;
mod shown;
mod slot;
mod token;
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
