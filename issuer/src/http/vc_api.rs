//! The interface of W3C's test suites (Verifiable Credential API, W3C CCG): off unless configured.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use credential::mechanism::{Problem as MechanismProblem, ProblemKind, Unverified};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::{Problem, ProblemDocument};
use strict_json::Limits;
use utoipa::openapi::{self, ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::app::App;
use crate::mechanisms::Party;
use crate::usecases::mechanism::{Task, TaskError};
use crate::usecases::mechanism_status::Watched;

pub(super) mod status;

/// The routes, if the interface is on. Whoever is on the same machine as a service that only that
/// machine reaches needs no token.
pub(super) fn routes(app: &App, below: &dyn Fn(&str) -> String) -> Router<App> {
    if app.mechanisms().is_none() {
        return Router::new();
    }
    let parts = app.parts();
    let of = |path: &str| below(&format!("/mechanisms/{{mechanism}}{path}"));
    let routes = Router::new()
        .route(&below("/mechanisms"), get(mechanisms))
        .route(&below("/credentials/issue"), post(issue))
        .route(&below("/credentials/derive"), post(derive))
        .route(&below("/credentials/status"), post(status::change))
        .route(&below("/presentations"), post(present))
        .route(&of("/credentials/issue"), post(issue_by))
        .route(&of("/credentials/derive"), post(derive_by))
        .route(&of("/credentials/status"), post(status::change_by))
        .route(&of("/presentations"), post(present_by))
        .route_layer(from_fn(service::require_json));
    let routes = match parts.service.is_on_loopback() {
        true => routes.route_layer(from_fn(service::require_local)),
        false => routes.route_layer(from_fn_with_state(
            parts.admins.clone(),
            service::require_admin,
        )),
    };
    // Whoever verifies fetches these.
    routes.route(&of("/status/{topic}"), get(status::list))
}

/// Lists the securing mechanisms, and as whom each issues. 404 unless `vc_api = true`.
#[utoipa::path(get, path = "/mechanisms", tag = "VC API", security(("admin" = []), ()),
    responses(
        (status = 200, body = MechanismsMessage),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn mechanisms(State(app): State<App>) -> Result<Json<MechanismsMessage>, Problem> {
    let base = app.parts().service.public_base();
    let all = app.mechanisms().ok_or(Problem::NotFound)?;
    let mechanisms = all.iter().map(|party| MechanismMessage::of(party, base));
    Ok(Json(MechanismsMessage {
        default: DEFAULT.to_owned(),
        mechanisms: mechanisms.collect(),
    }))
}

/// Issues a credential with `eddsa-rdfc-2022`. Its issuer is the `did:key` that `/mechanisms` names.
#[utoipa::path(post, path = "/credentials/issue", tag = "VC API", security(("admin" = []), ()),
    request_body = IssueMessage,
    responses(
        (status = 201, body = CredentialMessage),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
        Refused))]
pub(super) async fn issue(State(app): State<App>, body: Bytes) -> Response {
    answer(issued(&app, DEFAULT, &body).await)
}

/// Issues a credential with this mechanism.
#[utoipa::path(post, path = "/mechanisms/{mechanism}/credentials/issue", tag = "VC API",
    security(("admin" = []), ()),
    params(("mechanism" = String, Path, description = "a name of `/mechanisms`")),
    request_body = IssueMessage,
    responses(
        (status = 201, body = CredentialMessage),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
        Refused))]
pub(super) async fn issue_by(
    State(app): State<App>,
    Path(mechanism): Path<String>,
    body: Bytes,
) -> Response {
    answer(issued(&app, &mechanism, &body).await)
}

/// Derives a credential that discloses a part (`ecdsa-sd-2023`, `bbs-2023`), whoever issued it by a
/// `did:key`, `did:jwk` or `did:web`: the document of the latter is fetched.
#[utoipa::path(post, path = "/credentials/derive", tag = "VC API", security(("admin" = []), ()),
    request_body = DeriveMessage,
    responses(
        (status = 201, body = CredentialMessage),
        Refused))]
