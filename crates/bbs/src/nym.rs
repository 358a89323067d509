//! Per-verifier pseudonyms (draft-irtf-cfrg-bbs-per-verifier-linkability-03).
//!
//! The holder commits to nym scalars; the signer adds its entropy to the last and signs them
//! blindly. In each context the holder has one pseudonym, the same at every visit, and proves that
//! it comes from what was signed.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::blind::{BlindSigned, Disclosure, Lengths, Shown, core_blind_sign};
use crate::commitment::{CommitmentWithProof, ProverBlind, core_commit};
use crate::generators::{Interface, MAX_MESSAGES};
use crate::keys::SecretKey;
use crate::msm;
use crate::point::{POINT_LENGTH, Point};
use crate::proof::{Extension, Proof, Witness, core_proof_gen};
use crate::random::{Hedged, RandomScalars};
use crate::signature::{Signature, core_verify, messages_to_scalars};
use crate::suite::{NYM_API_ID, hash_to_curve_g1, hash_to_scalar, octets};
use crate::{DecodeError, Error, Scalar};

/// The holder's secret scalars (`prover_nyms`), before the signer's entropy.
pub struct ProverNyms(Zeroizing<Vec<Scalar>>);

impl ProverNyms {
    /// Takes secret scalars, which must be uniformly random.
    ///
    /// # Errors
    /// [`Error::Count`] when there is none.
    pub fn new(scalars: Zeroizing<Vec<Scalar>>) -> Result<Self, Error> {
        if scalars.is_empty() {
            return Err(Error::Count);
        }
        Ok(Self(scalars))
    }

    /// Hands out the scalars.
    #[must_use]
    pub fn expose_secret(&self) -> &[Scalar] {
        &self.0
    }
}

impl fmt::Debug for ProverNyms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProverNyms([REDACTED])")
    }
}

/// The scalars that pseudonyms come from (`nym_secrets`).
pub struct NymSecrets(Zeroizing<Vec<Scalar>>);

impl NymSecrets {
    /// Adds the signer's entropy to the last of the holder's scalars.
    #[must_use]
    pub fn new(prover_nyms: &ProverNyms, signer_nym_entropy: Scalar) -> Self {
        let mut scalars = prover_nyms.0.clone();
        if let Some(last) = scalars.last_mut() {
            *last = *last + signer_nym_entropy;
        }
        Self(scalars)
    }

    /// Hands out the scalars.
    #[must_use]
    pub fn expose_secret(&self) -> &[Scalar] {
        &self.0
    }
}

impl fmt::Debug for NymSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NymSecrets([REDACTED])")
    }
}

/// One holder in one context. Compare all 48 octets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pseudonym(Point);

impl Pseudonym {
    /// Reads a pseudonym.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes = bytes.try_into().map_err(|_| DecodeError::Length)?;
        Ok(Self(Point::from_bytes(bytes)?))
    }

    /// Writes the pseudonym.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; POINT_LENGTH] {
        self.0.to_bytes()
    }
}

