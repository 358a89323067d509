use std::path::PathBuf;

use clap::Args;
use host::{CommandError, Kind};
use serde_json::json;
use wallet::{Allowances, PresentError, RequestReview, Wallet};

use super::{refill, renew};
use crate::foreign::plain;
use crate::session::{Session, block_on};
use crate::shape::request::{Presented, Request, Share, Verifier};
use crate::{failure, link, view};

/// Answer a presentation request, after showing who asks and what would be shared
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Present {
    /// The link of the request, a picture of its QR code, or - to read the link from standard input
    #[arg(value_name = "LINK|PICTURE")]
    link: String,
    /// Share this credential; may be given several times [default: the least that answers]
    #[arg(long, value_name = "ID")]
    credential: Vec<String>,
    /// Share without being asked; a copy that is used up is never replaced unasked
    #[arg(long, short, conflicts_with = "decline")]
    yes: bool,
    /// Let a name, birth date or document number go along with a net number, or a nationality that
    /// few people share: the number has a name from then on
    #[arg(long)]
    allow_name_beside_number: bool,
    /// Show flags that became true lately without waiting: a platform that knows you by a number
    /// may learn your birthday
    #[arg(long)]
    allow_new_flags: bool,
    /// Answer a door's code without a network: with a code to hold up, and nothing is sent
    #[arg(long, conflicts_with_all = ["decline"])]
    offline: bool,
    /// With --offline: write the code into a file (PNG) too
    #[arg(long, value_name = "FILE", requires = "offline")]
    output: Option<PathBuf>,
    /// With --offline: fetch who the door belongs to, whatever the wallet remembers; whoever runs it
    /// learns that somebody is there
    #[arg(long, requires = "offline")]
    fetch_identity: bool,
    /// Tell the verifier that you decline, and nothing else
    #[arg(long)]
    decline: bool,
    /// Show the request, and answer nothing
    #[arg(long, conflicts_with_all = ["yes", "decline"])]
    dry_run: bool,
}

