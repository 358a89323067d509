use std::collections::BTreeMap;

use credential::Format;
use credential::sd_jwt::Held;
use dcql::{Answer, Candidate, Matches, Selection};
use keys::SigningKey;
use openid4vp::wallet::{self as machine, Authenticated, Authentication, Holding, Step};
use serde_json::{Map, Value};
use url::Url;

use crate::error::PresentError;
use crate::held::{HeldCredential, OneTimeCopy};
use crate::history::{Event, Outcome, SharedCredential};
use crate::wallet::Wallet;

impl Wallet {
    /// Opens a Presentation Request and finds out what would be shared (OpenID4VP 1.0).
    ///
    /// What is sent for that is the same for every Holder; no Issuer is asked anything.
    ///
    /// # Errors
    /// A [`PresentError`] when the request is refused. The Verifier is told nothing.
    pub async fn review_request(&self, link: &str) -> Result<RequestReview, PresentError> {
        let transaction = self.client.fresh()?;
        let rng = &mut host::system_rng();
        let refused = |refusal: machine::Refusal| machine::Error::from(refusal);
        let mut step =
            machine::open(link, self.presentation_settings(), rng, self.now()).map_err(refused)?;
        loop {
            step = match step {
                Step::Consent(request) => return Ok(self.review(*request)),
                Step::Fetch(state) => {
                    let reply = transaction.send(state.request()).await?;
                    state.receive(&reply, self.now()).map_err(refused)?
                }
                Step::Resolve(state) => {
                    let resolver = self.resolver(&transaction);
                    let document = resolver.did_document(state.did(), self.now()).await?;
                    state.receive(&document, self.now()).map_err(refused)?
                }
            }
        }
    }

    /// Presents what the review showed: `choice` pairs a credential query with a Credential of this
    /// wallet; without one, the least that answers is taken.
    ///
    /// A copy is removed, and the history written, before anything is sent: a copy that may have
    /// been seen is never shown again.
    ///
    /// # Errors
    /// A [`PresentError`]. [`PresentError::NoCopies`] when a chosen Credential has no copy left.
    pub async fn present(
        &mut self,
        review: RequestReview,
        choice: Option<&[(&str, &str)]>,
    ) -> Result<Presented, PresentError> {
        let selection = review.select(choice)?;
        let mut used = BTreeMap::new();
        for chosen in selection.chosen() {
            let id = chosen.answer().candidate();
            let copy = self
                .credential(id)
                .and_then(|held| held.copies.last())
                .ok_or_else(|| PresentError::NoCopies { id: id.to_owned() })?;
            let key = copy.key.signing_key()?;
            used.insert(id.to_owned(), (copy.credential.expose().to_owned(), key));
        }
        let shared = review.shared(&selection);
        let verifier = review.verifier().to_owned();
        let answering = review
            .request
            .accept(&selection, |id| lend(&used, id), self.now())?;
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
        let transaction = self.client.fresh()?;
        let response = transaction.send(answering.request()).await?;
        let answered = answering.receive(&response);
        self.note_outcome(match answered {
            Ok(_) => Outcome::Accepted,
            Err(_) => Outcome::Refused,
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
        let transaction = self.client.fresh()?;
        let response = transaction.send(answering.request()).await?;
        answering.receive(&response)?;
        Ok(())
    }

    fn review(&self, request: Authenticated) -> RequestReview {
        let candidates: Vec<Candidate> = self.credentials().iter().map(candidate).collect();
        let matches = request.matches(&candidates);
        let asks = matches
            .queries()
            .iter()
            .map(|query| Ask {
                query: query.query().to_owned(),
                several: query.multiple(),
                options: query
                    .answers()
                    .iter()
                    .filter_map(|answer| self.option(answer))
                    .collect(),
            })
            .collect();
        RequestReview {
            request,
            matches,
            asks,
        }
    }

    fn option(&self, answer: &Answer) -> Option<ShareOption> {
        let held = self.credential(answer.candidate())?;
        let shown = shown(held, answer);
        let shared = shown
            .iter()
            .flat_map(|(name, value)| flatten(name, value))
            .collect();
        let hidden = subject(held.format, &held.claims)
            .keys()
            .filter(|name| !shown.contains_key(*name) && !is_technical(name))
            .cloned()
            .collect();
        Some(ShareOption {
            id: held.id.clone(),
            name: held.name.clone(),
            issuer: held.issuer_name.clone(),
            shared,
            hidden,
            copies_left: held.copies_left(),
            whole: answer.whole(),
        })
    }

    fn note_outcome(&mut self, ended: Outcome) {
        if let Some(last) = self.contents.history.last_mut()
            && let Event::Presented { outcome, .. } = &mut last.event
        {
            *outcome = ended;
        }
    }
}

/// What the Holder decides upon: who asks, for what, and what would be shared.
pub struct RequestReview {
    request: Authenticated,
    matches: Matches,
    asks: Vec<Ask>,
}

impl RequestReview {
    /// Who asks: the Client Identifier, which is what the answer is bound to.
    #[must_use]
    pub fn verifier(&self) -> &str {
        self.request.verifier().as_str()
    }

    /// What the Verifier calls itself. Its own word.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.request.name()
    }

    /// Why the Verifier says that it asks. Its own word.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.request.purpose()
    }

