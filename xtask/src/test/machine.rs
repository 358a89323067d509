use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::TestError;
use crate::test::postgres;
use crate::test::step::{output, quiet, say, title};

/// Installs what is missing; says nothing of what is there.
pub(crate) fn prepare() -> Result<(), TestError> {
    title("what the tests need");
    if postgres::programs().is_none() {
        install_postgres()?;
    }
    package("curl", "curl", "curl, which the guides use")?;
    package("sqlite3", "sqlite3", "sqlite3, which the guides use")?;
    component("fmt", "rustfmt")?;
    component("clippy", "clippy")?;
    cargo_tool(
        "nextest",
        "installing cargo-nextest",
        &["cargo-nextest@0.9.143"],
    )?;
    cargo_tool("deny", "installing cargo-deny", &["cargo-deny@0.20.2"])?;
    say("all there");
    Ok(())
}

/// Whether this process is root.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

/// Sees to a program that comes in a package of the system.
pub(crate) fn package(program: &str, package: &str, called: &'static str) -> Result<(), TestError> {
    if output(Command::new(program).arg("--version")).is_some() {
        return Ok(());
    }
    install(package, called)
}

/// Installs the server with apt, and removes the cluster that the package makes on the way: the
/// tests use a temporary one, and a machine should run nothing that nobody asked for.
pub(crate) fn install_postgres() -> Result<(), TestError> {
    let before = clusters();
    install("postgresql", "the PostgreSQL server (14 or newer)")?;
    for version in clusters()
        .iter()
        .filter(|version| !before.contains(version))
    {
        let mut drop = as_root("pg_dropcluster");
        let version = version.file_name().unwrap_or_default();
        quiet(
            "removing the cluster that came with it",
            drop.arg("--stop").arg(version).arg("main"),
        )?;
    }
    Ok(())
}

fn install(package: &str, called: &'static str) -> Result<(), TestError> {
    if output(Command::new("apt-get").arg("--version")).is_none() {
        return Err(TestError::Missing {
            tool: called,
            hint: "install it with your system's package manager",
        });
    }
    let mut update = as_root("apt-get");
    quiet("apt-get update", update.args(["-q", "update"]))?;
    let mut install = as_root("env");
    install.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy"]);
    install.args(["--no-install-recommends", "install", package]);
    quiet("apt-get install", &mut install)
}

/// The configuration folders of the clusters that Debian's scripts made.
fn clusters() -> Vec<PathBuf> {
    let versions = Path::new("/etc/postgresql").read_dir();
    let versions = versions.into_iter().flatten().flatten();
    versions
        .map(|version| version.path())
        .filter(|version| version.join("main").is_dir())
        .collect()
}

/// A command run as root: directly, or with sudo, which may ask for a password.
fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

/// Sees to a component of the toolchain.
fn component(cargo: &str, name: &'static str) -> Result<(), TestError> {
    if output(Command::new("cargo").args([cargo, "--version"])).is_some() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    quiet(
        "adding a component to the toolchain",
        add.args(["component", "add", name]),
    )
    .map_err(|_| TestError::Missing {
        tool: name,
        hint: "install a Rust toolchain with rustfmt and clippy",
    })
}

/// Sees to a cargo subcommand; whatever version is there will do.
fn cargo_tool(subcommand: &str, step: &'static str, package: &[&str]) -> Result<(), TestError> {
    if output(Command::new("cargo").args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    let mut install = Command::new("cargo");
    quiet(step, install.args(["install", "--locked"]).args(package))
}
