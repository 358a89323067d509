//! Keyed hashes: HMAC-SHA256 (RFC 2104).

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use crate::SignatureError;

/// A key of keyed hashes. Whoever lacks it can neither make a tag nor search for what was tagged.
#[derive(Debug)]
pub struct MacKey(SecretBox<[u8; 32]>);

impl MacKey {
    /// Takes a uniformly random key.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(*bytes)))
    }

    /// Makes a fresh key.
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; 32]| {
            rng.fill_bytes(key)
        }))
    }

    /// Derives the key of another purpose, or of another day.
    ///
    /// No tag under this key is ever that key: extracting first (RFC 5869, section 2.2) keeps the
    /// two apart.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        Self(crate::seed::expand(
            DERIVE_SALT,
            self.0.expose_secret(),
            &[label.as_bytes()],
        ))
    }

    /// Hands out what [`Self::new`] reads.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// Computes the tag of a message.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        self.keyed()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }

    /// Compares a tag in constant time.
    ///
    /// # Errors
    /// [`SignatureError`] if the tag is not exactly that of the message.
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), SignatureError> {
        self.keyed()
            .chain_update(message)
            .verify_slice(tag)
            .map_err(|_| SignatureError)
    }

    fn keyed(&self) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Hmac::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length")
    }
}

impl From<[u8; 32]> for MacKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self::new(&bytes)
    }
}

const DERIVE_SALT: &[u8] = b"pessoa/mac/v1";
