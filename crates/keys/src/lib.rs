//! Keys, signatures, JOSE, sealing and secrets: bytes in, bytes out.
//!
//! This crate does not know who a key belongs to, what a signed payload means, or what time it is.
//! It holds no source of randomness: callers lend one. (ECDSA alone draws its nonce inside
//! aws-lc-rs, which offers no other way; nothing above it can tell.)
//!
//! Private and public keys are different types. Secrets have no `Clone`, `Display`, `PartialEq` or
//! `Serialize`.

pub use crate::algorithm::Algorithm;
pub use crate::batch::SignatureBatch;
pub use crate::error::{KeyError, SignatureError};
pub use crate::jwk::{JsonWebKey, Jwk};
pub use crate::multikey::{KeyKind, read_multikey};
pub use crate::named_key::NamedKey;
pub use crate::public::PublicKey;
pub use crate::signing::SigningKey;
pub use crate::wiped::Wiped;

mod algorithm;
pub mod base58;
pub mod base64url;
mod batch;
mod der;
mod ed25519;
mod error;
mod jwk;
pub mod jws;
pub mod mac;
mod multikey;
mod named_key;
mod nist;
mod public;
pub mod seal;
pub mod seed;
mod signing;
pub mod token;
mod wiped;

/// Hashes bytes with SHA-256 (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}
