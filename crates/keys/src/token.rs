//! Bearer values: whoever holds one may use it, so a service keeps only its hash.

use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{base64url, sha256};

/// An access token, pre-authorized code, transaction code, session link or the like.
#[derive(Debug)]
pub struct BearerToken(SecretString);

impl BearerToken {
    /// Makes a token of 256 random bits (43 characters).
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self::random::<32>(rng)
    }

    /// Makes a token of 128 random bits (22 characters), for links that people see.
    #[must_use]
    pub fn generate_short(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self::random::<16>(rng)
    }

    /// Makes a transaction code of so many decimal digits, each equally likely.
    ///
    /// It can be guessed: whoever checks it must limit the attempts.
    #[must_use]
    pub fn generate_digits(count: usize, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut text = String::with_capacity(count);
        while text.len() < count {
            // Nibbles above 9 are thrown away, so that no digit is preferred.
            let nibble = rng.next_u32() >> 28;
            text.extend(char::from_digit(nibble, 10));
        }
        Self(SecretString::from(text))
    }

    /// The token itself, to be sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// SHA-256 of the text: what is stored. Enough for random tokens, not for transaction codes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.expose().as_bytes())
    }

    /// Compares with a stored hash in constant time.
    #[must_use]
    pub fn matches(&self, hash: &[u8; 32]) -> bool {
        self.hash().ct_eq(hash).into()
    }

    fn random<const N: usize>(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; N]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(SecretString::from(base64url::encode(bytes.as_slice())))
    }
}

impl From<String> for BearerToken {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&str> for BearerToken {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}
