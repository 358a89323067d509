use std::collections::BTreeMap;

use dcql::Selection;
use did::DidDocument;
use keys::SigningKey;
use netcert::{NetNumber, Pseudonym, PseudonymContext};
use openid4vp::wallet::{self as machine, Authenticated, Holding, Step};
use url::Url;

use crate::error::PresentError;
use crate::history::{Event, Outcome};
use crate::net::{Allowances, Lent};
use crate::review::{RequestReview, may_go_together};
use crate::wallet::{Wallet, WalletError};

impl Wallet {
    /// Opens a Presentation Request and finds out what would be shared (OpenID4VP 1.0).
    ///
    /// What is sent for that is the same for every Holder; no Issuer is asked anything.
    ///
    /// # Errors
    /// A [`PresentError`] when the request is refused. The Verifier is told nothing.
    pub async fn review_request(&self, link: &str) -> Result<RequestReview, PresentError> {
        let transaction = self.transaction()?;
        let rng = &mut host::system_rng();
        let refused = |refusal: machine::Refusal| machine::Error::from(refusal);
        let mut document = None;
        let mut step = machine::open(link, self.world.presentation_settings(), rng, self.now())
            .map_err(refused)?;
        loop {
            step = match step {
                Step::Consent(request) => {
                    let mut review = self.review(*request, Allowances::default())?;
                    review.document = document;
                    return Ok(review);
                }
                Step::Fetch(state) => {
                    let reply = transaction.send(state.request()).await?;
                    state.receive(&reply, self.now()).map_err(refused)?
                }
                Step::Resolve(state) => {
                    let resolver = self.resolver(&transaction);
                    let found = resolver.did_document(state.did(), self.now()).await?;
                    let found = &*document.insert(found);
                    state.receive(found, self.now()).map_err(refused)?
                }
                Step::Scopes(state) => {
                    let reply = transaction.send(state.request()).await?;
                    let before = self.contents.scopes.get(state.did().as_str());
                    state.receive(&reply, before, self.now()).map_err(refused)?
                }
            }
        }
    }

    /// Looks again at what can answer a request, after a refill or renewal. The Verifier is not
    /// asked again.
    ///
    /// # Errors
    /// A [`WalletError`] when the copies cannot be read.
    pub fn review_again(&self, review: RequestReview) -> Result<RequestReview, WalletError> {
        self.reviewed(review.request, review.allowances, review.document)
    }

    /// Looks again at what can answer a request, with what the Holder permits beyond the rules.
    ///
    /// # Errors
    /// A [`WalletError`] when the copies cannot be read.
    pub fn review_allowing(
        &self,
        review: RequestReview,
        allowances: Allowances,
    ) -> Result<RequestReview, WalletError> {
        self.reviewed(review.request, allowances, review.document)
    }

    fn reviewed(
        &self,
        request: Authenticated,
        allowances: Allowances,
        document: Option<DidDocument>,
    ) -> Result<RequestReview, WalletError> {
        let mut review = self.review(request, allowances)?;
        review.document = document;
        Ok(review)
    }

    fn review(
        &self,
        request: Authenticated,
        allowances: Allowances,
    ) -> Result<RequestReview, WalletError> {
        RequestReview::new(request, allowances, self)
    }

    /// Presents what the review showed: `choice` pairs a credential query with a Credential of this
    /// wallet; without one, the least that answers is taken.
    ///
    /// A copy is removed, and the history written, before anything is sent: a copy that may have
    /// been seen is never shown again.
    ///
    /// # Errors
    /// A [`PresentError`]. [`PresentError::NoCopies`] when a chosen Credential has no copy left, and
    /// [`PresentError::Expired`] when they are not valid any more: nothing is sent then.
    pub async fn present(
        &mut self,
        review: RequestReview,
        choice: Option<&[(&str, &str)]>,
    ) -> Result<Presented, PresentError> {
        let selection = review.select(choice)?;
        may_go_together(review.options(&selection), review.allowances)?;
        let taken = self.take(&selection)?;
        let shared = review.shared(&selection);
        let verifier = review.verifier().to_owned();
        let numbers = self.numbers(&review, &selection, &taken)?;
        let allowed = review.allowances.name_beside_number;
        let document = review.document;
        let asked = review.request.pseudonym();
        let scopes = asked.and_then(|asked| asked.published().cloned());
        let answering = review.request.accept(
            &selection,
            |id| taken.get(id).map(|one| one.lend(allowed)),
            &mut host::system_rng(),
            self.now(),
        )?;
        for id in taken.keys() {
            let held = self.contents.credentials.iter_mut();
            for held in held.filter(|held| held.id == *id) {
                held.copies.remove_last();
            }
        }
        let now = self.now();
        if let Some(document) = document {
            let did = document.id().as_str().to_owned();
            self.contents.know(&document, now);
            self.contents.scopes.extend(scopes.map(|list| (did, list)));
        }
        let number = numbers.first().map(|shown| shown.number().to_string());
        for shown in numbers {
            self.net_mut(&shown.id)?
                .note_number(&shown.context, shown.pseudonym, now);
        }
        let outcome = Outcome::Unknown;
        let event = Event::Presented {
            verifier,
            shared,
            outcome,
            number,
        };
        self.contents.remember(self.world.now(), event);
        self.save()?;
        let transaction = self.transaction()?;
        let response = transaction.send(answering.request()).await?;
        let answered = answering.receive(&response);
        self.note_outcome(match &answered {
            Ok(_) => Outcome::Accepted,
            Err(machine::Error::Refused { .. }) => Outcome::Refused,
            Err(_) => Outcome::Unknown,
        });
        self.save()?;
        Ok(Presented {
            redirect_uri: answered?.redirect_uri,
        })
    }

