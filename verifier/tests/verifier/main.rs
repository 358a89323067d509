//! The verifier as wallets, platforms, operators and thieves meet it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod api;
mod cli;
mod door;
mod files;
mod hangup;
mod harness;
mod inspect;
mod issuer;
mod net;
mod once;
mod presenting;
mod privacy;
mod references;
mod refused;
mod resolver;
mod trust;
mod vc_api;
#[path = "../../../issuer/tests/issuer/weather.rs"]
mod weather;