    /// The DID that signed the request; `None` when nobody vouches for the Verifier.
    #[must_use]
    pub fn authenticated_did(&self) -> Option<String> {
        match self.request.authentication() {
            Authentication::Did(did) => Some(did.to_string()),
            Authentication::Nobody => None,
        }
    }

    /// Where the answer goes.
    #[must_use]
    pub fn response_uri(&self) -> &Url {
        self.request.response_uri()
    }

    /// What is asked for, and with what the wallet could answer.
    #[must_use]
    pub fn asks(&self) -> &[Ask] {
        &self.asks
    }

    /// What is required and cannot be answered; `None` when the request can be answered.
    #[must_use]
    pub fn missing(&self) -> Option<Vec<String>> {
        self.matches.missing()
    }

    /// The Credentials that a choice would present, as shown to the Holder: exactly this is sent.
    ///
    /// # Errors
    /// [`PresentError::Selection`] when the choice does not answer the request.
    pub fn chosen(
        &self,
        choice: Option<&[(&str, &str)]>,
    ) -> Result<Vec<&ShareOption>, PresentError> {
        let selection = self.select(choice)?;
        Ok(selection
            .chosen()
            .iter()
            .filter_map(|chosen| self.option(chosen.query(), chosen.answer().candidate()))
            .collect())
    }

    fn select(&self, choice: Option<&[(&str, &str)]>) -> Result<Selection, PresentError> {
        Ok(match choice {
            Some(choice) => self.matches.select(choice)?,
            None => self.matches.preferred()?,
        })
    }

    fn option(&self, query: &str, id: &str) -> Option<&ShareOption> {
        let ask = self.asks.iter().find(|ask| ask.query == query)?;
        ask.options.iter().find(|option| option.id == id)
    }

    fn shared(&self, selection: &Selection) -> Vec<SharedCredential> {
        selection
            .chosen()
            .iter()
            .filter_map(|chosen| self.option(chosen.query(), chosen.answer().candidate()))
            .map(|option| SharedCredential {
                credential: option.name.clone(),
                claims: option.shared.iter().map(|(path, _)| path.clone()).collect(),
            })
            .collect()
    }
}

/// One credential query of a request, and the Credentials that answer it.
pub struct Ask {
    /// The identifier that the Verifier gave it.
    pub query: String,
    /// Whether more than one may be chosen.
    pub several: bool,
    /// The Credentials that answer.
    pub options: Vec<ShareOption>,
}

/// A Credential that could be shared, and what the Verifier would see of it.
pub struct ShareOption {
    /// Its identifier in this wallet.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The Issuer's name.
    pub issuer: String,
    /// The claims that would be shown, with their values.
    pub shared: Vec<(String, Value)>,
    /// The names of the claims that would stay hidden.
    pub hidden: Vec<String>,
    /// How many unused copies there are.
    pub copies_left: usize,
    /// Whether the format cannot hide anything.
    pub whole: bool,
}

/// What became of a Presentation.
#[derive(Debug)]
pub struct Presented {
    /// Where the Holder's browser shall go on. It carries a secret.
    pub redirect_uri: Option<Url>,
}

/// A Credential as far as a query can see it.
fn candidate(held: &HeldCredential) -> Candidate {
    Candidate {
        id: held.id.clone(),
        format: held.format.name().to_owned(),
        types: held.types.clone(),
        claims: Value::Object(held.claims.clone()),
        holder_bound: true,
        authority_key_ids: held.authority_key_ids.clone(),
    }
}

fn lend<'a>(used: &'a BTreeMap<String, (String, SigningKey)>, id: &str) -> Option<Holding<'a>> {
    used.get(id).map(|(credential, key)| Holding {
        credential,
        key: Some(key),
    })
}

/// What the Verifier would learn, computed as the Verifier computes it.
fn shown(held: &HeldCredential, answer: &Answer) -> Map<String, Value> {
    let mut shown = match (held.format, held.copies.last()) {
        (Format::SdJwtVc, Some(OneTimeCopy { credential, .. })) => {
            let places: Vec<_> = answer
                .places()
                .iter()
                .map(machine::disclosure_path)
                .collect();
            let selected = Held::parse(credential.expose()).ok();
            let selected = selected.and_then(|one| one.select(&places).ok());
            selected
                .and_then(|one| one.claims().ok())
                .unwrap_or_else(|| held.claims.clone())
        }
        (Format::SdJwtVc, None) | (Format::JwtVcJson, _) => held.claims.clone(),
    };
    shown = subject(held.format, &shown).clone();
    shown.retain(|name, _| !is_technical(name));
    shown
}

/// Where the claims about the Holder stand.
fn subject(format: Format, claims: &Map<String, Value>) -> &Map<String, Value> {
    match (format, claims.get("credentialSubject")) {
        (Format::JwtVcJson, Some(Value::Object(subject))) => subject,
        _ => claims,
    }
}

/// Members that say how the Credential is made, and nothing about the person.
fn is_technical(name: &str) -> bool {
    TECHNICAL.contains(&name)
}

/// Leaves of a claim by their dotted paths.
fn flatten(name: &str, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .flat_map(|(member, value)| flatten(&format!("{name}.{member}"), value))
            .collect(),
        leaf => vec![(name.to_owned(), leaf.clone())],
    }
}

const TECHNICAL: [&str; 11] = [
    "@context", "cnf", "exp", "iat", "id", "iss", "jti", "nbf", "status", "sub", "vct",
];
