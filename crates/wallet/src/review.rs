use dcql::{Answer, Matches, Selection};
use openid4vp::wallet::{Authenticated, Authentication};
use serde_json::Value;
use url::Url;

use crate::error::PresentError;
use crate::history::SharedCredential;
use crate::insight;
use crate::wallet::Wallet;

/// What the Holder decides upon: who asks, for what, and what would be shared.
pub struct RequestReview {
    pub(crate) request: Authenticated,
    matches: Matches,
    asks: Vec<Ask>,
}

impl RequestReview {
    /// Finds what a wallet can answer. A Credential that can be presented now comes before one that
    /// has expired, or has no copy left.
    pub(crate) fn new(request: Authenticated, wallet: &Wallet) -> Self {
        let now = wallet.now();
        let mut held: Vec<_> = wallet.credentials().iter().collect();
        held.sort_by_key(|held| held.expired(now) || held.copies_left() == 0);
        let candidates: Vec<_> = held.into_iter().map(insight::candidate).collect();
        let matches = request.matches(&candidates);
        let option = |answer: &Answer| {
            let held = wallet.credential(answer.candidate())?;
            Some(ShareOption {
                id: held.id.clone(),
                name: held.name.clone(),
                issuer: held.issuer_name.clone(),
                shared: insight::shared(held, answer),
                identifiers: insight::identifiers(held),
                hidden: insight::hidden(held, answer),
                copies_left: held.copies_left(),
                expired: held.expired(now),
                whole: answer.whole(),
            })
        };
        let asks = matches
            .queries()
            .iter()
            .map(|query| Ask {
                query: query.query().to_owned(),
                wanted: request
                    .query()
                    .credential(query.query())
                    .map(insight::wanted)
                    .unwrap_or_default(),
                several: query.multiple(),
                options: query.answers().iter().filter_map(option).collect(),
            })
            .collect();
        Self {
            request,
            matches,
            asks,
        }
    }

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

    /// The choice, as pairs of a credential query and a Credential, in which these Credentials
    /// stand where they can, and the preferred ones elsewhere.
    ///
    /// # Errors
    /// [`PresentError::NotAnAnswer`] when one of them answers nothing that is asked, and
    /// [`PresentError::Selection`] when something required is missing.
    pub fn choice_with(&self, ids: &[String]) -> Result<Vec<(&str, &str)>, PresentError> {
        let mut choice: Vec<(&str, &str)> = Vec::new();
        for ask in &self.asks {
            let named = ask.options.iter().filter(|one| ids.contains(&one.id));
            let most = if ask.several { usize::MAX } else { 1 };
            choice.extend(
                named
                    .take(most)
                    .map(|one| (ask.query.as_str(), one.id.as_str())),
            );
        }
        if let Some(id) = ids
            .iter()
            .find(|id| choice.iter().all(|(_, chosen)| chosen != id))
        {
            return Err(PresentError::NotAnAnswer { id: id.clone() });
        }
        if self.matches.select(&choice).is_ok() {
            return Ok(choice);
        }
        let preferred = self.matches.preferred()?;
        for chosen in preferred.chosen() {
            let query = chosen.query();
            let option = self.option(query, chosen.answer().candidate());
            if let Some((ask, option)) = option
                && choice.iter().all(|(answered, _)| *answered != query)
            {
                choice.push((&ask.query, &option.id));
            }
        }
        Ok(choice)
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
        Ok(self.options(&selection).collect())
    }

    pub(crate) fn select(
        &self,
        choice: Option<&[(&str, &str)]>,
    ) -> Result<Selection, PresentError> {
        Ok(match choice {
            Some(choice) => self.matches.select(choice)?,
            None => self.matches.preferred()?,
        })
    }

    pub(crate) fn shared(&self, selection: &Selection) -> Vec<SharedCredential> {
        self.options(selection)
            .map(|option| SharedCredential {
                credential: option.name.clone(),
                claims: option.shared.iter().map(|(path, _)| path.clone()).collect(),
            })
            .collect()
    }

    fn options<'a>(&'a self, selection: &Selection) -> impl Iterator<Item = &'a ShareOption> {
        selection
            .chosen()
            .iter()
            .filter_map(|chosen| self.option(chosen.query(), chosen.answer().candidate()))
            .map(|(_, option)| option)
    }

    fn option(&self, query: &str, id: &str) -> Option<(&Ask, &ShareOption)> {
        let ask = self.asks.iter().find(|ask| ask.query == query)?;
        let option = ask.options.iter().find(|option| option.id == id)?;
        Some((ask, option))
    }
}

/// One credential query of a request, and the Credentials that answer it.
pub struct Ask {
    /// The identifier that the Verifier gave it.
    pub query: String,
    /// What it asks for.
    pub wanted: Wanted,
    /// Whether more than one may be chosen.
    pub several: bool,
    /// The Credentials that answer, those that can be presented now first.
    pub options: Vec<ShareOption>,
}

/// What a credential query asks for, in words that the Verifier chose.
#[derive(Default)]
pub struct Wanted {
    /// The types of Credential that would do.
    pub types: Vec<String>,
    /// The claims, as paths. None asks for no claim in particular.
    pub claims: Vec<String>,
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
    /// What would be shown beside them and names the Credential itself (`id`, `jti`): unique, so
    /// that Verifiers who compare notes know it again unless each copy has its own.
    pub identifiers: Vec<(String, Value)>,
    /// The names of the claims that would stay hidden.
    pub hidden: Vec<String>,
    /// How many unused copies there are.
    pub copies_left: usize,
    /// Whether its copies are not valid any more.
    pub expired: bool,
    /// Whether the format cannot hide anything.
    pub whole: bool,
}
