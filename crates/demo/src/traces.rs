//! Looking for a person in files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a search found.
#[derive(Debug)]
pub struct Search {
    /// How many files were read.
    pub files: usize,
    /// The files that have one of the marks, whichever.
    pub found: Vec<PathBuf>,
}

/// Reads every file below `folder`, the folder `keys` excepted, and looks for marks in capital
/// letters, however the file writes them.
///
/// # Errors
/// When a file cannot be read. One that vanishes meanwhile is none.
pub fn search(folder: &Path, marks: &[&str]) -> io::Result<Search> {
    let mut search = Search {
        files: 0,
        found: Vec::new(),
    };
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if !path.ends_with("keys") {
                    folders.push(path);
                }
                continue;
            }
            let bytes = match fs::read(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                read => read?.to_ascii_uppercase(),
            };
            search.files += 1;
            if marks.iter().any(|mark| contains(&bytes, mark)) {
                search.found.push(path);
            }
        }
    }
    Ok(search)
}

fn contains(bytes: &[u8], mark: &str) -> bool {
    bytes
        .windows(mark.len())
        .any(|window| window == mark.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_wherever_it_is_but_among_the_keys() {
        let place = tempfile::tempdir().unwrap();
        let inner = place.path().join("inner");
        let keys = place.path().join("keys");
        fs::create_dir(&inner).unwrap();
        fs::create_dir(&keys).unwrap();
        fs::write(inner.join("a"), b"\0\0Eriksson\0").unwrap();
        fs::write(place.path().join("b"), b"nobody").unwrap();
        fs::write(keys.join("c"), b"ERIKSSON").unwrap();
        let search = search(place.path(), &["ERIKSSON"]).unwrap();
        assert_eq!(search.files, 2);
        assert_eq!(search.found, [inner.join("a")]);
    }
}
