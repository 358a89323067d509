//! The interface of W3C's test suites (Verifiable Credential API, W3C CCG): off unless configured.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use credential::mechanism::{
    Judgement, Kind, Problem as MechanismProblem, ProblemKind, Unverified,
};
use http::StatusCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Problem, ProblemDocument};
use status::StatusMessage;
use strict_json::Limits;
use url::Url;
use utoipa::ToSchema;

use crate::app::App;
use crate::usecases::judge::Answering;

/// The routes, if the interface is on. Whoever is on the same machine as a service that only that
/// machine reaches needs no token.
pub(super) fn routes(app: &App, below: &dyn Fn(&str) -> String) -> Router<App> {
    let parts = app.parts();
    if parts.vc_api.is_none() {
        return Router::new();
    }
    let routes = Router::new()
        .route(&below("/credentials/verify"), post(verify_credential))
        .route(&below("/presentations/verify"), post(verify_presentation))
        .route_layer(from_fn(service::require_json));
    match parts.service.is_on_loopback() {
        true => routes.route_layer(from_fn(service::require_local)),
        false => routes.route_layer(from_fn_with_state(
            parts.admins.clone(),
            service::require_admin,
        )),
    }
}

/// Verifies a credential, however it is secured: 200 only if nothing is wrong with it. Who issued it
/// is for the caller to weigh. 404 unless `vc_api = true`.
#[utoipa::path(post, path = "/credentials/verify", tag = "VC API", security(("admin" = []), ()),
    request_body = VerifyCredentialMessage,
    responses(
        (status = 200, body = VerificationMessage),
        (status = 400, body = VerificationMessage, description = "not understood"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = VerificationMessage, description = "not verified")))]
pub(super) async fn verify_credential(State(app): State<App>, body: Bytes) -> Response {
    let message: VerifyCredentialMessage = match read(&body) {
        Ok(message) => message,
        Err(refused) => return refused.into_response(),
    };
    let VerifyCredentialMessage {
        verifiable_credential,
        options,
    } = message;
    if let Err(refused) = check_options(&options.unknown) {
        return refused.into_response();
    }
    let returned = options.return_credential;
    let kind = Kind::Credential;
    verified(
        &app,
        verifiable_credential,
        kind,
        Answering::default(),
        returned,
    )
    .await
}

/// Verifies a presentation and all credentials in it, however they are secured. One without a proof
/// is judged by its form and its credentials, and answers no challenge.
#[utoipa::path(post, path = "/presentations/verify", tag = "VC API", security(("admin" = []), ()),
    request_body = VerifyPresentationMessage,
    responses(
        (status = 200, body = VerificationMessage),
        (status = 400, body = VerificationMessage, description = "not understood"),
        (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = VerificationMessage, description = "not verified")))]
pub(super) async fn verify_presentation(State(app): State<App>, body: Bytes) -> Response {
    let message: VerifyPresentationMessage = match read(&body) {
        Ok(message) => message,
        Err(refused) => return refused.into_response(),
    };
    let VerifyPresentationMessage {
        verifiable_presentation,
        presentation,
        options,
    } = message;
    if let Err(refused) = check_options(&options.unknown) {
        return refused.into_response();
    }
    let value = match (verifiable_presentation, presentation) {
        (Some(value), None) | (None, Some(value)) => value,
        _ => {
            let detail = "give either `verifiablePresentation` or `presentation`";
            return Refused::parsing(detail).into_response();
        }
    };
    let returned = options.return_presentation;
    let answering = Answering {
        challenge: options.challenge,
        domain: options.domain,
    };
    verified(&app, value, Kind::Presentation, answering, returned).await
}

/// A credential to be verified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VerifyCredentialMessage {
    /// The credential, an envelope around its token, or the token.
    #[schema(value_type = Object)]
    verifiable_credential: Value,
    /// The options.
    #[serde(default)]
    options: VerifyCredentialOptions,
}

/// How a credential is verified.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VerifyCredentialOptions {
    /// Which checks the caller thinks of. All are made.
    #[serde(default, rename = "checks")]
    _checks: Vec<String>,
    /// Whether the verified credential is wanted back.
    #[serde(default)]
    return_credential: bool,
    /// Whether problems are wanted. They are always told.
    #[serde(default, rename = "returnProblemDetails")]
    _return_problem_details: bool,
    /// Whether results are wanted. They are always told.
    #[serde(default, rename = "returnResults")]
    _return_results: bool,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A presentation to be verified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VerifyPresentationMessage {
    /// The presentation, an envelope around its token, or the token.
    #[schema(value_type = Option<Object>)]
    verifiable_presentation: Option<Value>,
    /// The same, under the name that one without a proof has.
    #[schema(value_type = Option<Object>)]
    presentation: Option<Value>,
    /// The options.
    #[serde(default)]
    options: VerifyPresentationOptions,
}

/// What a presentation must answer.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VerifyPresentationOptions {
    /// The challenge. Without one, any proof will do, however old.
    challenge: Option<String>,
    /// The verifier.
    domain: Option<String>,
    /// Which checks the caller thinks of. All are made.
    #[serde(default, rename = "checks")]
    _checks: Vec<String>,
    /// Whether the verified presentation is wanted back.
    #[serde(default)]
    return_presentation: bool,
    /// Whether problems are wanted. They are always told.
    #[serde(default, rename = "returnProblemDetails")]
    _return_problem_details: bool,
    /// Whether results are wanted. They are always told.
    #[serde(default, rename = "returnResults")]
    _return_results: bool,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// What is to be thought of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationMessage {
    /// Whether there is no problem.
    verified: bool,
    /// Why it is not verified: of all that is wrong, what was found.
    problem_details: Vec<ProblemDocument>,
    /// What could not be judged, although the credential refers to it: it is not configured here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<ProblemDocument>,
    /// How it is secured, if that could be told.
    mechanisms: Vec<&'static str>,
    /// The same of each credential of a presentation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    credential_results: Vec<VerificationMessage>,
    /// What its issuer lets it say by status lists (`statusPurpose` `message`): no problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_messages: Vec<StatusMessageMessage>,
    /// What was verified, if the caller wants it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verified_document: Option<Value>,
}

