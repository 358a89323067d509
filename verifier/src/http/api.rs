use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;
use http::HeaderMap;
use keys::token::BearerToken;
use openid4vp::verifier::{Answer, Failure, Phase, TakeError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Problem, ProblemDocument};
use strict_json::Limits;
use utoipa::ToSchema;

use crate::app::App;
use crate::policy::{FlowKind, NamedPolicy};
use crate::trust::Refreshed;
use crate::usecases::request::{Created, RequestError, Wish};
use crate::usecases::result::{Outcome, Progress, ResultError};

/// Asks for a presentation by a policy.
#[utoipa::path(post, path = "/requests", tag = "Requests", security(("admin" = [])),
    request_body = RequestMessage,
    responses(
        (status = 200, body = CreatedMessage),
        (status = 401, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "no such policy, or not that flow")))]
pub(super) async fn create(
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<CreatedMessage>, Problem> {
    let message: RequestMessage = read(&body)?;
    let wish = Wish {
        flow: message.flow,
        language: message.language,
    };
    let created = app
        .request(&message.policy, &wish)
        .await
        .map_err(request_problem)?;
    Ok(Json(CreatedMessage::new(&created, message.qr)))
}

/// Lists what can be asked for.
#[utoipa::path(get, path = "/policies", tag = "Requests", security(("admin" = [])),
    responses((status = 200, body = PoliciesMessage), (status = 401, body = ProblemDocument)))]
pub(super) async fn policies(State(app): State<App>) -> Json<PoliciesMessage> {
    Json(PoliciesMessage {
        policies: app.policies().map(PolicyMessage::from).collect(),
    })
}

/// Fetches the status lists and epoch profiles of the trusted issuers now: so that a revocation
/// counts at once.
#[utoipa::path(post, path = "/refresh", tag = "Operations", security(("admin" = [])),
    responses((status = 200, body = Refreshed), (status = 401, body = ProblemDocument)))]
pub(super) async fn refresh(State(app): State<App>) -> Json<Refreshed> {
    Json(app.refresh().await)
}

/// Tells how far a session is.
#[utoipa::path(get, path = "/requests/{id}", tag = "Requests", security(("result_token" = [])),
    params(("id" = String, Path, description = "the session")),
    responses(
        (status = 200, body = ProgressMessage),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn progress(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ProgressMessage>, Problem> {
    let token = service::bearer_token(&headers).ok_or(Problem::Unauthorized)?;
    let progress = app.progress(&id, &token).await.map_err(result_problem)?;
    Ok(Json(progress.into()))
}

/// Takes the result of a session, once.
#[utoipa::path(post, path = "/requests/{id}/result", tag = "Requests",
    security(("result_token" = [])),
    params(("id" = String, Path, description = "the session")),
    request_body = TakeMessage,
    responses(
        (status = 200, body = ResultMessage),
        (status = 401, body = ProblemDocument),
        (status = 403, body = ProblemDocument, description = "the response_code is missing or wrong"),
        (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "not answered yet"),
        (status = 410, body = ProblemDocument, description = "taken before, or expired")))]
pub(super) async fn result(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ResultMessage>, Problem> {
    let token = service::bearer_token(&headers).ok_or(Problem::Unauthorized)?;
    let message = match body.is_empty() {
        true => TakeMessage::default(),
        false => read(&body)?,
    };
    let code = message.response_code.map(BearerToken::from);
    let outcome = app
        .result(&id, &token, code.as_ref())
        .await
        .map_err(result_problem)?;
    Ok(Json(outcome.into()))
}

/// What to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestMessage {
    /// The name of the policy.
    policy: String,
    /// Where the wallet is; as the policy says unless given.
    flow: Option<FlowKind>,
    /// The language of name and purpose, such as `zh`; English unless given.
    language: Option<String>,
    /// Draw the link as a QR code.
    qr: Option<Drawing>,
}

/// How to draw a QR code.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Drawing {
    /// An SVG picture.
    Svg,
    /// Characters, for a terminal.
    Text,
}

/// A request that waits for an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedMessage {
    /// Names the session.
    id: String,
    /// To be shown to the holder. Whoever has it may answer.
    link: String,
    /// The link as a QR code, if asked for, and short enough for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr: Option<String>,
    /// The bearer token with which alone the result can be had.
    result_token: String,
    /// Until when it can be answered.
    expires_at: String,
}

impl CreatedMessage {
    pub(crate) fn new(created: &Created, drawing: Option<Drawing>) -> Self {
        let link = created.link.expose();
        Self {
            id: created.id.clone(),
            qr: drawing.and_then(|drawing| draw(link, drawing)),
            link: link.to_owned(),
            result_token: created.token.expose().to_owned(),
            expires_at: created.expires_at.to_string(),
        }
    }
}

