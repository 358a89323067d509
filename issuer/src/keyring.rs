//! The issuer's keys: where they lie, and what each is for.

use std::path::{Path, PathBuf};

use host::{Access, Folder, FolderError, KeyFileError, secret_line};
use jiff::Timestamp;
use keys::{Algorithm, KeyError, SigningKey};
use rand_core::CryptoRng;
use url::Url;
use zeroize::Zeroizing;

use crate::certificate::{CertificateError, Certificates};
use crate::disclosing_keys::DisclosingKeys;
use crate::secret_keys;
use crate::tags::TagChain;

/// Everything that must not be in the database.
#[derive(Debug)]
pub(crate) struct Keyring {
    /// What credentials are signed with.
    pub signing: SigningKeys,
    /// Tag documents and persons, so that they are known again without being kept.
    pub tags: TagChain,
    /// From which the key of every epoch derives.
    pub epochs: Zeroizing<[u8; 32]>,
    /// Scatters status indexes.
    pub status_indexes: [u8; 32],
}

impl Keyring {
    /// Makes all keys in a new folder, each file readable by its owner only (0600).
    ///
    /// # Errors
    /// [`KeyringError::Folder`] if a key exists already: none is ever overwritten.
    pub(crate) fn create(
        folder: &Path,
        name: &str,
        public_url: &Url,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<PathBuf>, KeyringError> {
        let es256 = SigningKey::generate(Algorithm::Es256, rng);
        let eddsa = SigningKey::generate(Algorithm::EdDsa, rng);
        let certificates = Certificates::make(name, public_url, es256.public(), now)?;
        let mut random = || {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut_slice());
            secret_line(&secret)
        };
        let (secrets, tags, status, epochs) = (random(), random(), random(), random());
        let [es256, eddsa] = [es256, eddsa].map(|key| secret_line(&key.expose_secret()));
        let (first_tags, first_secrets) = (TagChain::file(0), secret_keys::file(0));
        let private = |name, contents| (name, contents, Access::Private);
        let mut made = Folder::create(folder)?.write_new(&[
            private(ES256, es256.as_bytes()),
            private(EDDSA, eddsa.as_bytes()),
            private(first_secrets.as_str(), secrets.as_bytes()),
            private(first_tags.as_str(), tags.as_bytes()),
            private(EPOCHS, epochs.as_bytes()),
            private(STATUS, status.as_bytes()),
            private(AUTHORITY_KEY, certificates.authority_key.as_bytes()),
            (AUTHORITY, certificates.authority.as_bytes(), Access::Public),
            (LEAF, certificates.leaf.as_bytes(), Access::Public),
        ])?;
        made.extend(DisclosingKeys::make_missing(folder, rng)?);
        Ok(made)
    }

    /// Reads the keys.
    ///
    /// # Errors
    /// [`KeyringError`] names the file that is missing or is no key.
    pub(crate) fn load(folder: &Path) -> Result<Self, KeyringError> {
        let secret = |name: &str| host::read_secret(&folder.join(name));
        let signing = |name: &str, algorithm| {
            SigningKey::from_secret(algorithm, &*secret(name)?).map_err(|source| {
                KeyringError::Key {
                    path: folder.join(name),
                    source,
                }
            })
        };
        Ok(Self {
            signing: SigningKeys {
                eddsa: signing(EDDSA, Algorithm::EdDsa)?,
                es256: signing(ES256, Algorithm::Es256)?,
                chain: host::read_certificates(&folder.join(LEAF))?,
                disclosing: DisclosingKeys::load(folder)?,
            },
            tags: TagChain::load(folder)?,
            epochs: secret(EPOCHS)?,
            status_indexes: *secret(STATUS)?,
        })
    }
}

/// What credentials are signed with.
#[derive(Debug)]
pub(crate) struct SigningKeys {
    /// Signs `vc+jwt`.
    pub eddsa: SigningKey,
    /// Signs SD-JWT VCs and status lists.
    pub es256: SigningKey,
    /// The certificate of `es256` (DER, leaf first).
    pub chain: Vec<Vec<u8>>,
    /// Sign what is disclosed in part.
    pub disclosing: DisclosingKeys,
}

impl SigningKeys {
    /// The key of an algorithm, if there is one.
    #[must_use]
    pub(crate) fn of(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        match algorithm {
            Algorithm::EdDsa => Some(&self.eddsa),
            Algorithm::Es256 => Some(&self.es256),
            Algorithm::Es384 => None,
        }
    }
}

/// Makes a secret in a file of its own, which only the owner reads, and returns it. One that lies
/// there already is kept: somebody made it, and may have begun to use it.
///
/// # Errors
/// [`KeyringError`] names the file.
pub(crate) fn make_secret(
    folder: &Path,
    file: &str,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill_bytes(secret.as_mut_slice());
    let line = secret_line(&secret);
    match Folder::create(folder)?.write_new(&[(file, line.as_bytes(), Access::Private)]) {
        Ok(_) => Ok(secret),
        Err(FolderError::Exists { path }) => Ok(host::read_secret(&path)?),
        Err(error) => Err(error.into()),
    }
}

/// Why the keys cannot be made or read. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// No certificate could be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file is missing, or is not in the form in which `init` writes it.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// A file holds no key.
    #[error("{} holds no usable key", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
}

/// The file of the authority's certificate: what operators hand to verifiers.
pub(crate) const AUTHORITY: &str = "x5c-authority.pem";

const AUTHORITY_KEY: &str = "x5c-authority.key.pem";
const EDDSA: &str = "signing-eddsa.key";
const EPOCHS: &str = "epochs.key";
const ES256: &str = "signing-es256.key";
const LEAF: &str = "x5c.pem";
const STATUS: &str = "status-indexes.key";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read_and_never_overwritten() {
        let place = tempfile::tempdir().unwrap();
        let url: Url = "https://issuer.example/tenant".parse().unwrap();
        let make = || {
            let now = Timestamp::from_second(1_700_000_000).unwrap();
            Keyring::create(place.path(), "Test", &url, now, &mut host::system_rng())
        };
        assert_eq!(make().unwrap().len(), 11);
        let ring = Keyring::load(place.path()).unwrap();
        assert_eq!(
            ring.signing.of(Algorithm::Es256).unwrap().algorithm(),
            Algorithm::Es256
        );
        assert_eq!(ring.signing.chain.len(), 1);
        assert!(matches!(
            make(),
            Err(KeyringError::Folder(FolderError::Exists { .. }))
        ));
        std::fs::write(place.path().join("tags.key"), "short\n").unwrap();
        let refused = Keyring::load(place.path()).unwrap_err();
        let KeyringError::File(KeyFileError::NotASecret { path }) = refused else {
            panic!("another error")
        };
        assert!(path.ends_with("tags.key"));
    }
}
