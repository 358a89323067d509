//! W3C Verifiable Credentials with Data Integrity proofs (VC Data Integrity 1.0).
//!
//! | Suite | Text | Here |
//! |---|---|---|
//! | `eddsa-jcs-2022`, `eddsa-rdfc-2022` | vc-di-eddsa 1.0 | issued and verified |
//! | `ecdsa-jcs-2019`, `ecdsa-rdfc-2019` | vc-di-ecdsa 1.0, P-256 and P-384 | issued and verified |
//! | `ecdsa-sd-2023` | vc-di-ecdsa 1.0 | issued, derived and verified: [`selective`] |
//! | `bbs-2023` | vc-di-bbs, CR draft of April 2025, baseline | the same, beside the one door |
//! | `Ed25519Signature2020` | vc-di-eddsa 1.0, section 3.4 | verified |
//!
//! Proof sets and chains (`previousProof`) are: **every** proof must verify. A proof counts only if
//! its verification method belongs to the Issuer, or to the Holder of a Presentation.
//!
//! The suites that sign JSON (`-jcs-`) cover a document as it stands; those that sign statements
//! (`-rdfc-`) cover what it says. For the latter, whoever passes a document on can still put sets
//! into another order, write one value as a set of one, and add contexts that change nothing; all
//! else that would not change the statements is refused (see `linked_data::Contexts::expand`).

pub use crate::data_integrity::credential::Leniency;
pub use crate::data_integrity::fault::ProofFault;
pub use crate::data_integrity::issue::{ProofOptions, SecureError, issue, secure};
pub use crate::data_integrity::present::{PresentError, present};
pub use crate::data_integrity::proof::Purpose;
pub use crate::data_integrity::suite::Cryptosuite;

pub(crate) use crate::data_integrity::credential::UnverifiedLdpVc;
pub(crate) use crate::data_integrity::presentation::{UnverifiedLdpVp, is_presentation};
pub(crate) use crate::data_integrity::presentation_proofs::PresentationProofs;

mod credential;
mod fault;
mod issue;
mod present;
mod presentation;
mod presentation_proofs;
mod proof;
pub mod selective;
mod suite;
#[cfg(test)]
mod vectors;
