//! The keys behind the interface of W3C's test suites: one for each securing mechanism, each an
//! issuer of its own by its did:key.
//!
//! They have nothing to do with the keys that people's credentials are signed with.

use std::path::Path;

use credential::mechanism::{Mechanism, MechanismKey};
use did::DidUrl;
use keys::mac::MacKey;
use keys::{KeyError, KeyKind};
use rand_core::CryptoRng;
use status::{IndexPermutation, MINIMUM_ENTRIES};
use zeroize::Zeroizing;

use crate::keyring::{KeyringError, make_secret};

/// All mechanisms that issue, each with its key.
#[derive(Debug)]
pub(crate) struct Mechanisms(Vec<Party>);

/// A mechanism, its key, and the name of that.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) mechanism: Mechanism,
    pub(crate) key: MechanismKey,
    pub(crate) verification_method: DidUrl,
    /// In which order the places of its status lists are given out.
    pub(crate) places: IndexPermutation,
}

impl Mechanisms {
    /// Reads the secret from which the keys derive, or makes it, readable by its owner only.
    ///
    /// # Errors
    /// [`KeyringError`] names the file.
    pub(crate) fn open(
        folder: &Path,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, KeyringError> {
        let path = folder.join(FILE);
        let secret = match path.exists() {
            true => host::read_secret(&path)?,
            false => make_secret(folder, FILE, rng)?,
        };
        let root = MacKey::new(&secret);
        let party = |mechanism| {
            Party::derive(mechanism, &root).map_err(|source| KeyringError::Key {
                path: path.clone(),
                source,
            })
        };
        let issuing = Mechanism::ALL.into_iter().filter(|one| one.issues());
        Ok(Self(issuing.map(party).collect::<Result<_, _>>()?))
    }

    /// The one of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Party> {
        self.0.iter().find(|party| party.mechanism.name() == name)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Party> {
        self.0.iter()
    }
}

impl Party {
    fn derive(mechanism: Mechanism, root: &MacKey) -> Result<Self, KeyError> {
        let own = root.derive(mechanism.name());
        let kind = mechanism.key_kind();
        let length = match kind {
            KeyKind::P384 => 48,
            KeyKind::Bls12381G2 | KeyKind::Ed25519 | KeyKind::P256 | KeyKind::X25519 => 32,
        };
        let attempt = |number: u8| {
            let halves = [0, 1].map(|half| Zeroizing::new(own.tag(&[number, half])));
            let bytes = Zeroizing::new([*halves[0], *halves[1]].concat());
            MechanismKey::from_secret(kind, bytes.get(..length)?).ok()
        };
        // One scalar in 2^32, and every second one of BLS12-381, is beyond the group order.
        let key = (0..=u8::MAX).find_map(attempt).ok_or(KeyError::Malformed)?;
        let entries = u64::try_from(MINIMUM_ENTRIES).unwrap_or(u64::MAX);
        let places = IndexPermutation::new(&own.derive("status places"), entries);
        Ok(Self {
            mechanism,
            places: places.ok_or(KeyError::Malformed)?,
            verification_method: key.verification_method()?,
            key,
        })
    }

    /// What it issues as.
    pub(crate) fn issuer(&self) -> &str {
        self.verification_method.did().as_str()
    }
}

/// Where the secret lies among the keys.
const FILE: &str = "mechanisms.key";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mechanism_has_a_key_of_its_own_that_stays() {
        let place = tempfile::tempdir().unwrap();
        let open = || Mechanisms::open(place.path(), &mut host::system_rng()).unwrap();
        let issuers = |all: &Mechanisms| -> Vec<String> {
            all.iter().map(|party| party.issuer().to_owned()).collect()
        };
        let first = open();
        assert_eq!(first.iter().count(), 14);
        assert_eq!(issuers(&first), issuers(&open()));
        let distinct: BTreeSet<String> = issuers(&first).into_iter().collect();
        assert_eq!(distinct.len(), 14);
        for party in first.iter() {
            assert_eq!(party.key.kind(), party.mechanism.key_kind());
        }
        assert!(first.named("Ed25519Signature2020").is_none());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = std::fs::metadata(place.path().join(FILE)).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(place.path().join(FILE), "short\n").unwrap();
        assert!(Mechanisms::open(place.path(), &mut host::system_rng()).is_err());
    }
}
