//! Sealing: authenticated encryption of what this service alone reads back.
//!
//! A sealed text is `version (1) || nonce (24) || XChaCha20-Poly1305`. The associated data is the
//! version and the caller's context, so that a text sealed for one place does not open in another.
//! Random nonces of 192 bits do not repeat.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretBox};
use zeroize::Zeroizing;

/// A key that seals and opens.
#[derive(Debug)]
pub struct SealingKey(SecretBox<[u8; 32]>);

impl SealingKey {
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

    /// Derives a key from a secret of high entropy (HKDF-SHA256); `label` says what for.
    #[must_use]
    pub fn derive(secret: &[u8], label: &str) -> Self {
        Self(crate::seed::expand(
            DERIVE_SALT,
            secret,
            &[label.as_bytes()],
        ))
    }

    /// Hands out what [`Self::new`] reads.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// Seals a plaintext for one context.
    #[must_use]
    pub fn seal(
        &self,
        context: &[u8],
        plaintext: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Vec<u8> {
        let mut nonce = XNonce::default();
        rng.fill_bytes(&mut nonce);
        let aad = associated_data(context);
        #[expect(
            clippy::expect_used,
            reason = "only 256 GiB of plaintext would be refused"
        )]
        let ciphertext = self
            .cipher()
            .encrypt(
                &nonce,
                Payload {
                    msg: plaintext,
                    aad: &aad,
                },
            )
            .expect("a plaintext in memory is short enough");
        [&[VERSION], nonce.as_slice(), &ciphertext].concat()
    }

    /// Opens what [`Self::seal`] made under the same context.
    ///
    /// # Errors
    /// [`OpenError`] without telling a wrong key from a changed byte: nobody outside may learn it.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let Some(([VERSION, nonce @ ..], ciphertext)) = sealed.split_first_chunk::<25>() else {
            return Err(OpenError);
        };
        let aad = associated_data(context);
        let nonce = XNonce::try_from(nonce.as_slice()).map_err(|_| OpenError)?;
        self.cipher()
            .decrypt(
                &nonce,
                Payload {
                    msg: ciphertext,
                    aad: &aad,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| OpenError)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }
}

impl From<[u8; 32]> for SealingKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self::new(&bytes)
    }
}

/// The bytes were not sealed with this key for this context.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the sealed bytes do not open")]
pub struct OpenError;

fn associated_data(context: &[u8]) -> Vec<u8> {
    [&[VERSION], context].concat()
}

const VERSION: u8 = 1;
const DERIVE_SALT: &[u8] = b"pessoa/seal/v1";
