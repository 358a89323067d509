//! The status of what was issued over the interface of W3C's test suites.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use credential::Purpose;
use credential::mechanism::Secured;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use service::{Problem, ProblemDocument};
use utoipa::ToSchema;

use super::{Refused, read};
use crate::app::App;
use crate::topic::Topic;
use crate::usecases::mechanism_status::{EntryChange, StatusChange, StatusTaskError};

/// Sets or clears statuses of a credential that was issued with `statusPurposes`, by its
/// `credentialId`: all that are named, or none.
#[utoipa::path(post, path = "/credentials/status", tag = "VC API", security(("admin" = []), ()),
    request_body = StatusMessage,
    responses(
        (status = 200, description = "changed, and published"),
        Refused))]
pub(in crate::http) async fn change(State(app): State<App>, body: Bytes) -> Response {
    changed(&app, None, &body).await
}

/// The same, of credentials that this mechanism secures.
#[utoipa::path(post, path = "/mechanisms/{mechanism}/credentials/status", tag = "VC API",
    security(("admin" = []), ()),
    params(("mechanism" = String, Path, description = "a name of `/mechanisms`")),
    request_body = StatusMessage,
    responses(
        (status = 200, description = "changed, and published"),
        Refused))]
pub(in crate::http) async fn change_by(
    State(app): State<App>,
    Path(mechanism): Path<String>,
    body: Bytes,
) -> Response {
    changed(&app, Some(mechanism), &body).await
}

/// A Bitstring Status List Credential of this mechanism, signed now. For everybody.
#[utoipa::path(get, path = "/mechanisms/{mechanism}/status/{topic}", tag = "VC API",
    params(
        ("mechanism" = String, Path, description = "a name of `/mechanisms`"),
        ("topic" = String, Path, description = "`revocation`, `suspension`, or `message-` and \
            the number of bits of an entry")),
    responses(
        (status = 200, content_type = "application/vc", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json")))]
pub(in crate::http) async fn list(
    State(app): State<App>,
    Path((mechanism, topic)): Path<(String, String)>,
) -> Response {
    let listed = async {
        let topic = Topic::parse(&topic).ok_or(Refused::NotFound)?;
        Ok::<_, Refused>(app.status_credential(&mechanism, topic).await?)
    };
    match listed.await {
        Ok(Secured::Object(members)) => {
            ([(CONTENT_TYPE, "application/vc")], Json(members)).into_response()
        }
        Ok(Secured::Token {
            media_type, text, ..
        }) => ([(CONTENT_TYPE, media_type)], text).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// A change of status.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::http) struct StatusMessage {
    /// The name under which the credential was issued.
    credential_id: String,
    /// Which statuses.
    credential_status: EntriesMessage,
    /// The value of those that state none of their own; set unless given.
    #[serde(default)]
    status: ValueMessage,
}

/// One status, or several, each with another purpose.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum EntriesMessage {
    One(StatusEntryMessage),
    Several(Vec<StatusEntryMessage>),
}

/// Which status of a credential.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StatusEntryMessage {
    /// `BitstringStatusListEntry`.
    #[serde(rename = "type")]
    kind: String,
    /// `revocation`, `suspension` or `message`.
    status_purpose: String,
    /// The value that it has from now on.
    status: Option<ValueMessage>,
    /// As the credential says.
    status_list_credential: Option<String>,
    /// As the credential says.
    status_list_index: Option<String>,
    /// As the credential says; not looked at.
    #[serde(rename = "id")]
    _id: Option<String>,
}

/// The value of a status: set or not, a number, or either as text, also in hexadecimal (`0x2`).
#[derive(Clone, Deserialize, ToSchema)]
#[serde(untagged)]
enum ValueMessage {
    Flag(bool),
    Number(u8),
    Text(String),
}

impl Default for ValueMessage {
    fn default() -> Self {
        Self::Flag(true)
    }
}

impl ValueMessage {
    fn value(&self) -> Option<u8> {
        match self {
            Self::Flag(set) => Some(u8::from(*set)),
            Self::Number(value) => Some(*value),
            Self::Text(text) => match (text.as_str(), text.strip_prefix("0x")) {
                ("false", _) => Some(0),
                ("true", _) => Some(1),
                (_, Some(digits)) => u8::from_str_radix(digits, 16).ok(),
                (digits, None) => digits.parse().ok(),
            },
        }
    }
}

impl StatusEntryMessage {
    fn change(self, status: &ValueMessage) -> Result<EntryChange, Refused> {
        let purpose = purpose_of(&self.status_purpose).filter(|_| self.kind == ENTRY);
        let value = self.status.as_ref().unwrap_or(status).value();
        Ok(EntryChange {
            purpose: purpose.ok_or_else(|| Refused::malformed("there is no such status"))?,
            list: self.status_list_credential,
            index: self.status_list_index,
            value: value.ok_or_else(|| Refused::malformed("the status has no such value"))?,
        })
    }
}

async fn changed(app: &App, mechanism: Option<String>, body: &[u8]) -> Response {
    let change = async {
        let message: StatusMessage = read(body)?;
        let entries = match message.credential_status {
            EntriesMessage::One(one) => vec![one],
            EntriesMessage::Several(several) => several,
        };
        let entries = entries.into_iter().map(|one| one.change(&message.status));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let purposes: BTreeSet<Purpose> = entries.iter().map(|one| one.purpose).collect();
        if entries.is_empty() || purposes.len() != entries.len() {
            return Err(Refused::malformed("each status is to be named once"));
        }
        let change = StatusChange {
            id: message.credential_id,
            mechanism,
            entries,
        };
        Ok::<_, Refused>(app.change_status(&change).await?)
    };
    match change.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// The purposes that a credential is issued with here.
pub(super) fn purpose_of(name: &str) -> Option<Purpose> {
    Purpose::parse(name).filter(|one| *one != Purpose::Refresh)
}

impl From<StatusTaskError> for Refused {
    fn from(error: StatusTaskError) -> Self {
        match error {
            StatusTaskError::Known => Self::Plain(Problem::Conflict(
                "the `credentialId` was given before".into(),
            )),
            StatusTaskError::Refused(problem) => Self::wrong(problem),
            StatusTaskError::Store(error) => Self::Plain(Problem::unavailable(error)),
            StatusTaskError::Task(error) => error.into(),
        }
    }
}

/// The type of a status (Bitstring Status List 1.0, section 2.1).
const ENTRY: &str = "BitstringStatusListEntry";
