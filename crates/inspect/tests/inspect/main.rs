//! What people may paste, and what they are told.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod credentials;
mod fixture;
mod hostile;
mod messages;
mod others;
