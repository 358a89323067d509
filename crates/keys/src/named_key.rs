use crate::{Algorithm, PublicKey, SigningKey};

/// A key, and the name of its algorithm that goes into the header of what it signs.
///
/// One algorithm may have two names (RFC 9864): a reader who lists only one of them is given that
/// one. A key alone becomes one under the name of [`Algorithm::name`].
#[derive(Clone, Copy, Debug)]
pub struct NamedKey<'k> {
    key: &'k SigningKey,
    alg: &'static str,
}

impl<'k> NamedKey<'k> {
    /// Takes the first name of the key's algorithm that the reader knows; `None` if it knows none.
    #[must_use]
    pub fn known_as(key: &'k SigningKey, mut known: impl FnMut(&str) -> bool) -> Option<Self> {
        let names = key.algorithm().names();
        let alg = names.iter().copied().find(|name| known(name))?;
        Some(Self { key, alg })
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &'k SigningKey {
        self.key
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &'k PublicKey {
        self.key.public()
    }

    /// The `alg` value (RFC 7515, section 4.1.1).
    #[must_use]
    pub fn alg(&self) -> &'static str {
        self.alg
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }
}

impl<'k> From<&'k SigningKey> for NamedKey<'k> {
    fn from(key: &'k SigningKey) -> Self {
        Self {
            key,
            alg: key.algorithm().name(),
        }
    }
}
