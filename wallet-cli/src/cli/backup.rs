use std::path::PathBuf;

use clap::Args;
use host::CommandError;
use serde_json::json;

use crate::failure;
use crate::session::Session;

/// Write a backup that your 24 words open, and nothing else
///
/// It has net certificates with their renewal tickets and numbers, credentials without their
/// one-time copies, and the history. The words are not in it. Whoever has the file alone learns
/// nothing; whoever has the file and the words has everything.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Backup {
    /// The file; an earlier backup in its place is replaced, any other file is left alone
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open()?;
        wallet
            .back_up(&self.file)
            .map_err(|error| failure::backup(session, &error))?;
        let file = self.file.display().to_string();
        session.data(&json!({"backup": self.file}), |session| {
            session.text("backup-done", &[("file", file.into())])
        })?;
        let advice = session.text("backup-advice", &[]);
        session.remark(&advice);
        Ok(())
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa backup pessoa-2026-11.backup";