/// Commits to messages and nym scalars (NymCommit; CommitWithNym in older revisions).
///
/// # Errors
/// [`Error::Count`]; [`Error::Degenerate`] never in practice.
pub fn nym_commit(
    committed_messages: &[impl AsRef<[u8]>],
    prover_nyms: &ProverNyms,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(CommitmentWithProof, ProverBlind), Error> {
    commit(committed_messages, prover_nyms, &mut Hedged(rng))
}

pub(crate) fn commit(
    committed_messages: &[impl AsRef<[u8]>],
    prover_nyms: &ProverNyms,
    random: &mut impl RandomScalars,
) -> Result<(CommitmentWithProof, ProverBlind), Error> {
    let mut messages = Zeroizing::new(messages_to_scalars(committed_messages, Interface::Nym));
    messages.reserve_exact(prover_nyms.0.len());
    messages.extend_from_slice(&prover_nyms.0);
    core_commit(Interface::Nym, &messages, random)
}

/// Signs a header, messages, and the holder's messages and nyms (BlindSignWithNym).
///
/// The draft reads the number of committed messages from the commitment. Here all lengths come
/// from the caller: a holder that could add a scalar, or leave one out, would have another
/// pseudonym everywhere.
///
/// # Errors
/// [`Error::Count`] when the commitment or the messages have other lengths, or no nyms are
/// expected; [`Error::Commitment`] when its proof does not hold; [`Error::Degenerate`].
pub fn blind_sign_with_nym(
    secret: &SecretKey,
    commitment_with_proof: &CommitmentWithProof,
    lengths: Lengths,
    signer_nym_entropy: Scalar,
    header: &[u8],
    messages: &[impl AsRef<[u8]>],
) -> Result<Signature, Error> {
    let interface = Interface::Nym;
    let committed = lengths.committed()?;
    let generators = interface.blind_generators(committed.saturating_add(1))?;
    let (1.., Some(nym_generator)) = (lengths.nyms, generators.last()) else {
        return Err(Error::Count);
    };
    // B_calculate_with_nym adds the entropy to the last nym.
    let commitment = commitment_with_proof.verify(interface, committed)?
        + msm::sum_public(&[(nym_generator, signer_nym_entropy)]);
    let length = octets(lengths.nyms);
    core_blind_sign(
        secret,
        interface,
        lengths,
        &[header, &length],
        messages,
        commitment,
    )
}

/// Verifies what the signer sent, and computes the nym secrets (VerifyFinalizeWithNym).
///
/// # Errors
/// [`Error::Signature`] when the signature is not over these messages, nyms and this entropy;
/// [`Error::Count`].
pub fn verify_finalize_with_nym(
    signed: &BlindSigned<'_>,
    prover_nyms: &ProverNyms,
    signer_nym_entropy: Scalar,
) -> Result<NymSecrets, Error> {
    let secrets = NymSecrets::new(prover_nyms, signer_nym_entropy);
    let (basis, messages) = signed.prepare(Interface::Nym, &secrets.0)?;
    let length = octets(secrets.0.len());
    let header: [&[u8]; 2] = [signed.header, &length];
    core_verify(signed.public, signed.signature, &basis, &header, &messages)?;
    Ok(secrets)
}

/// Computes the pseudonym of a context (CalculatePseudonym).
///
/// # Errors
/// [`Error::Degenerate`] never in practice.
pub fn calculate_pseudonym(
    context_id: &[u8],
    nym_secrets: &NymSecrets,
) -> Result<Pseudonym, Error> {
    let point = base(context_id) * *evaluate(&nym_secrets.0, context_id);
    if point.is_identity() {
        return Err(Error::Degenerate);
    }
    Ok(Pseudonym(point))
}

/// Proves knowledge of a signature, and that the pseudonym of the context comes from it
/// (ProofGenWithNym).
///
/// # Errors
/// [`Error::Index`]; [`Error::Count`]; [`Error::Degenerate`] never in practice.
pub fn proof_gen_with_nym(
    signed: &BlindSigned<'_>,
    nym_secrets: &NymSecrets,
    context_id: &[u8],
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(Proof, Pseudonym), Error> {
    generate(
        signed,
        nym_secrets,
        context_id,
        ph,
        disclosure,
        &mut Hedged(rng),
    )
}

pub(crate) fn generate(
    signed: &BlindSigned<'_>,
    nym_secrets: &NymSecrets,
    context_id: &[u8],
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    random: &mut impl RandomScalars,
) -> Result<(Proof, Pseudonym), Error> {
    prove(
        signed,
        nym_secrets,
        ph,
        disclosure,
        Some(context_id),
        random,
        |m_tildes| {
            // PseudonymProofInit: the nyms are the last of the hidden messages.
            let hidden = m_tildes.len().checked_sub(nym_secrets.0.len());
            let tildes = hidden
                .and_then(|at| m_tildes.get(at..))
                .ok_or(Error::Count)?;
            let op = base(context_id);
            let pseudonym = op * *evaluate(&nym_secrets.0, context_id);
            let ut = op * *evaluate(tildes, context_id);
            Ok((extension(pseudonym, ut, context_id), Pseudonym(pseudonym)))
        },
    )
}

/// Verifies a proof with a pseudonym (ProofVerifyWithNym).
///
/// The pseudonym must come from *the verifier's own* context, and the lengths from its profile.
///
/// # Errors
/// [`Error::Proof`] when it does not hold; [`Error::Count`] when it is about other lengths than
/// the expected ones, or no nyms are expected; [`Error::Index`]; [`Error::Degenerate`].
pub fn proof_verify_with_nym(
    shown: &Shown<'_>,
    proof: &Proof,
    pseudonym: &Pseudonym,
    context_id: &[u8],
) -> Result<(), Error> {
    check(shown, proof, pseudonym, context_id)?;
    proof.pairs(shown.public)
}

/// [`proof_verify_with_nym`], but for its pairings.
pub(crate) fn check(
    shown: &Shown<'_>,
    proof: &Proof,
    pseudonym: &Pseudonym,
    context_id: &[u8],
) -> Result<(), Error> {
    let nyms = shown.lengths.nyms;
    let hats = proof.m_hats();
    let (1.., Some(hats)) = (
        nyms,
        hats.len().checked_sub(nyms).and_then(|at| hats.get(at..)),
    ) else {
        return Err(Error::Count);
    };
    // PseudonymProofVerifyInit.
    let uv = base(context_id) * *evaluate(hats, context_id) - pseudonym.0 * proof.challenge();
    let length = octets(nyms);
    let header: [&[u8]; 2] = [shown.header, &length];
    shown.check(
        Interface::Nym,
        &header,
        proof,
        &extension(pseudonym.0, uv, context_id),
    )
}

/// Proves knowledge of a signature over nyms, and shows no pseudonym.
///
/// The draft has no operation for this: it is ProofGen (BlindProofGen) under the interface of
/// pseudonyms. A pseudonym of a context made up for the occasion would be one more equation about
/// the nyms, and there are only so many before somebody with a quantum computer solves them.
///
/// # Errors
/// As [`proof_gen_with_nym`].
pub fn proof_gen_hiding_nym(
    signed: &BlindSigned<'_>,
    nym_secrets: &NymSecrets,
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Proof, Error> {
    let random = &mut Hedged(rng);
    let nothing = |_: &[Scalar]| Ok((Extension::default(), ()));
    let (proof, ()) = prove(signed, nym_secrets, ph, disclosure, None, random, nothing)?;
    Ok(proof)
}

/// CoreProofGen over nyms, with what is proven of them besides.
fn prove<T>(
    signed: &BlindSigned<'_>,
    nym_secrets: &NymSecrets,
    ph: &[u8],
    disclosure: &Disclosure<'_>,
    context_id: Option<&[u8]>,
    random: &mut impl RandomScalars,
    extend: impl FnOnce(&[Scalar]) -> Result<(Extension, T), Error>,
) -> Result<(Proof, T), Error> {
    let (basis, messages) = signed.prepare(Interface::Nym, &nym_secrets.0)?;
    let length = octets(nym_secrets.0.len());
    let witness = Witness {
        public: signed.public,
        signature: signed.signature,
        basis: &basis,
        header: &[signed.header, &length],
        messages: &messages,
        disclosed: &signed.indexes(disclosure)?,
    };
    core_proof_gen(&witness, ph, context_id, random, extend)
}

/// Verifies a proof that shows no pseudonym ([`proof_gen_hiding_nym`]).
///
/// Presentation headers should tell the two kinds of proof apart.
///
/// # Errors
/// As [`proof_verify_with_nym`].
pub fn proof_verify_hiding_nym(shown: &Shown<'_>, proof: &Proof) -> Result<(), Error> {
    check_hiding(shown, proof)?;
    proof.pairs(shown.public)
}

/// [`proof_verify_hiding_nym`], but for its pairings.
pub(crate) fn check_hiding(shown: &Shown<'_>, proof: &Proof) -> Result<(), Error> {
    if shown.lengths.nyms == 0 {
        return Err(Error::Count);
    }
    let length = octets(shown.lengths.nyms);
    let header: [&[u8]; 2] = [shown.header, &length];
    shown.check(Interface::Nym, &header, proof, &Extension::default())
}

/// Sums `Q_2, J_1, …` ([`nym_generators`]) times scalars: a commitment without its proof, its
/// blinding first. By the tables of the generators, in the same time for all scalars.
///
/// # Errors
/// [`Error::Count`] for no scalar, or more than [`crate::MAX_MESSAGES`] and one.
pub fn nym_commitment(scalars: &[Scalar]) -> Result<Point, Error> {
    let messages = scalars.len().checked_sub(1).ok_or(Error::Count)?;
    if messages > MAX_MESSAGES {
        return Err(Error::Count);
    }
    let generators = Interface::Nym.blind_generators(scalars.len())?;
    let terms: Vec<_> = generators
        .into_iter()
        .zip(scalars.iter().copied())
        .collect();
    Ok(msm::sum(&terms))
}

/// The generators of commitments to nyms: `Q_2, J_1, …, J_count`.
///
/// They depend on the interface alone, not on a signer's key: what is proven of a commitment at
/// one signer holds at all. Profiles that prove more of commitments build upon them.
///
/// # Errors
/// [`Error::Count`] above [`crate::MAX_MESSAGES`].
pub fn nym_generators(count: usize) -> Result<Vec<Point>, Error> {
    if count > MAX_MESSAGES {
        return Err(Error::Count);
    }
    let generators = Interface::Nym.blind_generators(count + 1)?;
    Ok(generators.iter().map(|generator| generator.point).collect())
}

fn extension(pseudonym: Point, ut: Point, context_id: &[u8]) -> Extension {
    Extension {
        points: vec![pseudonym, ut],
        context: Some(context_id.to_vec()),
    }
}

/// `OP = hash_to_curve_g1(context_id, api_id)`.
fn base(context_id: &[u8]) -> Point {
    hash_to_curve_g1(context_id, NYM_API_ID, b"")
}

/// The polynomial of the scalars, at `z = hash_to_scalar(context_id, api_id || "VECT_NYM_SECRETS")`.
fn evaluate(scalars: &[Scalar], context_id: &[u8]) -> Zeroizing<Scalar> {
    let z = hash_to_scalar(context_id, NYM_API_ID, b"VECT_NYM_SECRETS");
    let value = scalars
        .iter()
        .rev()
        .fold(Scalar::ZERO, |value, scalar| value * z + *scalar);
    Zeroizing::new(value)
}
