use std::collections::BTreeMap;

use credential::data_integrity::Cryptosuite;
use dcql::{DcqlQuery, Meta};
use netcert::ContextError;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::endpoint;
use crate::scopes::NumberScopes;

/// What a Verifier asks for, and whom it believes. A session keeps the policy under which it was
/// made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The name under which the Verifier knows it.
    pub name: String,
    /// What the Verifier calls itself to Holders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Why it asks, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What it asks for.
    pub query: DcqlQuery,
    /// The identifiers of the Issuers that it believes: `iss` or `issuer` values, DIDs, or subjects
    /// of certificates. Nobody else's keys are looked up.
    pub issuers: Vec<String>,
    /// The Issuers that it believes for one credential query, by its `id`, instead of `issuers`:
    /// one Issuer may not vouch for what only another one can know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query_issuers: BTreeMap<String, Vec<String>>,
    /// The cryptosuites that it takes of Credentials with Data Integrity proofs (`ldp_vc`); every one
    /// that is known here, if it names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptosuites: Vec<Cryptosuite>,
    /// The scopes that the Verifier publishes, among them the one in which the query asks for a
    /// number.
    #[serde(default, skip_serializing_if = "NumberScopes::is_empty")]
    pub scopes: NumberScopes,
    /// Where the wallet is.
    pub flow: Flow,
    /// How long a request can be answered, and a result be taken: 10 to 86,400 seconds.
    pub ttl_seconds: u32,
    /// Whether a status list past its time to live is still believed, until it expires.
    #[serde(default)]
    pub accept_stale_status: bool,
    /// Messages with which no credential is taken (Bitstring Status List 1.0, the purpose `message`),
    /// in the words of the Issuer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_messages: Vec<String>,
}

/// Where the wallet is (section 3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// On another device than the browser: the Verifier polls.
    CrossDevice,
    /// On the device of the browser, which the wallet sends on (section 14.2): the result can be
    /// read only with the `response_code` that is added to this address as a query parameter.
    SameDevice {
        /// Where the browser goes on.
        redirect_uri: Url,
    },
}

/// Why a policy is refused: whoever wrote it has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// It names cryptosuites, and asks for no credential that could have one.
    #[error("the policy names cryptosuites and asks for no ldp_vc")]
    Cryptosuites,
    /// It believes no Issuer, or none for one of its credential queries.
    #[error("the policy trusts no issuer, or none for one of its credential queries")]
    Issuers,
    /// It asks for a number as somebody who cannot have one.
    #[error("the policy cannot ask for a number: {0}")]
    Pseudonym(#[from] ContextError),
    /// It names Issuers for a credential query that it does not have.
    #[error("the policy names issuers for a credential query that it does not have")]
    Query,
    /// The address to go on at is not https, or has a fragment.
    #[error("the policy's redirect_uri is not an https address without fragment")]
    RedirectUri,
    /// It asks for a number in a scope that the Verifier does not publish.
    #[error("the policy asks for a number in a scope that is not published")]
    Scope,
    /// The time to live is out of bounds.
    #[error("the policy's ttl_seconds is not between 10 and 86400")]
    TimeToLive,
}

impl Policy {
    /// Checks what the types do not say.
    ///
    /// # Errors
    /// [`PolicyError`]
    pub fn check(&self, dev_loopback: bool) -> Result<(), PolicyError> {
        if self.issuers.is_empty() || self.query_issuers.values().any(Vec::is_empty) {
            return Err(PolicyError::Issuers);
        }
        if (self.query_issuers.keys()).any(|id| self.query.credential(id).is_none()) {
            return Err(PolicyError::Query);
        }
        let scope = self
            .query
            .pseudonym()
            .and_then(|asked| asked.scope.as_deref());
        if scope.is_some_and(|scope| self.scopes.find(scope).is_none()) {
            return Err(PolicyError::Scope);
        }
        let asks_for_proofs = || {
            let mut asked = self.query.credentials().iter();
            asked.any(|query| matches!(query.meta(), Meta::LdpVc { .. }))
        };
        if !self.cryptosuites.is_empty() && !asks_for_proofs() {
            return Err(PolicyError::Cryptosuites);
        }
        if let Flow::SameDevice { redirect_uri } = &self.flow
            && endpoint::parse(redirect_uri.as_str(), dev_loopback).is_none()
        {
            return Err(PolicyError::RedirectUri);
        }
        if !(10..=86_400).contains(&self.ttl_seconds) {
            return Err(PolicyError::TimeToLive);
        }
        Ok(())
    }

    /// Says whether it takes Credentials with proofs of these cryptosuites.
    pub(crate) fn takes(&self, suites: &[Cryptosuite]) -> bool {
        let taken = &self.cryptosuites;
        taken.is_empty() || suites.iter().all(|suite| taken.contains(suite))
    }

    /// Says whether an Issuer is believed about what a credential query asks for.
    pub(crate) fn trusts(&self, query: &str, issuer: &str) -> bool {
        let believed = self.query_issuers.get(query).unwrap_or(&self.issuers);
        believed.iter().any(|trusted| trusted == issuer)
    }
}
