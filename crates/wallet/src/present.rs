use std::collections::BTreeMap;

use keys::SigningKey;
use openid4vp::wallet::{self as machine, Holding, Step};
use url::Url;

use crate::error::PresentError;
use crate::history::{Event, Outcome};
use crate::review::RequestReview;
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
        let mut step =
            machine::open(link, self.presentation_settings(), rng, self.now()).map_err(refused)?;
        loop {
            step = match step {
                Step::Consent(request) => return Ok(RequestReview::new(*request, self)),
                Step::Fetch(state) => {
                    let reply = transaction.send(state.request()).await?;
                    state.receive(&reply, self.now()).map_err(refused)?
                }
                Step::Resolve(state) => {
                    let resolver = self.resolver(&transaction);
                    let document = resolver.did_document(state.did(), self.now()).await?;
                    state.receive(&document, self.now()).map_err(refused)?
                }
                Step::Scopes(state) => {
                    let reply = transaction.send(state.request()).await?;
                    state.receive(&reply).map_err(refused)?
                }
            }
        }
    }

    /// Looks again at what can answer a request, after a refill. The Verifier is not asked again.
    #[must_use]
    pub fn review_again(&self, review: RequestReview) -> RequestReview {
        RequestReview::new(review.request, self)
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
        let mut used = BTreeMap::new();
        for chosen in selection.chosen() {
            let id = chosen.answer().candidate().to_owned();
            let held = self.credential(&id).ok_or(WalletError::NoSuchCredential)?;
            if held.expired(self.now()) {
                return Err(PresentError::Expired { id });
            }
            let Some(copy) = held.copies.last() else {
                return Err(PresentError::NoCopies { id });
            };
            let key = copy.key.signing_key()?;
            used.insert(id, (copy.credential.expose().to_owned(), key));
        }
        let shared = review.shared(&selection);
        let verifier = review.verifier().to_owned();
        let rng = &mut host::system_rng();
        let lent = |id: &str| lend(&used, id);
        let answering = review.request.accept(&selection, lent, rng, self.now())?;
        for id in used.keys() {
            if let Some(held) = self
                .contents
                .credentials
                .iter_mut()
                .find(|held| held.id == *id)
            {
                held.copies.pop();
            }
        }
        let outcome = Outcome::Unknown;
        let event = Event::Presented {
            verifier,
            shared,
            outcome,
        };
        self.contents.remember(self.clock.now(), event);
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
            .remember(self.clock.now(), Event::Declined { verifier });
        self.save()?;
        let transaction = self.transaction()?;
        let response = transaction.send(answering.request()).await?;
        answering.receive(&response)?;
        Ok(())
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

fn lend<'a>(used: &'a BTreeMap<String, (String, SigningKey)>, id: &str) -> Option<Holding<'a>> {
    used.get(id).map(|(credential, key)| Holding::Signed {
        credential,
        key: Some(key),
    })
}
