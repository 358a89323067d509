use std::path::PathBuf;

use clap::Args;
use host::{CommandError, Kind};

use crate::session::Session;

/// Write the manual pages into a folder
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Man {
    /// The folder; it is made where it does not exist
    folder: PathBuf,
}

impl Man {
    pub(super) fn run(self, _session: &mut Session<'_>) -> Result<(), CommandError> {
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(super::command(), &self.folder))
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa man ~/.local/share/man/man1";
