use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::error::VaultError;

/// The steps on files that saving takes, as a port: a test lets each of them fail, or the machine
/// die there.
pub(crate) trait Files: Debug + Send + Sync {
    /// Reads a whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Reads so many bytes from one place on; fewer where the file ends.
    fn read_part(&self, path: &Path, from: u64, length: usize) -> io::Result<Vec<u8>>;
    /// Returns how long a file is.
    fn length(&self, path: &Path) -> io::Result<u64>;
    /// Removes a file, if it is there.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a new, empty file that its owner alone may read.
    fn create(&self, path: &Path) -> io::Result<()>;
    /// Adds bytes to a file.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until a file's bytes are on the disk.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another's name, in whose place it steps at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Waits until a folder's names are on the disk.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// Replaces a file: whenever the machine dies, the old or the new contents are there.
pub(crate) fn replace(files: &dyn Files, path: &Path, parts: &[&[u8]]) -> Result<(), VaultError> {
    let new = with_suffix(path, ".new");
    // A save that was cut off may have left one; the lock says that nobody else writes it now.
    files.remove(&new).map_err(VaultError::io("remove", &new))?;
    files.create(&new).map_err(VaultError::io("create", &new))?;
    for part in parts {
        files
            .append(&new, part)
            .map_err(VaultError::io("write", &new))?;
    }
    // The bytes come before the name: otherwise a crash could leave the name on nothing.
    files.sync(&new).map_err(VaultError::io("write", &new))?;
    files
        .rename(&new, path)
        .map_err(VaultError::io("replace", path))?;
    let folder = folder_of(path);
    files
        .sync_folder(folder)
        .map_err(VaultError::io("write", folder))
}

/// Returns the path with something added to its file name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The machine's files.
#[derive(Debug)]
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn read_part(&self, path: &Path, from: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        // Reserved at once: it is opened where it stands.
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        fs::metadata(path).map(|metadata| metadata.len())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        private(OpenOptions::new().write(true).create_new(true))
            .open(path)
            .map(drop)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(path)?.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and renaming is durable enough.
        if cfg!(unix) {
            File::open(folder)?.sync_all()
        } else {
            Ok(())
        }
    }
}

/// Lets the owner alone read a file that is made with these options.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
