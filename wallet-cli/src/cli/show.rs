use clap::Args;
use host::CommandError;
use wallet::{HeldCredential, NetCertificate};

use crate::foreign::plain;
use crate::session::Session;
use crate::view::{columns, moment, value};
use crate::{failure, shape};

/// Show a credential with all that it says
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Show {
    /// The credential, as `pessoa list` names it
    id: String,
}

impl Show {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open()?;
        if let Some(held) = wallet.net_certificate(&self.id) {
            let data = shape::ShowNet {
                certificate: shape::Net::new(held, session.now()),
                claims: held.statements().into_iter().collect(),
            };
            return session.data(&data, |session| net_words(session, held));
        }
        let held = wallet
            .credential(&self.id)
            .ok_or_else(|| failure::unknown(session, &self.id))?;
        let data = shape::Show {
            credential: shape::Credential::new(held, session.now()),
            claims: &held.claims,
        };
        session.data(&data, |session| words(session, held))
    }
}

fn words(session: &Session<'_>, held: &HeldCredential) -> String {
    let issuer = [
        ("name", plain(&held.issuer_name).into()),
        ("identifier", plain(&held.issuer).into()),
    ];
    let received = moment(held.received_at);
    let mut lines = vec![
        format!("{}  {}", held.id, plain(&held.name)),
        session.text("held-issuer", &issuer),
        session.text(
            "held-signed-by",
            &[("signer", plain(&held.signed_by).into())],
        ),
        session.text("held-format", &[("format", held.format.name().into())]),
        session.text("held-received", &[("time", received.into())]),
        match held.valid_until {
            Some(until) => session.text("held-valid-until", &[("time", moment(until).into())]),
            None => session.text("held-without-end", &[]),
        },
        session.text("held-copies", &[("copies", held.copies_left().into())]),
    ];
    if held.expired(session.now()) {
        lines.push(session.text("held-expired", &[]));
    }
    if held.refillable() {
        lines.push(session.text("held-refillable", &[("id", held.id.as_str().into())]));
    }
    lines.push(String::new());
    lines.push(session.text("held-about", &[]));
    let rows: Vec<_> = held
        .statements()
        .into_iter()
        .map(|(name, claim)| (plain(&name), value(&claim)))
        .collect();
    lines.extend(columns(&rows));
    lines.join("\n")
}

fn net_words(session: &Session<'_>, held: &NetCertificate) -> String {
    let issuer = [
        ("name", plain(&held.issuer_name).into()),
        ("identifier", plain(&held.issuer).into()),
    ];
    let mut lines = vec![
        format!("{}  {}", held.id, plain(&held.name)),
        session.text("held-issuer", &issuer),
        super::list::net_state(session, held),
    ];
    if let Some(epoch) = held.shown_epoch(session.now()) {
        lines.push(session.text("net-epoch", &[("epoch", epoch.to_string().into())]));
    }
    if let Some(due) = held.renewal_due {
        lines.push(session.text("net-due", &[("time", moment(due).into())]));
    }
    for (flag, until) in held.resting(session.now()) {
        let about = [("claim", flag.into()), ("time", moment(until).into())];
        lines.push(session.text("net-resting", &about));
    }
    lines.push(String::new());
    lines.push(session.text("held-about", &[]));
    let statements = held.statements().into_iter();
    let rows: Vec<_> = statements
        .map(|(name, claim)| (plain(&name), value(&claim)))
        .collect();
    lines.extend(columns(&rows));
    lines.join("\n")
}

const EXAMPLES: &str = "\
Examples:
  pessoa show 3k9xm
  pessoa show 3k9xm --json";
