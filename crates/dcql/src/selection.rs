use crate::{Candidate, ClaimPath, DcqlQuery, FoundClaim, Mismatch};
use claim_path::Reading;

/// Finds which of the Holder's credentials answer a query (section 6.4).
///
/// Candidates keep their order: the first one that answers is what [`Matches::preferred`] takes.
#[must_use]
pub fn match_candidates(query: &DcqlQuery, candidates: &[Candidate]) -> Matches {
    let queries = query
        .credentials()
        .iter()
        .map(|asked| {
            let mut answers = Vec::new();
            let mut mismatches = Vec::new();
            for candidate in candidates {
                match asked.examine(candidate, Reading::Whole) {
                    Ok(claims) => answers.push(Answer {
                        candidate: candidate.id.clone(),
                        claims,
                        whole: !candidate.selective,
                    }),
                    Err(mismatch) => mismatches.push((candidate.id.clone(), mismatch)),
                }
            }
            QueryMatches {
                query: asked.id().to_owned(),
                multiple: asked.multiple(),
                holder_binding: asked.requires_holder_binding(),
                answers,
                mismatches,
            }
        })
        .collect();
    Matches {
        asked: query.clone(),
        queries,
    }
}

/// What a wallet can answer to a query.
#[derive(Clone, Debug)]
pub struct Matches {
    asked: DcqlQuery,
    queries: Vec<QueryMatches>,
}

/// What a wallet can answer to one credential query.
#[derive(Clone, Debug)]
pub struct QueryMatches {
    query: String,
    multiple: bool,
    holder_binding: bool,
    answers: Vec<Answer>,
    mismatches: Vec<(String, Mismatch)>,
}

/// A credential that answers a credential query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    candidate: String,
    claims: Vec<FoundClaim>,
    whole: bool,
}

/// What shall be presented. Made only from [`Matches`], so that nothing else can be in it than
/// what the query asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    asked: DcqlQuery,
    chosen: Vec<Chosen>,
}

/// One credential that shall be presented.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    query: String,
    holder_binding: bool,
    answer: Answer,
}

/// Why a choice does not answer the query.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SelectionError {
    /// Something that is required was not chosen, or is not there.
    #[error("the query also needs {}", .0.join(" and "))]
    Missing(Vec<String>),
    /// The chosen credential does not answer the credential query.
    #[error("the chosen credential does not answer {0}")]
    NotAnAnswer(String),
    /// More than one credential was chosen where one is asked for.
    #[error("only one credential may answer {0}")]
    TooMany(String),
}

impl Matches {
    /// Returns the matches, one per credential query and in its order.
    #[must_use]
    pub fn queries(&self) -> &[QueryMatches] {
        &self.queries
    }

    /// Says whether the wallet can deliver everything that is required. When it cannot, it must
    /// not present anything (section 6.4.2).
    #[must_use]
    pub fn answerable(&self) -> bool {
        self.missing().is_none()
    }

    /// Names credential queries that are required and that nothing answers.
    #[must_use]
    pub fn missing(&self) -> Option<Vec<String>> {
        self.asked.missing(|id| self.has(id))
    }

    /// Chooses the least: of each required set the first option that can be delivered, of each
    /// credential query the first answer, and nothing optional.
    ///
    /// # Errors
    /// [`SelectionError::Missing`] when something required is not there.
    pub fn preferred(&self) -> Result<Selection, SelectionError> {
        let mut wanted: Vec<&str> = Vec::new();
        let sets = self.asked.credential_sets();
        if sets.is_empty() {
            wanted.extend(self.queries.iter().map(|one| one.query.as_str()));
        }
        for set in sets.iter().filter(|set| set.required()) {
            let option = set
                .options()
                .iter()
                .find(|ids| ids.iter().all(|id| self.has(id)));
            wanted.extend(option.into_iter().flatten().map(String::as_str));
        }
        let choice: Vec<(&str, &str)> = self
            .queries
            .iter()
            .filter(|one| wanted.contains(&one.query.as_str()))
            .filter_map(|one| Some((one.query.as_str(), one.answers.first()?.candidate())))
            .collect();
        self.select(&choice)
    }

    /// Takes the Holder's choice: pairs of a credential query and a candidate.
    ///
    /// # Errors
    /// [`SelectionError`] when a candidate does not answer its query, when there are too many, or
    /// when something required is missing.
    pub fn select(&self, choice: &[(&str, &str)]) -> Result<Selection, SelectionError> {
        let mut chosen: Vec<Chosen> = Vec::with_capacity(choice.len());
        for (query, candidate) in choice {
            let not_an_answer = || SelectionError::NotAnAnswer((*query).to_owned());
            let matches = self
                .queries
                .iter()
                .find(|one| one.query == *query && self.asked.wants(query))
                .ok_or_else(not_an_answer)?;
            let answer = matches
                .answers
                .iter()
                .find(|answer| answer.candidate == *candidate)
                .ok_or_else(not_an_answer)?;
            let taken = |other: &Chosen| {
                other.query == *query && (!matches.multiple || other.answer.candidate == *candidate)
            };
            if chosen.iter().any(taken) {
                return Err(SelectionError::TooMany((*query).to_owned()));
            }
            chosen.push(Chosen {
                query: matches.query.clone(),
                holder_binding: matches.holder_binding,
                answer: answer.clone(),
            });
        }
        let has = |id: &str| chosen.iter().any(|one| one.query == id);
        match self.asked.missing(has) {
            None => Ok(Selection {
                asked: self.asked.clone(),
                chosen,
            }),
            Some(missing) => Err(SelectionError::Missing(missing)),
        }
    }

    fn has(&self, id: &str) -> bool {
        self.queries
            .iter()
            .any(|one| one.query == id && !one.answers.is_empty())
    }
}

impl QueryMatches {
    /// Returns the identifier of the credential query.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Says whether several answers may be chosen.
    #[must_use]
    pub fn multiple(&self) -> bool {
        self.multiple
    }

    /// Returns the credentials that answer.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Returns the candidates that do not answer, and why. For the Holder only: a verifier that
    /// learned the reason would learn a claim's value (section 15.4.1).
    #[must_use]
    pub fn mismatches(&self) -> &[(String, Mismatch)] {
        &self.mismatches
    }
}

impl Answer {
    /// Returns the identifier of the candidate.
    #[must_use]
    pub fn candidate(&self) -> &str {
        &self.candidate
    }

    /// Returns the claims that were asked for and where they stand.
    #[must_use]
    pub fn claims(&self) -> &[FoundClaim] {
        &self.claims
    }

    /// Lists the concrete places to disclose, each once.
    #[must_use]
    pub fn places(&self) -> Vec<ClaimPath> {
        let mut places: Vec<ClaimPath> = self
            .claims
            .iter()
            .flat_map(|claim| claim.places.iter().cloned())
            .collect();
        places.sort();
        places.dedup();
        places
    }

    /// Says whether the credential cannot hide anything, so that the whole credential is shown.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.whole
    }
}

impl Selection {
    /// Says whether this is an answer to that very query, and not to another one.
    #[must_use]
    pub fn answers(&self, query: &DcqlQuery) -> bool {
        self.asked == *query
    }

    /// Returns what shall be presented.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }
}

impl Chosen {
    /// Returns the identifier of the credential query, the key in the `vp_token`.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Says whether a proof of holder binding has to go along.
    #[must_use]
    pub fn requires_holder_binding(&self) -> bool {
        self.holder_binding
    }

    /// Returns the credential and its claims.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}
