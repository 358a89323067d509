//! The query as it travels (OpenID4VP 1.0, section 6): the specification's member names, nothing
//! checked. Unknown members are ignored, as section 6 demands.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The top level of a query (OpenID4VP 1.0, section 6).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DcqlQuery {
    /// The requested credentials.
    pub credentials: Vec<CredentialQuery>,
    /// Which combinations of them are acceptable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_sets: Option<Vec<CredentialSetQuery>>,
}

/// A Credential Query (OpenID4VP 1.0, section 6.1).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CredentialQuery {
    /// Names the query in the response and in `credential_sets`.
    pub id: String,
    /// The Credential Format Identifier.
    pub format: String,
    /// Whether several credentials may be returned; absent means `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple: Option<bool>,
    /// Constraints that depend on the format.
    pub meta: Map<String, Value>,
    /// The authorities that the verifier accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_authorities: Option<Vec<TrustedAuthoritiesQuery>>,
    /// Whether a proof of holder binding is required; absent means `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_cryptographic_holder_binding: Option<bool>,
    /// The requested claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimsQuery>>,
    /// Which combinations of them are acceptable, the preferred one first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_sets: Option<Vec<Vec<String>>>,
}

/// A Trusted Authorities Query (OpenID4VP 1.0, section 6.1.1).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TrustedAuthoritiesQuery {
    /// How `values` identify an authority.
    #[serde(rename = "type")]
    pub type_: String,
    /// The accepted identifiers.
    pub values: Vec<String>,
}

/// A Credential Set Query (OpenID4VP 1.0, section 6.2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CredentialSetQuery {
    /// Lists of credential query identifiers; one list satisfies the set.
    pub options: Vec<Vec<String>>,
    /// Whether the set has to be satisfied; absent means `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

/// A Claims Query (OpenID4VP 1.0, section 6.3).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ClaimsQuery {
    /// Names the claim in `claim_sets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The claims path pointer (section 7).
    pub path: Vec<Value>,
    /// The acceptable values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}
