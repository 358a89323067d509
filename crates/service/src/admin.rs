use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

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
/// The file has one base64url SHA-256 hash per line; what follows `#` is a name for people. It is
/// read anew when it changes, so that a token is good or revoked without a restart.
#[derive(Clone)]
pub struct AdminTokens {
    path: Option<Arc<Path>>,
    known: Arc<Mutex<Known>>,
}

impl AdminTokens {
    /// Makes a token, to be shown once, and the hash that stands for it in the file.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> (BearerToken, String) {
        let token = BearerToken::generate(rng);
        let hash = base64url::encode(token.hash());
        (token, hash)
    }

    /// Reads the configured file. Without one, every token is refused.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or a line is no hash.
    pub fn read(path: Option<&Path>) -> Result<Self, AdminTokensError> {
        let known = match path {
            None => Known::default(),
            Some(path) => Known::read(path)?,
        };
        Ok(Self {
            path: path.map(Arc::from),
            known: Arc::new(Mutex::new(known)),
        })
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    ///
    /// When a line is no hash.
    pub fn parse(text: &str) -> Result<Self, AdminTokensError> {
        let known = Known {
            hashes: hashes(text)?,
            version: None,
        };
        Ok(Self {
            path: None,
            known: Arc::new(Mutex::new(known)),
        })
    }

    /// Tells whether the token is one of them, in a time that does not depend on which.
    #[must_use]
    pub fn accept(&self, token: &BearerToken) -> bool {
        let mut known = self.known();
        if let Some(path) = &self.path {
            known.follow(path);
        }
        known
            .hashes
            .iter()
            .fold(false, |found, hash| found | token.matches(hash))
    }

    // What is known is whole at every point where a thread could die.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for AdminTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdminTokens({})", self.known().hashes.len())
    }
}

/// A line of the file of admin tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenLine<'t> {
    /// The hash of the token, in base64url.
    pub hash: &'t str,
    /// What people call it.
    pub name: &'t str,
}

impl<'t> TokenLine<'t> {
    /// Reads a line; `None` if no token stands on it.
    #[must_use]
    pub fn read(line: &'t str) -> Option<Self> {
        let (hash, name) = line.split_once('#').unwrap_or((line, ""));
        let (hash, name) = (hash.trim(), name.trim());
        (!hash.is_empty()).then_some(Self { hash, name })
    }
}

impl fmt::Display for TokenLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  # {}", self.hash, self.name)
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

/// What the file said when it was read last.
#[derive(Default)]
struct Known {
    hashes: Vec<[u8; 32]>,
    /// Tells one content of the file from another.
    version: Option<(SystemTime, u64)>,
}

impl Known {
    fn read(path: &Path) -> Result<Self, AdminTokensError> {
        let failed = |source| AdminTokensError::Read {
            path: path.to_owned(),
            source,
        };
        // Before the text: if it changes in between, it is read once more.
        let version = version(path).map_err(failed)?;
        let text = fs::read_to_string(path).map_err(failed)?;
        Ok(Self {
            hashes: hashes(&text)?,
            version: Some(version),
        })
    }

    /// Reads the file again if it changed. A file that has become unreadable lets nobody pass.
    fn follow(&mut self, path: &Path) {
        if self.version.is_some() && version(path).ok() == self.version {
            return;
        }
        *self = Self::read(path).unwrap_or_else(|error| {
            tracing::error!(reason = %error, "no admin token is accepted");
            Self::default()
        });
    }
}

fn version(path: &Path) -> io::Result<(SystemTime, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.modified()?, metadata.len()))
}

fn hashes(text: &str) -> Result<Vec<[u8; 32]>, AdminTokensError> {
    let lines = text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| Some((TokenLine::read(line)?.hash, number)))
        .map(|(hash, line)| {
            base64url::decode_array(hash).map_err(|_| AdminTokensError::NotAHash { line })
        })
        .collect()
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
    fn a_file_that_changes_is_read_again() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("tokens");
        let token = BearerToken::from("the token");
        let line = base64url::encode(token.hash());
        fs::write(&path, "").unwrap();
        let tokens = AdminTokens::read(Some(&path)).unwrap();
        assert!(!tokens.accept(&token));
        fs::write(&path, format!("{line}  # ops\n")).unwrap();
        assert!(tokens.accept(&token));
        fs::write(&path, "no hash").unwrap();
        assert!(!tokens.accept(&token));
        fs::write(&path, format!("{line}\n")).unwrap();
        assert!(tokens.accept(&token));
        fs::remove_file(&path).unwrap();
        assert!(!tokens.accept(&token));
    }

    #[test]
    fn a_line_is_a_hash_and_a_name() {
        let line = TokenLine::read("abc  # the front desk").unwrap();
        assert_eq!((line.hash, line.name), ("abc", "the front desk"));
        assert_eq!(line.to_string(), "abc  # the front desk");
        assert_eq!(TokenLine::read(" # nobody"), None);
        assert_eq!(TokenLine::read("abc").map(|line| line.name), Some(""));
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
