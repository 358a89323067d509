//! The issuer as wallets, operators and thieves meet it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod admin;
mod cli;
mod credentials;
mod disclosing;
mod enrolment;
mod files;
mod harness;
mod last_epoch;
mod lost_answer;
mod messages;
mod net;
mod net_wallet;
mod once;
mod privacy;
mod references;
mod secret_keys;
mod status;
mod tag_keys;
mod tags;
mod vc_api;
mod vc_api_status;
mod weather;
