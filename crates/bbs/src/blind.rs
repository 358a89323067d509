//! Blind signatures (draft-irtf-cfrg-bbs-blind-signatures): the holder commits to messages that the
//! signer signs without seeing them.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::basis::Basis;
use crate::commitment::{CommitmentWithProof, ProverBlind, core_commit};
use crate::generators::Interface;
use crate::keys::{PublicKey, SecretKey};
use crate::point::Point;
use crate::proof::{Extension, Proof, Statement, Witness, core_proof_check, core_proof_gen};
use crate::random::{Hedged, RandomScalars};
use crate::signature::{Signature, core_verify, finalize, messages_to_scalars};
use crate::suite::message_to_scalar;
use crate::{Error, Scalar};

/// What a holder has: a blind signature, and all that it is over.
#[derive(Clone, Copy, Debug)]
pub struct BlindSigned<'a> {
    /// The signer's key.
    pub public: &'a PublicKey,
    /// The signature.
    pub signature: &'a Signature,
    /// What the signer bound every message to.
    pub header: &'a [u8],
    /// The messages that the signer knows.
    pub messages: &'a [&'a [u8]],
    /// The messages that the holder committed to.
    pub committed_messages: &'a [&'a [u8]],
    /// The blinding of the commitment.
    pub secret_prover_blind: &'a ProverBlind,
}

/// Which messages a proof shows: ascending indexes, each within its own list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disclosure<'a> {
    /// Of the messages that the signer knows.
    pub messages: &'a [usize],
    /// Of the messages that the holder committed to.
    pub committed_messages: &'a [usize],
}

/// How many messages a signature is over. It comes from the caller's profile, never from what a
/// holder sends: who may choose it can change what is proven.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Lengths {
    /// Messages that the signer knows (`L`).
    pub messages: usize,
    /// Messages that the holder committed to, nyms not counted.
    pub committed_messages: usize,
    /// Nym scalars (`N`); none without pseudonyms.
    pub nyms: usize,
}

/// What a verifier is shown beside a proof, and what it expects.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The signer's key.
    pub public: &'a PublicKey,
    /// What the signer bound every message to.
    pub header: &'a [u8],
    /// What this one proof is bound to (the presentation header).
    pub ph: &'a [u8],
    /// What the verifier's profile says.
    pub lengths: Lengths,
    /// Disclosed messages of those that the signer knows, ascending by index.
    pub messages: &'a [(usize, &'a [u8])],
    /// Disclosed messages of those that the holder committed to, ascending by index.
    pub committed_messages: &'a [(usize, &'a [u8])],
}