pub(super) async fn derive(State(app): State<App>, body: Bytes) -> Response {
    answer(derived(&app, None, &body).await)
}

/// Derives a credential that this mechanism secures.
#[utoipa::path(post, path = "/mechanisms/{mechanism}/credentials/derive", tag = "VC API",
    security(("admin" = []), ()),
    params(("mechanism" = String, Path, description = "a name of `/mechanisms`")),
    request_body = DeriveMessage,
    responses(
        (status = 201, body = CredentialMessage),
        Refused))]
pub(super) async fn derive_by(
    State(app): State<App>,
    Path(mechanism): Path<String>,
    body: Bytes,
) -> Response {
    answer(derived(&app, Some(&mechanism), &body).await)
}

/// Secures a presentation with `eddsa-rdfc-2022`, for the holder whose `did:key` `/mechanisms` names.
#[utoipa::path(post, path = "/presentations", tag = "VC API", security(("admin" = []), ()),
    request_body = PresentMessage,
    responses(
        (status = 201, body = PresentationMessage),
        Refused))]
pub(super) async fn present(State(app): State<App>, body: Bytes) -> Response {
    answer(presented(&app, DEFAULT, &body).await)
}

/// Secures a presentation with this mechanism.
#[utoipa::path(post, path = "/mechanisms/{mechanism}/presentations", tag = "VC API",
    security(("admin" = []), ()),
    params(("mechanism" = String, Path, description = "a name of `/mechanisms`")),
    request_body = PresentMessage,
    responses(
        (status = 201, body = PresentationMessage),
        Refused))]
pub(super) async fn present_by(
    State(app): State<App>,
    Path(mechanism): Path<String>,
    body: Bytes,
) -> Response {
    answer(presented(&app, &mechanism, &body).await)
}

/// A credential without proof, and how to secure it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueMessage {
    /// The credential.
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
    /// The options.
    #[serde(default)]
    options: IssueOptionsMessage,
}

/// How to secure a credential.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IssueOptionsMessage {
    /// JSON pointers to what is always disclosed, for mechanisms that disclose selectively.
    #[serde(default)]
    #[schema(max_items = 256)]
    mandatory_pointers: Vec<String>,
    /// A name for the credential, if it has no `id`: under it, its status is changed.
    credential_id: Option<String>,
    /// The statuses that it is to have: `revocation`, `suspension`, and `message` if messages are
    /// configured. None unless given.
    #[serde(default)]
    #[schema(max_items = 3)]
    status_purposes: Vec<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A credential with a base proof, and what of it to show.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DeriveMessage {
    /// The credential.
    #[schema(value_type = Object)]
    verifiable_credential: Map<String, Value>,
    /// The options.
    #[serde(default)]
    options: DeriveOptionsMessage,
}

/// What of a credential to show.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeriveOptionsMessage {
    /// JSON pointers to what is disclosed besides what always is.
    #[serde(default)]
    #[schema(max_items = 256)]
    selective_pointers: Vec<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A presentation without proof, and how to secure it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PresentMessage {
    /// The presentation.
    #[schema(value_type = Object)]
    presentation: Map<String, Value>,
    /// The options.
    #[serde(default)]
    options: PresentOptionsMessage,
}

/// How to secure a presentation.
#[derive(Default, Deserialize, ToSchema)]
struct PresentOptionsMessage {
    /// What the verifier wants answered.
    challenge: Option<String>,
    /// The verifier.
    domain: Option<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A secured credential.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CredentialMessage {
    /// The credential, or an envelope around its token.
    #[schema(value_type = Object)]
    verifiable_credential: Value,
    /// What it refers to, and was not held against: it is not configured here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<ProblemDocument>,
}

/// A secured presentation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PresentationMessage {
    /// The presentation, or an envelope around its token.
    #[schema(value_type = Object)]
    verifiable_presentation: Value,
}

