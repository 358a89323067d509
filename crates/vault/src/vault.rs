use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use keys::seal::SealingKey;
use rand_core::CryptoRng;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::body::{self, Chunks, Opened};
use crate::cost::Cost;
use crate::error::VaultError;
use crate::files::{Disk, Files, private, replace, with_suffix};
use crate::header::{Form, Header};

/// What the person types to open the vault.
#[derive(Debug)]
pub struct Passphrase(SecretString);

impl Passphrase {
    fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

/// An open vault. While it lives, no other process can open it.
pub struct Vault {
    path: PathBuf,
    header: Header,
    data_key: SealingKey,
    contents: Opened,
    annex: Annex,
    files: Arc<dyn Files>,
    // Closing the file releases the lock.
    _lock: File,
}

impl Vault {
    /// Makes a new vault, at the standard cost of a guess.
    ///
    /// # Errors
    ///
    /// When a file is there already, the passphrase is empty, or the machine refuses.
    pub fn create(
        path: &Path,
        passphrase: &Passphrase,
        contents: Zeroizing<Vec<u8>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, VaultError> {
        Self::create_at_cost(path, passphrase, Cost::standard(), contents, rng)
    }

    /// As [`Vault::create`], at another cost.
    ///
    /// # Errors
    ///
    /// As [`Vault::create`].
    pub fn create_at_cost(
        path: &Path,
        passphrase: &Passphrase,
        cost: Cost,
        contents: Zeroizing<Vec<u8>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, VaultError> {
        let lock = lock(path)?;
        if path.symlink_metadata().is_ok() {
            return Err(VaultError::Exists {
                path: path.to_owned(),
            });
        }
        let data_key = SealingKey::generate(rng);
        let header = seal_header(passphrase, cost, &data_key, rng)?;
        let files = Arc::new(Disk);
        let path = path.to_owned();
        let mut vault = Self {
            path,
            header,
            data_key,
            contents: Opened::default(),
            annex: Annex::from(Opened::default()),
            files,
            _lock: lock,
        };
        vault.save(contents, Zeroizing::default(), rng)?;
        Ok(vault)
    }

    /// Opens a vault with its passphrase.
    ///
    /// # Errors
    ///
    /// When there is none, another process has it open, the passphrase is wrong, or the file is
    /// damaged: each told apart.
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, VaultError> {
        Self::open_by(path, |header| {
            header
                .unlock(passphrase.bytes())
                .ok_or(VaultError::WrongPassphrase)
        })
    }

    pub(crate) fn open_by(
        path: &Path,
        unlock: impl FnOnce(&Header) -> Result<SealingKey, VaultError>,
    ) -> Result<Self, VaultError> {
        // A link is followed here, since saving would replace it.
        let path = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(VaultError::Missing {
                    path: path.to_owned(),
                });
            }
            found => found.map_err(VaultError::io("open", path))?,
        };
        let lock = lock(&path)?;
        let files = Arc::new(Disk);
        let head = files.read_part(&path, 0, body::HEAD);
        let head = head.map_err(VaultError::io("read", &path))?;
        let header = Header::read(&head, &path)?;
        let data_key = unlock(&header)?;
        let (contents, annex) = match header.form() {
            Form::Chunks => {
                let (chunks, contents) = Chunks::open(files.as_ref(), &path, &head, &data_key)?;
                (contents, Annex::closed(chunks))
            }
            Form::Whole => {
                let file = files.read(&path).map_err(VaultError::io("read", &path))?;
                let contents = body::open_whole(file, &header, &data_key);
                let contents =
                    contents.ok_or_else(|| VaultError::Damaged { path: path.clone() })?;
                (contents, Annex::from(Opened::default()))
            }
        };
        Ok(Self {
            path,
            header,
            data_key,
            contents,
            annex,
            files,
            _lock: lock,
        })
    }

    /// Returns the path, with links followed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the contents as last opened or saved.
    #[must_use]
    pub fn contents(&self) -> &[u8] {
        self.contents.bytes()
    }

