use std::fmt;

use serde::{Deserialize, Serialize};

use crate::KeyError;

/// The signature algorithms that this suite speaks (JOSE names).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Algorithm {
    /// Ed25519 (RFC 8037, section 3.1).
    #[serde(rename = "EdDSA", alias = "Ed25519")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518, section 3.4).
    #[serde(rename = "ES384")]
    Es384,
}

impl Algorithm {
    /// All algorithms, the preferred one first.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Es384];

    /// Reads a JOSE `alg` value, which is case-sensitive: one of [`Self::names`].
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for every other name, `none` among them.
    pub fn parse(name: &str) -> Result<Self, KeyError> {
        Self::ALL
            .into_iter()
            .find(|known| known.names().contains(&name))
            .ok_or(KeyError::Unsupported)
    }

    /// The JOSE `alg` value that everybody reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    /// All its JOSE `alg` values, that of [`Self::name`] first. `Ed25519` is the fully-specified
    /// name of what `EdDSA` means for our keys (RFC 9864, section 2.2).
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::EdDsa => &["EdDSA", "Ed25519"],
            Self::Es256 => &["ES256"],
            Self::Es384 => &["ES384"],
        }
    }

    /// How many bytes a private key has.
    #[must_use]
    pub const fn secret_length(self) -> usize {
        match self {
            Self::EdDsa | Self::Es256 => 32,
            Self::Es384 => 48,
        }
    }

    /// How many bytes a signature has.
    #[must_use]
    pub const fn signature_length(self) -> usize {
        match self {
            Self::EdDsa | Self::Es256 => 64,
            Self::Es384 => 96,
        }
    }

    /// All names of all algorithms: for lists that say what is read.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .flat_map(|algorithm| algorithm.names().iter().copied())
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