/// How far a session is.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgressMessage {
    /// `requested`, `answered`, `failed`, `taken` or `expired`.
    phase: &'static str,
    /// Until when it can be answered, or the result be taken.
    expires_at: String,
}

impl From<Progress> for ProgressMessage {
    fn from(progress: Progress) -> Self {
        Self {
            phase: phase_name(progress.phase),
            expires_at: progress.expires_at.to_string(),
        }
    }
}

/// What to take a result with.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeMessage {
    /// In the same-device flow: the query parameter with which the browser came back.
    response_code: Option<String>,
}

/// The result of a session: an answer, or why there is none.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResultMessage {
    /// `answered` or `failed`.
    phase: &'static str,
    /// What the holder presented: `answered_at`, `credentials` with `query`, `format`, `issuer`,
    /// `types`, `claims` (`path`, `values`), `valid_until`, and `unjudged` (what it refers to and was not
    /// held against it), and how many claims came `unasked`
    /// and were not kept. What an issuer lets a credential say stands in `messages` (`status`, `message`,
    /// `references`; `status` is null if the list was not at hand). A net certificate has `net_certificate` with `epoch`, `superseded`
    /// (wallets show a newer epoch by now) and, if a number was asked for, `net_number` (`nn1…`, for
    /// people), `pseudonym` (48 bytes, base64url: compare this one), `context`, `scope` and
    /// `first_visit`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
    /// `blocked`, `credential_refused`, `holder_declined`, `issuer_not_trusted`, `message_refused`,
    /// `not_an_answer`, `revoked`,
    /// `status_missing`, `suspended` or `wallet_failed`.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

impl From<Outcome> for ResultMessage {
    fn from(outcome: Outcome) -> Self {
        let (phase, answer, failure) = match outcome {
            Outcome::Answered(answer) => (Phase::Answered, Some(answer), None),
            Outcome::Failed(failure) => (Phase::Failed, None, Some(failure)),
        };
        Self {
            phase: phase_name(phase),
            answer,
            failure,
        }
    }
}

/// What can be asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct PoliciesMessage {
    /// The policies, by name.
    policies: Vec<PolicyMessage>,
}

/// A policy.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyMessage {
    /// Its name.
    pub(crate) name: String,
    /// Why it asks, by language.
    pub(crate) purpose: BTreeMap<String, String>,
    /// Where the wallet is unless a request says otherwise.
    pub(crate) flow: FlowKind,
    /// Whether the same-device flow can be wished for.
    pub(crate) same_device: bool,
    /// The DCQL query.
    #[schema(value_type = Object)]
    pub(crate) query: Value,
}

impl From<&NamedPolicy> for PolicyMessage {
    fn from(policy: &NamedPolicy) -> Self {
        Self {
            name: policy.name.clone(),
            purpose: policy.purpose.clone(),
            flow: policy.flow,
            same_device: policy.return_url.is_some(),
            query: serde_json::to_value(&policy.query.0).unwrap_or_default(),
        }
    }
}

/// Draws a link; one that is too long for a QR code is still a link.
pub(crate) fn draw(link: &str, drawing: Drawing) -> Option<String> {
    let code = QRBuilder::new(link).build().ok()?;
    Some(match drawing {
        Drawing::Svg => SvgBuilder::default().to_str(&code),
        Drawing::Text => code.to_str(),
    })
}

pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Answered => "answered",
        Phase::Expired => "expired",
        Phase::Failed => "failed",
        Phase::Requested => "requested",
        Phase::Taken => "taken",
    }
}

pub(super) fn result_problem(error: ResultError) -> Problem {
    match error {
        ResultError::Store(error) => Problem::unavailable(error),
        ResultError::Take(TakeError::Code) => Problem::Forbidden,
        ResultError::Take(TakeError::Expired | TakeError::Taken) => Problem::Gone,
        ResultError::Take(error @ TakeError::NotAnswered) => {
            Problem::Conflict(error.to_string().into())
        }
        ResultError::Take(TakeError::Token) | ResultError::Unknown => Problem::NotFound,
        ResultError::Watched => Problem::TooManyRequests(WATCH_AGAIN),
    }
}

/// Seconds after which somebody who watches may have left.
const WATCH_AGAIN: u64 = 10;

fn request_problem(error: RequestError) -> Problem {
    match error {
        RequestError::Flow(_) | RequestError::UnknownPolicy => {
            Problem::Unprocessable(error.to_string().into())
        }
        RequestError::Policy(_) => Problem::internal(error),
        RequestError::Store(_) => Problem::unavailable(error),
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    strict_json::from_slice(body, Limits::default())
        .map_err(|error| Problem::BadRequest(error.to_string().into()))
}
