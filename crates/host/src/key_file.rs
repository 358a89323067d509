//! Files of keys: one secret in one line, or certificates.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keys::base64url;
use pki_types::CertificateDer;
use pki_types::pem::PemObject as _;
use thiserror::Error;
use zeroize::Zeroizing;

/// Writes a secret as the line that stands for it in a file: base64url, and a line break.
/// [`read_secret`] reads one of 32 bytes.
#[must_use]
pub fn secret_line(secret: &impl AsRef<[u8]>) -> Zeroizing<String> {
    Zeroizing::new(base64url::encode(secret) + "\n")
}

/// Reads the one secret in a file.
///
/// # Errors
///
/// When the file cannot be read, or holds anything else than the line of [`secret_line`].
pub fn read_secret(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let text = Zeroizing::new(read(path)?);
    let secret = std::str::from_utf8(&text)
        .ok()
        .and_then(|text| base64url::decode_array(text.trim()).ok());
    secret
        .map(Zeroizing::new)
        .ok_or_else(|| KeyFileError::NotASecret {
            path: path.to_owned(),
        })
}

/// Reads the certificates in a PEM file, in their order, as DER.
///
/// # Errors
///
/// When the file cannot be read, or holds no certificate, or a broken one.
pub fn read_certificates(path: &Path) -> Result<Vec<Vec<u8>>, KeyFileError> {
    let pem = read(path)?;
    let certificates: Result<Vec<Vec<u8>>, _> = CertificateDer::pem_slice_iter(&pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect();
    certificates
        .ok()
        .filter(|certificates| !certificates.is_empty())
        .ok_or_else(|| KeyFileError::NoCertificates {
            path: path.to_owned(),
        })
}

/// Why a file of keys cannot be used; whoever runs the program must act.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// There is no certificate in it, or a broken one.
    #[error("{} holds no certificates in PEM", path.display())]
    NoCertificates {
        /// The file.
        path: PathBuf,
    },
    /// It does not hold one secret.
    #[error("{} holds no key in the form in which init wrote it", path.display())]
    NotASecret {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason that the machine gave.
        source: io::Error,
    },
}

fn read(path: &Path) -> Result<Vec<u8>, KeyFileError> {
    fs::read(path).map_err(|source| KeyFileError::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(contents: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        fs::write(&path, contents).unwrap();
        (place, path)
    }

    #[test]
    fn a_secret_is_read_as_it_was_written() {
        let secret = [7; 32];
        let line = secret_line(&secret);
        assert!(line.ends_with('\n'));
        let (_place, path) = file(line.as_bytes());
        assert_eq!(*read_secret(&path).unwrap(), secret);
    }

    #[test]
    fn what_is_no_secret_is_told_without_being_shown() {
        let two = secret_line(&[7; 32]).repeat(2);
        for wrong in [&b""[..], b"short\n", b"\xff", two.as_bytes()] {
            let (_place, path) = file(wrong);
            let error = read_secret(&path).unwrap_err();
            assert!(matches!(&error, KeyFileError::NotASecret { path } if path.ends_with("file")));
            assert!(!format!("{error} {error:?}").contains("short"));
        }
    }

    #[test]
    fn certificates_keep_their_order_and_a_broken_one_spoils_the_file() {
        let pem = |body: &str| {
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        };
        let (_place, path) = file(format!("a note\n{}{}", pem("AQ=="), pem("Ag==")).as_bytes());
        assert_eq!(read_certificates(&path).unwrap(), [[1], [2]]);
        for wrong in [
            String::new(),
            "a note\n".to_owned(),
            pem("AQ==") + &pem("!"),
        ] {
            let (_place, path) = file(wrong.as_bytes());
            let error = read_certificates(&path).unwrap_err();
            assert!(matches!(error, KeyFileError::NoCertificates { .. }));
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("missing");
        let error = read_secret(&path).unwrap_err();
        assert!(error.to_string().ends_with("missing"));
        assert!(matches!(
            read_certificates(&path),
            Err(KeyFileError::Read { .. })
        ));
    }
}
