use clap::Args;
use host::CommandError;
use serde_json::json;

use crate::failure;
use crate::session::Session;

/// End `unlock` now
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Lock {}

impl Lock {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        if let Some(cache) = session.unlock_cache() {
            cache
                .forget()
                .map_err(|error| failure::vault(session, &error))?;
        }
        session.data(&json!({"locked": true}), |session| {
            session.text("lock-done", &[])
        })
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa lock";
