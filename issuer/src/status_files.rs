//! Status lists as files: replaced atomically, and read as they are.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use host::Access;

use crate::topic::Topic;

/// One of the files in which a list is published.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// A Bitstring Status List Credential, secured by JOSE.
    JwtVcJson(Topic),
    /// The same with a Data Integrity proof.
    LdpVc(Topic),
    /// A Status List Token.
    Token,
}

impl Form {
    /// Reads the last segment of a list credential's address.
    #[must_use]
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (topic, form) = name.split_once('.')?;
        let topic = Topic::parse(topic)?;
        match form {
            "json" => Some(Self::LdpVc(topic)),
            "jwt" => Some(Self::JwtVcJson(topic)),
            _ => None,
        }
    }

    /// The last segment of a list credential's address; the token has none.
    #[must_use]
    pub(crate) fn name(self) -> Option<String> {
        match self {
            Self::JwtVcJson(topic) => Some(format!("{topic}.jwt")),
            Self::LdpVc(topic) => Some(format!("{topic}.json")),
            Self::Token => None,
        }
    }

    /// The media type.
    #[must_use]
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::JwtVcJson(_) => "application/vc+jwt",
            Self::LdpVc(_) => "application/vc",
            Self::Token => "application/statuslist+jwt",
        }
    }
}

/// The folder of the signed status lists.
#[derive(Clone, Debug)]
pub(crate) struct StatusFiles {
    folder: PathBuf,
}

impl StatusFiles {
    /// Names the folder; it is made when the first list is written.
    #[must_use]
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Reads a list as it is sent, compressed by gzip if asked for; `None` if there is none.
    ///
    /// # Errors
    /// [`StatusFilesError`] if the file is there and cannot be read.
    pub(crate) async fn read(
        &self,
        list: u32,
        form: Form,
        encoding: Encoding,
    ) -> Result<Option<Vec<u8>>, StatusFilesError> {
        let path = self.path(list, form, encoding);
        match tokio::fs::read(&path).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StatusFilesError { path, source }),
        }
    }

    /// Waits for the turn to write, among all processes that use the folder.
    ///
    /// # Errors
    /// [`StatusFilesError`] if the folder cannot be written.
    pub(crate) async fn lock(&self) -> Result<Turn<'_>, StatusFilesError> {
        let folder = self.folder.clone();
        let path = folder.join(LOCK);
        let taken = blocking(move || {
            fs::create_dir_all(&folder)?;
            let file = File::create(folder.join(LOCK))?;
            file.lock()?;
            Ok(file)
        });
        match taken.await {
            Ok(held) => Ok(Turn {
                files: self,
                _held: held,
            }),
            Err(source) => Err(StatusFilesError { path, source }),
        }
    }

    fn path(&self, list: u32, form: Form, encoding: Encoding) -> PathBuf {
        let suffix = match encoding {
            Encoding::Gzip => ".gz",
            Encoding::Identity => "",
        };
        let name = form.name().unwrap_or_else(|| "jwt".to_owned());
        self.folder.join(format!("{list}.{name}{suffix}"))
    }
}

/// The turn to write; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Turn<'f> {
    files: &'f StatusFiles,
    _held: File,
}

impl Turn<'_> {
    /// Replaces a list, in both encodings.
    ///
    /// # Errors
    /// [`StatusFilesError`] if the machine refuses; the earlier list then stays.
    pub(crate) async fn write(
        &self,
        list: u32,
        form: Form,
        signed: String,
    ) -> Result<(), StatusFilesError> {
        let plain = self.files.path(list, form, Encoding::Identity);
        let packed = self.files.path(list, form, Encoding::Gzip);
        let path = plain.clone();
        let written = blocking(move || {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
            gzip.write_all(signed.as_bytes())?;
            for (path, bytes) in [(&packed, &*gzip.finish()?), (&plain, signed.as_bytes())] {
                host::replace(path, bytes, Access::Public).map_err(io::Error::other)?;
            }
            Ok(())
        });
        written
            .await
            .map_err(|source| StatusFilesError { path, source })
    }
}

/// How a list is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// Compressed.
    Gzip,
    /// As it is.
    Identity,
}

/// The machine refuses to read or write a status list. The operator must act.
#[derive(Debug, thiserror::Error)]
#[error("cannot read or write the status list {}", path.display())]
pub struct StatusFilesError {
    path: PathBuf,
    source: io::Error,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

const LOCK: &str = ".lock";
