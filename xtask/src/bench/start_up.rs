//! How fast the wallet starts, and in how much memory.

use std::io::{Read as _, Write as _, pipe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::test::TestError;
use crate::test::step::title;

/// Starts it many times, and prints time and memory beside what is wanted.
pub(super) fn measure(pessoa: &Path) -> Result<(), TestError> {
    title("the wallet's start, by the clock and by its peak of memory");
    let failed = |source| TestError::Program {
        program: pessoa.display().to_string(),
        source,
    };
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let mut help = Command::new(pessoa);
        help.arg("--help").stdout(Stdio::null());
        help.status().map_err(failed)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let quarter = |quarter| times.get((STARTS - 1) * quarter / 4).copied();
    let [low, median, high] = [1, 2, 3].map(|one| quarter(one).unwrap_or_default());
    let peak = peak_kib(pessoa).map_err(failed)?;
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let mib = f64::from(peak) / 1024.0;
    println!("| start | median ms (quartiles) | wanted | peak MiB | wanted |");
    println!("|---|---|---|---|---|");
    println!(
        "| pessoa --help | {:.2} ({:.2} to {:.2}) | ≤ 5: {} | {mib:.1} | ≤ 12: {} |",
        millis(median),
        millis(low),
        millis(high),
        verdict(millis(median) <= 5.0),
        verdict(mib <= 12.0),
    );
    println!();
    Ok(())
}

const fn verdict(met: bool) -> &'static str {
    match met {
        true => "met",
        false => "MISSED",
    }
}

/// The most memory that it held until it had something to say: it says it into a pipe that is full,
/// and is looked at while it waits.
fn peak_kib(pessoa: &Path) -> std::io::Result<u32> {
    let (mut reader, mut writer) = pipe()?;
    writer.write_all(&[b'x'; PIPE])?;
    let mut child = Command::new(pessoa)
        .arg("--help")
        .stdin(Stdio::null())
        .stdout(writer)
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
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
    Ok(peak)
}

const STARTS: usize = 41;
/// What a pipe holds on Linux unless told otherwise.
const PIPE: usize = 64 * 1024;
const LOOKS: u32 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_seen_while_it_waits_to_speak() {
        let peak = peak_kib(Path::new("/bin/ls")).unwrap();
        assert!((100..100_000).contains(&peak), "{peak}");
        assert!(peak_kib(Path::new("/nowhere/pessoa")).is_err());
    }
}
