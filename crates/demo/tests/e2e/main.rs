//! The end-to-end tests: issuer, verifiers and wallet, over real HTTP on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "tests"
)]

mod by_hand;
mod copies;
mod data_integrity;
mod deploy;
mod disclosing;
mod guides;
mod harness;
mod identification;
mod issuance;
mod kill;
mod killed_wallet;
mod messages;
mod numbers;
mod postgres;
mod presentation;
mod privacy;
mod programs;
mod restart;
mod status;
mod story;
mod suites;
mod tap;
