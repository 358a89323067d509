use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use openid4vci::issuer::{WireError, json_response};
use service::Problem;

use crate::app::App;

/// The offer that a link refers to (OpenID4VCI 1.0, section 4.1.3).
#[utoipa::path(get, path = "/offers/{reference}", tag = "OpenID4VCI",
    params(("reference" = String, Path, description = "from the link")),
    responses((status = 200, description = "Credential Offer"), (status = 404)))]
pub(super) async fn offer(
    State(app): State<App>,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let offer = app
        .offer_message(&reference)
        .await
        .map_err(Problem::unavailable)?;
    let offer = offer.ok_or(Problem::NotFound)?;
    Ok(sent(json_response(StatusCode::OK, &offer)))
}

/// Redeems a Pre-Authorized Code, or a refresh token (OpenID4VCI 1.0, section 6). DPoP is required.
#[utoipa::path(post, path = "/token", tag = "OpenID4VCI",
    request_body(content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Token Response"), (status = 400)))]
pub(super) async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    match app.token(&headers, &body).await {
        Ok(response) => Ok(sent(json_response(StatusCode::OK, &response))),
        Err(failure) => {
            tracing::debug!(reason = %failure, "token request refused");
            failure.wire().map(refused).map_err(Problem::unavailable)
        }
    }
}

/// Gives out a `c_nonce` (OpenID4VCI 1.0, section 7).
#[utoipa::path(post, path = "/nonce", tag = "OpenID4VCI",
    responses((status = 200, description = "Nonce Response")))]
pub(super) async fn nonce(State(app): State<App>) -> Response {
    let nonce = app
        .parts()
        .protocol
        .nonce(app.now(), &mut host::system_rng());
    sent(json_response(StatusCode::OK, &nonce))
}

/// Issues credentials (OpenID4VCI 1.0, section 8).
#[utoipa::path(post, path = "/credential", tag = "OpenID4VCI",
    request_body(content_type = "application/json"),
    responses((status = 200, description = "Credential Response"), (status = 400), (status = 401)))]
pub(super) async fn credential(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    match app.credential(&headers, &body).await {
        Ok(response) => Ok(sent(json_response(StatusCode::OK, &response))),
        Err(failure) => {
            tracing::debug!(reason = %failure, "credential request refused");
            failure.wire().map(refused).map_err(Problem::unavailable)
        }
    }
}

/// Takes a notification (OpenID4VCI 1.0, section 11).
#[utoipa::path(post, path = "/notification", tag = "OpenID4VCI",
    request_body(content_type = "application/json"),
    responses((status = 204), (status = 400), (status = 401)))]
pub(super) async fn notification(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    match app.notification(&headers, &body).await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        Err(failure) => failure.wire().map(refused).map_err(Problem::unavailable),
    }
}

fn refused(error: WireError) -> Response {
    sent(error.response())
}

fn sent(response: http::Response<Vec<u8>>) -> Response {
    response.map(Body::from)
}
