//! ProofGen and ProofVerify (BBS draft, sections 3.5.3 and 3.5.4).

use rand_core::CryptoRng;

use crate::Error;
use crate::basis::Basis;
use crate::generators::Interface;
use crate::keys::PublicKey;
use crate::proof::{Extension, Proof, Statement, Witness, core_proof_check, core_proof_gen};
use crate::random::{Hedged, RandomScalars};
use crate::signature::{Signature, messages_to_scalars};
use crate::suite::message_to_scalar;

/// Proves knowledge of a signature, disclosing the messages at the given indexes (ProofGen).
///
/// `ph` is the presentation header: what this one proof is bound to.
///
/// # Errors
/// [`Error::Index`] when the indexes are not ascending and in range; [`Error::Count`]. A signature
/// that does not verify gives a proof that does not verify.
pub fn proof_gen(
    public: &PublicKey,
    signature: &Signature,
    header: &[u8],
    ph: &[u8],
    messages: &[impl AsRef<[u8]>],
    disclosed_indexes: &[usize],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Proof, Error> {
    let random = &mut Hedged(rng);
    generate(
        public,
        signature,
        header,
        ph,
        messages,
        disclosed_indexes,
        random,
    )
}

pub(crate) fn generate(
    public: &PublicKey,
    signature: &Signature,
    header: &[u8],
    ph: &[u8],
    messages: &[impl AsRef<[u8]>],
    disclosed_indexes: &[usize],
    random: &mut impl RandomScalars,
) -> Result<Proof, Error> {
    let basis = Basis::new(Interface::Plain, messages.len())?;
    let messages = messages_to_scalars(messages, basis.interface);
    let witness = Witness {
        public,
        signature,
        basis: &basis,
        header: &[header],
        messages: &messages,
        disclosed: disclosed_indexes,
    };
    let (proof, ()) = core_proof_gen(&witness, ph, None, random, |_| {
        Ok((Extension::default(), ()))
    })?;
    Ok(proof)
}

/// Verifies a proof over `length` messages, of which some are disclosed (ProofVerify).
///
/// The draft reads the length from the proof. Here it comes from the caller, who knows how many
/// messages its issuers sign: a prover must not choose it.
///
/// # Errors
/// [`Error::Proof`] when the proof does not hold; [`Error::Count`] when it is about another number
/// of messages; [`Error::Index`]; [`Error::Degenerate`].
pub fn proof_verify(
    public: &PublicKey,
    proof: &Proof,
    header: &[u8],
    ph: &[u8],
    length: usize,
    disclosed_messages: &[(usize, impl AsRef<[u8]>)],
) -> Result<(), Error> {
    check(public, proof, header, ph, length, disclosed_messages)?;
    proof.pairs(public)
}

/// [`proof_verify`], but for its pairings.
pub(crate) fn check(
    public: &PublicKey,
    proof: &Proof,
    header: &[u8],
    ph: &[u8],
    length: usize,
    disclosed_messages: &[(usize, impl AsRef<[u8]>)],
) -> Result<(), Error> {
    let basis = Basis::new(Interface::Plain, length)?;
    let disclosed: Vec<_> = disclosed_messages
        .iter()
        .map(|(index, message)| {
            (
                *index,
                message_to_scalar(message.as_ref(), basis.interface.api_id()),
            )
        })
        .collect();
    let statement = Statement {
        public,
        basis: &basis,
        header: &[header],
        disclosed: &disclosed,
    };
    core_proof_check(&statement, proof, ph, &Extension::default())
}
