//! Looking for a person in files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keys::{base64url, sha256};

/// What a search found.
#[derive(Debug)]
pub struct Search {
    /// How many files were read.
    pub files: usize,
    /// The files that have one of the marks, whichever.
    pub found: Vec<PathBuf>,
}

/// Reads every file below `folder`, the folder `keys` excepted, and looks for marks in capital
/// letters: in either case, forwards and backwards, in UTF-8 and UTF-16, in hexadecimal, base64 and
/// percent-encoding, and for their hashes.
///
/// # Errors
/// When a file cannot be read. One that vanishes meanwhile is none.
pub fn search(folder: &Path, marks: &[&str]) -> io::Result<Search> {
    let forms = Forms::of(marks);
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
            if forms.are_in(&bytes) {
                search.found.push(path);
            }
        }
    }
    Ok(search)
}

/// Everything that is looked for, by its first byte.
struct Forms(Vec<Vec<Vec<u8>>>);

impl Forms {
    fn of(marks: &[&str]) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        for form in marks.iter().flat_map(|mark| forms(mark)) {
            let form = form.to_ascii_uppercase();
            let first = form.first().copied().map(usize::from);
            if let Some(same) = first.and_then(|first| by_first.get_mut(first)) {
                same.push(form);
            }
        }
        Self(by_first)
    }

    fn are_in(&self, bytes: &[u8]) -> bool {
        bytes.iter().enumerate().any(|(at, first)| {
            let forms = self.0.get(usize::from(*first)).into_iter().flatten();
            let rest = bytes.get(at..).unwrap_or_default();
            forms.into_iter().any(|form| rest.starts_with(form))
        })
    }
}

/// What a mark looks like wherever somebody could have written it.
fn forms(mark: &str) -> Vec<Vec<u8>> {
    let (upper, lower) = (mark.to_uppercase(), mark.to_lowercase());
    let title = upper.chars().take(1).chain(lower.chars().skip(1)).collect();
    let mut forms = Vec::new();
    for text in [upper, lower, title] {
        for text in [text.chars().rev().collect(), text] {
            forms.push(hex(&text));
            forms.push(escaped(&text));
            forms.push(text.replace(' ', "+").into_bytes());
            forms.push(text.replace(' ', "%20").into_bytes());
            forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
            forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
            forms.extend(in_base64(text.as_bytes()));
            let hash = sha256(text.as_bytes());
            forms.push(hash.iter().flat_map(|byte| hex_of(*byte)).collect());
            forms.extend(in_base64(&hash));
            forms.push(hash.to_vec());
            forms.push(text.into_bytes());
        }
    }
    forms
}

/// What is the same in the encoding of bytes wherever they stand.
fn in_base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let shifted = (0..3_usize).flat_map(|before| {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let text = base64url::encode(&padded);
        // Bits of the neighbours are in the characters at both ends.
        let whole = padded.len() * 8 / 6;
        let text = text.get((before * 8).div_ceil(6)..whole);
        let text = text.unwrap_or_default().to_owned();
        [text.replace('-', "+").replace('_', "/"), text]
    });
    shifted.map(String::into_bytes).collect()
}

fn hex(text: &str) -> Vec<u8> {
    text.bytes().flat_map(hex_of).collect()
}

fn escaped(text: &str) -> Vec<u8> {
    let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
    bytes.collect::<String>().into_bytes()
}

fn hex_of(byte: u8) -> Vec<u8> {
    format!("{byte:02X}").into_bytes()
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

    #[test]
    fn a_mark_is_found_however_it_is_written() {
        let utf16: Vec<u8> = "eriksson"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let hash = sha256(b"Eriksson");
        let hashed = hash.iter().flat_map(|byte| hex_of(*byte)).collect();
        for written in [
            b"..NOSSKIRE..".to_vec(),
            b"6572696b73736f6e".to_vec(),
            b"%45%52%49%4b%53%53%4f%4e".to_vec(),
            base64url::encode(r#"{"name":"ERIKSSON"}"#).into_bytes(),
            base64url::encode(r#"{"name": "Eriksson"}"#).into_bytes(),
            base64url::encode(r#"{"name":  "eriksson"}"#).into_bytes(),
            base64url::encode(hash).into_bytes(),
            utf16,
            hash.to_vec(),
            hashed,
        ] {
            let place = tempfile::tempdir().unwrap();
            fs::write(place.path().join("a"), &written).unwrap();
            let search = search(place.path(), &["ERIKSSON"]).unwrap();
            assert_eq!(search.found.len(), 1, "{}", written.escape_ascii());
        }
    }
}
