//! `init`: a folder with a commented configuration, and keys that nobody else can read.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use host::{Clock, Folder, FolderError};
use keys::token::BearerToken;
use operator::{Made, MakeError, NewService};
use url::Url;

use crate::config::{Config, FILE};
use crate::keyring::{AUTHORITY, Keyring, KeyringError};

/// What `init` may be told.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// What people call the issuer.
    pub name: String,
    /// The address under which others reach it.
    pub public_url: Url,
    /// Where to listen; for a loopback address, there unless told otherwise.
    pub listen: Option<SocketAddr>,
}

impl Default for InitOptions {
    /// An issuer for trying out, on loopback.
    fn default() -> Self {
        Self {
            name: "Example issuer".to_owned(),
            #[expect(clippy::expect_used, reason = "it is a constant")]
            public_url: Url::parse(DEFAULT_URL).expect("an address"),
            listen: None,
        }
    }
}

/// What `init` made.
#[derive(Debug)]
pub struct Init {
    /// The configuration.
    pub config: PathBuf,
    /// The certificate to hand to verifiers that identify issuers by `x5c`.
    pub authority: PathBuf,
    /// The token for the admin API. It is shown this once: only its hash is kept.
    pub admin_token: BearerToken,
}

/// Writes configuration and keys into `folder`, making it where it does not exist.
///
/// # Errors
/// [`InitError`] if there is an issuer already, which is left as it is.
pub fn init(folder: &Path, options: &InitOptions, clock: &dyn Clock) -> Result<Init, InitError> {
    let rng = &mut host::system_rng();
    let url = &options.public_url;
    let new = NewService::check(folder, FILE, url)?;
    let listen = options
        .listen
        .unwrap_or_else(|| service::Config::listen(url, DEFAULT_PORT));
    let text = Config::template(&options.name, url, listen);
    let keys = folder.join(KEYS);
    Folder::create(folder)?;
    Keyring::create(&keys, &options.name, url, clock.now(), rng)?;
    let Made {
        config,
        admin_token,
    } = new.write(&text, rng)?;
    Ok(Init {
        config,
        authority: keys.join(AUTHORITY),
        admin_token,
    })
}

/// Why nothing was made. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The folder cannot be written, or holds an issuer already.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The keys cannot be made.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// There is a service already, or the address is none.
    #[error(transparent)]
    Service(#[from] MakeError),
}

const DEFAULT_PORT: u16 = 8001;
const DEFAULT_URL: &str = "http://127.0.0.1:8001";
const KEYS: &str = "keys";
