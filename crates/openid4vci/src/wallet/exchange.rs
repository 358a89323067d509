//! Requests as they are written, responses as they are read.

use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use strict_json::Limits;
use url::Url;

use super::{Endpoint, ResponseError, ResponseFault};
use crate::messages::{ErrorCode, ErrorResponse};
use crate::oauth::dpop;

/// A `GET` of a public document.
pub(super) fn get(url: &Url) -> Request<Vec<u8>> {
    with_uri(Method::GET, url, Vec::new())
}

/// A `POST` with a body of this media type; without a body if there is none.
pub(super) fn post(url: &Url, media_type: Option<&'static str>, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = with_uri(Method::POST, url, body);
    if let Some(media_type) = media_type {
        let value = HeaderValue::from_static(media_type);
        request.headers_mut().insert(CONTENT_TYPE, value);
    }
    request
}

/// Adds a header field that must not show up in a log.
pub(super) fn insert_secret(request: &mut Request<Vec<u8>>, name: HeaderName, value: &str) -> bool {
    let Ok(mut value) = HeaderValue::from_str(value) else {
        return false;
    };
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    true
}

/// Adds a DPoP proof.
pub(super) fn insert_proof(request: &mut Request<Vec<u8>>, proof: &str) -> bool {
    insert_secret(request, HeaderName::from_static(dpop::FIELD), proof)
}

/// Reads a successful answer.
pub(super) fn read<T: DeserializeOwned>(
    endpoint: Endpoint,
    response: &Response<Vec<u8>>,
    max_bytes: usize,
) -> Result<T, ResponseError> {
    let fault = |fault| ResponseError { endpoint, fault };
    if !response.status().is_success() {
        return Err(refusal(endpoint, response));
    }
    if !is_json(response) {
        return Err(fault(ResponseFault::ContentType));
    }
    strict_json::from_slice(response.body(), Limits::bytes(max_bytes))
        .map_err(|error| fault(ResponseFault::Json(error)))
}

/// Takes the bytes of a successful answer in JSON.
pub(super) fn read_bytes(
    endpoint: Endpoint,
    response: &Response<Vec<u8>>,
) -> Result<&[u8], ResponseError> {
    if !response.status().is_success() {
        return Err(refusal(endpoint, response));
    }
    if !is_json(response) {
        let fault = ResponseFault::ContentType;
        return Err(ResponseError { endpoint, fault });
    }
    Ok(response.body())
}

/// Reads an unsuccessful answer. What it says in words is the peer's, and goes no further.
pub(super) fn refusal(endpoint: Endpoint, response: &Response<Vec<u8>>) -> ResponseError {
    let code = strict_json::from_slice(response.body(), Limits::bytes(MAX_ERROR))
        .ok()
        .and_then(|error: ErrorResponse| ErrorCode::parse(&error.error))
        .or_else(|| challenge(response));
    let fault = code.map_or(
        ResponseFault::Status(response.status()),
        ResponseFault::Refused,
    );
    ResponseError { endpoint, fault }
}

/// The nonce that a server wants in the next DPoP proof (RFC 9449, section 8).
pub(super) fn dpop_nonce(response: &Response<Vec<u8>>) -> Option<String> {
    let nonce = response.headers().get(dpop::NONCE_FIELD)?.to_str().ok()?;
    (!nonce.is_empty() && nonce.len() <= MAX_DPOP_NONCE).then(|| nonce.to_owned())
}

/// Whether a server refused only because it wants a nonce in the DPoP proof, and gave one.
pub(super) fn wants_dpop_nonce(response: &Response<Vec<u8>>) -> Option<String> {
    if !matches!(
        response.status(),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED
    ) {
        return None;
    }
    let fault = refusal(Endpoint::Token, response).fault;
    (fault == ResponseFault::Refused(ErrorCode::UseDpopNonce)).then(|| dpop_nonce(response))?
}

/// A resource server may say its code in the challenge alone (RFC 6750, section 3).
fn challenge(response: &Response<Vec<u8>>) -> Option<ErrorCode> {
    let field = response
        .headers()
        .get(http::header::WWW_AUTHENTICATE)?
        .to_str()
        .ok()?;
    let (_, rest) = field.split_once("error=\"")?;
    let (code, _) = rest.split_once('"')?;
    ErrorCode::parse(code)
}

fn is_json(response: &Response<Vec<u8>>) -> bool {
    let media_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = media_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(JSON)
}

fn with_uri(method: Method, url: &Url, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    // What is no URI was refused before; a path that was added may have made it too long, and the
    // host's client then refuses the empty address.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static(JSON));
    request
}

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
const MAX_ERROR: usize = 16 * 1024;
const MAX_DPOP_NONCE: usize = 1024;
