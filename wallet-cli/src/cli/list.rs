use clap::Args;
use host::CommandError;
use wallet::Wallet;

use crate::foreign::plain;
use crate::session::Session;
use crate::shape;
use crate::view::{columns, moment};

/// List the credentials: what they are, never what they say
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {}

impl List {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open()?;
        let now = session.now();
        let credentials = wallet.credentials().iter();
        let data = shape::List {
            credentials: credentials
                .map(|held| shape::Credential::new(held, now))
                .collect(),
            pending: wallet
                .pending()
                .map(|(id, issuer_name)| shape::Pending { id, issuer_name })
                .collect(),
        };
        session.data(&data, |session| words(session, &wallet))?;
        if data.credentials.is_empty() && data.pending.is_empty() {
            let next = session.text("held-none-next", &[]);
            session.remark(&next);
        }
        Ok(())
    }
}

fn words(session: &Session<'_>, wallet: &Wallet) -> String {
    let now = session.now();
    let rows: Vec<_> = wallet
        .credentials()
        .iter()
        .map(|held| {
            let name = format!("{}  {}", held.id, plain(&held.name));
            let until = match held.valid_until {
                _ if held.expired(now) => session.text("held-expired", &[]),
                Some(until) => session.text("held-valid-until", &[("time", moment(until).into())]),
                None => session.text("held-without-end", &[]),
            };
            let copies = session.text("held-copies", &[("copies", held.copies_left().into())]);
            let issuer = plain(&held.issuer_name);
            (name, format!("{issuer}; {copies}; {until}"))
        })
        .collect();
    let mut lines = columns(&rows);
    lines.extend(wallet.pending().map(|(id, issuer)| {
        let about = [("id", id.into()), ("issuer", plain(issuer).into())];
        session.text("held-pending", &about)
    }));
    if lines.is_empty() {
        return session.text("held-none", &[]);
    }
    lines.join("\n")
}

const EXAMPLES: &str = "\
Examples:
  pessoa list
  pessoa list --json";
