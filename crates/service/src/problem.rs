use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A refusal in the words of RFC 9457 (problem details).
///
/// For the doors' own APIs; a protocol that prescribes its error form (OAuth) answers in that. The
/// detail tells the caller what to change, and never repeats what the caller sent: claims and
/// tokens would reach logs along the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// 400: the request cannot be understood.
    BadRequest(Cow<'static, str>),
    /// 409: somebody else was faster, or the state does not allow it.
    Conflict(Cow<'static, str>),
    /// 403: known, and not allowed.
    Forbidden,
    /// 410: it was here and has been used or has expired.
    Gone,
    /// 500: a defect or a failing machine; the log knows more.
    Internal,
    /// 405: the path knows other methods.
    MethodNotAllowed,
    /// 404: not here, or not for this caller.
    NotFound,
    /// 408: the caller took too long to send, or the answer took too long to make.
    Timeout,
    /// 413: more bytes than allowed.
    TooLarge,
    /// 429: too many requests; seconds until the next may come.
    TooManyRequests(u64),
    /// 401: no admin token, or a wrong one.
    Unauthorized,
    /// 503: a part that is needed does not answer; the log knows more.
    Unavailable,
    /// 422: understood, and wrong.
    Unprocessable(Cow<'static, str>),
    /// 415: another content type is expected.
    UnsupportedMediaType,
}

impl Problem {
    /// Logs why, with all causes, and answers 500.
    ///
    /// For `map_err`: `store.load(&id).await.map_err(Problem::internal)?`
    pub fn internal(error: impl Error) -> Self {
        tracing::error!(reason = causes(&error), "internal error");
        Self::Internal
    }

    /// Logs why, with all causes, and answers 503.
    pub fn unavailable(error: impl Error) -> Self {
        tracing::error!(reason = causes(&error), "a needed part does not answer");
        Self::Unavailable
    }

    /// Returns the problem that stands for a status, if it is an error this crate knows.
    pub(crate) fn from_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::BAD_REQUEST => Self::BadRequest("the request cannot be understood".into()),
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::GONE => Self::Gone,
            StatusCode::INTERNAL_SERVER_ERROR => Self::Internal,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Self::Timeout,
            StatusCode::UNPROCESSABLE_ENTITY => {
                Self::Unprocessable("the request does not have the expected form".into())
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            _ => return None,
        })
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Gone => StatusCode::GONE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// Returns what goes over the wire.
    #[must_use]
    pub fn document(&self) -> ProblemDocument {
        let status = self.status();
        let detail = match self {
            Self::BadRequest(detail) | Self::Conflict(detail) | Self::Unprocessable(detail) => {
                Some(detail.clone().into_owned())
            }
            _ => None,
        };
        ProblemDocument {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self {
            Self::TooManyRequests(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Self::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        (self.status(), headers, body).into_response()
    }
}

/// The wire form of a [`Problem`] (RFC 9457, section 3.1), media type `application/problem+json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// `about:blank`: the status says it all (section 4.2.1).
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What the caller can change, if there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_that_of_rfc_9457() {
        let problem = Problem::Unprocessable("the expiry lies in the past".into());
        let wire = serde_json::to_string(&problem.document()).unwrap();
        let expected = r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the expiry lies in the past"}"#;
        assert_eq!(wire, expected);
        let response = problem.into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn the_headers_say_what_to_do_next() {
        let response = Problem::TooManyRequests(7).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(
            Problem::Unauthorized.into_response().headers()[WWW_AUTHENTICATE],
            "Bearer"
        );
    }

    #[test]
    fn causes_are_told_in_order() {
        let inner = std::io::Error::other("disk full");
        let outer = crate::BootError::Bind(inner);
        assert!(causes(&outer).ends_with(": disk full"));
    }
}
