use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a vault was not opened or saved.
#[derive(Debug, Error)]
pub enum VaultError {
    /// Bytes of the file were changed or lost: a backup must help.
    #[error("the vault {} is damaged", path.display())]
    Damaged {
        /// The vault.
        path: PathBuf,
    },
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// A new vault would replace another file.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file in the way.
        path: PathBuf,
    },
    /// The machine refused.
    #[error("cannot {step} {}", path.display())]
    Io {
        /// What was tried.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason that the machine gave.
        source: io::Error,
    },
    /// Another process has the vault open.
    #[error("the vault is in use by another process, which holds {}", lock.display())]
    Locked {
        /// The file that the other process has locked.
        lock: PathBuf,
    },
    /// There is no vault.
    #[error("there is no vault at {}", path.display())]
    Missing {
        /// Where it was sought.
        path: PathBuf,
    },
    /// The file is something else than a backup.
    #[error("{} is not a backup", path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a vault", path.display())]
    NotAVault {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error("{} was written by a newer version of this program (format {version})", path.display())]
    UnsupportedVersion {
        /// The vault.
        path: PathBuf,
        /// Its format.
        version: u16,
    },
    /// The file is whole, and sealed under another key.
    #[error("{} was sealed with another key", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase does not open the vault, and the vault is whole.
    #[error("the passphrase does not open the vault")]
    WrongPassphrase,
}

impl VaultError {
    pub(crate) fn io(step: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            step,
            path: path.to_owned(),
            source,
        }
    }
}
