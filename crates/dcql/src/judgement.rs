use serde_json::Value;

use crate::{Candidate, ClaimPath, DcqlQuery, FoundClaim, Mismatch};
use claim_path::Reading;

/// Judges whether what was presented answers the query (section 8.6, steps 2.2 and 3).
///
/// Every presentation has to answer the credential query under which it came, and together they
/// have to satisfy the query. `values` are enforced too, although a wallet need not.
///
/// # Errors
/// [`Shortfall`]: the wallet has to answer differently.
pub fn judge(query: &DcqlQuery, presented: &[Presented]) -> Result<Judgement, Shortfall> {
    let mut answers = Vec::with_capacity(presented.len());
    let mut unasked = Vec::new();
    for (position, presentation) in presented.iter().enumerate() {
        let id = presentation.query.as_str();
        let asked = query
            .credential(id)
            .filter(|_| query.wants(id))
            .ok_or(Shortfall::NotAskedFor)?;
        let before = presented.get(..position).unwrap_or_default();
        if !asked.multiple() && before.iter().any(|other| other.query == id) {
            return Err(Shortfall::TooMany(id.to_owned()));
        }
        let claims = asked
            .examine(&presentation.credential, Reading::Disclosed)
            .map_err(|reason| Shortfall::Mismatch {
                query: id.to_owned(),
                reason,
            })?;
        for place in &presentation.disclosed {
            if !is_asked(query, &presentation.credential, place) {
                unasked.push(UnaskedClaim {
                    presentation: position,
                    place: place.clone(),
                });
            }
        }
        answers.push(AnsweredQuery {
            query: id.to_owned(),
            presentation: position,
            claims,
        });
    }
    let has = |id: &str| presented.iter().any(|one| one.query == id);
    match query.missing(has) {
        None => Ok(Judgement { answers, unasked }),
        Some(missing) => Err(Shortfall::Missing(missing)),
    }
}

/// A presentation whose signatures were verified before.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The credential query under which it came: its key in the `vp_token`.
    pub query: String,
    /// The credential as disclosed.
    pub credential: Candidate,
    /// The places of the claims that the Holder disclosed selectively; empty for a format that
    /// cannot.
    pub disclosed: Vec<ClaimPath>,
}

/// A query that was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// One entry per presentation, in their order.
    pub answers: Vec<AnsweredQuery>,
    /// Claims that were disclosed although nobody asked for them: not to be kept.
    pub unasked: Vec<UnaskedClaim>,
}

/// A presentation that answers a credential query.
#[derive(Clone, Debug, PartialEq)]
pub struct AnsweredQuery {
    /// The credential query.
    pub query: String,
    /// The position of the presentation.
    pub presentation: usize,
    /// The claims that were asked for and where they stand.
    pub claims: Vec<FoundClaim>,
}

/// A claim that nobody asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct UnaskedClaim {
    /// The position of the presentation.
    pub presentation: usize,
    /// Its place.
    pub place: ClaimPath,
}

/// Why what was presented does not answer the query.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Shortfall {
    /// A presentation does not answer the credential query under which it came.
    #[error("the presentation for {query} does not answer it: {reason}")]
    Mismatch {
        /// The credential query.
        query: String,
        /// What is wrong.
        reason: Mismatch,
    },
    /// Nothing was presented for something that is required.
    #[error("nothing was presented for {}", .0.join(" and "))]
    Missing(Vec<String>),
    /// A presentation came under an identifier that the query does not ask for.
    #[error("something was presented that was not asked for")]
    NotAskedFor,
    /// Several presentations came where one is asked for.
    #[error("more than one presentation was sent for {0}")]
    TooMany(String),
}

impl AnsweredQuery {
    /// Pairs each claim that was asked for with its values in the presented credential.
    pub fn values<'a>(
        &'a self,
        claims: &'a Value,
    ) -> impl Iterator<Item = (&'a ClaimPath, Vec<&'a Value>)> {
        self.claims.iter().map(|claim| {
            let values = claim.places.iter().filter_map(|place| place.get(claims));
            (&claim.asked, values.collect())
        })
    }
}

/// Says whether any credential query that the credential could answer asks for a place: one
/// presentation may serve several queries (section 6.4).
fn is_asked(query: &DcqlQuery, credential: &Candidate, place: &ClaimPath) -> bool {
    query
        .credentials()
        .iter()
        .filter(|asked| asked.meta().format() == credential.format)
        .filter(|asked| asked.meta().examine(&credential.types).is_ok())
        .flat_map(|asked| asked.claims())
        .any(|claim| claim.path().covers(place))
}
