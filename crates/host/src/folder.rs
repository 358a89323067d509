use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Who may read a new file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// The owner alone (0600): keys, tokens, configuration with a database password.
    Private,
    /// Everybody on the machine (0644), also where new files are the owner's alone otherwise
    /// (`UMask=0077`): a web server may serve it.
    Public,
}

/// A folder into which `init` writes, without ever overwriting.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens `path`, making it for the owner alone (0700) where it does not exist.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or is not a folder.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        if !path.is_dir() {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder
                .create(path)
                .map_err(|source| FolderError::io(path, source))?;
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Returns the folder's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes new files, durably, and returns their paths. When one of them exists, none is
    /// written.
    ///
    /// # Errors
    ///
    /// When a file exists already, or cannot be written.
    pub fn write_new(&self, files: &[(&str, &[u8], Access)]) -> Result<Vec<PathBuf>, FolderError> {
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, ..)| self.path.join(name))
            .collect();
        if let Some(path) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
            return Err(FolderError::Exists { path: path.clone() });
        }
        for (path, (_, contents, access)) in paths.iter().zip(files) {
            write_one(path, contents, *access).map_err(|source| FolderError::io(path, source))?;
        }
        Ok(paths)
    }
}

/// Replaces a file: a reader sees the old contents or the new ones, also after a power cut.
///
/// Two who replace the same file at once must take turns.
///
/// # Errors
///
/// When it cannot be written; what stood there then stays.
pub fn replace(path: &Path, contents: &[u8], access: Access) -> Result<(), FolderError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let replaced = || {
        // One that was cut off may have left it.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        write_one(&beside, contents, access)?;
        fs::rename(&beside, path)?;
        sync_folder_of(path)
    };
    replaced().map_err(|source| FolderError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Why a folder or file was not written.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The file is there already, and is left as it is.
    #[error("{} exists already and was left as it is", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The machine refused.
    #[error("cannot write {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason that the machine gave.
        source: io::Error,
    },
}

impl FolderError {
    fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists {
                path: path.to_owned(),
            },
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }
}

fn write_one(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file
        .write_all(contents)
        .and_then(|()| permit(&file, access))
        .and_then(|()| file.sync_all());
    if written.is_err() {
        // A half-written key would be taken for a key.
        let _ = fs::remove_file(path);
    }
    written
}

fn permit(file: &File, access: Access) -> io::Result<()> {
    match access {
        #[cfg(unix)]
        Access::Public => file.set_permissions(PermissionsExt::from_mode(0o644)),
        _ => Ok(()),
    }
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and renaming is durable enough.
    match path.parent() {
        Some(folder) if cfg!(unix) && folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_for_the_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(&place.path().join("deep/keys")).unwrap();
        folder
            .write_new(&[
                ("key", b"secret", Access::Private),
                ("page", b"text", Access::Public),
            ])
            .unwrap();
        assert_eq!(fs::read(folder.path().join("key")).unwrap(), b"secret");
        #[cfg(unix)]
        {
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(folder.path()), 0o700);
            assert_eq!(mode(&folder.path().join("key")), 0o600);
            assert_eq!(mode(&folder.path().join("page")), 0o644);
        }
    }

    #[test]
    fn never_overwrites_and_writes_nothing_when_one_exists() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(place.path()).unwrap();
        folder
            .write_new(&[("b", b"first", Access::Private)])
            .unwrap();
        let refused = folder
            .write_new(&[
                ("a", b"second", Access::Private),
                ("b", b"second", Access::Private),
            ])
            .unwrap_err();
        assert!(matches!(refused, FolderError::Exists { path } if path.ends_with("b")));
        assert_eq!(fs::read(place.path().join("b")).unwrap(), b"first");
        assert!(!place.path().join("a").exists());
    }

    #[test]
    fn replaces_whatever_was_left_beside() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("tokens");
        for contents in [&b"first"[..], b"second"] {
            fs::write(place.path().join("tokens.new"), b"cut off").unwrap();
            replace(&path, contents, Access::Private).unwrap();
            assert_eq!(fs::read(&path).unwrap(), contents);
        }
        #[cfg(unix)]
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
        let nowhere = place.path().join("nowhere/tokens");
        assert!(matches!(
            replace(&nowhere, b"", Access::Private),
            Err(FolderError::Io { path, .. }) if path == nowhere
        ));
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_told() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        fs::write(&path, b"").unwrap();
        assert!(Folder::create(&path).is_err());
    }
}
