use clap::Args;
use host::{CommandError, Kind};
use keys::token::BearerToken;
use wallet::Wallet;

use crate::session::{Session, block_on};
use crate::shape::Received;
use crate::shape::offer::{Offer, TxCode};
use crate::{failure, link, view};

/// Receive what an issuer offers, after showing who offers what
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Receive {
    /// The link of the offer, a picture of its QR code, or - to read the link from standard input
    #[arg(value_name = "LINK|PICTURE")]
    link: String,
    /// The transaction code, which the issuer sends by another way; it is asked for unless given
    #[arg(long, value_name = "CODE")]
    tx_code: Option<String>,
    /// Accept without being asked
    #[arg(long, short)]
    yes: bool,
    /// Show the offer, and accept nothing
    #[arg(long, conflicts_with_all = ["yes", "tx_code"])]
    dry_run: bool,
}

impl Receive {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let link = link::read(session, &self.link)?;
        if link::is_request(&link) {
            return Err(failure::not_an_offer(session));
        }
        let mut wallet = session.open()?;
        let asking = session.text("progress-offer", &[]);
        let progress = session.progress(&asking);
        let review = block_on(wallet.review_offer(&link))?;
        drop(progress);
        let review = review.map_err(|error| failure::receive(session, &error))?;
        let offer = Offer::new(&review, &wallet);
        let colours = session.terminal.has_colours();
        let shown = view::offer(&offer, session.catalogue(), colours);
        if self.dry_run {
            return session.data(&offer, |_| shown);
        }
        session.review(self.yes, &shown);
        let code = self.code(session, offer.tx_code.as_ref())?;
        let question = session.text("offer-accept", &[]);
        if !session.consents(self.yes, &question)? {
            let message = session.text("offer-declined", &[]);
            return Err(CommandError::new(Kind::Refused, message));
        }
        let before: Vec<String> = wallet.pending().map(|(id, _)| id.to_owned()).collect();
        let receiving = session.text("progress-accept", &[]);
        let progress = session.progress(&receiving);
        let received = block_on(wallet.accept_offer(review, code))?;
        drop(progress);
        let ids = received.map_err(|error| {
            let failed = failure::receive(session, &error);
            let mut pending = wallet.pending();
            match pending.find(|(id, _)| !before.iter().any(|one| one == id)) {
                Some((id, _)) => {
                    failed.hint(session.text("failure-pending-hint", &[("id", id.into())]))
                }
                None => failed,
            }
        })?;
        tell(session, &wallet, &ids, &offer.issuer.name)
    }

    /// The transaction code: as given, or asked for. It is typed in the open: it can be used once.
    fn code(
        &self,
        session: &mut Session<'_>,
        asked: Option<&TxCode>,
    ) -> Result<Option<BearerToken>, CommandError> {
        if let Some(code) = &self.tx_code {
            return Ok(Some(BearerToken::from(code.trim())));
        }
        if asked.is_none() {
            return Ok(None);
        }
        if !session.terminal.is_interactive() {
            let message = session.text("offer-code-missing", &[]);
            let hint = session.text("offer-code-missing-hint", &[]);
            return Err(CommandError::new(Kind::Usage, message).hint(hint));
        }
        let prompt = session.text("offer-code-prompt", &[]);
        let code = session.terminal.ask(&prompt);
        let code = code.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        Ok(Some(BearerToken::from(code.trim())))
    }
}

fn tell(
    session: &mut Session<'_>,
    wallet: &Wallet,
    ids: &[String],
    issuer: &str,
) -> Result<(), CommandError> {
    let received = Received::new(wallet, ids, session.now());
    session.data(&received, |session| {
        let issuer = crate::foreign::plain(issuer);
        let done = [("count", ids.len().into()), ("issuer", issuer.into())];
        let mut lines = vec![session.text("consent-received", &done)];
        lines.extend(lines_of(session, wallet, ids, "offer-received"));
        lines.join("\n")
    })?;
    if let Some(id) = ids.first() {
        let next = session.text("offer-received-next", &[("id", id.as_str().into())]);
        session.remark(&next);
    }
    Ok(())
}

/// One line for each of these credentials.
pub(super) fn lines_of(
    session: &Session<'_>,
    wallet: &Wallet,
    ids: &[String],
    message: &str,
) -> Vec<String> {
    let net = ids.iter().filter_map(|id| wallet.net_certificate(id));
    let net = net.map(|held| {
        let about = [
            ("id", held.id.as_str().into()),
            ("name", crate::foreign::plain(&held.name).into()),
        ];
        session.text("net-received", &about)
    });
    let signed = ids.iter().filter_map(|id| wallet.credential(id));
    net.chain(signed.map(|held| {
        let about = [
            ("id", held.id.as_str().into()),
            ("name", crate::foreign::plain(&held.name).into()),
            ("copies", held.copies_left().into()),
        ];
        session.text(message, &about)
    }))
    .collect()
}

const EXAMPLES: &str = "\
Examples:
  pessoa receive 'openid-credential-offer://?credential_offer_uri=…'
  pessoa receive offer.png
  pessoa receive offer.png --dry-run           see who offers what, and accept nothing
  pessoa receive \"$LINK\" --tx-code 123456 --yes --json";