/// What can be issued with.
#[derive(Serialize, ToSchema)]
pub(super) struct MechanismsMessage {
    /// The mechanism of `/credentials/issue`.
    default: String,
    /// All of them.
    mechanisms: Vec<MechanismMessage>,
}

/// A securing mechanism.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MechanismMessage {
    /// Its name.
    name: String,
    /// The kind of its key.
    key_type: &'static str,
    /// As whom it issues.
    issuer: String,
    /// The name of its key.
    verification_method: String,
    /// Where it issues.
    issue: String,
    /// Where a part of its credentials is disclosed, if it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    derive: Option<String>,
    /// Where it secures presentations, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<String>,
}

impl MechanismMessage {
    fn of(party: &Party, base: &str) -> Self {
        let mechanism = party.mechanism;
        let at = |path: &str| format!("{base}/mechanisms/{mechanism}{path}");
        Self {
            name: mechanism.name().to_owned(),
            key_type: match mechanism.key_kind() {
                keys::KeyKind::Bls12381G2 => "BLS12-381",
                keys::KeyKind::Ed25519 => "Ed25519",
                keys::KeyKind::P256 => "P-256",
                keys::KeyKind::P384 => "P-384",
                keys::KeyKind::X25519 => "X25519",
            },
            issuer: party.issuer().to_owned(),
            verification_method: party.verification_method.to_string(),
            issue: at("/credentials/issue"),
            derive: mechanism.derives().then(|| at("/credentials/derive")),
            present: mechanism.presents().then(|| at("/presentations")),
        }
    }
}

async fn issued(app: &App, mechanism: &str, body: &[u8]) -> Result<CredentialMessage, Refused> {
    let IssueMessage {
        credential,
        options,
    } = read(body)?;
    check_options(&options.unknown)?;
    check_count(&options.mandatory_pointers)?;
    let mandatory = options.mandatory_pointers;
    let done = if options.status_purposes.is_empty() {
        app.secure(mechanism, Task::Issue(credential, mandatory))
            .await?
    } else {
        let own = credential.get("id").and_then(Value::as_str);
        let id = options.credential_id.or_else(|| own.map(str::to_owned));
        let purposes = options
            .status_purposes
            .iter()
            .map(|name| status::purpose_of(name));
        let watched = Watched {
            id: id.ok_or_else(|| Refused::malformed("a status needs a `credentialId`"))?,
            purposes: purposes
                .collect::<Option<BTreeSet<_>>>()
                .ok_or_else(|| Refused::malformed("there is no such status purpose"))?,
        };
        app.issue_watched(mechanism, credential, mandatory, watched)
            .await?
    };
    let warnings = done.unjudged.iter().map(|id| warning(id));
    Ok(CredentialMessage {
        warnings: warnings.collect(),
        verifiable_credential: done.secured.into_value(),
    })
}

async fn derived(
    app: &App,
    mechanism: Option<&str>,
    body: &[u8],
) -> Result<CredentialMessage, Refused> {
    let DeriveMessage {
        verifiable_credential: base,
        options,
    } = read(body)?;
    check_options(&options.unknown)?;
    check_count(&options.selective_pointers)?;
    if let Some(name) = mechanism {
        let all = app.mechanisms().ok_or(Refused::NotFound)?;
        let party = all.named(name).ok_or(Refused::NotFound)?;
        let read = Unverified::from_value(Value::Object(base.clone()));
        if !read.is_ok_and(|read| read.mechanisms().contains(&party.mechanism)) {
            return Err(Refused::wrong(MechanismProblem::new(
                ProblemKind::ProofGeneration,
                "the credential is not secured by this mechanism",
            )));
        }
    }
    let derived = app.derive(base, options.selective_pointers).await?;
    Ok(CredentialMessage {
        verifiable_credential: Value::Object(derived),
        warnings: Vec::new(),
    })
}

