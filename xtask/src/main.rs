//! `cargo xtask`: the project's chores.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    xtask::run(&xtask::Chore::parse())
}
