//! BBS.
pub use crate::blind::{
    BlindSigned, Disclosure, Lengths, Shown, blind_proof_gen, blind_proof_verify, blind_sign,
    commit, verify_blind_sign,
};
pub use crate::commitment::{CommitmentWithProof, ProverBlind};
pub use crate::disclosure::{proof_gen, proof_verify};
pub use crate::error::{DecodeError, Error};
pub use crate::generators::MAX_MESSAGES;
pub use crate::keys::{PUBLIC_KEY_LENGTH, PublicKey, SecretKey};
pub use crate::nym::{
    NymSecrets, ProverNyms, Pseudonym, blind_sign_with_nym, calculate_pseudonym, nym_commit,
    proof_gen_with_nym, proof_verify_with_nym, verify_finalize_with_nym,
};
pub use crate::point::{POINT_LENGTH, Point};
pub use crate::proof::Proof;
pub use crate::scalar::{SCALAR_LENGTH, Scalar};
pub use crate::signature::{SIGNATURE_LENGTH, Signature, sign, verify};

mod basis;
mod blind;
mod commitment;
mod disclosure;
mod error;
mod generators;
mod keys;
mod msm;
mod nym;
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
