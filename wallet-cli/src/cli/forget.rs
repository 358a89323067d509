use clap::Args;
use host::{CommandError, Kind};
use serde_json::json;

use crate::failure;
use crate::foreign::plain;
use crate::session::Session;

/// Forget a credential, with its keys and all its copies
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Forget {
    /// The credential, as `pessoa list` names it, or what is pending
    id: String,
    /// Forget without being asked
    #[arg(long, short)]
    yes: bool,
}

impl Forget {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let mut wallet = session.open()?;
        let held = wallet.credential(&self.id).map(|held| held.name.as_str());
        let name = held
            .or_else(|| Some(wallet.net_certificate(&self.id)?.name.as_str()))
            .or_else(|| Some(wallet.pending().find(|(id, _)| *id == self.id)?.1))
            .map(plain)
            .ok_or_else(|| failure::unknown(session, &self.id))?;
        let about = [
            ("name", name.as_str().into()),
            ("id", self.id.as_str().into()),
        ];
        let question = session.text("forget-ask", &about);
        if !session.consents(self.yes, &question)? {
            let message = session.text("forget-kept", &[]);
            return Err(CommandError::new(Kind::Refused, message));
        }
        wallet
            .forget(&self.id)
            .map_err(|error| failure::wallet(session, &error))?;
        let data = json!({"forgot": {"id": self.id, "name": name}});
        session.data(&data, |session| session.text("forget-done", &about))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa forget 3k9xm";
