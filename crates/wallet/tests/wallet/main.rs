//! The wallet against an issuer and a verifier on loopback, both built from their state machines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod damage;
mod issuer;
mod net;
mod office;
mod person;
mod platform;
mod presenting;
mod proxy;
mod receiving;
mod refilling;
mod verifier;
mod written_before;
