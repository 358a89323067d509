use std::fmt;

use credential::{Credential, Format};
use dcql::{AnsweredQuery, ClaimPath};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the Verifier learned: what it asked for, and nothing else that may have been sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Answer {
    /// When the answer was found to be good.
    pub answered_at: Timestamp,
    /// The credentials, in the order of their queries.
    pub credentials: Vec<AnsweredCredential>,
    /// How many claims the wallet disclosed although nobody asked: they were not kept.
    pub unasked: usize,
}

/// A credential that answered a credential query.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct AnsweredCredential {
    /// The credential query.
    pub query: String,
    /// The format that it came in.
    pub format: Format,
    /// Who issued it.
    pub issuer: String,
    /// The `vct`, or the W3C `type` values.
    pub types: Vec<String>,
    /// The claims that were asked for.
    pub claims: Vec<AnsweredClaim>,
    /// When it stops being valid, if it says so.
    pub valid_until: Option<Timestamp>,
}

/// A claim that was asked for.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct AnsweredClaim {
    /// The path that was asked for.
    pub path: ClaimPath,
    /// What it selects, at least one value.
    pub values: Vec<Value>,
}

impl Answer {
    /// Finds the first value of a claim by the credential query and the path.
    #[must_use]
    pub fn value(&self, query: &str, path: &ClaimPath) -> Option<&Value> {
        self.credentials
            .iter()
            .filter(|credential| credential.query == query)
            .flat_map(|credential| &credential.claims)
            .find(|claim| claim.path == *path)
            .and_then(|claim| claim.values.first())
    }
}

impl AnsweredCredential {
    pub(super) fn keep(answer: &AnsweredQuery, credential: &Credential, claims: &Value) -> Self {
        Self {
            query: answer.query.clone(),
            format: credential.format,
            issuer: credential.issuer.clone(),
            types: credential.types.clone(),
            claims: answer
                .values(claims)
                .map(|(path, values)| AnsweredClaim {
                    path: path.clone(),
                    values: values.into_iter().cloned().collect(),
                })
                .collect(),
            valid_until: credential.valid_until,
        }
    }
}

impl fmt::Debug for AnsweredCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnsweredCredential")
            .field("query", &self.query)
            .field("issuer", &self.issuer)
            .field("types", &self.types)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AnsweredClaim {
    /// Leaves the values out: logs must not hold them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)
    }
}