impl Present {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let link = link::read(session, &self.link)?;
        if link::is_offer(&link) {
            return Err(failure::not_a_request(session));
        }
        let mut wallet = session.open()?;
        if self.offline {
            return self.at_door(session, &mut wallet, &link);
        }
        let asking = session.text("progress-request", &[]);
        let progress = session.progress(&asking);
        let review = block_on(wallet.review_request(&link))?;
        drop(progress);
        let review = review.map_err(|error| failure::present(session, &link, false, &error))?;
        if self.decline {
            return decline(session, &mut wallet, review, &link);
        }
        let mut review = wallet
            .review_allowing(review, self.allowances())
            .map_err(|error| failure::wallet(session, &error))?;
        loop {
            let request = self.look(session, &review, &link)?;
            if self.dry_run {
                let colours = session.terminal.has_colours();
                let shown = view::request(&request, session.catalogue(), colours);
                return session.data(&request, |_| shown);
            }
            self.show(session, &request)?;
            self.chosen(&review)
                .and_then(|choice| review.permits(Some(&choice)))
                .map_err(|error| failure::present(session, &link, false, &error))?;
            match request.would_share.iter().find(|one| !one.is_usable()) {
                Some(ran_out) if ran_out.net.is_some() => {
                    self.offer_renewal(session, &mut wallet, ran_out)?;
                }
                Some(used_up) => self.offer_refill(session, &mut wallet, used_up)?,
                None => return self.share(session, &mut wallet, review, request, &link),
            }
            review = wallet
                .review_again(review)
                .map_err(|error| failure::wallet(session, &error))?;
        }
    }

    /// What would be shared by the choice that was made.
    fn look(
        &self,
        session: &Session<'_>,
        review: &RequestReview,
        link: &str,
    ) -> Result<Request, CommandError> {
        let missing = review.missing().is_some();
        if missing {
            return Ok(Request::new(review, &[]));
        }
        let chosen = self
            .chosen(review)
            .and_then(|choice| review.chosen(Some(&choice)));
        let chosen = chosen.map_err(|error| failure::present(session, link, false, &error))?;
        Ok(Request::new(review, &chosen))
    }

    /// Shows the request; ends here when nothing answers it.
    fn show(&self, session: &mut Session<'_>, request: &Request) -> Result<(), CommandError> {
        let colours = session.terminal.has_colours();
        let shown = view::request(request, session.catalogue(), colours);
        session.review(self.yes, &shown);
        if request.missing.is_empty() {
            return Ok(());
        }
        let hint = session.text("consent-missing-hint", &[]);
        Err(CommandError::new(Kind::User, session.text("consent-missing", &[])).hint(hint))
    }

    fn chosen<'a>(
        &self,
        review: &'a RequestReview,
    ) -> Result<Vec<(&'a str, &'a str)>, PresentError> {
        review.choice_with(&self.credential)
    }

    fn allowances(&self) -> Allowances {
        Allowances {
            name_beside_number: self.allow_name_beside_number,
            new_flags: self.allow_new_flags,
        }
    }

    /// The certificate has run out: it is renewed only if the Holder wants that now, knowing that
    /// the issuer sees the moment.
    fn offer_renewal(
        &self,
        session: &mut Session<'_>,
        wallet: &mut Wallet,
        ran_out: &Share,
    ) -> Result<(), CommandError> {
        if self.yes || !session.terminal.is_interactive() {
            return Err(failure::ran_out(session, &ran_out.id));
        }
        let issuer = [("issuer", plain(&ran_out.issuer_name).into())];
        let explained = session.text("consent-renew-learns", &issuer);
        session.terminal.say(&explained);
        let question = session.text("consent-renew-first", &[]);
        if !session.consents(false, &question)? {
            return Err(not_shared(session));
        }
        let renewed = renew::fetch(session, wallet, &ran_out.id)?;
        renewed.map_err(|error| failure::renew(session, &error))?;
        match wallet.net_certificate(&ran_out.id) {
            Some(held) if !held.expired(session.now()) => Ok(()),
            _ => Err(failure::ran_out(session, &ran_out.id)),
        }
    }

    /// No copy is left: fresh ones only if the Holder wants them, knowing what that reveals.
    fn offer_refill(
        &self,
        session: &mut Session<'_>,
        wallet: &mut Wallet,
        used_up: &Share,
    ) -> Result<(), CommandError> {
        let refillable = wallet
            .credential(&used_up.id)
            .is_some_and(wallet::HeldCredential::refillable);
        if self.yes || !session.terminal.is_interactive() || !refillable {
            return Err(failure::used_up(session, &used_up.id));
        }
        let explained = session.text("consent-none-left", &[]);
        session.terminal.say(&explained);
        let question = session.text("consent-refill-first", &[]);
        if !refill::ask(session, wallet, &used_up.id, false, &question)? {
            return Err(not_shared(session));
        }
        refill::fetch(session, wallet, &used_up.id).map(drop)
    }

    fn share(
        &self,
        session: &mut Session<'_>,
        wallet: &mut Wallet,
        review: RequestReview,
        request: Request,
        link: &str,
    ) -> Result<(), CommandError> {
        let question = session.text("consent-agree", &[]);
        if !session.consents(self.yes, &question)? {
            return Err(not_shared(session));
        }
        let choice = self.chosen(&review);
        let choice = choice.map_err(|error| failure::present(session, link, false, &error))?;
        let choice: Vec<(String, String)> = choice
            .into_iter()
            .map(|(query, id)| (query.to_owned(), id.to_owned()))
            .collect();
        let choice: Vec<(&str, &str)> = choice
            .iter()
            .map(|(query, id)| (query.as_str(), id.as_str()))
            .collect();
        let sending = session.text("progress-present", &[]);
        let progress = session.progress(&sending);
        let presented = block_on(wallet.present(review, Some(&choice)))?;
        drop(progress);
        let presented = presented.map_err(|error| failure::present(session, link, true, &error))?;
        tell(
            session,
            Presented {
                outcome: "accepted",
                verifier: request.verifier,
                shared: request.would_share,
                redirect_uri: presented.redirect_uri.map(String::from),
            },
        )
    }
}

