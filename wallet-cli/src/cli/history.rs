use clap::Args;
use host::CommandError;
use serde_json::json;
use wallet::{Event, HistoryEntry, Outcome};

use crate::foreign::plain;
use crate::session::Session;
use crate::view::moment;

/// Look back: what was received, shared, declined and forgotten
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct History {}

impl History {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open()?;
        let data = json!({"history": wallet.history()});
        session.data(&data, |session| {
            let lines: Vec<String> = wallet
                .history()
                .iter()
                .map(|entry| line(session, entry))
                .collect();
            if lines.is_empty() {
                return session.text("history-none", &[]);
            }
            lines.join("\n")
        })
    }
}

fn line(session: &Session<'_>, entry: &HistoryEntry) -> String {
    let text = match &entry.event {
        Event::Declined { verifier } => {
            session.text("history-declined", &[("verifier", plain(verifier).into())])
        }
        Event::Forgot { credential } => session.text(
            "history-forgot",
            &[("credential", plain(credential).into())],
        ),
        Event::Presented {
            verifier,
            shared,
            outcome,
            number,
        } => {
            let shared: Vec<String> = shared
                .iter()
                .map(|one| format!("{} ({})", one.claims.join(", "), one.credential))
                .collect();
            let outcome = match outcome {
                Outcome::Accepted => session.text("history-outcome-accepted", &[]),
                Outcome::Refused => session.text("history-outcome-refused", &[]),
                Outcome::Unknown => session.text("history-outcome-unknown", &[]),
            };
            let about = [
                ("verifier", plain(verifier).into()),
                ("shared", plain(&shared.join("; ")).into()),
                ("outcome", outcome.into()),
            ];
            let told = session.text("history-presented", &about);
            match number {
                Some(number) => {
                    let number = session.text("history-number", &[("number", number.into())]);
                    format!("{told}; {number}")
                }
                None => told,
            }
        }
        Event::Received {
            issuer,
            credential,
            copies,
        } => {
            let about = [
                ("issuer", plain(issuer).into()),
                ("credential", plain(credential).into()),
                ("copies", (*copies).into()),
            ];
            session.text("history-received", &about)
        }
        Event::ReceivedNet { issuer } => {
            session.text("history-received-net", &[("issuer", plain(issuer).into())])
        }
        Event::Renewed { issuer } => {
            session.text("history-renewed", &[("issuer", plain(issuer).into())])
        }
        Event::Restored { backup } => match backup {
            Some(made) => session.text("history-restored", &[("time", moment(*made).into())]),
            None => session.text("history-restored-words", &[]),
        },
        Event::TwoProfiles {
            issuer,
            epoch,
            pinned,
            refused,
        } => {
            let about = [
                ("issuer", plain(issuer).into()),
                ("epoch", epoch.to_string().into()),
                ("pinned", pinned.as_deref().unwrap_or("-").into()),
                ("refused", refused.as_str().into()),
            ];
            session.text("history-two-profiles", &about)
        }
    };
    format!("{}  {text}", moment(entry.at))
}

const EXAMPLES: &str = "\
Examples:
  pessoa history
  pessoa history --json";
