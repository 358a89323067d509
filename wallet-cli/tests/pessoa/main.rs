//! `pessoa` as a person, a script and a stranger meet it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod certificate;
mod certificates;
mod errors;
mod help;
mod holder;
mod looking;
mod making;
mod presenting;
mod process;
mod script;
mod verifier;
