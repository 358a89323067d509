//! OpenID4VCI from both sides: what is offered, redeemed, proven, ordered and refused.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod compile_fail;
mod di_vp;
mod flow;
mod harness;
mod issuer;
mod net_certificate;
mod properties;
mod schema;
mod vectors;
