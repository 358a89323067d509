//! Credentials by every mechanism: issued, held, presented, believed and refused.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod algorithm_names;
mod bbs_2023;
mod changes;
mod data_integrity;
mod data_model;
mod ed25519_signature_2020;
mod holding;
mod key_sources;
mod mechanism;
mod parties;
mod resources;
mod sd_jwt_vc;
mod tamper;
mod vc_jose_cose;
mod vc_jwt;
mod vc_sd_jwt;
mod vectors;
mod verify_all;
