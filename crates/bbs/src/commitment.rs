//! Commitments to messages, with a proof that they can be opened (Blind BBS draft, "Commitment").

use std::fmt;

use zeroize::Zeroizing;

use crate::generators::{Interface, MAX_MESSAGES};
use crate::msm::{self, Generator, Term};
use crate::point::{POINT_LENGTH, Point, to_affine};
use crate::random::RandomScalars;
use crate::scalar::SCALAR_LENGTH;
use crate::suite::{hash_to_scalar, octets};
use crate::{DecodeError, Error, Scalar};

/// A commitment and the proof of its correctness (`commitment_with_proof`).
#[derive(Clone, Debug)]
pub struct CommitmentWithProof {
    commitment: Point,
    s_hat: Scalar,
    m_hats: Vec<Scalar>,
    challenge: Scalar,
}

impl CommitmentWithProof {
    /// Reads a commitment (`octets_to_commitment_with_proof`). Its proof is judged when signing.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (point, rest) = bytes.split_first_chunk().ok_or(DecodeError::Length)?;
        let (scalars, []) = rest.as_chunks::<SCALAR_LENGTH>() else {
            return Err(DecodeError::Length);
        };
        let [s_hat, m_hats @ .., challenge] = scalars else {
            return Err(DecodeError::Length);
        };
        Ok(Self {
            s_hat: Scalar::from_bytes(s_hat)?,
            m_hats: m_hats
                .iter()
                .map(Scalar::from_bytes)
                .collect::<Result<_, _>>()?,
            challenge: Scalar::from_bytes(challenge)?,
            commitment: Point::from_bytes(point)?,
        })
    }

    /// Writes the commitment (`commitment_with_proof_to_octets`).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(POINT_LENGTH + (self.m_hats.len() + 2) * SCALAR_LENGTH);
        bytes.extend_from_slice(&self.commitment.to_bytes());
        for scalar in [&self.s_hat]
            .into_iter()
            .chain(&self.m_hats)
            .chain([&self.challenge])
        {
            bytes.extend_from_slice(&scalar.to_bytes());
        }
        bytes
    }

    /// The commitment itself: perfectly hiding.
    #[must_use]
    pub fn commitment(&self) -> Point {
        self.commitment
    }

    /// The number of messages that it is to, as it claims.
    #[must_use]
    pub fn committed(&self) -> usize {
        self.m_hats.len()
    }

    /// CoreCommitVerify, for the expected number of messages; the commitment, when it is proven.
    pub(crate) fn verify(&self, interface: Interface, committed: usize) -> Result<Point, Error> {
        if self.m_hats.len() != committed {
            return Err(Error::Count);
        }
        let generators = interface.blind_generators(committed + 1)?;
        let hats = [self.s_hat].into_iter().chain(self.m_hats.iter().copied());
        let terms: Vec<Term<'_>> = generators.iter().copied().zip(hats).collect();
        let opened = msm::sum_public(&terms) - self.commitment * self.challenge;
        let challenge = challenge(interface, &generators, self.commitment, opened)?;
        if challenge.0 != self.challenge.0 {
            return Err(Error::Commitment);
        }
        Ok(self.commitment)
    }
}

/// The blinding of a commitment (`secret_prover_blind`), which its holder keeps.
pub struct ProverBlind(Zeroizing<Scalar>);

impl ProverBlind {
    /// The blinding of no commitment.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Scalar::ZERO)
    }

    /// Takes a blinding that was kept.
    #[must_use]
    pub fn new(scalar: Scalar) -> Self {
        Self(Zeroizing::new(scalar))
    }

    /// Hands out the scalar.
    #[must_use]
    pub fn expose_secret(&self) -> &Scalar {
        &self.0
    }

    pub(crate) fn scalar(&self) -> Scalar {
        *self.0
    }
}

impl fmt::Debug for ProverBlind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProverBlind([REDACTED])")
    }
}

/// CoreCommit.
pub(crate) fn core_commit(
    interface: Interface,
    messages: &[Scalar],
    random: &mut impl RandomScalars,
) -> Result<(CommitmentWithProof, ProverBlind), Error> {
    if messages.len() > MAX_MESSAGES {
        return Err(Error::Count);
    }
    let generators = interface.blind_generators(messages.len() + 1)?;
    let scalars = random.draw(
        messages.len() + 2,
        messages,
        &[b"commit", interface.api_id()],
    );
    let [blind, tildes @ ..] = scalars.as_slice() else {
        return Err(Error::Degenerate);
    };
    let opening = [*blind].into_iter().chain(messages.iter().copied());
    let terms: Vec<Term<'_>> = generators.iter().copied().zip(opening).collect();
    let commitment = msm::sum(&terms);
    let terms: Vec<Term<'_>> = generators
        .iter()
        .copied()
        .zip(tildes.iter().copied())
        .collect();
    let blinded = msm::sum(&terms);
    let challenge = challenge(interface, &generators, commitment, blinded)?;

    let [s_tilde, m_tildes @ ..] = tildes else {
        return Err(Error::Degenerate);
    };
    let hats = messages
        .iter()
        .zip(m_tildes)
        .map(|(message, tilde)| *tilde + *message * challenge);
    let commitment = CommitmentWithProof {
        commitment,
        s_hat: *s_tilde + *blind * challenge,
        m_hats: hats.collect(),
        challenge,
    };
    Ok((commitment, ProverBlind::new(*blind)))
}

/// `calculate_blind_challenge`.
fn challenge(
    interface: Interface,
    generators: &[&Generator],
    commitment: Point,
    blinded: Point,
) -> Result<Scalar, Error> {
    if commitment.is_identity() || blinded.is_identity() {
        return Err(Error::Degenerate);
    }
    let mut input = Vec::with_capacity(POINT_LENGTH * (generators.len() + 3));
    input.extend_from_slice(&octets(generators.len() - 1));
    for generator in generators {
        input.extend_from_slice(&generator.encoded);
    }
    for point in to_affine(&[commitment, blinded]) {
        input.extend_from_slice(&point.to_compressed());
    }
    Ok(hash_to_scalar(&input, interface.api_id(), b"H2S_"))
}
