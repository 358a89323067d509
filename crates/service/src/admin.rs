use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use keys::base64url;
use keys::token::BearerToken;
use rand_core::CryptoRng;
use thiserror::Error;

use crate::problem::Problem;

/// The tokens that may use an admin API, known by their hashes alone.
///
/// The file has one base64url SHA-256 hash per line; what follows `#` is a comment.
#[derive(Clone)]
pub struct AdminTokens {
    hashes: Arc<[[u8; 32]]>,
}

impl AdminTokens {
    /// Makes a token, to be shown once, and the line that stands for it in the file.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> (BearerToken, String) {
        let token = BearerToken::generate(rng);
        let line = base64url::encode(token.hash());
        (token, line)
    }

    /// Reads the configured file. Without one, every token is refused.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or a line is no hash.
    pub fn read(path: Option<&Path>) -> Result<Self, AdminTokensError> {
        let Some(path) = path else {
            return Ok(Self {
                hashes: Arc::default(),
            });
        };
        let text = std::fs::read_to_string(path).map_err(|source| AdminTokensError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    ///
    /// When a line is no hash.
    pub fn parse(text: &str) -> Result<Self, AdminTokensError> {
        let lines = text.lines().enumerate().map(|(index, line)| {
            let hash = line.split('#').next().unwrap_or_default().trim();
            (index + 1, hash)
        });
        let hashes = lines
            .filter(|(_, hash)| !hash.is_empty())
            .map(|(line, hash)| {
                base64url::decode_array(hash).map_err(|_| AdminTokensError::NotAHash { line })
            });
        Ok(Self {
            hashes: hashes.collect::<Result<_, _>>()?,
        })
    }

    /// Tells whether the token is one of them, in a time that does not depend on which.
    #[must_use]
    pub fn accept(&self, token: &BearerToken) -> bool {
        self.hashes
            .iter()
            .fold(false, |found, hash| found | token.matches(hash))
    }
}

impl fmt::Debug for AdminTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdminTokens({})", self.hashes.len())
    }
}

/// Middleware that lets only admins pass (RFC 6750, section 2.1) and answers 401 otherwise.
///
/// `.route_layer(from_fn_with_state(tokens, service::require_admin))`
pub async fn require_admin(
    State(tokens): State<AdminTokens>,
    request: Request,
    next: Next,
) -> Response {
    match bearer_token(request.headers()) {
        Some(token) if tokens.accept(&token) => next.run(request).await,
        _ => Problem::Unauthorized.into_response(),
    }
}

/// Why the file of admin tokens is refused; the operator must act.
#[derive(Debug, Error)]
pub enum AdminTokensError {
    /// A line is no hash.
    #[error("line {line} of the admin tokens is no base64url SHA-256 hash")]
    NotAHash {
        /// The line, counted from one.
        line: usize,
    },
    /// The file cannot be read.
    #[error("cannot read the admin tokens {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason that the machine gave.
        source: io::Error,
    },
}

/// Reads the token of a request (RFC 6750, section 2.1), if there is exactly one.
#[must_use]
pub fn bearer_token(headers: &HeaderMap) -> Option<BearerToken> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| BearerToken::from(token.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_hashes() {
        let token = BearerToken::from("the token");
        let line = base64url::encode(token.hash());
        let tokens = AdminTokens::parse(&format!("# ours\n\n{line}  # ops\n")).unwrap();
        assert!(tokens.accept(&token));
        assert!(!tokens.accept(&BearerToken::from("another")));
        assert!(!tokens.accept(&BearerToken::from(line.as_str())));
        assert!(!AdminTokens::read(None).unwrap().accept(&token));
        assert_eq!(format!("{tokens:?}"), "AdminTokens(1)");
    }

    #[test]
    fn a_line_that_is_no_hash_is_told() {
        let error = AdminTokens::parse("\nshort\n").unwrap_err();
        assert!(matches!(error, AdminTokensError::NotAHash { line: 2 }));
    }

    #[test]
    fn the_header_is_read_as_rfc_6750_writes_it() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            bearer_token(&headers).map(|token| token.expose().to_owned())
        };
        assert_eq!(read(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["Basic abc"]), None);
        assert_eq!(read(&["Bearer"]), None);
        assert_eq!(read(&["Bearer a", "Bearer b"]), None);
        assert_eq!(read(&[]), None);
    }
}
