//! `cargo xtask reference`: what the programs say of themselves, as pages in `docs/reference`.
//!
//! The pages are made by a test of `demo`, the one package that knows all programs: so that the
//! chores need not be built with them, and every run of the tests compares.

use std::path::Path;
use std::process::Command;

use crate::test::TestError;
use crate::test::step::quiet;

/// What to do with the reference.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Options {
    /// Write nothing, and fail if the pages are out of date
    #[arg(long)]
    check: bool,
}

/// Writes the pages, or compares them.
///
/// # Errors
/// The pages are out of date, or the programs cannot be built.
pub fn run(root: &Path, options: Options) -> Result<(), TestError> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root);
    cargo.args(["test", "--workspace", "--test", "reference", "--"]);
    if !options.check {
        cargo.args(["--ignored", "write_the_reference"]);
    }
    quiet("reference", &mut cargo)
}
