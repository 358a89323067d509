use std::path::Path;

use keys::seal::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::files::{Disk, Files, replace};
use crate::sealed::Kind;

/// A file for safe keeping anywhere, sealed under a key of full strength: nobody can guess it, so
/// that it costs no time to open.
#[derive(Clone, Copy, Debug)]
pub struct Backup<'a> {
    path: &'a Path,
}

impl<'a> Backup<'a> {
    /// Names the file.
    #[must_use]
    pub const fn at(path: &'a Path) -> Self {
        Self { path }
    }

    /// Writes the backup, in the place of an earlier one, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`VaultError::Exists`] when there is a file that is no backup; when the machine refuses.
    pub fn write(
        &self,
        key: &SealingKey,
        contents: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(), VaultError> {
        let path = self.path;
        if path.symlink_metadata().is_ok() {
            let there = Disk.read(path).map_err(VaultError::io("read", path))?;
            if !Kind::Backup.names(&there) {
                return Err(VaultError::Exists {
                    path: path.to_owned(),
                });
            }
        }
        replace(&Disk, path, &[&Kind::Backup.seal(key, contents, rng)])
    }

    /// Reads the backup.
    ///
    /// # Errors
    ///
    /// When there is none, it is sealed under another key, or damaged: each told apart.
    pub fn read(&self, key: &SealingKey) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let path = self.path;
        if path.symlink_metadata().is_err() {
            return Err(VaultError::Missing {
                path: path.to_owned(),
            });
        }
        let file = Disk.read(path).map_err(VaultError::io("read", path))?;
        Kind::Backup.open(key, &file, path)
    }
}
