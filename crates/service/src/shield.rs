use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use crate::problem::Problem;

/// Turns a refusal without a form, such as a router's 404 or an extractor's 400, into a problem.
///
/// The text that it replaces may repeat what the caller sent.
pub(crate) fn word_refusal(response: Response) -> Response {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
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
pub(crate) fn add_headers(headers: &mut HeaderMap, over_https: bool) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    default(headers, CONTENT_SECURITY_POLICY, POLICY);
    default(headers, CACHE_CONTROL, "no-store");
    if over_https {
        default(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

fn default(headers: &mut HeaderMap, name: http::HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const REPLACED: [&str; 2] = ["content-length", "content-type"];
