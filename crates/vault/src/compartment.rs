use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::seal::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::files::{Disk, Files, replace, with_suffix};
use crate::sealed::Kind;
use crate::vault::lock;

/// What a timer may open while the vault is locked: a file beside the vault, sealed under a key
/// that lies in a file of its own, which its owner alone may read.
///
/// It protects copies of the file, and keeps the vault's passphrase out of timers. It does not
/// protect against whoever reads everything that its owner reads: nothing goes in that the vault
/// must keep to itself.
pub struct Compartment {
    path: PathBuf,
    key: SealingKey,
    contents: Zeroizing<Vec<u8>>,
    pub(crate) files: Arc<dyn Files>,
    // Closing the file releases the lock.
    _lock: File,
}

impl Compartment {
    /// Makes the compartment beside a vault, or fills the one that is there anew.
    ///
    /// # Errors
    ///
    /// [`VaultError::Locked`] when another process has it open; when the machine refuses.
    pub fn create(
        vault: &Path,
        contents: Zeroizing<Vec<u8>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, VaultError> {
        let path = place(vault);
        let lock = lock(&path)?;
        let files = Arc::new(Disk);
        let key_path = key_place(&path);
        let key = match read_key(files.as_ref(), &key_path)? {
            Some(key) => key,
            None => {
                let key = SealingKey::generate(rng);
                replace(
                    files.as_ref(),
                    &key_path,
                    &[&KEY_MAGIC, key.expose_secret()],
                )?;
                key
            }
        };
        let mut compartment = Self {
            path,
            key,
            contents: Zeroizing::default(),
            files,
            _lock: lock,
        };
        compartment.save(contents, rng)?;
        Ok(compartment)
    }

    /// Opens the compartment beside a vault. `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`VaultError::Locked`] when another process has it open, [`VaultError::Damaged`] when it
    /// does not open: the vault can make it anew then. When the machine refuses.
    pub fn open(vault: &Path) -> Result<Option<Self>, VaultError> {
        let path = place(vault);
        if !path.exists() {
            return Ok(None);
        }
        let lock = lock(&path)?;
        let files = Arc::new(Disk);
        let file = match files.read(&path) {
            // Removed while the lock was awaited.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(VaultError::io("read", &path))?,
        };
        let damaged = || VaultError::Damaged { path: path.clone() };
        let key = read_key(files.as_ref(), &key_place(&path))?.ok_or_else(damaged)?;
        let contents = match Kind::Compartment.open(&key, &file, &path) {
            Err(VaultError::WrongKey { .. }) => return Err(damaged()),
            opened => opened?,
        };
        Ok(Some(Self {
            path,
            key,
            contents,
            files,
            _lock: lock,
        }))
    }

    /// Removes the compartment beside a vault, and its key. Having none to remove is fine.
    ///
    /// # Errors
    ///
    /// [`VaultError::Locked`] when another process has it open; when the machine refuses.
    pub fn remove(vault: &Path) -> Result<(), VaultError> {
        let path = place(vault);
        let key = key_place(&path);
        if !path.exists() && !key.exists() {
            return Ok(());
        }
        let _lock = lock(&path)?;
        // The key first: without it the rest is noise.
        for file in [&key, &path] {
            Disk.remove(file).map_err(VaultError::io("remove", file))?;
        }
        Ok(())
    }

    /// Returns the contents as last opened or saved.
    #[must_use]
    pub fn contents(&self) -> &[u8] {
        &self.contents
    }

    /// Replaces the contents. When it returns, they are on the disk.
    ///
    /// # Errors
    ///
    /// When the machine refuses. The file then holds the old or the new contents, whole.
    pub fn save(
        &mut self,
        contents: Zeroizing<Vec<u8>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(), VaultError> {
        let file = Kind::Compartment.seal(&self.key, &contents, rng);
        replace(self.files.as_ref(), &self.path, &[&file])?;
        self.contents = contents;
        Ok(())
    }
}

impl fmt::Debug for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compartment")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn place(vault: &Path) -> PathBuf {
    // A link is followed, as by the vault itself.
    let vault = std::fs::canonicalize(vault).unwrap_or_else(|_| vault.to_owned());
    with_suffix(&vault, ".renewal")
}

fn key_place(compartment: &Path) -> PathBuf {
    with_suffix(compartment, ".key")
}

/// `None` when there is no key, or something else in its place.
fn read_key(files: &dyn Files, path: &Path) -> Result<Option<SealingKey>, VaultError> {
    let file = match files.read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => Zeroizing::new(read.map_err(VaultError::io("read", path))?),
    };
    let key = file.strip_prefix(&KEY_MAGIC);
    let key = key.and_then(|key| <[u8; 32]>::try_from(key).ok());
    Ok(key.map(Zeroizing::new).map(|key| SealingKey::new(&key)))
}

const KEY_MAGIC: [u8; 8] = *b"PESSOARK";
