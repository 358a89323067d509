use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strict_json::{JsonError, Limits};

use super::{ErrorCode, FormError, Parameters};

/// What a wallet posts to the `response_uri` (OpenID4VP 1.0, sections 8.2 and 8.5).
#[derive(Clone)]
pub enum AuthorizationResponse {
    /// The wallet does not present anything.
    Error {
        /// The code, if it is a known one.
        error: Option<ErrorCode>,
        /// The `state` of the request.
        state: Option<String>,
    },
    /// The wallet presents.
    Presentation {
        /// The `state` of the request.
        state: Option<String>,
        /// The presentations.
        vp_token: VpToken,
    },
}

/// The presentations, by the credential query that they answer (section 8.1): strings or objects,
/// as their formats say.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct VpToken(pub BTreeMap<String, Vec<Value>>);

/// Why a Response cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ResponseError {
    /// It holds both an error and presentations.
    #[error("the response is both an error and an answer")]
    Both,
    /// The body is not a form.
    #[error("the response is not a form: {0}")]
    Form(#[from] FormError),
    /// It holds neither an error nor presentations, or is encrypted.
    #[error("the response has no vp_token")]
    Missing,
    /// The `vp_token` is not an object of arrays of strings and objects, none of them empty.
    #[error("the vp_token cannot be read: {0}")]
    VpToken(#[from] JsonError),
}

impl AuthorizationResponse {
    /// Reads the form.
    ///
    /// # Errors
    /// [`ResponseError`]
    pub fn parse(body: &[u8]) -> Result<Self, ResponseError> {
        let form = Parameters::parse(body)?;
        let state = form.get("state").map(str::to_owned);
        match (form.get("error"), form.get("vp_token")) {
            (None, None) => Err(ResponseError::Missing),
            (None, Some(vp_token)) => {
                let vp_token: VpToken =
                    strict_json::from_slice(vp_token.as_bytes(), Limits::default())?;
                if vp_token.0.is_empty() || !vp_token.0.values().all(|one| are_presentations(one)) {
                    return Err(JsonError::Shape { line: 0, column: 0 }.into());
                }
                Ok(Self::Presentation { state, vp_token })
            }
            (Some(error), None) => Ok(Self::Error {
                error: ErrorCode::parse(error),
                state,
            }),
            (Some(_), Some(_)) => Err(ResponseError::Both),
        }
    }

    /// Writes the form.
    ///
    /// A presentation that is an object may hide what was not asked for. Its length is hidden too: the form is filled up to a whole number of KiB by a parameter
    /// `padding`, which Verifiers ignore as they ignore all that they do not know (RFC 6749,
    /// section 3.1).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut form = Parameters::default();
        let mut padded = false;
        let state = match self {
            Self::Error { error, state } => {
                let code = error.unwrap_or(ErrorCode::ServerError);
                form.push("error", code.name());
                state
            }
            Self::Presentation { state, vp_token } => {
                padded = vp_token.0.values().flatten().any(Value::is_object);
                // A map of JSON values is always JSON.
                form.push(
                    "vp_token",
                    serde_json::to_string(vp_token).unwrap_or_default(),
                );
                state
            }
        };
        if let Some(state) = state {
            form.push("state", state);
        }
        if padded {
            let length = form.encode().len() + PADDING.len() + "&=".len();
            form.push(PADDING, "A".repeat(length.next_multiple_of(KIB) - length));
        }
        form.encode()
    }

    pub(crate) fn state(&self) -> Option<&str> {
        match self {
            Self::Error { state, .. } | Self::Presentation { state, .. } => state.as_deref(),
        }
    }
}

fn are_presentations(entries: &[Value]) -> bool {
    !entries.is_empty()
        && entries
            .iter()
            .all(|entry| entry.is_string() || entry.is_object())
}

const KIB: usize = 1024;
const PADDING: &str = "padding";