/// Shows the request of a door, asks, and holds up the code that answers.
impl Present {
    fn at_door(
        &self,
        session: &mut Session<'_>,
        wallet: &mut Wallet,
        link: &str,
    ) -> Result<(), CommandError> {
        let failed = |session: &Session<'_>, error| failure::present(session, link, false, &error);
        let review = block_on(wallet.review_door(link, self.fetch_identity, self.allowances()))?;
        let review = review.map_err(|error| failed(session, error))?;
        let chosen = review
            .options()
            .iter()
            .find(|one| self.credential.is_empty() || self.credential.contains(&one.id));
        let request = Request::at_door(&review, chosen);
        if self.dry_run {
            let colours = session.terminal.has_colours();
            let shown = view::request(&request, session.catalogue(), colours);
            return session.data(&request, |_| shown);
        }
        self.show(session, &request)?;
        if review.is_printed() {
            let printed = session.text("consent-door-printed", &[]);
            session.review(self.yes, &printed);
        }
        let share = request.would_share.first();
        let permitted = chosen.map_or(Ok(()), |option| review.permits(option));
        permitted.map_err(|error| failed(session, error))?;
        if let Some(ran_out) = share.filter(|share| share.expired) {
            return Err(failure::ran_out(session, &ran_out.id));
        }
        let question = session.text("consent-agree", &[]);
        if !session.consents(self.yes, &question)? {
            return Err(not_shared(session));
        }
        let id = share.map(|share| share.id.clone());
        let answer = wallet.answer_door(review, id.as_deref());
        let answer = answer.map_err(|error| failed(session, error))?;
        let code = crate::code::Code::of(&answer.text);
        let code = code.map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
        if let Some(file) = &self.output {
            let written = code.write_png(file);
            written.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        }
        let data = json!({
            "outcome": "shown",
            "verifier": request.verifier,
            "shared": request.would_share,
            "answer": answer.text,
            "output": self.output,
        });
        session.data(&data, |_| code.text())?;
        let held_up = session.text("consent-door-hold", &[]);
        session.remark(&held_up);
        Ok(())
    }
}

fn decline(
    session: &mut Session<'_>,
    wallet: &mut Wallet,
    review: RequestReview,
    link: &str,
) -> Result<(), CommandError> {
    let Request { verifier, .. } = Request::new(&review, &[]);
    let sending = session.text("progress-present", &[]);
    let progress = session.progress(&sending);
    let declined = block_on(wallet.decline(review))?;
    drop(progress);
    declined.map_err(|error| failure::present(session, link, false, &error))?;
    tell(
        session,
        Presented {
            outcome: "declined",
            verifier,
            shared: Vec::new(),
            redirect_uri: None,
        },
    )
}

fn tell(session: &mut Session<'_>, presented: Presented) -> Result<(), CommandError> {
    session.data(&presented, |session| {
        let name = name(&presented.verifier);
        let id = [("verifier", name.into())];
        let mut lines = vec![match presented.outcome {
            "declined" => session.text("consent-declined", &id),
            _ => session.text("consent-shared", &id),
        }];
        if let Some(link) = &presented.redirect_uri {
            lines.push(session.text("consent-redirect", &[]));
            lines.push(link.clone());
        }
        lines.join("\n")
    })
}

/// The verifier's name for itself, or its identifier.
fn name(verifier: &Verifier) -> String {
    crate::foreign::plain(verifier.name.as_ref().unwrap_or(&verifier.client_id))
}

fn not_shared(session: &Session<'_>) -> CommandError {
    let message = session.text("consent-nothing-shared", &[]);
    let hint = session.text("consent-nothing-shared-hint", &[]);
    CommandError::new(Kind::Refused, message).hint(hint)
}

const EXAMPLES: &str = "\
Examples:
  pessoa present 'openid4vp://?client_id=…&request_uri=…'
  pessoa present photo.png --credential 3k9xm
  pessoa present photo.png --dry-run           see who asks for what, and answer nothing
  pessoa present --offline door.png --output answer.png
  pessoa present \"$LINK\" --decline             tell the verifier no
  pessoa present \"$LINK\" --yes --json";
