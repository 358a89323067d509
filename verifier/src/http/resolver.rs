use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use did::resolver::{Asked, Content, Failure, Representation};
use http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::app::App;

/// Resolves a DID, or dereferences a DID URL whose `#` is written `%23` (DID Resolution 1.0, section
/// 10.1). `Accept` chooses between a result object and the document alone; a service's address is
/// redirected to. 404 for everything unless `resolve_dids = true`.
#[utoipa::path(get, path = "/1.0/identifiers/{did}", tag = "DIDs",
    params(
        ("did" = String, Path, description = "the DID or DID URL"),
        ("service" = Option<String>, Query, description = "the service whose address is wanted")),
    responses(
        (status = 200, content_type = "application/did-resolution", body = Object),
        (status = 303), (status = 400), (status = 404), (status = 406), (status = 410),
        (status = 500), (status = 501)))]
pub(super) async fn resolve(
    State(app): State<App>,
    Path(identifier): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !app.resolves() {
        return refused(RESULT, None, Failure::NotFound);
    }
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let form = match Representation::negotiate(accept) {
        Ok(form) => form,
        Err(failure) => return refused(RESULT, None, failure),
    };
    let asked = match Asked::parse(&identifier, query.as_deref()) {
        Ok(asked) => asked,
        Err(failure) => return refused(form, None, failure),
    };
    match app.dereference(&asked).await {
        Err(failure) => refused(form, Some(&asked), failure),
        Ok(content) => {
            let body = form.write(&asked, &content);
            let answer = written(StatusCode::OK, form, &body);
            match content {
                Content::Document(_) | Content::Member(_) => answer,
                Content::Endpoint(url) => {
                    (StatusCode::SEE_OTHER, [(LOCATION, url.to_string())], answer).into_response()
                }
            }
        }
    }
}

/// What is to be resolved is missing.
pub(super) async fn nothing(State(app): State<App>) -> Response {
    let failure = match app.resolves() {
        true => Failure::InvalidDid,
        false => Failure::NotFound,
    };
    refused(RESULT, None, failure)
}

fn refused(form: Representation, asked: Option<&Asked>, failure: Failure) -> Response {
    // A document alone has no place for an error.
    let form = match form {
        Representation::Plain(_) => RESULT,
        Representation::OlderResult | Representation::Result(_) => form,
    };
    let status = StatusCode::from_u16(failure.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    written(status, form, &form.write_failure(asked, failure))
}

fn written(status: StatusCode, form: Representation, body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, form.media_type()),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, body.to_string()).into_response()
}

const RESULT: Representation = Representation::Result("application/did-resolution");
