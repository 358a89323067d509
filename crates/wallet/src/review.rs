use dcql::{Answer, CredentialQuery, Matches, Mismatch, Selection};
use did::DidDocument;
use jiff::Timestamp;
use openid4vp::wallet::{Authenticated, Authentication};
use serde_json::Value;
use url::Url;

use crate::error::PresentError;
use crate::history::SharedCredential;
use crate::insight;
use crate::net::{Allowances, Asked, Asker, Crowd, Lent, NetCertificate, NetShare};
use crate::wallet::{Wallet, WalletError};

/// What the Holder decides upon: who asks, for what, and what would be shared.
pub struct RequestReview {
    pub(crate) request: Authenticated,
    pub(crate) allowances: Allowances,
    /// The DID document by which who asks was authenticated.
    pub(crate) document: Option<DidDocument>,
    matches: Matches,
    asks: Vec<Ask>,
}

impl RequestReview {
    /// Finds what a wallet can answer. Net Certificates come first, for nobody can link them; and
    /// what can be presented now comes before what has expired, or has no copy left.
    ///
    /// # Errors
    /// A [`WalletError`] when the copies cannot be read.
    pub(crate) fn new(
        request: Authenticated,
        allowances: Allowances,
        wallet: &Wallet,
    ) -> Result<Self, WalletError> {
        let now = wallet.now();
        let net = lend_all(wallet, now);
        let mut held: Vec<_> = wallet.credentials().iter().collect();
        held.retain(|held| request.reads_proofs(&held.cryptosuites));
        held.sort_by_key(|held| held.expired(now) || held.copies_left() == 0);
        let certificates = net
            .iter()
            .map(|(held, lent)| held.candidate(lent, allowances, now));
        let candidates: Vec<_> = certificates
            .chain(held.into_iter().map(insight::candidate))
            .collect();
        let matches = request.matches(&candidates);
        let option = |query: &str, answer: &Answer| -> Result<_, WalletError> {
            let id = answer.candidate();
            if let Some((held, lent)) = net.iter().find(|(held, _)| held.id == id) {
                let asks = |query: &CredentialQuery| query.meta().pseudonym().is_some();
                let asked = request.pseudonym();
                let asked = asked.filter(|_| request.query().credential(query).is_some_and(asks));
                let asker = Asker::online(request.verifier(), request.response_uri());
                let asked = asked.map(Asked::from);
                return Ok(Some(held.option(lent, answer, asked, asker, now)));
            }
            let Some(held) = wallet.credential(id) else {
                return Ok(None);
            };
            let next = wallet.next_copy(held)?;
            let shared = insight::shared(held, next.as_ref(), answer);
            Ok(Some(ShareOption {
                id: held.id.clone(),
                name: held.name.clone(),
                issuer: held.issuer_name.clone(),
                hidden: insight::hidden(held, &shared),
                shared,
                identifiers: insight::identifiers(held, next.as_ref()),
                copies_left: held.copies_left(),
                expired: held.expired(now),
                whole: answer.whole(),
                net: None,
            }))
        };
        let near_miss = |(id, mismatch): &(String, Mismatch)| {
            let certificate = net.iter().find(|(held, _)| held.id == *id);
            let name = match certificate {
                Some((held, _)) => &held.name,
                None => &wallet.credential(id)?.name,
            };
            Some(NearMiss {
                id: id.clone(),
                name: name.clone(),
                lack: insight::lack(mismatch)?,
            })
        };
        let resting = |wanted: &Wanted| {
            let flags = net.iter().flat_map(|(held, _)| held.resting(now));
            let flags = flags.filter(|(slot, _)| {
                let path = format!("credentialSubject.{slot}");
                !allowances.new_flags && wanted.claims.contains(&path)
            });
            flags
                .map(|(slot, until)| (slot.to_owned(), until))
                .collect()
        };
        let asks = matches
            .queries()
            .iter()
            .map(|query| {
                let asked = request.query().credential(query.query());
                let wanted = asked.map(insight::wanted).unwrap_or_default();
                let net = asked
                    .is_some_and(|asked| matches!(asked.meta(), dcql::Meta::NetCertificate { .. }));
                let options = query
                    .answers()
                    .iter()
                    .filter_map(|answer| option(query.query(), answer).transpose());
                let resting = if net { resting(&wanted) } else { Vec::new() };
                // What rests is said of it already.
                let rests = |miss: &NearMiss| match &miss.lack {
                    Lack::Claim(path) => resting.iter().any(|(flag, _)| path.ends_with(flag)),
                    _ => false,
                };
                let misses = query.mismatches().iter().filter_map(near_miss);
                Ok(Ask {
                    query: query.query().to_owned(),
                    near_misses: match query.answers() {
                        [] => misses.filter(|miss| !rests(miss)).collect(),
                        _ => Vec::new(),
                    },
                    resting,
                    wanted,
                    several: query.multiple(),
                    options: options.collect::<Result<_, WalletError>>()?,
                })
            })
            .collect::<Result<_, WalletError>>()?;
        Ok(Self {
            request,
            allowances,
            document: None,
            matches,
            asks,
        })
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

    /// Whether what a choice presents may go together: what [`Wallet::present`] would refuse, said
    /// before anybody is asked.
    ///
    /// # Errors
    /// [`PresentError::FewBesideNumber`] or [`PresentError::NameBesideNumber`];
    /// [`PresentError::Selection`] when the choice does not answer the request.
    pub fn permits(&self, choice: Option<&[(&str, &str)]>) -> Result<(), PresentError> {
        let selection = self.select(choice)?;
        may_go_together(self.options(&selection), self.allowances)
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

    pub(crate) fn options<'a>(
        &'a self,
        selection: &Selection,
    ) -> impl Iterator<Item = &'a ShareOption> {
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
    /// Flags that it asks for, that became true lately, and from when on they are shown.
    pub resting: Vec<(String, Timestamp)>,
    /// Whether more than one may be chosen.
    pub several: bool,
    /// The Credentials that answer, those that can be presented now first.
    pub options: Vec<ShareOption>,
    /// If none answers, those of the kind that is asked for.
    pub near_misses: Vec<NearMiss>,
}

/// A Credential of the kind that is asked for, which does not answer all the same. For the Holder
/// only: a Verifier that learned why would learn what it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NearMiss {
    /// Its identifier in this wallet.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why it does not answer.
    pub lack: Lack,
}

