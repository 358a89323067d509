//! The project's chores, one file per command: `cargo xtask house`, `cargo xtask test`,
//! `cargo xtask fuzz`, `cargo xtask bench`, `cargo xtask link-game`, `cargo xtask reference`.
//!
//! Knows the workspace and the machine it is built on; nobody depends on it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to the person at the terminal"
)]

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

pub mod bench;
pub mod fuzz;
pub mod house;
pub mod link_game;
pub mod reference;
pub mod test;

/// The project's chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub enum Chore {
    /// Measures each hot operation against its primitive and its peers, then whole flows.
    Bench(bench::Options),
    /// Throws mutations at every parser of foreign bytes.
    Fuzz(fuzz::Options),
    /// Checks the house rules: floors, lints, small mains, reasons for dependencies, messages.
    House,
    /// Pools all that Issuer and Platforms see, and tries to find out who is who.
    LinkGame(link_game::Options),
    /// Writes what the programs say of themselves into docs/reference.
    Reference(reference::Options),
    /// Installs and starts what the tests need, then runs every check and every test.
    Test,
}

/// Does a chore in this workspace.
#[must_use]
pub fn run(chore: &Chore) -> ExitCode {
    let done = match chore {
        Chore::Bench(options) => {
            bench::run(workspace(), options).map_err(|error| error.to_string())
        }
        Chore::Fuzz(options) => fuzz::run(workspace(), options).map_err(|error| error.to_string()),
        Chore::House => house::report(workspace()).map_err(|error| error.to_string()),
        Chore::LinkGame(options) => {
            link_game::run(workspace(), options).map_err(|error| error.to_string())
        }
        Chore::Reference(options) => {
            reference::run(workspace(), *options).map_err(|error| error.to_string())
        }
        Chore::Test => test::run(workspace()).map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of this workspace.
fn workspace() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}
