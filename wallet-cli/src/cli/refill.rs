use clap::Args;
use host::{CommandError, Kind};
use wallet::Wallet;

use super::receive::lines_of;
use crate::failure;
use crate::foreign::plain;
use crate::session::{Session, block_on};
use crate::shape::Received;

/// Fetch fresh copies of a credential, after showing what its issuer learns by that
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Refill {
    /// The credential, as `pessoa list` names it, or what is pending
    id: String,
    /// Fetch without being asked
    #[arg(long, short)]
    yes: bool,
}

impl Refill {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let mut wallet = session.open()?;
        let question = session.text("refill-ask", &[]);
        if !ask(session, &wallet, &self.id, self.yes, &question)? {
            let message = session.text("refill-declined", &[]);
            return Err(CommandError::new(Kind::Refused, message));
        }
        let ids = fetch(session, &mut wallet, &self.id)?;
        let received = Received::new(&wallet, &ids, session.now());
        session.data(&received, |session| {
            lines_of(session, &wallet, &ids, "refill-done").join("\n")
        })
    }
}

/// Shows what the issuer learns by a refill, and asks.
pub(super) fn ask(
    session: &mut Session<'_>,
    wallet: &Wallet,
    id: &str,
    agreed: bool,
    question: &str,
) -> Result<bool, CommandError> {
    let held = wallet.credential(id).map(|held| held.issuer_name.as_str());
    let mut pending = wallet.pending();
    let issuer = held
        .or_else(|| Some(pending.find(|(one, _)| *one == id)?.1))
        .ok_or_else(|| failure::unknown(session, id))?;
    let learns = session.text("refill-learns", &[("issuer", plain(issuer).into())]);
    session.review(agreed, &learns);
    session.consents(agreed, question)
}

/// Fetches the copies.
pub(super) fn fetch(
    session: &mut Session<'_>,
    wallet: &mut Wallet,
    id: &str,
) -> Result<Vec<String>, CommandError> {
    let fetching = session.text("progress-refill", &[]);
    let progress = session.progress(&fetching);
    let fetched = block_on(wallet.refill(id))?;
    drop(progress);
    fetched.map_err(|error| failure::refill(session, &error))
}

const EXAMPLES: &str = "\
Examples:
  pessoa refill 3k9xm
  pessoa refill 3k9xm --yes --json";
