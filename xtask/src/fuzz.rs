//! `cargo xtask fuzz`: throws mutations at every parser of foreign bytes, one after another.
//!
//! The parsers and their seeds are the crate `foreign-bytes`; `fuzz/` makes them one program for
//! LLVM's libFuzzer. The stable toolchain can build it: the compiler's own coverage pass is asked
//! for by flags, and no sanitizer is needed, since nothing of ours is unsafe.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::test::TestError;
use crate::test::machine;
use crate::test::step::{output, program_error, quiet, say, target_folder, title};

/// What is fuzzed, and for how long.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The targets; all of them unless named
    targets: Vec<String>,
    /// How long each runs
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u32,
}

/// Why fuzzing ended badly.
#[derive(Debug, thiserror::Error)]
pub enum FuzzError {
    /// Targets broke; the inputs are kept.
    #[error("broken: {}\n\nhint: the input is in fuzz/artifacts/<TARGET>/; repeat it with\n      \
             PESSOA_FUZZ_TARGET=<TARGET> {program} <FILE>", .targets.join(", "))]
    Broken {
        /// Their names.
        targets: Vec<String>,
        /// The program that runs one input.
        program: String,
    },
    /// There is no target of that name.
    #[error("there is no target {named}\n\nhint: there are {}", .known.join(", "))]
    NoSuchTarget {
        /// What was asked for.
        named: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The program could not be built or run.
    #[error(transparent)]
    Step(#[from] TestError),
}

/// Builds the fuzzer, plants the seeds, and runs the targets.
///
/// # Errors
/// [`FuzzError`]: what broke, after all targets have run.
pub fn run(root: &Path, options: &Options) -> Result<(), FuzzError> {
    let folder = root.join("fuzz");
    let fuzzer = build(&folder)?;
    let known = plant(&fuzzer, &folder.join("corpus"))?;
    if let Some(named) = options.targets.iter().find(|name| !known.contains(name)) {
        let named = named.clone();
        return Err(FuzzError::NoSuchTarget { named, known });
    }
    let wanted = |name: &&String| options.targets.is_empty() || options.targets.contains(name);
    let targets: Vec<&String> = known.iter().filter(wanted).collect();
    let seconds = options.seconds;
    title(&format!(
        "{} targets, {seconds} s each, one at a time",
        targets.len()
    ));
    say("target                    inputs run   per s   edges covered");
    let mut broken = Vec::new();
    for target in targets {
        if !fuzz(&fuzzer, &folder, target, seconds)? {
            broken.push(target.clone());
        }
    }
    if broken.is_empty() {
        say("no target broke");
        return Ok(());
    }
    Err(FuzzError::Broken {
        targets: broken,
        program: fuzzer.display().to_string(),
    })
}

/// Builds for the machine's own target by name, so that the flags do not reach build scripts.
fn build(folder: &Path) -> Result<PathBuf, TestError> {
    machine::package("g++", "g++", "a C++ compiler")?;
    let version = output(Command::new("rustc").arg("-vV")).unwrap_or_default();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or("x86_64-unknown-linux-gnu");
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(folder)
        .args(["build", "--release", "--target", host])
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    quiet("building the fuzzer", &mut cargo)?;
    Ok(target_folder(folder)?.join(host).join("release/fuzz"))
}

/// Writes the seeds and returns the names of the targets.
fn plant(fuzzer: &Path, corpus: &Path) -> Result<Vec<String>, TestError> {
    title("seeds");
    let names = output(Command::new(fuzzer).env("PESSOA_FUZZ_SEEDS", corpus));
    let names = names.ok_or(TestError::Failed("planting the seeds"))?;
    say(&format!("in {}", corpus.display()));
    Ok(names.lines().map(str::to_owned).collect())
}

/// Runs one target; tells whether it held.
fn fuzz(fuzzer: &Path, folder: &Path, target: &str, seconds: u32) -> Result<bool, TestError> {
    let artifacts = folder.join("artifacts").join(target);
    fs::create_dir_all(&artifacts).map_err(|source| TestError::Program {
        program: artifacts.display().to_string(),
        source,
    })?;
    let mut command = Command::new(fuzzer);
    command
        .env("PESSOA_FUZZ_TARGET", target)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(LIMITS)
        .arg(folder.join("corpus").join(target))
        .stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|source| program_error(&command, source))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let number = |before: &str| {
        let at = told.rfind(before)? + before.len();
        told.get(at..)?
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    };
    let runs = number("stat::number_of_executed_units:").unwrap_or_default();
    let per_second = number("stat::average_exec_per_sec:").unwrap_or_default();
    let edges = number(" cov: ").unwrap_or_default();
    let held = output.status.success();
    let verdict = if held { "" } else { "   BROKEN" };
    say(&format!(
        "{target:<24} {runs:>11} {per_second:>7} {edges:>15}{verdict}"
    ));
    if !held {
        let lines: Vec<&str> = told.lines().collect();
        for line in lines.iter().skip(lines.len().saturating_sub(LINES_SHOWN)) {
            say(line);
        }
    }
    Ok(held)
}

/// What cargo-fuzz passes, without a sanitizer.
const FLAGS: [&str; 9] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cforce-frame-pointers=yes",
    "--cfg=fuzzing",
    "-Ccodegen-units=1",
];
/// Five seconds for one input, or two gigabytes, are a finding too.
const LIMITS: [&str; 4] = [
    "-timeout=5",
    "-rss_limit_mb=2048",
    "-print_final_stats=1",
    "-max_len=16384",
];
const LINES_SHOWN: usize = 40;
