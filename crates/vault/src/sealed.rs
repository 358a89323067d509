//! Files sealed under a key that lies elsewhere.
//!
//! ```text
//! magic 8 | version 2 | id of the key 16 | contents, padded, sealed under the key | SHA-256 of all before 32
//! ```

use std::path::Path;

use keys::seal::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::header::key_id;
use crate::padding::{pad, unpad};

/// What a sealed file is for; one never opens as the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// What a wallet hands to its holder for safe keeping.
    Backup,
    /// What a renewal needs while the vault is locked.
    Compartment,
}

impl Kind {
    /// Tells whether a file claims to be of this kind.
    pub(crate) fn names(self, file: &[u8]) -> bool {
        file.starts_with(self.magic())
    }

    /// Seals contents as a whole file.
    pub(crate) fn seal(
        self,
        key: &SealingKey,
        contents: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Vec<u8> {
        let head = [
            self.magic().as_slice(),
            &VERSION.to_be_bytes(),
            &key_id(key),
        ]
        .concat();
        let body = key.seal(&head, &pad(&[contents]), rng);
        let checked = [head, body].concat();
        [checked.as_slice(), &keys::sha256(&checked)].concat()
    }

    /// Opens a whole file.
    pub(crate) fn open(
        self,
        key: &SealingKey,
        file: &[u8],
        path: &Path,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let path = || path.to_owned();
        let damaged = || VaultError::Damaged { path: path() };
        let rest = file
            .strip_prefix(self.magic())
            .ok_or_else(|| self.foreign(&path()))?;
        match rest.first_chunk().copied().map(u16::from_be_bytes) {
            Some(VERSION) => {}
            Some(version) => {
                return Err(VaultError::UnsupportedVersion {
                    path: path(),
                    version,
                });
            }
            None => return Err(damaged()),
        }
        let (checked, checksum) = file.split_last_chunk::<32>().ok_or_else(damaged)?;
        if keys::sha256(checked) != *checksum {
            return Err(damaged());
        }
        let (head, body) = checked.split_at_checked(HEAD).ok_or_else(damaged)?;
        if !head.ends_with(&key_id(key)) {
            return Err(VaultError::WrongKey { path: path() });
        }
        let opened = key.open(head, body).ok().and_then(unpad);
        opened.ok_or_else(damaged)
    }

    fn foreign(self, path: &Path) -> VaultError {
        let path = path.to_owned();
        match self {
            Self::Backup => VaultError::NotABackup { path },
            Self::Compartment => VaultError::Damaged { path },
        }
    }

    const fn magic(self) -> &'static [u8; 8] {
        match self {
            Self::Backup => b"PESSOABK",
            Self::Compartment => b"PESSOARN",
        }
    }
}

const VERSION: u16 = 1;
const HEAD: usize = 8 + 2 + 16;
