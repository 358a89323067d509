use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use strict_json::{JsonError, Limits};

use super::{ClientMetadata, Parameters};

/// An Authorization Request (OpenID4VP 1.0, sections 5.1, 5.2 and 8.2): the payload of a Request
/// Object, or the parameters of a link.
///
/// Unknown parameters are ignored. `iss` is, too (section 5).
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct AuthorizationRequest {
    /// Who shall read the Request Object (section 5.8): a string or an array of strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Value>,
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What the Verifier supports, and what it says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<ClientMetadata>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dcql_query: Option<dcql::messages::DcqlQuery>,
    /// When the Request Object expires, in seconds (RFC 7519).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<Number>,
    /// When the Request Object was made, in seconds (RFC 7519).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<Number>,
    /// When the Request Object becomes valid, in seconds (RFC 7519).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<Number>,
    /// Binds the presentations to this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Why the Verifier asks, in words for people. Not in the specification, which permits further
    /// parameters and recommends to tell the purpose (section 15.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Forbidden with `direct_post` (section 8.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// A Request Object by value (RFC 9101).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Where the Request Object is (RFC 9101).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_uri: Option<String>,
    /// How to get it: `get` or `post`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_uri_method: Option<String>,
    /// How to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_mode: Option<String>,
    /// What to answer with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_type: Option<String>,
    /// Where to send the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_uri: Option<String>,
    /// A name for a query that both sides know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Goes along with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// A transaction to be authorized; never to be ignored (section 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_data: Option<Value>,
    /// The wallet's nonce, given back (section 5.10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet_nonce: Option<String>,
}

impl AuthorizationRequest {
    /// Reads the parameters of a link, of which some are JSON (section 5.1).
    ///
    /// # Errors
    /// [`JsonError`] when a parameter that is JSON cannot be read.
    pub fn from_parameters(parameters: &Parameters) -> Result<Self, JsonError> {
        Self::from_members(Self::members(parameters)?)
    }

    /// Reads the members of a Request Object, or of a link.
    pub(crate) fn from_members(members: Map<String, Value>) -> Result<Self, JsonError> {
        let shape = JsonError::Shape { line: 0, column: 0 };
        serde_json::from_value(Value::Object(members)).map_err(|_| shape)
    }

    /// Reads the parameters of a link, unknown ones too.
    pub(crate) fn members(parameters: &Parameters) -> Result<Map<String, Value>, JsonError> {
        let mut members = Map::new();
        for (name, text) in parameters.iter() {
            let value = match name {
                "client_metadata" | "dcql_query" | "transaction_data" => {
                    strict_json::parse(text.as_bytes(), Limits::default())?
                }
                // Times are for Request Objects; a parameter of that name is an unknown one.
                "exp" | "iat" | "nbf" => continue,
                _ => Value::from(text),
            };
            members.insert(name.to_owned(), value);
        }
        Ok(members)
    }

    /// Writes the parameters of a link.
    #[must_use]
    pub fn into_parameters(self) -> Parameters {
        let mut parameters = Parameters::default();
        if let Ok(Value::Object(members)) = serde_json::to_value(self) {
            for (name, value) in members {
                match value {
                    Value::String(text) => parameters.push(&name, text),
                    other => parameters.push(&name, other.to_string()),
                }
            }
        }
        parameters
    }
}
