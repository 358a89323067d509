//! The seed: 24 words from which every long-lived secret of a wallet derives.
//!
//! The words are BIP 39's English list and carry 256 bits of entropy with a checksum. Secrets derive
//! from that entropy itself (BIP 39's PBKDF2 would add nothing to 256 random bits):
//!
//! ```text
//! HKDF-SHA256(salt = "pessoa/seed/v1", ikm = entropy,
//!             info = I2OSP(len(domain), 8) || domain || I2OSP(4, 8) || I2OSP(generation, 4))
//! ```
//!
//! The lengths in `info` keep two domains from ever sharing an input.

use bip39::{Language, Mnemonic};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// 256 bits of entropy.
#[derive(Debug)]
pub struct Seed(SecretBox<[u8; 32]>);

impl Seed {
    /// Makes a fresh seed.
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(SecretBox::init_with_mut(|entropy: &mut [u8; 32]| {
            rng.fill_bytes(entropy)
        }))
    }

    /// Takes the entropy itself, as a vault keeps it.
    #[must_use]
    pub fn from_entropy(entropy: &[u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(*entropy)))
    }

    /// Reads 24 words, in any case and with any white space between them.
    ///
    /// # Errors
    /// A [`WordsError`] says what to look at, by the word's place and never by the word.
    pub fn from_words(words: &str) -> Result<Self, WordsError> {
        let words = Zeroizing::new(words.to_lowercase());
        let count = words.split_whitespace().count();
        if count != WORDS {
            return Err(WordsError::Count(count));
        }
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &words)?;
        let (mut entropy, _) = mnemonic.to_entropy_array();
        let seed = entropy.first_chunk::<32>().map(Self::from_entropy);
        entropy.zeroize();
        seed.ok_or(WordsError::Checksum)
    }

    /// Writes the 24 words, separated by single spaces.
    #[must_use]
    pub fn words(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        #[expect(clippy::expect_used, reason = "BIP 39 takes any 256 bits")]
        let mnemonic = Mnemonic::from_entropy_in(Language::English, self.expose_entropy())
            .expect("256 bits are 24 words");
        for word in mnemonic.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// Derives the secret of one domain; a new generation is an independent secret.
    #[must_use]
    pub fn derive(&self, domain: &str, generation: u32) -> Zeroizing<[u8; 32]> {
        let parts = [domain.as_bytes(), &generation.to_be_bytes()];
        Zeroizing::new(*expand(SALT, self.expose_entropy(), &parts).expose_secret())
    }

    /// Hands out what [`Self::from_entropy`] reads.
    #[must_use]
    pub fn expose_entropy(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

/// Why words were refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WordsError {
    /// All words are known, but they do not belong together: one is wrong, or two are swapped.
    #[error("the words do not belong together: one is wrong, or two are swapped")]
    Checksum,
    /// Not 24 words.
    #[error("{0} words were given instead of 24")]
    Count(usize),
    /// A word is not in the list; the place counts from 1.
    #[error("word {0} is not in the list")]
    Unknown(usize),
}

impl From<bip39::Error> for WordsError {
    fn from(error: bip39::Error) -> Self {
        match error {
            bip39::Error::BadWordCount(count) => Self::Count(count),
            bip39::Error::UnknownWord(place) => Self::Unknown(place + 1),
            bip39::Error::AmbiguousLanguages(_)
            | bip39::Error::BadEntropyBitCount(_)
            | bip39::Error::InvalidChecksum => Self::Checksum,
        }
    }
}

/// HKDF-SHA256 (RFC 5869) with length-prefixed parts as `info`.
pub(crate) fn expand(salt: &[u8], secret: &[u8], parts: &[&[u8]]) -> SecretBox<[u8; 32]> {
    let mut info = Vec::new();
    for part in parts {
        info.extend_from_slice(&(part.len() as u64).to_be_bytes());
        info.extend_from_slice(part);
    }
    SecretBox::init_with_mut(|key: &mut [u8; 32]| {
        #[expect(
            clippy::expect_used,
            reason = "HKDF-SHA256 gives up to 255 times 32 bytes"
        )]
        Hkdf::<Sha256>::new(Some(salt), secret)
            .expand(&info, key)
            .expect("32 bytes");
    })
}

const SALT: &[u8] = b"pessoa/seed/v1";
const WORDS: usize = 24;
/// 24 words of at most 8 letters, and the spaces: the text never moves while it grows.
const LONGEST: usize = WORDS * 9;
