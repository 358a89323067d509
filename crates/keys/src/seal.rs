//! Sealing: authenticated encryption of what this service alone reads back.
//!
//! A sealed text is `version (1) || nonce (24) || XChaCha20-Poly1305`. The associated data is the
//! version and the caller's context, so that a text sealed for one place does not open in another.
//! Random nonces of 192 bits do not repeat.

use std::ops::Range;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use chacha20::{R20, hchacha};
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
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        // Reserved at once: growing would leave copies of the plaintext behind.
        let mut sealed = Vec::with_capacity(START + plaintext.len() + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let (_, text) = sealed.split_at_mut(START);
        let tag = self.cipher(&nonce).and_then(|(cipher, nonce)| {
            let aad = Aad::from(associated_data(context));
            let tag = cipher.seal_in_place_separate_tag(nonce, aad, text);
            tag.map_err(|_| OpenError)
        });
        #[expect(
            clippy::expect_used,
            reason = "only 256 GiB of plaintext would be refused"
        )]
        let tag = tag.expect("a plaintext in memory is short enough");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Opens what [`Self::seal`] made under the same context.
    ///
    /// # Errors
    /// [`OpenError`] without telling a wrong key from a changed byte: nobody outside may learn it.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (nonce, ciphertext) = split(sealed)?;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        let length = self.decrypt(&nonce, context, &mut text)?;
        text.truncate(length);
        Ok(text)
    }

    /// Opens it where it stands, and says which of the bytes are now the plaintext: for what is too
    /// large to be copied. The caller wipes them.
    ///
    /// # Errors
    /// As [`Self::open`]; nothing of the plaintext is there then.
    pub fn open_in_place(
        &self,
        context: &[u8],
        sealed: &mut [u8],
    ) -> Result<Range<usize>, OpenError> {
        let (nonce, _) = split(sealed)?;
        let (_, text) = sealed.split_at_mut(START);
        let length = self.decrypt(&nonce, context, text)?;
        Ok(START..START + length)
    }

    fn decrypt(
        &self,
        nonce: &[u8; NONCE],
        context: &[u8],
        text: &mut [u8],
    ) -> Result<usize, OpenError> {
        let (cipher, nonce) = self.cipher(nonce)?;
        let aad = Aad::from(associated_data(context));
        let opened = cipher.open_in_place(nonce, aad, text);
        Ok(opened.map_err(|_| OpenError)?.len())
    }

    /// The cipher for one message: XChaCha20-Poly1305 is ChaCha20-Poly1305 under a key derived from
    /// the first 16 bytes of the nonce, with the others as the end of the short nonce
    /// (draft-irtf-cfrg-xchacha-03, section 2.3).
    fn cipher(&self, nonce: &[u8; NONCE]) -> Result<(LessSafeKey, Nonce), OpenError> {
        let (of_key, of_message) = nonce.split_at(16);
        let of_key: &[u8; 16] = of_key.try_into().map_err(|_| OpenError)?;
        let key = hchacha::<R20>(self.0.expose_secret().into(), of_key.into());
        let key = Zeroizing::new(<[u8; 32]>::from(key));
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).map_err(|_| OpenError)?;
        let mut short = [0; 12];
        let (_, end) = short.split_at_mut(4);
        end.copy_from_slice(of_message);
        Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(short)))
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

/// The nonce, and what stands behind it.
fn split(sealed: &[u8]) -> Result<([u8; NONCE], &[u8]), OpenError> {
    match sealed.split_first_chunk::<START>() {
        Some(([VERSION, nonce @ ..], ciphertext)) => Ok((*nonce, ciphertext)),
        _ => Err(OpenError),
    }
}

fn associated_data(context: &[u8]) -> Vec<u8> {
    [&[VERSION], context].concat()
}

const VERSION: u8 = 1;
const NONCE: usize = 24;
/// Where the ciphertext begins.
const START: usize = 1 + NONCE;
const TAG: usize = 16;
const DERIVE_SALT: &[u8] = b"pessoa/seal/v1";
