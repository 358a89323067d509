use clap::Args;
use host::{CommandError, Kind};
use jiff::SignedDuration;
use serde_json::json;

use crate::failure;
use crate::session::Session;
use crate::view::moment;

/// Keep the wallet open for a while, so that the passphrase need not be typed again
///
/// The key lies in $XDG_RUNTIME_DIR, which is in memory, readable by you alone, and gone when you
/// log out. Nothing else ever keeps it.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Unlock {
    /// For how long: at most a day
    #[arg(long = "for", value_name = "DURATION", default_value = "15m")]
    duration: String,
}

impl Unlock {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let duration = self.duration.parse::<SignedDuration>().ok();
        let Some(duration) = duration.filter(|one| (SHORTEST..=LONGEST).contains(one)) else {
            let text = crate::foreign::plain(&self.duration);
            let message = session.text("unlock-duration", &[("text", text.into())]);
            let hint = session.text("unlock-duration-hint", &[]);
            return Err(CommandError::new(Kind::Usage, message).hint(hint));
        };
        let Some(cache) = session.unlock_cache() else {
            let message = session.text("unlock-nowhere", &[]);
            let hint = session.text("unlock-nowhere-hint", &[]);
            return Err(CommandError::new(Kind::User, message).hint(hint));
        };
        let mut wallet = session.open_with_passphrase()?;
        let until = session.now().checked_add(duration);
        let until = until.map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
        cache
            .remember(wallet.vault(), until)
            .map_err(|error| failure::vault(session, &error))?;
        session.data(&json!({"unlocked_until": until}), |session| {
            session.text("unlock-done", &[("until", moment(until).into())])
        })
    }
}

const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
const EXAMPLES: &str = "\
Examples:
  pessoa unlock
  pessoa unlock --for 2h";
