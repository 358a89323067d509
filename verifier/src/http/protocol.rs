use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use openid4vp::request::REQUEST_OBJECT_MEDIA_TYPE;
use openid4vp::verifier::{RequestObjectError, WalletQuestion, respond};
use service::Problem;

use crate::app::App;
use crate::usecases::object::ObjectFailure;

/// The request of a session, signed, for a wallet that sends no nonce (RFC 9101, section 5.2).
#[utoipa::path(get, path = "/oid4vp/requests/{id}", tag = "OpenID4VP",
    params(("id" = String, Path, description = "from the link")),
    responses((status = 200, description = "Request Object"), (status = 410)))]
pub(super) async fn request_by_get(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed(&app, &id, &WalletQuestion::default()).await
}

/// The request of a session, signed, with the wallet's nonce in it (OpenID4VP 1.0, section 5.10).
#[utoipa::path(post, path = "/oid4vp/requests/{id}", tag = "OpenID4VP",
    params(("id" = String, Path, description = "from the link")),
    request_body(content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Request Object"), (status = 400), (status = 410)))]
pub(super) async fn request_by_post(
    State(app): State<App>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let question = WalletQuestion::parse(&body)
        .map_err(|error| Problem::BadRequest(error.to_string().into()))?;
    signed(&app, &id, &question).await
}

/// Takes a wallet's answer (OpenID4VP 1.0, section 8.2).
#[utoipa::path(post, path = "/oid4vp/responses/{id}", tag = "OpenID4VP",
    params(("id" = String, Path, description = "from the request")),
    request_body(content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "accepted; perhaps with where the browser goes on"),
        (status = 400, description = "refused"),
        (status = 503, description = "what the issuer publishes is not at hand: try again later")))]
pub(super) async fn response(
    State(app): State<App>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let reply = app
        .receive(&id, &body)
        .await
        .map_err(Problem::unavailable)?;
    if let Err(error) = &reply {
        tracing::info!(reason = %error, "answer refused");
    }
    Ok(respond(&reply).map(Body::from))
}

async fn signed(app: &App, id: &str, question: &WalletQuestion) -> Result<Response, Problem> {
    let object = app.request_object(id, question).await.map_err(problem)?;
    let headers = [
        (CONTENT_TYPE, REQUEST_OBJECT_MEDIA_TYPE),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, object).into_response())
}

fn problem(failure: ObjectFailure) -> Problem {
    match failure {
        ObjectFailure::Gone | ObjectFailure::Object(RequestObjectError::Expired) => Problem::Gone,
        // A request that is not signed cannot be fetched: it is in the link.
        ObjectFailure::Object(RequestObjectError::Signer) => Problem::NotFound,
        ObjectFailure::Object(error @ RequestObjectError::Key(_)) => Problem::internal(error),
        ObjectFailure::Object(
            error @ (RequestObjectError::Form(_) | RequestObjectError::Nonce),
        ) => Problem::BadRequest(error.to_string().into()),
        ObjectFailure::Store(error) => Problem::unavailable(error),
    }
}
