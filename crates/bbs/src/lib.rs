//! BBS signatures, Blind BBS and per-verifier pseudonyms: bytes in, bytes out.
//!
//! This crate does not know what a message means, who signs, who holds, or what a context is. It
//! holds no source of randomness: callers lend one.
//!
//! It follows the drafts' operations in their notation, for the ciphersuite BLS12-381-SHA-256:
//!
//! | Operations | Draft | Here |
//! |---|---|---|
//! | KeyGen, SkToPk, Sign, Verify, ProofGen, ProofVerify | irtf-cfrg-bbs-signatures-10 | [`SecretKey`], [`sign`], [`verify`], [`proof_gen`], [`proof_verify`] |
//! | Commit, BlindSign, VerifyBlindSign, BlindProofGen, BlindProofVerify | irtf-cfrg-bbs-blind-signatures-02 | [`commit`], [`blind_sign`], [`verify_blind_sign`], [`blind_proof_gen`], [`blind_proof_verify`] |
//! | NymCommit, BlindSignWithNym, VerifyFinalizeWithNym, CalculatePseudonym, ProofGenWithNym, ProofVerifyWithNym | irtf-cfrg-bbs-per-verifier-linkability-03 | [`nym_commit`], [`blind_sign_with_nym`], [`verify_finalize_with_nym`], [`calculate_pseudonym`], [`proof_gen_with_nym`], [`proof_verify_with_nym`] |
//!
//! It departs from their text in two things. **Lengths come from the caller**, never from what the
//! other side sends ([`Lengths`]): outputs are the same, and what the drafts' own vectors accept is
//! accepted. And it adds a proof over nyms that shows no pseudonym ([`proof_gen_hiding_nym`],
//! [`proof_verify_hiding_nym`]), for which the draft has no operation.
//!
//! # What it protects
//! - Points that come in are canonical, in the subgroup, and not the identity; scalars are
//!   canonical and not zero. Nothing is built from bytes in another way.
//! - What touches a secret key, a hidden message, a nym or a nonce takes the same time for all
//!   values. (Numbers of messages and disclosed indexes are public.)
//! - Nonces are fresh randomness, hedged with the secrets and the transcript.
//! - Secrets are wiped when dropped, and no `Debug` shows them. Copies that the compiler makes on
//!   the stack, and what blst keeps there, are not wiped.
//!
//! # What it costs
//! Generators and their tables are made once per process, when first used: under two milliseconds for each.
//! The tables take up to 140 KiB for a generator, hence 5 MiB for the 35 of a net certificate; with
//! them a sum of products takes less than half of what blst's multi-exponentiation takes. A proof
//! is milliseconds of a processor: services verify outside their asynchronous threads. [`Batch`]
//! verifies several at once, in two thirds of the time. Figures, with the limits that pairings set
//! and with other implementations beside them: `cargo xtask bench --filter BBS`.
//!
//! # What it does not promise
//! The drafts are not final; blst is partly verified, blstrs and this crate are not audited. That
//! pseudonyms stay unlinkable to a quantum adversary while used in fewer than `N` contexts has no
//! published proof.
//!
//! # Example
//! ```
//! # fn main() -> Result<(), bbs::Error> {
//! # let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
//! let signer = bbs::SecretKey::generate(&mut rng)?;
//! let messages = ["over 18", "name: Alice", "born: 1990-01-01"];
//! let signature = bbs::sign(&signer, b"header", &messages)?;
//!
//! // The holder shows the first message to a verifier that sent a nonce.
//! let public = signer.public();
//! let proof =
//!     bbs::proof_gen(public, &signature, b"header", b"nonce", &messages, &[0], &mut rng)?;
//!
//! bbs::proof_verify(public, &proof, b"header", b"nonce", 3, &[(0, "over 18")])?;
//! # Ok(())
//! # }
//! ```

pub use crate::batch::Batch;
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
    nym_commitment, nym_generators, proof_gen_hiding_nym, proof_gen_with_nym,
    proof_verify_hiding_nym, proof_verify_with_nym, verify_finalize_with_nym,
};
pub use crate::point::{POINT_LENGTH, Point};
pub use crate::proof::Proof;
pub use crate::random::random_scalars;
pub use crate::scalar::{SCALAR_LENGTH, Scalar};
pub use crate::signature::{SIGNATURE_LENGTH, Signature, sign, verify};

mod basis;
mod batch;
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
