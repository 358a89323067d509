//! Net certificates from end to end, and the attacks that must fail.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod anchors;
mod contexts;
mod disclosure;
mod entropy;
mod forms;
mod harness;
mod issuance;
mod lengths;
mod numbers;
mod presentations;
mod profiles;
mod properties;
mod slots;
mod w3c;
