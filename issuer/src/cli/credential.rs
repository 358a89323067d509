//! Credentials in files: no service and no configuration is needed.

mod derive;
mod issue;
mod key;

use clap::{Args, Subcommand};
use host::{CommandError, Kind, Output};
use serde_json::{Map, Value};
use strict_json::Limits;

/// Issue credentials into files, derive from them, or make a key for that
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Credential {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Derive(derive::Derive),
    Issue(issue::Issue),
    Key(key::Key),
}

impl Credential {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        match self.command {
            Command::Derive(command) => command.run(output),
            Command::Issue(command) => command.run(output),
            Command::Key(command) => command.run(output),
        }
    }
}

/// Reads a JSON object, strictly.
fn object(json: &[u8]) -> Option<Map<String, Value>> {
    strict_json::from_slice(json, Limits::bytes(json.len())).ok()
}

/// Reads `--sd`: JSON pointers, or paths with dots as public test suites write them.
fn pointers(json: Option<&str>, output: &Output) -> Result<Vec<String>, CommandError> {
    let Some(json) = json else {
        return Ok(Vec::new());
    };
    let read: Result<Vec<String>, _> = strict_json::from_slice(json.as_bytes(), Limits::default());
    let texts = read.map_err(|error| {
        let message = output.text("operator-pointers", &[]);
        CommandError::new(Kind::Usage, message).because(Some(&error))
    })?;
    let pointer = |text: String| match text.is_empty() || text.starts_with('/') {
        true => text,
        false => format!("/{}", text.replace('.', "/")),
    };
    Ok(texts.into_iter().map(pointer).collect())
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer credential key --mechanism eddsa-rdfc-2022 --output key.json
  pessoa-issuer credential issue --input unsigned.json --key key.json \\
      --mechanism eddsa-rdfc-2022 --output result.json
  pessoa-issuer credential derive --input base.json --sd '[\"/credentialSubject/name\"]'";
