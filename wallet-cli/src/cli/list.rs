use clap::Args;
use host::CommandError;
use wallet::{NetCertificate, Wallet};

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
            net_certificates: wallet
                .net_certificates()
                .iter()
                .map(|held| shape::Net::new(held, now))
                .collect(),
            credentials: credentials
                .map(|held| shape::Credential::new(held, now))
                .collect(),
            pending: wallet
                .pending()
                .map(|(id, issuer_name)| shape::Pending { id, issuer_name })
                .collect(),
        };
        session.data(&data, |session| words(session, &wallet))?;
        let nothing = data.net_certificates.is_empty() && data.credentials.is_empty();
        if nothing && data.pending.is_empty() {
            let next = session.text("held-none-next", &[]);
            session.remark(&next);
        }
        Ok(())
    }
}

fn words(session: &Session<'_>, wallet: &Wallet) -> String {
    let now = session.now();
    let net = wallet.net_certificates().iter().map(|held| {
        let name = format!("{}  {}", held.id, plain(&held.name));
        let issuer = plain(&held.issuer_name);
        (name, format!("{issuer}; {}", net_state(session, held)))
    });
    let rows: Vec<_> = net
        .chain(wallet.credentials().iter().map(|held| {
            let name = format!("{}  {}", held.id, plain(&held.name));
            let until = match held.valid_until {
                _ if held.expired(now) => session.text("held-expired", &[]),
                Some(until) => session.text("held-valid-until", &[("time", moment(until).into())]),
                None => session.text("held-without-end", &[]),
            };
            let copies = session.text("held-copies", &[("copies", held.copies_left().into())]);
            let issuer = plain(&held.issuer_name);
            (name, format!("{issuer}; {copies}; {until}"))
        }))
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

/// How it stands with a net certificate, in a few words.
pub(super) fn net_state(session: &Session<'_>, held: &NetCertificate) -> String {
    let now = session.now();
    let until = match held.valid_until() {
        Some(until) if !held.expired(now) => {
            session.text("held-valid-until", &[("time", moment(until).into())])
        }
        _ => session.text("held-expired", &[]),
    };
    let kind = session.text("net-kind", &[]);
    match held.refused_at {
        Some(at) => {
            let refused = session.text("net-refused", &[("time", moment(at).into())]);
            format!("{kind}; {until}; {refused}")
        }
        None => format!("{kind}; {until}"),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa list
  pessoa list --json";