/// What an issuer lets a credential say, for developers: not to be shown to people as it is.
#[derive(Serialize, ToSchema)]
struct StatusMessageMessage {
    /// The value.
    status: u8,
    /// What it means.
    message: String,
    /// Where more is said of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    references: Vec<Url>,
}

impl From<StatusMessage> for StatusMessageMessage {
    fn from(told: StatusMessage) -> Self {
        Self {
            status: told.status,
            message: told.message,
            references: told.references,
        }
    }
}

impl VerificationMessage {
    fn of(judgement: Judgement, returned: bool) -> Self {
        let verified = judgement.is_verified();
        let problems = judgement.problems.into_iter().map(wire);
        let credentials = judgement.credentials.into_iter();
        let credential_results: Vec<Self> = credentials.map(|one| Self::of(one, false)).collect();
        let warnings = judgement
            .warnings
            .into_iter()
            .map(|problem| ProblemDocument {
                status: StatusCode::OK.as_u16(),
                ..wire(problem)
            });
        Self {
            verified,
            // What the credentials are told is told of the presentation too.
            problem_details: problems
                .chain(inner(&credential_results, |one| &one.problem_details))
                .collect(),
            warnings: warnings
                .chain(inner(&credential_results, |one| &one.warnings))
                .collect(),
            mechanisms: judgement.mechanisms.iter().map(|one| one.name()).collect(),
            verified_document: (verified && returned).then_some(Value::Object(judgement.document)),
            credential_results,
            status_messages: Vec::new(),
        }
    }

    /// Adds what issuers let it say, and then each credential in it.
    fn with_messages(mut self, messages: Vec<Vec<StatusMessage>>) -> Self {
        let mut told = messages.into_iter().map(|all| {
            let wire = all.into_iter().map(StatusMessageMessage::from);
            wire.collect()
        });
        self.status_messages = told.next().unwrap_or_default();
        for (result, told) in self.credential_results.iter_mut().zip(told) {
            result.status_messages = told;
        }
        self
    }

    fn refused(problem: ProblemDocument) -> Self {
        Self {
            verified: false,
            problem_details: vec![problem],
            warnings: Vec::new(),
            mechanisms: Vec::new(),
            credential_results: Vec::new(),
            status_messages: Vec::new(),
            verified_document: None,
        }
    }
}

/// What is told of each credential, with its number.
fn inner<'a>(
    results: &'a [VerificationMessage],
    told: impl Fn(&'a VerificationMessage) -> &'a [ProblemDocument] + 'a,
) -> impl Iterator<Item = ProblemDocument> + 'a {
    results.iter().zip(0..).flat_map(move |(one, index)| {
        let numbered = move |problem: &ProblemDocument| {
            let detail = problem.detail.as_deref();
            ProblemDocument {
                detail: detail.map(|detail| format!("credential {index}: {detail}")),
                ..problem.clone()
            }
        };
        told(one).iter().map(numbered)
    })
}

async fn verified(
    app: &App,
    value: Value,
    expected: Kind,
    answering: Answering,
    returned: bool,
) -> Response {
    let unverified = match Unverified::from_value(value) {
        Ok(unverified) if unverified.kind() == expected => unverified,
        Ok(_) => {
            let problem = match expected {
                Kind::Credential => "a presentation is no credential",
                Kind::Presentation => "a credential is no presentation",
            };
            return Refused::parsing(problem).into_response();
        }
        Err(problem) => return Refused(wire(problem)).into_response(),
    };
    let Some(verdict) = app.judge_secured(unverified, answering).await else {
        return Problem::Unavailable.into_response();
    };
    let message = VerificationMessage::of(verdict.judgement, returned);
    let message = message.with_messages(verdict.messages);
    let status = match message.verified {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, Json(message)).into_response()
}

/// A request that is not understood.
struct Refused(ProblemDocument);

impl Refused {
    fn parsing(detail: &str) -> Self {
        Self(wire(MechanismProblem::new(ProblemKind::Parsing, detail)))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut problem = self.0;
        problem.status = StatusCode::BAD_REQUEST.as_u16();
        let message = VerificationMessage::refused(problem);
        (StatusCode::BAD_REQUEST, Json(message)).into_response()
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    strict_json::from_slice(body, Limits::default())
        .map_err(|error| Refused::parsing(&error.to_string()))
}

/// An option that is not understood may be one that matters.
fn check_options(unknown: &BTreeMap<String, IgnoredAny>) -> Result<(), Refused> {
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(Refused(ProblemDocument {
            kind: "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED".to_owned(),
            title: "UNKNOWN_OPTION_PROVIDED".to_owned(),
            status: StatusCode::BAD_REQUEST.as_u16(),
            detail: Some("the request has an unknown option".to_owned()),
        })),
    }
}

fn wire(problem: MechanismProblem) -> ProblemDocument {
    ProblemDocument {
        kind: problem.kind.url(),
        title: problem.kind.title().to_owned(),
        status: StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
        detail: Some(problem.detail),
    }
}
