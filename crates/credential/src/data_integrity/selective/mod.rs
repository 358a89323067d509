//! Selective disclosure: what the two suites have in common (vc-di-ecdsa, sections 3.4 and 3.5).
//!
//! The Issuer signs statement by statement, under labels for blank nodes that only the Holder can
//! make again. The Holder takes statements out; what is mandatory stays.

pub(crate) use crate::data_integrity::selective::bbs::derive_with as derive_bbs_with;
pub use crate::data_integrity::selective::bbs::{derive as derive_bbs, issue as issue_bbs};
pub(crate) use crate::data_integrity::selective::ecdsa_sd::derive_with as derive_ecdsa_sd_with;
pub use crate::data_integrity::selective::ecdsa_sd::{
    derive as derive_ecdsa_sd, issue as issue_ecdsa_sd,
};
pub use crate::data_integrity::selective::held::{Held, Selected};

pub(super) mod bbs;
mod cbor;
pub(crate) mod choice;
pub(super) mod ecdsa_sd;
mod groups;
mod held;
mod parts;
mod proof_value;
mod selection;
#[cfg(test)]
mod vectors;
