//! The client and what is found with it: keys, lists, and what credentials refer to.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod client;
mod references;
mod resolve;
