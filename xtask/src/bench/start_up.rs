//! How fast the wallet starts, and in how much memory; and how fast it lists what it holds.

use std::io::{Read as _, Write as _, pipe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::test::TestError;
use crate::test::step::title;

/// Starts it many times, and prints time and memory beside what is wanted; lists a large vault, which
/// `listing` (an example of the wallet) makes and leaves unlocked.
pub(super) fn measure(pessoa: &Path, listing: &Path) -> Result<(), TestError> {
    title("the wallet's commands, by the clock and by their peak of memory");
    let failed = |program: &Path| {
        let program = program.display().to_string();
        |source| TestError::Program { program, source }
    };
    let mut help = Command::new(pessoa);
    help.arg("--help");
    let start = quartiles(&mut help).map_err(failed(pessoa))?;
    let start_peak = peak_mib(&mut help).map_err(failed(pessoa))?;

    let folder = tempfile::tempdir().map_err(failed(listing))?;
    let mut make = Command::new(listing);
    make.args([CREDENTIALS, COPIES]).arg(folder.path());
    run(&mut make).map_err(failed(listing))?;
    let mut list = Command::new(pessoa);
    list.arg("list").arg("--dir").arg(folder.path());
    list.env("XDG_RUNTIME_DIR", folder.path());
    let listed = quartiles(&mut list).map_err(failed(pessoa))?;
    let list_peak = peak_mib(&mut list).map_err(failed(pessoa))?;

    println!("| command | median ms (quartiles) | wanted | peak MiB | wanted |");
    println!("|---|---|---|---|---|");
    println!(
        "| pessoa --help | {} | {start_peak:.1} | ≤ 12: {} |",
        cells(start, 5.0),
        verdict(start_peak <= 12.0),
    );
    println!(
        "| pessoa list, unlocked, {CREDENTIALS} credentials of {COPIES} copies | {} | {list_peak:.1} | - |",
        cells(listed, 50.0),
    );
    println!();
    Ok(())
}

/// How long a program takes from its start to its end.
fn quartiles(command: &mut Command) -> std::io::Result<[Duration; 3]> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        run(command)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let quarter = |quarter| times.get((STARTS - 1) * quarter / 4).copied();
    Ok([1, 2, 3].map(|one| quarter(one).unwrap_or_default()))
}

/// A program that fails is quick, and that is no figure.
fn run(command: &mut Command) -> std::io::Result<()> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status()?;
    match status.success() {
        true => Ok(()),
        false => Err(std::io::Error::other(status.to_string())),
    }
}

fn cells([low, median, high]: [Duration; 3], wanted: f64) -> String {
    let [low, median, high] = [low, median, high].map(|time| time.as_secs_f64() * 1e3);
    let met = verdict(median <= wanted);
    format!("{median:.2} ({low:.2} to {high:.2}) | ≤ {wanted}: {met}")
}

const fn verdict(met: bool) -> &'static str {
    match met {
        true => "met",
        false => "MISSED",
    }
}

/// The most memory that it held until it had something to say: it says it into a pipe that is full,
/// and is looked at while it waits.
fn peak_mib(command: &mut Command) -> std::io::Result<f64> {
    let (mut reader, mut writer) = pipe()?;
    writer.write_all(&[b'x'; PIPE])?;
    let mut child = command.stdin(Stdio::null()).stdout(writer).spawn()?;
    // The command keeps an end of the pipe, which would never be read to its end.
    command.stdout(Stdio::null());
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0_u32;
    for _ in 0..LOOKS {
        thread::sleep(LOOK_EVERY);
        let text = std::fs::read_to_string(&status)?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let seen = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = seen.unwrap_or(peak).max(peak);
    }
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    child.wait()?;
    Ok(f64::from(peak) / 1024.0)
}

const STARTS: usize = 41;
const CREDENTIALS: &str = "1000";
const COPIES: &str = "10";
/// What a pipe holds on Linux unless told otherwise.
const PIPE: usize = 64 * 1024;
const LOOKS: u32 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_seen_while_it_waits_to_speak() {
        let peak = peak_mib(&mut Command::new("/bin/ls")).unwrap();
        assert!((0.1..100.0).contains(&peak), "{peak}");
        assert!(peak_mib(&mut Command::new("/nowhere/pessoa")).is_err());
    }

    #[test]
    fn a_program_that_fails_gives_no_figure() {
        assert!(quartiles(&mut Command::new("/bin/true")).is_ok());
        assert!(quartiles(&mut Command::new("/bin/false")).is_err());
    }
}
