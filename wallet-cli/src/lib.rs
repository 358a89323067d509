//! pessoa: the wallet in a terminal.
//!
//! Knows arguments, words and screens; what a wallet does is the `wallet` crate's, a floor below.
//! Data goes to standard output, everything that is said to the person to standard error.
//!
//! [`run_with`] runs a command on any [`Terminal`] and [`Machine`]; [`run`] on the real ones.

mod cli;
mod code;
mod config;
mod console;
mod failure;
mod foreign;
mod link;
mod machine;
mod passphrase;
mod picture;
mod session;
mod shape;
mod terminal;
mod timer;
mod view;

pub use cli::{command, run, run_with};
pub use machine::Machine;
pub use picture::link_in_picture;
pub use terminal::{Progress, Terminal};
