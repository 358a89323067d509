//! Credentials in files: no service and no configuration is needed.

mod inspect;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use credential::mechanism::MethodFile;
use host::{Clock as _, CommandError, Kind, Output, SystemClock};
use jiff::Timestamp;
use operator::read_file;

/// Judge or explain credentials and presentations in files
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Credential {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Inspect(inspect::Inspect),
    Verify(verify::Verify),
}

impl Credential {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        match self.command {
            Command::Inspect(command) => command.run(output),
            Command::Verify(command) => command.run(output),
        }
    }
}

/// The key and the time by which a file is judged.
#[derive(Args, Debug)]
struct Basis {
    /// The issuer's verification method as JSON, or a JWK; did:key and did:jwk need none
    #[arg(long, value_name = "VM.json")]
    key: Option<PathBuf>,
    /// Judge as of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

impl Basis {
    fn method(&self, output: &Output) -> Result<Option<MethodFile>, CommandError> {
        let Some(path) = &self.key else {
            return Ok(None);
        };
        let read = MethodFile::parse(&read_file(path, output)?);
        read.map(Some).map_err(|error| {
            let message = output.text("operator-key-file", &[]);
            CommandError::new(Kind::User, message).because(Some(&error))
        })
    }

    fn now(&self) -> Timestamp {
        self.at.unwrap_or_else(|| SystemClock.now())
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier credential verify --input credential.json --key issuer.json --output result.json
  pessoa-verifier credential inspect < credential.jwt";
