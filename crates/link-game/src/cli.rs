//! The command line, and the report.
#![expect(
    clippy::print_stdout,
    reason = "a program that talks to the person at the terminal"
)]

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};

use crate::{Finding, Outcome, Report, Settings};

/// Tries to find out who is who, from all that Issuer and Platforms saw.
#[derive(Debug, Parser)]
#[command(name = "pessoa-link-game")]
struct Arguments {
    /// How many games
    #[arg(long, value_name = "N", default_value_t = 64)]
    games: usize,
    /// How many people play in each
    #[arg(long, value_name = "N", default_value_t = 64)]
    people: usize,
    /// Plays the games of an earlier run again: the seed that it printed
    #[arg(long, value_name = "HEX", value_parser = seed)]
    seed: Option<[u8; 32]>,
}

/// Plays, and says what came out. Fails when something was found in the system as it is, or nothing
/// in one with a defect.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done when even that cannot be printed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let settings = Settings {
        seed: arguments.seed.unwrap_or_else(|| {
            let mut seed = [0; 32];
            UnwrapErr(SysRng).fill_bytes(&mut seed);
            seed
        }),
        games: arguments.games,
        people: arguments.people,
    };
    let digits: String = settings
        .seed
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("seed: {digits}");
    println!(
        "games: {}, people in each: {}",
        settings.games, settings.people
    );
    let report = Report::play(&settings);
    println!();
    println!("the system as it is");
    for (kind, outcome) in &report.honest {
        say(kind.name(), outcome);
    }
    say("the line: who called twice", &report.line);
    for (mutant, outcomes) in &report.mutants {
        let outcomes = outcomes
            .iter()
            .map(|(kind, outcome)| (kind.name(), outcome));
        println!("with a defect: {}: {}", mutant.name(), caught(outcomes));
    }
    let resuming = [("the line", &report.resuming)];
    println!(
        "with a defect: TLS resumption, on the line: {}",
        caught(resuming)
    );
    println!();
    match report.passes() {
        true => {
            println!("nobody was found, and every defect was");
            ExitCode::SUCCESS
        }
        false => {
            println!("FAILED");
            ExitCode::FAILURE
        }
    }
}

fn say(game: &str, outcome: &Outcome) {
    let fields: Vec<String> = outcome
        .fields
        .iter()
        .map(|(field, count)| format!("{count} {}", format!("{field:?}").to_lowercase()))
        .collect();
    println!("- {game}: fields: {}", fields.join(", "));
    for (attack, matches) in &outcome.matches {
        println!(
            "  {}: {matches} of {} right, {:.1} expected by chance, P = {:.2e}",
            attack.name(),
            outcome.people,
            outcome.expected(),
            outcome.probability(*matches),
        );
    }
    for finding in outcome.findings() {
        println!("  FOUND: {}", told(&finding));
    }
}

/// How a defect was caught: the first sign of each sort, in each game.
fn caught<'a>(outcomes: impl IntoIterator<Item = (&'a str, &'a Outcome)>) -> String {
    let mut signs = Vec::new();
    for (game, outcome) in outcomes {
        let findings = outcome.findings();
        let marks = findings
            .iter()
            .filter(|finding| matches!(finding, Finding::Mark(_)))
            .count();
        let mut said: Vec<String> = findings
            .iter()
            .filter(|finding| !matches!(finding, Finding::Mark(_)))
            .map(told)
            .collect();
        if marks > 0 {
            said.push(format!("{marks} marks"));
        }
        if !said.is_empty() {
            signs.push(format!("{game} ({})", said.join("; ")));
        }
    }
    match signs.is_empty() {
        true => "NOT CAUGHT".to_owned(),
        false => format!("caught: {}", signs.join(", ")),
    }
}

fn told(finding: &Finding) -> String {
    match finding {
        Finding::Explained(count) => format!("{count} differences of numbers explained"),
        Finding::Mark(path) => format!("a mark: {path}"),
        Finding::Matches {
            attack,
            matches,
            probability,
        } => format!("{}: {matches} right, P = {probability:.0e}", attack.name()),
    }
}

fn seed(text: &str) -> Result<[u8; 32], &'static str> {
    let digits = text.as_bytes();
    let mut seed = [0; 32];
    if digits.len() != 2 * seed.len() {
        return Err("a seed has 64 digits");
    }
    for (byte, pair) in seed.iter_mut().zip(text.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| "a seed is hexadecimal")?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| "a seed is hexadecimal")?;
    }
    Ok(seed)
}
