//! What stands in for a token on the own machine: a web page in a browser there gets nowhere.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Method;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::uri::Authority;
use url::Url;

use crate::problem::Problem;

/// Middleware that lets a request pass that asks for this machine by a name of its own, and answers
/// 403 otherwise.
///
/// A page can point its own name at 127.0.0.1 (DNS rebinding): then the browser says that name.
pub async fn require_local(request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).map(HeaderValue::to_str);
    let fine = match named {
        Some(Ok(authority)) => is_local(authority),
        Some(Err(_)) => false,
        None => request
            .uri()
            .authority()
            .is_none_or(|one| is_local(one.as_str())),
    };
    match fine {
        true => next.run(request).await,
        false => Problem::Forbidden.into_response(),
    }
}

/// Middleware that takes bodies for what they say that they are, and only JSON: 415 otherwise.
///
/// A page can make a browser send other forms to anybody without asking first (Fetch, section
/// 2.2.2).
pub async fn require_json(request: Request, next: Next) -> Response {
    let named = request.headers().get(CONTENT_TYPE);
    let named = named.and_then(|value| value.to_str().ok());
    match request.method() == Method::POST && !named.is_some_and(is_json) {
        true => Problem::UnsupportedMediaType.into_response(),
        false => next.run(request).await,
    }
}

fn is_local(authority: &str) -> bool {
    let authority = authority.parse::<Authority>().ok();
    let url = authority.and_then(|authority| Url::parse(&format!("http://{authority}")).ok());
    url.is_some_and(|url| web_address::is_loopback(&url))
}

/// `application/json`, or another type of that structure (RFC 6839, section 3.1).
fn is_json(value: &str) -> bool {
    let name = value.split(';').next().unwrap_or_default().trim();
    let name = name.to_ascii_lowercase();
    name.strip_prefix("application/")
        .is_some_and(|rest| rest == "json" || rest.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for local in ["localhost", "localhost:8001", "127.0.0.1:8001", "[::1]:80"] {
            assert!(is_local(local), "{local}");
        }
        for other in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8001",
            "192.168.0.1",
            "user@evil.example",
            "",
            "/",
        ] {
            assert!(!is_local(other), "{other}");
        }
    }

    #[test]
    fn forms_that_pages_may_send_are_no_json() {
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/ld+json",
        ] {
            assert!(is_json(json), "{json}");
        }
        for other in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "json",
            "",
        ] {
            assert!(!is_json(other), "{other}");
        }
    }
}
