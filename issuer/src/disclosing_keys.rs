//! The keys of credentials that are disclosed in part: one for each suite, and none of them signs
//! anything else.

use std::path::{Path, PathBuf};

use credential::mechanism::{Mechanism, MechanismKey};
use host::{Access, Folder, FolderError, secret_line};
use rand_core::CryptoRng;

use crate::keyring::KeyringError;

/// The keys that are there.
#[derive(Debug)]
pub(crate) struct DisclosingKeys(Vec<(Mechanism, MechanismKey)>);

impl DisclosingKeys {
    /// Makes the keys that are missing, each in a file of its own that only the owner reads.
    ///
    /// # Errors
    /// [`KeyringError`] names the file.
    pub(crate) fn make_missing(
        folder: &Path,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Vec<PathBuf>, KeyringError> {
        let mut made = Vec::new();
        for (mechanism, file) in FILES {
            let path = folder.join(file);
            if is_there(&path) {
                continue;
            }
            let key = MechanismKey::generate(mechanism.key_kind(), rng)
                .map_err(|source| KeyringError::Key { path, source })?;
            let line = match &key {
                MechanismKey::Bbs(key) => secret_line(&key.expose_secret()),
                MechanismKey::Signing(key) => secret_line(&key.expose_secret()),
            };
            match Folder::create(folder)?.write_new(&[(file, line.as_bytes(), Access::Private)]) {
                Ok(paths) => made.extend(paths),
                // Another process made one meanwhile.
                Err(FolderError::Exists { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(made)
    }

    /// Reads the keys that are there: an issuer that was made before there were any has none.
    ///
    /// # Errors
    /// [`KeyringError`] names the file that is no key.
    pub(crate) fn load(folder: &Path) -> Result<Self, KeyringError> {
        let mut keys = Vec::new();
        for (mechanism, file) in FILES {
            let path = folder.join(file);
            if !is_there(&path) {
                continue;
            }
            let secret = host::read_secret(&path)?;
            let key = MechanismKey::from_secret(mechanism.key_kind(), &*secret);
            let key = key.map_err(|source| KeyringError::Key { path, source })?;
            keys.push((mechanism, key));
        }
        Ok(Self(keys))
    }

    /// The key of a suite.
    pub(crate) fn of(&self, mechanism: Mechanism) -> Option<&MechanismKey> {
        let mut keys = self.0.iter();
        keys.find_map(|(known, key)| (*known == mechanism).then_some(key))
    }

    /// The public halves, by their suites.
    pub(crate) fn multikeys(&self) -> impl Iterator<Item = (Mechanism, String)> {
        let keys = self.0.iter();
        keys.map(|(mechanism, key)| (*mechanism, key.multikey()))
    }
}

/// Whether anything has this name, were it a link to nowhere.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

const FILES: [(Mechanism, &str); 2] = [
    (Mechanism::EcdsaSd2023, "signing-ecdsa-sd.key"),
    (Mechanism::Bbs2023, "signing-bbs.key"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_made_and_what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        let none = DisclosingKeys::load(place.path()).unwrap();
        assert!(none.of(Mechanism::Bbs2023).is_none());
        let make = || DisclosingKeys::make_missing(place.path(), &mut host::system_rng()).unwrap();
        assert_eq!(make().len(), 2);
        let keys = DisclosingKeys::load(place.path()).unwrap();
        let known: Vec<_> = keys.multikeys().collect();
        assert!(make().is_empty());
        std::fs::remove_file(place.path().join("signing-bbs.key")).unwrap();
        assert_eq!(make(), [place.path().join("signing-bbs.key")]);
        let again: Vec<_> = DisclosingKeys::load(place.path())
            .unwrap()
            .multikeys()
            .collect();
        assert_eq!(again[0], known[0]);
        assert_ne!(again[1], known[1]);
        for (mechanism, _) in FILES {
            assert_eq!(keys.of(mechanism).unwrap().kind(), mechanism.key_kind());
        }
        std::fs::write(place.path().join("signing-bbs.key"), "short\n").unwrap();
        assert!(DisclosingKeys::load(place.path()).is_err());
    }
}
