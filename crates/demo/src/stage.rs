//! The parties of the story: each with its own keys, database and address on this machine.
//!
//! They live in one process so that one command starts them, and know each other only through
//! HTTP: as services and a wallet on different machines would.

mod holder;
mod office;
mod serving;

pub use holder::{Holder, HolderError};
pub use office::{Office, OfficeError};
