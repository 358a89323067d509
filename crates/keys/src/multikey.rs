use crate::{KeyError, base58};

/// The kinds of public keys that a Multikey may be here (Controlled Identifiers 1.0, section
/// 2.2.2). Those of [`crate::PublicKey`] sign; others are only told apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyKind {
    /// A point of BLS12-381's second group: a key of BBS signatures.
    Bls12381G2,
    /// Ed25519.
    Ed25519,
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// X25519, for key agreement alone.
    X25519,
}

impl KeyKind {
    const ALL: [Self; 5] = [
        Self::Bls12381G2,
        Self::Ed25519,
        Self::P256,
        Self::P384,
        Self::X25519,
    ];

    /// The multicodec of the public key, as a varint.
    const fn code(self) -> [u8; 2] {
        match self {
            Self::Bls12381G2 => [0xeb, 0x01],
            Self::Ed25519 => [0xed, 0x01],
            Self::P256 => [0x80, 0x24],
            Self::P384 => [0x81, 0x24],
            Self::X25519 => [0xec, 0x01],
        }
    }

    /// How many bytes the key has, compressed.
    const fn length(self) -> usize {
        match self {
            Self::Bls12381G2 => 96,
            Self::Ed25519 | Self::X25519 => 32,
            Self::P256 => 33,
            Self::P384 => 49,
        }
    }
}

/// Reads a Multikey: `z`, base58btc, a code. Whether the bytes are a key of that kind is left to
/// whoever uses it.
///
/// # Errors
/// [`KeyError::Malformed`] if it is none, or of another length than such keys have;
/// [`KeyError::Unsupported`] for another kind of key.
pub fn read_multikey(text: &str) -> Result<(KeyKind, Vec<u8>), KeyError> {
    let digits = text.strip_prefix('z').ok_or(KeyError::Malformed)?;
    if digits.len() > LONGEST {
        return Err(KeyError::Unsupported);
    }
    let mut bytes = base58::decode(text, LONGEST).ok_or(KeyError::Malformed)?;
    let (code, _) = bytes.split_first_chunk().ok_or(KeyError::Malformed)?;
    let mut kinds = KeyKind::ALL.into_iter();
    let kind = kinds
        .find(|kind| kind.code() == *code)
        .ok_or(KeyError::Unsupported)?;
    bytes.drain(..kind.code().len());
    match bytes.len() == kind.length() {
        true => Ok((kind, bytes)),
        false => Err(KeyError::Malformed),
    }
}

pub(crate) fn write_multikey(kind: KeyKind, key: &[u8]) -> String {
    let bytes = [kind.code().as_slice(), key].concat();
    base58::encode(&bytes)
}

/// Base58 costs the square of the length; our keys need 134 digits at most.
const LONGEST: usize = 140;
