//! `cargo xtask test`: from a machine with nothing but a Rust toolchain to the test runner's
//! summary line.

use std::path::Path;
use std::process::Command;

use crate::house;
use crate::test::postgres::Postgres;
use crate::test::step::{quiet, title};

pub(crate) mod machine;
pub(crate) mod postgres;
pub(crate) mod step;

/// Why the tests did not pass.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// A check or a test failed; its output was printed.
    #[error("{0} failed")]
    Failed(&'static str),
    /// A tool is missing and cannot be installed from here.
    #[error("{tool} is missing\n\nhint: {hint}")]
    Missing {
        /// What is missing.
        tool: &'static str,
        /// What to do about it.
        hint: &'static str,
    },
    /// The temporary PostgreSQL server did not start.
    #[error("PostgreSQL did not start: {0}")]
    Postgres(String),
    /// A program could not be started.
    #[error("{program}: {source}")]
    Program {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Installs and starts what the tests need, then runs every check and every test. What was
/// started is stopped, also after a failure.
///
/// The test runner comes last, so that its summary is the last word.
///
/// # Errors
/// The first check that failed, or what could not be installed or started.
pub fn run(root: &Path) -> Result<(), TestError> {
    machine::prepare()?;
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.current_dir(root).args(arguments);
        command
    };
    quiet(
        "formatting",
        &mut cargo(&["fmt", "--all", "--check", "--", "-l"]),
    )?;
    title("house rules");
    house::report(root).map_err(|error| {
        step::say(&error.to_string());
        TestError::Failed("house rules")
    })?;
    quiet(
        "licences, bans and sources of dependencies",
        &mut cargo(&[
            "deny",
            "--workspace",
            "check",
            "licenses",
            "bans",
            "sources",
        ]),
    )?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    quiet("lints", &mut cargo(&clippy))?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps"]);
    quiet(
        "documentation",
        documentation.env("RUSTDOCFLAGS", "-D warnings"),
    )?;

    let postgres = Postgres::start()?;
    let mut examples = cargo(&["test", "--workspace", "--doc"]);
    quiet(
        "documentation tests",
        examples.env(POSTGRES_URL, postgres.url()),
    )?;
    let mut tests = cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]);
    tests.args(["--status-level", "slow", "--final-status-level", "fail"]);
    step::aloud("tests", tests.env(POSTGRES_URL, postgres.url()))
}

/// Where tests find the PostgreSQL server.
const POSTGRES_URL: &str = "PESSOA_TEST_POSTGRES";