    /// Tells the Verifier that the Holder declines. It cannot tell whether the Holder did not want
    /// to, or had nothing that answers.
    ///
    /// # Errors
    /// A [`PresentError`] when the Verifier cannot be reached.
    pub async fn decline(&mut self, review: RequestReview) -> Result<(), PresentError> {
        let verifier = review.verifier().to_owned();
        let answering = review.request.decline()?;
        self.contents
            .remember(self.world.now(), Event::Declined { verifier });
        self.save()?;
        let transaction = self.transaction()?;
        let response = transaction.send(answering.request()).await?;
        answering.receive(&response)?;
        Ok(())
    }

    /// Takes out of the vault what was chosen; nothing is removed yet.
    fn take(&self, selection: &Selection) -> Result<BTreeMap<String, Taken>, PresentError> {
        let seed = self.contents.seed().map_err(WalletError::from)?;
        let mut taken = BTreeMap::new();
        for chosen in selection.chosen() {
            let id = chosen.answer().candidate().to_owned();
            let one = if let Some(held) = self.net_certificate(&id) {
                if held.expired(self.now()) {
                    return Err(PresentError::Expired { id });
                }
                let lent = held.lend(&seed, self.now());
                Taken::Net(Box::new(lent.ok_or(WalletError::NoSuchCredential)?))
            } else {
                let held = self.credential(&id).ok_or(WalletError::NoSuchCredential)?;
                if held.expired(self.now()) {
                    return Err(PresentError::Expired { id });
                }
                let Some(copy) = self.next_copy(held)? else {
                    return Err(PresentError::NoCopies { id });
                };
                Taken::Copy(copy.credential.expose().to_owned(), copy.key.signing_key()?)
            };
            taken.insert(id, one);
        }
        Ok(taken)
    }

    /// The numbers that a selection shows.
    fn numbers(
        &self,
        review: &RequestReview,
        selection: &Selection,
        taken: &BTreeMap<String, Taken>,
    ) -> Result<Vec<ShownNumber>, PresentError> {
        let Some(asked) = review.request.pseudonym() else {
            return Ok(Vec::new());
        };
        let mut numbers = Vec::new();
        for chosen in selection.chosen() {
            let id = chosen.answer().candidate();
            let query = review.request.query().credential(chosen.query());
            let wanted = query.is_some_and(|query| query.meta().pseudonym().is_some());
            if let (true, Some(Taken::Net(lent))) = (wanted, taken.get(id)) {
                let pseudonym = lent.certificate.pseudonym(&lent.secret, asked.context());
                numbers.push(ShownNumber {
                    id: id.to_owned(),
                    context: asked.context().clone(),
                    pseudonym: pseudonym.map_err(|_| PresentError::Number)?,
                });
            }
        }
        Ok(numbers)
    }

    fn note_outcome(&mut self, ended: Outcome) {
        if let Some(last) = self.contents.history.last_mut()
            && let Event::Presented { outcome, .. } = &mut last.event
        {
            *outcome = ended;
        }
    }
}

/// What became of a Presentation.
#[derive(Debug)]
pub struct Presented {
    /// Where the Holder's browser shall go on. It carries a secret.
    pub redirect_uri: Option<Url>,
}

/// What was chosen, out of the vault.
enum Taken {
    /// A one-time copy with its key.
    Copy(String, SigningKey),
    Net(Box<Lent>),
}

impl Taken {
    fn lend(&self, name_beside_number: bool) -> Holding<'_> {
        match self {
            Self::Copy(credential, key) => Holding::Signed {
                credential,
                key: Some(key),
            },
            Self::Net(lent) => Holding::Net {
                certificate: &lent.certificate,
                secret: &lent.secret,
                name_beside_number,
            },
        }
    }
}

/// A number that goes along.
struct ShownNumber {
    id: String,
    context: PseudonymContext,
    pseudonym: Pseudonym,
}

impl ShownNumber {
    fn number(&self) -> NetNumber {
        NetNumber::of(&self.pseudonym)
    }
}