/// Commits to messages (Commit).
///
/// # Errors
/// [`Error::Count`]; [`Error::Degenerate`] never in practice.
pub fn commit(
    committed_messages: &[impl AsRef<[u8]>],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(CommitmentWithProof, ProverBlind), Error> {
    let messages = Zeroizing::new(messages_to_scalars(committed_messages, Interface::Blind));
    core_commit(Interface::Blind, &messages, &mut Hedged(rng))
}

/// Signs a header, messages, and what the holder committed to, if anything (BlindSign).
///
/// # Errors
/// [`Error::Count`] when the commitment is to another number of messages than
/// `lengths.committed_messages`, or `lengths.messages` is not the number of messages;
/// [`Error::Commitment`] when its proof does not hold; [`Error::Degenerate`].
pub fn blind_sign(
    secret: &SecretKey,
    commitment_with_proof: Option<&CommitmentWithProof>,
    lengths: Lengths,
    header: &[u8],
    messages: &[impl AsRef<[u8]>],
) -> Result<Signature, Error> {
    let Lengths {
        committed_messages,
        nyms: 0,
        ..
    } = lengths
    else {
        return Err(Error::Count);
    };
    // deserialize_and_validate_commit.
    let committed = match commitment_with_proof {
        None if committed_messages == 0 => Point::identity(),
        None => return Err(Error::Count),
        Some(commitment) => commitment.verify(Interface::Blind, committed_messages)?,
    };
    core_blind_sign(
        secret,
        Interface::Blind,
        lengths,
        &[header],
        messages,
        committed,
    )
}

/// Verifies a blind signature (VerifyBlindSign).
///
/// # Errors
/// [`Error::Signature`] when it does not belong to the messages; [`Error::Count`].
pub fn verify_blind_sign(signed: &BlindSigned<'_>) -> Result<(), Error> {
    let (basis, messages) = signed.prepare(Interface::Blind, &[])?;
    core_verify(
        signed.public,
        signed.signature,
        &basis,
        &[signed.header],
        &messages,
    )
}

/// Proves knowledge of a blind signature (BlindProofGen).
///
/// # Errors
/// [`Error::Index`]; [`Error::Count`].
pub fn blind_proof_gen(
    signed: &BlindSigned<'_>,
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Proof, Error> {
    generate(signed, ph, disclosure, &mut Hedged(rng))
}

pub(crate) fn generate(
    signed: &BlindSigned<'_>,
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    random: &mut impl RandomScalars,
) -> Result<Proof, Error> {
    let (basis, messages) = signed.prepare(Interface::Blind, &[])?;
    let witness = Witness {
        public: signed.public,
        signature: signed.signature,
        basis: &basis,
        header: &[signed.header],
        messages: &messages,
        disclosed: &signed.indexes(disclosure)?,
    };
    let (proof, ()) = core_proof_gen(&witness, ph, None, random, |_| {
        Ok((Extension::default(), ()))
    })?;
    Ok(proof)
}

/// Verifies a proof of a blind signature (BlindProofVerify).
///
/// # Errors
/// [`Error::Proof`] when it does not hold; [`Error::Count`] when it is about other lengths than
/// the expected ones, or these have nyms; [`Error::Index`]; [`Error::Degenerate`].
pub fn blind_proof_verify(shown: &Shown<'_>, proof: &Proof) -> Result<(), Error> {
    check(shown, proof)?;
    proof.pairs(shown.public)
}

/// [`blind_proof_verify`], but for its pairings.
pub(crate) fn check(shown: &Shown<'_>, proof: &Proof) -> Result<(), Error> {
    if shown.lengths.nyms != 0 {
        return Err(Error::Count);
    }
    shown.check(
        Interface::Blind,
        &[shown.header],
        proof,
        &Extension::default(),
    )
}

impl Lengths {
    /// All that the holder commits to (`M`).
    pub(crate) fn committed(self) -> Result<usize, Error> {
        self.committed_messages
            .checked_add(self.nyms)
            .ok_or(Error::Count)
    }
}

impl BlindSigned<'_> {
    /// `prepare_parameters`: all messages in the order of their generators.
    pub(crate) fn prepare(
        &self,
        interface: Interface,
        nyms: &[Scalar],
    ) -> Result<(Basis, Zeroizing<Vec<Scalar>>), Error> {
        let committed = self.committed_messages.len() + nyms.len();
        let basis = Basis::blind(interface, self.messages.len(), committed)?;
        let mut messages = Zeroizing::new(messages_to_scalars(self.messages, interface));
        messages.reserve_exact(committed + 1);
        messages.push(self.secret_prover_blind.scalar());
        let api_id = interface.api_id();
        let committed = self.committed_messages.iter();
        messages.extend(committed.map(|message| message_to_scalar(message, api_id)));
        messages.extend_from_slice(nyms);
        Ok((basis, messages))
    }

    /// The indexes in the vector of all messages: the blinding lies between the two lists.
    pub(crate) fn indexes(&self, disclosure: &Disclosure<'_>) -> Result<Vec<usize>, Error> {
        let (messages, committed) = (self.messages.len(), self.committed_messages.len());
        within(disclosure.messages, messages)?;
        within(disclosure.committed_messages, committed)?;
        let shifted = disclosure
            .committed_messages
            .iter()
            .map(|index| index + messages + 1);
        Ok(disclosure.messages.iter().copied().chain(shifted).collect())
    }
}

impl Shown<'_> {
    pub(crate) fn check(
        &self,
        interface: Interface,
        header: &[&[u8]],
        proof: &Proof,
        extension: &Extension,
    ) -> Result<(), Error> {
        let Lengths {
            messages,
            committed_messages,
            ..
        } = self.lengths;
        let basis = Basis::blind(interface, messages, self.lengths.committed()?)?;
        let mut disclosed = Vec::with_capacity(self.messages.len() + self.committed_messages.len());
        let lists = [
            (self.messages, messages, 0),
            (self.committed_messages, committed_messages, messages + 1),
        ];
        for (list, length, offset) in lists {
            for (index, message) in list {
                within(&[*index], length)?;
                disclosed.push((
                    index + offset,
                    message_to_scalar(message, interface.api_id()),
                ));
            }
        }
        let statement = Statement {
            public: self.public,
            basis: &basis,
            header,
            disclosed: &disclosed,
        };
        core_proof_check(&statement, proof, self.ph, extension)
    }
}

/// The rest of BlindSign: B_calculate, with a commitment that was verified, and FinalizeBlindSign.
pub(crate) fn core_blind_sign(
    secret: &SecretKey,
    interface: Interface,
    lengths: Lengths,
    header: &[&[u8]],
    messages: &[impl AsRef<[u8]>],
    committed: Point,
) -> Result<Signature, Error> {
    if messages.len() != lengths.messages {
        return Err(Error::Count);
    }
    let basis = Basis::blind(interface, lengths.messages, lengths.committed()?)?;
    let messages = messages_to_scalars(messages, interface);
    let domain = basis.domain(secret.public(), header);
    let b = basis.b(domain, &messages) + committed;
    if b.is_identity() {
        return Err(Error::Degenerate);
    }
    finalize(secret, interface, b, &b.to_bytes())
}

fn within(indexes: &[usize], length: usize) -> Result<(), Error> {
    if indexes.iter().any(|index| *index >= length) {
        return Err(Error::Index);
    }
    Ok(())
}
