//! BBS.
pub use crate::disclosure::{proof_gen, proof_verify};
pub use crate::error::{DecodeError, Error};
pub use crate::generators::MAX_MESSAGES;
pub use crate::keys::{PUBLIC_KEY_LENGTH, PublicKey, SecretKey};
pub use crate::point::{POINT_LENGTH, Point};
pub use crate::proof::Proof;
pub use crate::scalar::{SCALAR_LENGTH, Scalar};
pub use crate::signature::{SIGNATURE_LENGTH, Signature, sign, verify};

mod basis;
mod disclosure;
mod error;
mod generators;
mod keys;
mod msm;
mod point;
mod proof;
mod random;
mod scalar;
mod signature;
mod suite;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod vectors;