/// What a Credential lacks to answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lack {
    /// An authority behind it that would do.
    Authority,
    /// The claim with this path.
    Claim(String),
    /// A key that binds it to its Holder.
    HolderBinding,
    /// A value that would do, of the claim with this path.
    Value(String),
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
    /// How many unused copies there are; of a Net Certificate, which has no copies, none.
    pub copies_left: usize,
    /// Whether its copies are not valid any more.
    pub expired: bool,
    /// Whether the format cannot hide anything.
    pub whole: bool,
    /// What showing it means, for a Net Certificate. Of all else, copies can be recognised by the
    /// Issuer and the Verifier together.
    pub net: Option<NetShare>,
}

/// Refuses what puts a name to a number, or makes its Holder one of few, unless that is allowed. All
/// that one answer shows is of one person, so that both may stand in different certificates.
///
/// # Errors
/// [`PresentError::FewBesideNumber`] or [`PresentError::NameBesideNumber`].
pub(crate) fn may_go_together<'a>(
    options: impl IntoIterator<Item = &'a ShareOption>,
    allowances: Allowances,
) -> Result<(), PresentError> {
    let (mut number, mut few, mut named) = (false, false, false);
    for net in options.into_iter().filter_map(|option| option.net.as_ref()) {
        number |= net.number.is_some();
        few |= net.crowd.is_some_and(Crowd::is_small);
        named |= !net.naming.is_empty();
    }
    if allowances.name_beside_number {
        Ok(())
    } else if named {
        Err(PresentError::NameBesideNumber)
    } else if number && few {
        Err(PresentError::FewBesideNumber)
    } else {
        Ok(())
    }
}

/// The Net Certificates with what showing them takes.
pub(crate) fn lend_all(wallet: &Wallet, now: Timestamp) -> Vec<(&NetCertificate, Lent)> {
    let Ok(seed) = wallet.contents.seed() else {
        return Vec::new();
    };
    let held = wallet.net_certificates().iter();
    held.filter_map(|held| Some((held, held.lend(&seed, now)?)))
        .collect()
}