    /// Returns the annex as last opened or saved: what is large and seldom needed. It is read from
    /// the file when it is first asked for.
    ///
    /// # Errors
    ///
    /// [`VaultError::Damaged`] when its bytes were changed; when the machine refuses.
    pub fn annex(&self) -> Result<&[u8], VaultError> {
        let open =
            |chunks: &Chunks| chunks.open_annex(self.files.as_ref(), &self.path, &self.data_key);
        self.annex.bytes(open)
    }

    /// Replaces the contents and the annex, together. When it returns, they are on the disk.
    ///
    /// # Errors
    ///
    /// When the machine refuses. The file then holds the old or the new ones, whole; the open
    /// vault goes on with the old ones.
    pub fn save(
        &mut self,
        contents: Zeroizing<Vec<u8>>,
        annex: Zeroizing<Vec<u8>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(), VaultError> {
        // Once the file is replaced, the old annex could not be read from it.
        self.annex()?;
        let header = self.header.renewed();
        let body = body::seal(&header, &self.data_key, &contents, &annex, rng);
        replace(self.files.as_ref(), &self.path, &[header.bytes(), &body])?;
        self.header = header;
        self.contents = Opened::from(contents);
        self.annex = Annex::from(Opened::from(annex));
        Ok(())
    }

    /// Changes the passphrase, and with it the data key: copies of the old key open nothing any
    /// more. The cost of a guess stays.
    ///
    /// # Errors
    ///
    /// When the new passphrase is empty or the machine refuses. The file then opens with the old
    /// or the new passphrase; the open vault goes on with the old.
    pub fn change_passphrase(
        &mut self,
        passphrase: &Passphrase,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(), VaultError> {
        let cost = self.header.cost().unwrap_or(Cost::standard());
        let data_key = SealingKey::generate(rng);
        let header = seal_header(passphrase, cost, &data_key, rng)?;
        let annex = self.annex()?;
        let body = body::seal(&header, &data_key, self.contents(), annex, rng);
        replace(self.files.as_ref(), &self.path, &[header.bytes(), &body])?;
        (self.header, self.data_key) = (header, data_key);
        Ok(())
    }

    pub(crate) fn data_key(&self) -> &SealingKey {
        &self.data_key
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The annex, opened or not yet.
struct Annex {
    chunks: Option<Chunks>,
    opened: OnceLock<Opened>,
}

impl Annex {
    fn closed(chunks: Chunks) -> Self {
        Self {
            chunks: Some(chunks),
            opened: OnceLock::new(),
        }
    }

    fn bytes(
        &self,
        open: impl FnOnce(&Chunks) -> Result<Opened, VaultError>,
    ) -> Result<&[u8], VaultError> {
        if self.opened.get().is_none()
            && let Some(chunks) = &self.chunks
        {
            let opened = open(chunks)?;
            return Ok(self.opened.get_or_init(|| opened).bytes());
        }
        Ok(self.opened.get().map(Opened::bytes).unwrap_or_default())
    }
}

impl From<Opened> for Annex {
    fn from(opened: Opened) -> Self {
        Self {
            chunks: None,
            opened: OnceLock::from(opened),
        }
    }
}

fn seal_header(
    passphrase: &Passphrase,
    cost: Cost,
    data_key: &SealingKey,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Header, VaultError> {
    if passphrase.bytes().is_empty() {
        return Err(VaultError::EmptyPassphrase);
    }
    Header::new(passphrase.bytes(), cost, data_key, rng)
}

// Beside the vault, since the vault itself is replaced; never removed, since somebody may wait for
// it. The machine releases it when the process ends, however it ends.
pub(crate) fn lock(path: &Path) -> Result<File, VaultError> {
    let lock = with_suffix(path, ".lock");
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let file = private(options)
        .open(&lock)
        .map_err(VaultError::io("open", &lock))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VaultError::Locked { lock }),
        Err(TryLockError::Error(error)) => Err(VaultError::io("lock", &lock)(error)),
    }
}

#[cfg(test)]
mod tests;