async fn presented(
    app: &App,
    mechanism: &str,
    body: &[u8],
) -> Result<PresentationMessage, Refused> {
    let PresentMessage {
        presentation,
        options,
    } = read(body)?;
    check_options(&options.unknown)?;
    let task = Task::Present(presentation, options.challenge, options.domain);
    let done = app.secure(mechanism, task).await?;
    Ok(PresentationMessage {
        verifiable_presentation: done.secured.into_value(),
    })
}

fn warning(unjudged: &str) -> ProblemDocument {
    let problem = MechanismProblem::unknown_reference(unjudged);
    ProblemDocument {
        kind: problem.kind.url(),
        title: problem.kind.title().to_owned(),
        status: StatusCode::CREATED.as_u16(),
        detail: Some(problem.detail),
    }
}

fn answer(done: Result<impl Serialize, Refused>) -> Response {
    match done {
        Ok(message) => (StatusCode::CREATED, Json(message)).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Why nothing is answered but a problem.
enum Refused {
    Detailed(ProblemDocument),
    NotFound,
    Plain(Problem),
}

impl Refused {
    /// A request whose values do not do.
    fn malformed(detail: &str) -> Self {
        let kind = ProblemKind::MalformedValue;
        let status = StatusCode::BAD_REQUEST;
        Self::detailed(kind.url(), kind.title(), status, detail.to_owned())
    }

    /// Understood, and wrong.
    fn wrong(problem: MechanismProblem) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::detailed(
            problem.kind.url(),
            problem.kind.title(),
            status,
            problem.detail,
        )
    }

    fn detailed(kind: String, title: &str, status: StatusCode, detail: String) -> Self {
        Self::Detailed(ProblemDocument {
            kind,
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(detail),
        })
    }
}

impl From<TaskError> for Refused {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Busy => Self::Plain(Problem::Unavailable),
            TaskError::Refused(problem) => Self::wrong(problem),
            TaskError::Unknown => Self::NotFound,
        }
    }
}

/// What every route may answer instead.
impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let problem = Ref::from_schema_name(ProblemDocument::name());
        let content = ContentBuilder::new().schema(Some(problem)).build();
        let response = ResponseBuilder::new().content("application/problem+json", content);
        let response = response.build();
        [400, 401, 403, 404, 415, 422]
            .map(|status| (status.to_string(), response.clone().into()))
            .into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Detailed(document) => {
                let status = StatusCode::from_u16(document.status);
                let status = status.unwrap_or(StatusCode::BAD_REQUEST);
                let headers = [(CONTENT_TYPE, "application/problem+json")];
                (status, headers, Json(document)).into_response()
            }
            Self::NotFound => Problem::NotFound.into_response(),
            Self::Plain(problem) => problem.into_response(),
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    strict_json::from_slice(body, Limits::default()).map_err(|error| {
        let kind = ProblemKind::Parsing;
        let status = StatusCode::BAD_REQUEST;
        Refused::detailed(kind.url(), kind.title(), status, error.to_string())
    })
}

/// An option that is not understood may be one that matters.
fn check_options(unknown: &BTreeMap<String, IgnoredAny>) -> Result<(), Refused> {
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(Refused::detailed(
            "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED".to_owned(),
            "UNKNOWN_OPTION_PROVIDED",
            StatusCode::BAD_REQUEST,
            "the request has an unknown option".to_owned(),
        )),
    }
}

/// Every pointer costs a walk through the document.
fn check_count(pointers: &[String]) -> Result<(), Refused> {
    match pointers.len() <= MOST_POINTERS {
        true => Ok(()),
        false => Err(Refused::malformed("there are too many pointers")),
    }
}

/// The mechanism of the addresses that name none.
const DEFAULT: &str = "eddsa-rdfc-2022";
const MOST_POINTERS: usize = 256;
