//! The whole story on one machine.
//!
//! Its `tests/` are the end-to-end tests.

pub mod passport;
pub mod stage;
