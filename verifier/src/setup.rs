//! `init`: a folder with a commented configuration, and a key that nobody else can read.

use std::net::SocketAddr;
use std::path::Path;

use did::{Did, Method};
use host::{Folder, FolderError};
use operator::{Made, MakeError, NewService};
use url::Url;

use crate::config::{Config, FILE, KEYS};
use crate::identity::Identity;

/// What `init` may be told.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// What people call the verifier.
    pub name: String,
    /// The address under which others reach it.
    pub public_url: Url,
    /// Where to listen; for a loopback address, there unless told otherwise.
    pub listen: Option<SocketAddr>,
    /// The issuers to trust: addresses or did:web.
    pub trust: Vec<String>,
}

impl Default for InitOptions {
    /// A verifier for trying out, on loopback, that trusts an issuer for trying out.
    fn default() -> Self {
        Self {
            name: "Example verifier".to_owned(),
            #[expect(clippy::expect_used, reason = "it is a constant")]
            public_url: Url::parse(DEFAULT_URL).expect("an address"),
            listen: None,
            trust: vec![DEFAULT_ISSUER.to_owned()],
        }
    }
}

/// Writes configuration and key into `folder`, making it where it does not exist.
///
/// # Errors
/// [`InitError`] if there is a verifier already, which is left as it is.
pub fn init(folder: &Path, options: &InitOptions) -> Result<Made, InitError> {
    let rng = &mut host::system_rng();
    let url = &options.public_url;
    let new = NewService::check(folder, FILE, url)?;
    let trusted = options.trust.iter().map(|issuer| {
        let (identifier, base) = address(issuer)?;
        Ok((identifier, base))
    });
    let trusted: Vec<_> = trusted.collect::<Result<_, InitError>>()?;
    if trusted.is_empty() {
        return Err(InitError::Issuer);
    }
    let is_http = |(_, base): &(String, String)| base.starts_with("http:");
    if !web_address::is_loopback(url) && trusted.iter().any(is_http) {
        return Err(InitError::HttpIssuer);
    }
    let listen = options
        .listen
        .unwrap_or_else(|| service::Config::listen(url, DEFAULT_PORT));
    let text = Config::template(&options.name, url, listen, &trusted);
    Folder::create(folder)?;
    Identity::create(&folder.join(KEYS), rng)?;
    Ok(new.write(&text, rng)?)
}

/// Why nothing was made. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The folder cannot be written, or holds a verifier already.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A trusted issuer has no https, and the verifier will fetch nothing else.
    #[error("this verifier is not for trying out on loopback: it asks issuers by https alone")]
    HttpIssuer,
    /// A trusted issuer is neither an address nor a did:web.
    #[error("a trusted issuer must be an http or https address, or a did:web")]
    Issuer,
    /// There is a service already, or the address is none.
    #[error(transparent)]
    Service(#[from] MakeError),
}

/// The identifier of an issuer, and the address below which its types are.
fn address(issuer: &str) -> Result<(String, String), InitError> {
    if let Ok(did) = Did::parse(issuer) {
        let base = base_of(&did).ok_or(InitError::Issuer)?;
        return Ok((
            did.to_string(),
            base.as_str().trim_end_matches('/').to_owned(),
        ));
    }
    let url: Url = issuer.parse().map_err(|_| InitError::Issuer)?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(InitError::Issuer);
    }
    let base = url.as_str().trim_end_matches('/').to_owned();
    Ok((base.clone(), base))
}

/// The address of which a did:web is made.
pub(crate) fn base_of(did: &Did) -> Option<Url> {
    if did.method() != Method::Web {
        return None;
    }
    let mut url = did::web::url(did, true).ok()?;
    let path = url.path().strip_suffix("/did.json")?.to_owned();
    url.set_path(path.strip_suffix("/.well-known").unwrap_or(&path));
    Some(url)
}

const DEFAULT_ISSUER: &str = "http://127.0.0.1:8001";
const DEFAULT_PORT: u16 = 8002;
const DEFAULT_URL: &str = "http://127.0.0.1:8002";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_address_or_a_did_on_the_web() {
        for (issuer, identifier, base) in [
            (
                "http://127.0.0.1:8001/",
                "http://127.0.0.1:8001",
                "http://127.0.0.1:8001",
            ),
            (
                "https://a.example/t",
                "https://a.example/t",
                "https://a.example/t",
            ),
            (
                "did:web:a.example",
                "did:web:a.example",
                "https://a.example",
            ),
            (
                "did:web:a.example:t",
                "did:web:a.example:t",
                "https://a.example/t",
            ),
            (
                "did:web:127.0.0.1%3A8001",
                "did:web:127.0.0.1%3A8001",
                "http://127.0.0.1:8001",
            ),
        ] {
            let read = address(issuer).unwrap();
            assert_eq!(read, (identifier.to_owned(), base.to_owned()));
        }
        for wrong in ["", "a.example", "ftp://a.example", "did:key:z6Mk"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
