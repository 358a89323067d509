//! `cargo xtask bench`: each hot operation against its primitive and its peers, what a claim among
//! many costs, how the wallet starts and lists, then whole flows under load; with the machine and
//! the moment above them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::test::TestError;
use crate::test::machine;
use crate::test::postgres::{self, Postgres};
use crate::test::step::{aloud, output, quiet, say, target_folder};

mod start_up;

/// What is measured.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only the rows whose name has this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Leave the load test out
    #[arg(long)]
    no_loadtest: bool,
    /// Few and short turns: figures for a look, not to be kept
    #[arg(long)]
    quick: bool,
}

/// Builds everything first, so that no compiler runs beside a measurement; then measures.
///
/// Digital Bazaar's library is left out where there is no npm, and PostgreSQL where it cannot be
/// installed: the tables say so.
///
/// # Errors
/// What could not be installed, built or run.
pub fn run(root: &Path, options: &Options) -> Result<(), TestError> {
    machine::package("cmake", "cmake", "cmake, for zlib-ng")?;
    let bench = root.join("bench");
    let cargo = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.current_dir(folder).args(arguments);
        command
    };
    quiet(
        "building the benchmarks and their peers (minutes, the first time)",
        &mut cargo(&bench, &["build", "--release"]),
    )?;
    quiet(
        "building the wallet",
        &mut cargo(root, &["build", "--release", "-p", "wallet-cli"]),
    )?;
    quiet(
        "building what fills a vault",
        &mut cargo(
            root,
            &["build", "--release", "-p", "wallet", "--example", "listing"],
        ),
    )?;
    let mut postgres = None;
    if !options.no_loadtest {
        quiet(
            "building the load test and the services",
            &mut cargo(
                root,
                &[
                    "build",
                    "--release",
                    "-p",
                    "loadtest",
                    "-p",
                    "issuer",
                    "-p",
                    "verifier",
                ],
            ),
        )?;
        postgres = durable_postgres();
    }
    describe();
    let mut rows = Command::new(target_folder(&bench)?.join("release/bench"));
    rows.args(options.quick.then_some("--quick"));
    aloud(
        "operations, by the CPU time of one thread (a peer in Node: of its process)",
        rows.args(&options.filter),
    )?;
    let programs = target_folder(root)?.join("release");
    start_up::measure(
        &programs.join("pessoa"),
        &programs.join("examples").join("listing"),
    )?;
    if options.no_loadtest {
        return Ok(());
    }
    let mut flows = Command::new(programs.join("pessoa-loadtest"));
    if options.quick {
        flows.args(["--flows", "200", "--seconds", "2"]);
    }
    if let Some(postgres) = &postgres {
        flows.env("PESSOA_LOADTEST_POSTGRES", postgres.url());
    }
    aloud("whole flows over HTTP, with durable storage", &mut flows)
}

/// A server for the load test, installed if need be; none if that does not work.
fn durable_postgres() -> Option<Postgres> {
    let installed = match postgres::programs() {
        Some(_) => Ok(()),
        None => machine::install_postgres(),
    };
    match installed.and_then(|()| Postgres::start_durable()) {
        Ok(server) => Some(server),
        Err(error) => {
            say(&format!("PostgreSQL is left out: {error}"));
            None
        }
    }
}

/// A figure without its machine says nothing.
fn describe() {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unnamed processor", |name| {
            name.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let said = |program: &str, argument: &str| {
        output(Command::new(program).arg(argument)).unwrap_or_else(|| "unknown".to_owned())
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    println!();
    println!("- processor: {cpu}, {cores} cores");
    println!("- system: {}", said("uname", "-sr"));
    println!("- compiler: {}", said("rustc", "-V"));
    println!("- date: {}", said("date", "-uIminutes"));
    println!("- load before (1, 5, 15 minutes): {}", load.join(" "));
    println!();
}
