use std::path::{Path, PathBuf};

use host::{Access, Folder, FolderError};
use keys::token::BearerToken;
use rand_core::CryptoRng;
use service::AdminTokens;
use thiserror::Error;
use url::Url;

/// A folder in which a service may be made.
#[derive(Debug)]
pub struct NewService<'f> {
    folder: &'f Path,
    file: &'f str,
}

impl<'f> NewService<'f> {
    /// Checks that `folder` has no configuration of the name `file` yet, and that the public
    /// address is one.
    ///
    /// # Errors
    ///
    /// [`MakeError`] if there is a service already, which is left as it is.
    pub fn check(folder: &'f Path, file: &'f str, public_url: &Url) -> Result<Self, MakeError> {
        let config = folder.join(file);
        if config.exists() {
            return Err(FolderError::Exists { path: config }.into());
        }
        if !matches!(public_url.scheme(), "http" | "https") || public_url.host().is_none() {
            return Err(MakeError::PublicUrl);
        }
        Ok(Self { folder, file })
    }

    /// Writes the hash of a first admin token, and the configuration. It comes last: where it
    /// stands, what the door made before stands too.
    ///
    /// # Errors
    ///
    /// [`MakeError`] if the folder cannot be written.
    pub fn write(self, text: &str, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Made, MakeError> {
        let (admin_token, hash) = AdminTokens::generate(rng);
        let hash = format!("{hash}  # made by init\n");
        Folder::create(self.folder)?.write_new(&[
            (ADMIN_TOKENS, hash.as_bytes(), Access::Private),
            (self.file, text.as_bytes(), Access::Private),
        ])?;
        Ok(Made {
            config: self.folder.join(self.file),
            admin_token,
        })
    }
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// The configuration.
    pub config: PathBuf,
    /// The token for the API of operators. It is shown this once: only its hash is kept.
    pub admin_token: BearerToken,
}

/// Why nothing was made. The operator must act.
#[derive(Debug, Error)]
pub enum MakeError {
    /// The folder cannot be written, or holds a service already.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The address is none.
    #[error("the public address must be an http or https URL with a host")]
    PublicUrl,
}

/// The name that the template of the configuration says.
const ADMIN_TOKENS: &str = "admin-tokens";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_made_once_and_at_an_address() {
        let place = tempfile::tempdir().unwrap();
        let url = Url::parse("https://a.example").unwrap();
        let new = NewService::check(place.path(), "a.toml", &url).unwrap();
        let made = new.write("text", &mut host::system_rng()).unwrap();
        assert_eq!(std::fs::read_to_string(&made.config).unwrap(), "text");
        let tokens = AdminTokens::read(Some(&place.path().join(ADMIN_TOKENS))).unwrap();
        assert!(tokens.accept(&made.admin_token));
        assert!(matches!(
            NewService::check(place.path(), "a.toml", &url),
            Err(MakeError::Folder(FolderError::Exists { path })) if path == made.config
        ));
        for wrong in ["ftp://a.example", "data:,a"] {
            let refused = NewService::check(place.path(), "b.toml", &wrong.parse().unwrap());
            assert!(matches!(refused, Err(MakeError::PublicUrl)), "{wrong}");
        }
    }
}
