//! Status lists: is this Credential still good?
//!
//! This crate does not know who was revoked or why, and fetches nothing. It writes, signs, verifies
//! and reads Token Status Lists (draft-ietf-oauth-status-list-17), writes and reads Bitstring Status
//! Lists 1.0, reads the messages in those, judges how fresh a cached list is, and gives out indexes
//! in an order that tells nothing about the order of issuance.
//!
//! A Token Status List travels as JWT (`statuslist+jwt`), a Bitstring Status List as a Credential
//! that is secured like any other. A list describes everybody in it, so asking for a list
//! tells its publisher nothing about one Holder: fetch whole lists, on a schedule, never because
//! somebody presents.

pub use credential::{BitstringEntry, Purpose, StatusMessages};

pub use crate::any_list::{AnyList, UnverifiedList};
pub use crate::bitstring::{Bitstring, BitstringList, BitstringPublication};
pub use crate::cache::{Answer, Freshness, StatusListCache};
pub use crate::error::{EntryFault, StatusError};
pub use crate::list::{Bits, MINIMUM_ENTRIES, Status, StatusList};
pub use crate::message::StatusMessage;
pub use crate::permutation::IndexPermutation;
pub use crate::token::{Publication, StatusListToken, UnverifiedStatusListToken};

mod any_list;
mod bitstring;
mod cache;
mod error;
mod list;
mod message;
mod permutation;
mod token;
