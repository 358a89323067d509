use dcql::{CredentialQuery, Matches};
use did::{DidDocument, Method};
use netcert::NetNumber;
use openid4vp::door::{AtDoor, DoorRequest};
use openid4vp::wallet::Holding;

use super::asker::Asker;
use super::show::{Allowances, Asked};
use crate::error::PresentError;
use crate::history::{Event, Outcome, SharedCredential};
use crate::insight;
use crate::review::{ShareOption, Wanted, lend_all, may_go_together};
use crate::wallet::{Wallet, WalletError};

/// What the Holder decides upon at a door: who asks, for what, and what would be shown.
pub struct DoorReview {
    door: AtDoor,
    allowances: Allowances,
    /// Who asks, if that was fetched for this review.
    fetched: Option<DidDocument>,
    matches: Matches,
    wanted: Wanted,
    options: Vec<ShareOption>,
}

impl DoorReview {
    /// Who asks: the identifier that signed the code.
    #[must_use]
    pub fn verifier(&self) -> &str {
        self.door.verifier().as_str()
    }

    /// What the door calls itself. Its own word.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.door.name()
    }

    /// Why it says that it asks. Its own word.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.door.purpose()
    }

    /// Whether the code is on paper: whoever has a picture of the answer can show it again.
    #[must_use]
    pub fn is_printed(&self) -> bool {
        self.door.is_printed()
    }

    /// The identifier of the query.
    #[must_use]
    pub fn query(&self) -> &str {
        let query = self.door.query().credentials().first();
        query.map(CredentialQuery::id).unwrap_or_default()
    }

    /// What is asked for.
    #[must_use]
    pub const fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The certificates that answer.
    #[must_use]
    pub fn options(&self) -> &[ShareOption] {
        &self.options
    }

    /// Whether a certificate may be shown as it is asked for: what [`Wallet::answer_door`] would
    /// refuse, said before anybody is asked.
    ///
    /// # Errors
    /// [`PresentError::FewBesideNumber`] or [`PresentError::NameBesideNumber`].
    pub fn permits(&self, option: &ShareOption) -> Result<(), PresentError> {
        may_go_together([option], self.allowances)
    }
}

/// An answer for a door.
pub struct DoorAnswer {
    /// What the QR code says.
    pub text: String,
}

impl Wallet {
    /// Reads a door's code and finds what answers it. Nothing is sent: the door is known by a DID
    /// document that the wallet has from an earlier answer, for [`DOOR_MEMORY`]. With `fetch` it is
    /// fetched, whatever is kept, which tells the Verifier that somebody is there.
    ///
    /// # Errors
    /// A [`PresentError`]; [`PresentError::DoorUnknown`] without a document, and
    /// [`PresentError::DoorOutdated`] with an old one.
    ///
    /// [`DOOR_MEMORY`]: crate::DOOR_MEMORY
    pub async fn review_door(
        &self,
        code: &str,
        fetch: bool,
        allowances: Allowances,
    ) -> Result<DoorReview, PresentError> {
        let settings = self.world.presentation_settings();
        let request = DoorRequest::parse(code, settings)?;
        let did = request.did();
        let now = self.now();
        // A DID that is its own document needs neither memory nor network.
        let fetched = fetch || did.method() != Method::Web;
        let document = match fetched {
            true => {
                let transaction = self.transaction()?;
                let resolver = self.resolver(&transaction);
                resolver.did_document(did, now).await?
            }
            false => self.contents.known(did, now)?,
        };
        let door = request.authenticate(&document, now)?;
        let net = lend_all(self, now);
        let candidates: Vec<_> = net
            .iter()
            .map(|(held, lent)| held.candidate(lent, allowances, now))
            .collect();
        let matches = door.matches(&candidates);
        let answers = matches.queries().iter().flat_map(|query| query.answers());
        let options = answers
            .filter_map(|answer| {
                let id = answer.candidate();
                let (held, lent) = net.iter().find(|(held, _)| held.id == id)?;
                let asked = door.context().map(Asked::without_scope);
                let asker = Asker::at_door(door.verifier());
                Some(held.option(lent, answer, asked, asker, now))
            })
            .collect();
        let wanted = door.query().credentials().first();
        let wanted = wanted.map(insight::wanted).unwrap_or_default();
        Ok(DoorReview {
            door,
            allowances,
            fetched: fetched.then_some(document),
            matches,
            wanted,
            options,
        })
    }

    /// Makes the code that answers a door, with the certificate of this identifier or the first.
    /// The history is written before the code is handed out.
    ///
    /// # Errors
    /// A [`PresentError`].
    pub fn answer_door(
        &mut self,
        review: DoorReview,
        id: Option<&str>,
    ) -> Result<DoorAnswer, PresentError> {
        let query = review.query().to_owned();
        let choice = id.map(|id| [(query.as_str(), id)]);
        let selection = match &choice {
            Some(choice) => review.matches.select(choice)?,
            None => review.matches.preferred()?,
        };
        let chosen = selection.chosen().first();
        let id = chosen.map(|chosen| chosen.answer().candidate().to_owned());
        let id = id.ok_or(WalletError::NoSuchCredential)?;
        let option = review.options.iter().find(|option| option.id == id);
        let option = option.ok_or(WalletError::NoSuchCredential)?;
        may_go_together([option], review.allowances)?;
        if option.expired {
            return Err(PresentError::Expired { id });
        }
        let shared = vec![SharedCredential {
            credential: option.name.clone(),
            claims: option.shared.iter().map(|(path, _)| path.clone()).collect(),
        }];
        let now = self.now();
        let seed = self.contents.seed().map_err(WalletError::from)?;
        let held = self
            .net_certificate(&id)
            .ok_or(WalletError::NoSuchCredential)?;
        let lent = held.lend(&seed, now);
        let lent = lent.ok_or(WalletError::NoSuchCredential)?;
        let context = review.door.context().cloned();
        let pseudonym = match &context {
            None => None,
            Some(context) => {
                let pseudonym = lent.certificate.pseudonym(&lent.secret, context);
                Some(pseudonym.map_err(|_| PresentError::Number)?)
            }
        };
        let verifier = review.verifier().to_owned();
        let holding = Holding::Net {
            certificate: &lent.certificate,
            secret: &lent.secret,
            name_beside_number: review.allowances.name_beside_number,
        };
        let text = review
            .door
            .accept(&selection, &holding, &mut host::system_rng())?;
        if let (Some(context), Some(pseudonym)) = (&context, pseudonym) {
            self.net_mut(&id)?.note_number(context, pseudonym, now);
        }
        if let Some(document) = &review.fetched {
            self.contents.know(document, now);
        }
        let event = Event::Presented {
            verifier,
            shared,
            // Nobody says at a door what became of it.
            outcome: Outcome::Unknown,
            number: pseudonym.map(|one| NetNumber::of(&one).to_string()),
        };
        self.contents.remember(now, event);
        self.save()?;
        Ok(DoorAnswer { text })
    }
}
