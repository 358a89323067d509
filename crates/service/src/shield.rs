use std::any::Any;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use crate::problem::Problem;

/// Answers 408 when a handler takes too long. A stream that has begun may go on.
pub(crate) async fn limit_time(
    State(patience): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Timeout.into_response(),
    }
}

/// Turns a refusal without a form, such as a router's 404 or an extractor's 400, into a problem.
///
/// The text that it replaces may repeat what the caller sent.
pub(crate) async fn word_refusals(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| !kind.starts_with(b"text/plain")) {
        return response;
    }
    match Problem::from_status(response.status()) {
        None => response,
        Some(problem) => {
            let mut worded = problem.into_response();
            for (name, value) in response.headers() {
                if !REPLACED.contains(&name.as_str()) {
                    worded.headers_mut().append(name, value.clone());
                }
            }
            worded
        }
    }
}

/// Adds the headers that keep a browser from guessing, framing, caching or telling where a link
/// was followed from. A handler that sets its own policy or caching keeps it.
pub(crate) async fn add_headers(
    State(over_https): State<bool>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    default(headers, CONTENT_SECURITY_POLICY, POLICY);
    default(headers, CACHE_CONTROL, "no-store");
    if over_https {
        default(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Answers a panic with 500; the panic hook has logged its place.
pub(crate) fn answer_panic(_panic: Box<dyn Any + Send>) -> Response {
    Problem::Internal.into_response()
}

fn default(headers: &mut HeaderMap, name: http::HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const REPLACED: [&str; 2] = ["content-length", "content-type"];
