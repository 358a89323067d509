//! `cargo xtask bench`: each hot operation against its primitive and its peers, then whole flows
//! under load, with the machine and the moment above them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::test::TestError;
use crate::test::machine;
use crate::test::postgres::{self, Postgres};
use crate::test::step::{aloud, output, quiet, target_folder};

/// What is measured.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only the rows whose name has this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Leave the load test out
    #[arg(long)]
    no_loadtest: bool,
}

/// Builds everything first, so that no compiler runs beside a measurement; then measures.
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
        "building the benchmarks and their peers",
        &mut cargo(&bench, &["build", "--release"]),
    )?;
    if !options.no_loadtest {
        if postgres::programs().is_none() {
            machine::install_postgres()?;
        }
        quiet(
            "building the load test",
            &mut cargo(root, &["build", "--release", "-p", "loadtest"]),
        )?;
    }
    describe();
    let mut rows = Command::new(target_folder(&bench)?.join("release/bench"));
    aloud(
        "operations, by the CPU time of one thread",
        rows.args(&options.filter),
    )?;
    if options.no_loadtest {
        return Ok(());
    }
    let postgres = Postgres::start_durable()?;
    let mut flows = Command::new(target_folder(root)?.join("release/pessoa-loadtest"));
    aloud(
        "whole flows over HTTP, with durable storage",
        flows.env("PESSOA_LOADTEST_POSTGRES", postgres.url()),
    )
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
