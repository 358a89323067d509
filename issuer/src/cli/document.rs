use std::error::Error;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use evidence::{IdentityDocument, Record, td3};
use host::{CommandError, Kind, Output};
use jiff::Timestamp;
use strict_json::Limits;
use zeroize::Zeroizing;

/// A document, read from a file or from standard input: so that it stays out of the shell's
/// history and of the list of processes.
#[derive(Args, Debug)]
#[group(required = false, multiple = false)]
pub(super) struct Document {
    /// Read the machine-readable zone of a passport, two lines; - is standard input
    #[arg(long, value_name = "FILE")]
    mrz: Option<PathBuf>,
    /// Read a record in JSON; - is standard input
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

impl Document {
    /// Reads the document; `hint` is the message that tells how to give one.
    pub(super) fn read(
        &self,
        output: &Output,
        hint: &str,
        now: Timestamp,
    ) -> Result<IdentityDocument, CommandError> {
        self.parse(output, now)
            .map_err(|error| error.hint(output.text(hint, &[])))
    }

    fn parse(&self, output: &Output, now: Timestamp) -> Result<IdentityDocument, CommandError> {
        let unreadable = |error: &dyn Error| {
            let message = output.text("issuer-document-unreadable", &[]);
            CommandError::new(Kind::User, message).because(Some(error))
        };
        let document = match (&self.mrz, &self.record) {
            (Some(path), _) => {
                let zone = text(path)?;
                td3::parse(
                    str::from_utf8(&zone).map_err(|error| unreadable(&error))?,
                    now,
                )
            }
            (None, Some(path)) => {
                let record: Record = strict_json::from_slice(&text(path)?, Limits::default())
                    .map_err(|error| unreadable(&error))?;
                IdentityDocument::from_record(&record)
            }
            (None, None) => {
                let message = output.text("issuer-document-missing", &[]);
                return Err(CommandError::new(Kind::Usage, message));
            }
        };
        document.map_err(|error| unreadable(&error))
    }
}

fn text(path: &Path) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut text = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_end(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text))
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => {
            let message = format!("cannot read {}", path.display());
            Err(CommandError::new(Kind::User, message).because(Some(&error)))
        }
    }
}

const LONGEST: u64 = 64 * 1024;
