//! OpenID4VP from both sides: what is asked, shown, refused and kept.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod door;
mod net_certificate;
mod once;
mod parties;
mod presentation;
mod properties;
mod references;
mod refused_answers;
mod refused_requests;
mod selective;
mod vectors;
