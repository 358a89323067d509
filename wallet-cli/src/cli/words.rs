use clap::Args;
use host::CommandError;
use serde_json::json;

use super::init::numbered;
use crate::failure;
use crate::session::Session;

/// Show the 24 words again; the passphrase is asked for even while unlocked
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Words {}

impl Words {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open_with_passphrase()?;
        let words = wallet
            .words()
            .map_err(|error| failure::wallet(session, &error))?;
        let warning = session.text("words-again", &[]);
        session.remark(&warning);
        session.data(&json!({"words": words.as_str()}), |_| numbered(&words))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa words";
