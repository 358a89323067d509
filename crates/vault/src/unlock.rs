use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use keys::base64url;
use keys::seal::SealingKey;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::files::{Disk, replace};
use crate::vault::Vault;

/// The key of a vault, kept for a while so that the passphrase need not be typed again. It is made
/// only when the person asks for it.
///
/// The file belongs in a folder that lives in memory and ends with the login, such as
/// `$XDG_RUNTIME_DIR`; its owner alone may read it.
#[derive(Debug)]
pub struct UnlockCache {
    path: PathBuf,
}

impl UnlockCache {
    /// Names the file in `folder` that belongs to one vault.
    #[must_use]
    pub fn new(folder: &Path, vault: &Path) -> Self {
        let whole = fs::canonicalize(vault).unwrap_or_else(|_| vault.to_owned());
        let hash = keys::sha256(whole.as_os_str().as_encoded_bytes());
        let name = format!("pessoa-{}.unlocked", base64url::encode(hash));
        Self {
            path: folder.join(name),
        }
    }

    /// Keeps the key of an open vault until then.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn remember(&self, vault: &Vault, until: Timestamp) -> Result<(), VaultError> {
        let expiry = until.as_second().to_be_bytes();
        replace(
            &Disk,
            &self.path,
            &[&MAGIC, &expiry, vault.data_key().expose_secret()],
        )
    }

    /// Opens the vault with the kept key. `None` if there is none that fits and has not expired;
    /// such a file is removed.
    ///
    /// # Errors
    ///
    /// When the vault is missing, in use or damaged.
    pub fn open(&self, vault: &Path, now: Timestamp) -> Result<Option<Vault>, VaultError> {
        let Some(data_key) = self.recall(now) else {
            self.forget()?;
            return Ok(None);
        };
        let opened = Vault::open_by(vault, |header| match header.is_of(&data_key) {
            true => Ok(data_key),
            false => Err(VaultError::WrongPassphrase),
        });
        match opened {
            // The passphrase was changed since.
            Err(VaultError::WrongPassphrase) => self.forget().map(|()| None),
            opened => opened.map(Some),
        }
    }

    /// Forgets the key. Having none to forget is fine.
    ///
    /// # Errors
    ///
    /// When the file cannot be removed.
    pub fn forget(&self) -> Result<(), VaultError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(VaultError::io("remove", &self.path)),
        }
    }

    fn recall(&self, now: Timestamp) -> Option<SealingKey> {
        let file = Zeroizing::new(fs::read(&self.path).ok()?);
        let (expiry, key) = file.strip_prefix(&MAGIC)?.split_first_chunk()?;
        let data_key = Zeroizing::new(<[u8; 32]>::try_from(key).ok()?);
        let valid = now.as_second() < i64::from_be_bytes(*expiry);
        valid.then(|| SealingKey::new(&data_key))
    }
}

const MAGIC: [u8; 8] = *b"PESSOAUK";
