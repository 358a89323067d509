//! Status lists: is this Credential still good?
//!
//! This crate does not know who was revoked or why, and fetches nothing. It writes, signs, verifies
//! and reads Token Status Lists (draft-ietf-oauth-status-list-17), judges how fresh a cached list
//! is, and gives out indexes in an order that tells nothing about the order of issuance.
//!
//! Lists travel as JWT (`statuslist+jwt`). A list describes everybody in it, so asking for a list
//! tells its publisher nothing about one Holder: fetch whole lists, on a schedule, never because
//! somebody presents.

pub use crate::bitstring::{
    Bitstring, BitstringEntry, BitstringList, BitstringPublication, Purpose,
};
pub use crate::cache::{Answer, Freshness, StatusListCache};
pub use crate::error::StatusError;
pub use crate::list::{Bits, MINIMUM_ENTRIES, Status, StatusList};
pub use crate::permutation::IndexPermutation;
pub use crate::token::{Publication, StatusListToken, UnverifiedStatusListToken};

mod bitstring;
mod cache;
mod error;
mod list;
mod permutation;
mod token;
