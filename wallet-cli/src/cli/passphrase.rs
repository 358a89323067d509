use std::path::PathBuf;

use clap::Args;
use host::CommandError;
use serde_json::json;

use crate::session::Session;
use crate::{failure, passphrase};

/// Change the passphrase
///
/// The old one is asked for, then the new one twice. From scripts, the old one is read from
/// --passphrase-file or the first line of standard input, the new one from --new-passphrase-file or
/// the line after.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Change {
    /// Read the new passphrase from the first line of a file
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

impl Change {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let mut wallet = session.open_with_passphrase()?;
        let prompt = session.text("passphrase-new", &[]);
        let new = passphrase::new(session, self.new_passphrase_file.as_deref(), &prompt)?;
        let unlocking = session.text("progress-unlock", &[]);
        let progress = session.progress(&unlocking);
        let changed = wallet
            .vault()
            .change_passphrase(&new, &mut host::system_rng());
        drop(progress);
        changed.map_err(|error| failure::vault(session, &error))?;
        session.data(&json!({"changed": true}), |session| {
            session.text("passphrase-changed", &[])
        })
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa passphrase
  pessoa passphrase --passphrase-file old.txt --new-passphrase-file new.txt";
