//! Proofs: the core operations of ProofGen and ProofVerify (BBS draft, sections 3.6.3 to 3.7).

use zeroize::Zeroizing;

use crate::basis::Basis;
use crate::generators::p1;
use crate::keys::PublicKey;
use crate::msm::{self, Term};
use crate::point::{POINT_LENGTH, Point, sum_public, to_affine};
use crate::random::RandomScalars;
use crate::scalar::SCALAR_LENGTH;
use crate::signature::Signature;
use crate::suite::{hash_to_scalar, octets};
use crate::{DecodeError, Error, Scalar};

/// A proof of knowledge of a signature, with some of its messages disclosed beside it.
#[derive(Clone, Debug)]
pub struct Proof {
    a_bar: Point,
    b_bar: Point,
    d: Point,
    e_hat: Scalar,
    r1_hat: Scalar,
    r3_hat: Scalar,
    m_hats: Vec<Scalar>,
    challenge: Scalar,
}

impl Proof {
    /// Reads a proof (`octets_to_proof`).
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (points, rest) = bytes
            .as_chunks::<POINT_LENGTH>()
            .0
            .split_at_checked(3)
            .map_or_else(
                || Err(DecodeError::Length),
                |(points, _)| Ok((points, bytes.get(3 * POINT_LENGTH..).unwrap_or_default())),
            )?;
        let (scalars, []) = rest.as_chunks::<SCALAR_LENGTH>() else {
            return Err(DecodeError::Length);
        };
        let [e_hat, r1_hat, r3_hat, m_hats @ .., challenge] = scalars else {
            return Err(DecodeError::Length);
        };
        let [a_bar, b_bar, d] = points else {
            return Err(DecodeError::Length);
        };
        // The scalars first: they cost less to refuse.
        Ok(Self {
            e_hat: Scalar::from_bytes(e_hat)?,
            r1_hat: Scalar::from_bytes(r1_hat)?,
            r3_hat: Scalar::from_bytes(r3_hat)?,
            m_hats: m_hats
                .iter()
                .map(Scalar::from_bytes)
                .collect::<Result<_, _>>()?,
            challenge: Scalar::from_bytes(challenge)?,
            a_bar: Point::from_bytes(a_bar)?,
            b_bar: Point::from_bytes(b_bar)?,
            d: Point::from_bytes(d)?,
        })
    }

    /// Writes the proof (`proof_to_octets`).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(3 * POINT_LENGTH + (4 + self.m_hats.len()) * 32);
        for point in [&self.a_bar, &self.b_bar, &self.d] {
            bytes.extend_from_slice(&point.to_bytes());
        }
        let hats = [&self.e_hat, &self.r1_hat, &self.r3_hat]
            .into_iter()
            .chain(&self.m_hats);
        for scalar in hats.chain([&self.challenge]) {
            bytes.extend_from_slice(&scalar.to_bytes());
        }
        bytes
    }

    /// The number of messages that stay hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.m_hats.len()
    }

    /// The end of CoreProofVerify: the signature behind the proof is of this key.
    pub(crate) fn pairs(&self, public: &PublicKey) -> Result<(), Error> {
        match to_affine(&[self.a_bar, self.b_bar]).as_slice() {
            [left, right] if public.pairs(left, right) => Ok(()),
            _ => Err(Error::Proof),
        }
    }

    /// What is paired with the key, and with the generator.
    pub(crate) fn paired(&self) -> (Point, Point) {
        (self.a_bar, self.b_bar)
    }

    pub(crate) fn challenge(&self) -> Scalar {
        self.challenge
    }

    pub(crate) fn m_hats(&self) -> &[Scalar] {
        &self.m_hats
    }
}

/// What the prover knows.
pub(crate) struct Witness<'a> {
    pub(crate) public: &'a PublicKey,
    pub(crate) signature: &'a Signature,
    pub(crate) basis: &'a Basis,
    pub(crate) header: &'a [&'a [u8]],
    pub(crate) messages: &'a [Scalar],
    pub(crate) disclosed: &'a [usize],
}

/// What the verifier is told, beside the proof.
pub(crate) struct Statement<'a> {
    pub(crate) public: &'a PublicKey,
    pub(crate) basis: &'a Basis,
    pub(crate) header: &'a [&'a [u8]],
    pub(crate) disclosed: &'a [(usize, Scalar)],
}

/// The points of ProofInit and ProofVerifyInit.
struct Init {
    a_bar: Point,
    b_bar: Point,
    d: Point,
    t1: Point,
    t2: Point,
    domain: Scalar,
}

/// What another proof under the same challenge adds to it: the pseudonym's, or nothing.
#[derive(Default)]
pub(crate) struct Extension {
    pub(crate) points: Vec<Point>,
    /// Follows the presentation header, with its length.
    pub(crate) context: Option<Vec<u8>>,
}

/// CoreProofGen. `extend` sees the blindings of the hidden messages, in their order.
pub(crate) fn core_proof_gen<T>(
    witness: &Witness<'_>,
    ph: &[u8],
    context: Option<&[u8]>,
    random: &mut impl RandomScalars,
    extend: impl FnOnce(&[Scalar]) -> Result<(Extension, T), Error>,
) -> Result<(Proof, T), Error> {
    let Witness {
        public,
        signature,
        basis,
        header,
        messages,
        disclosed,
    } = *witness;
    let length = basis.h.len();
    if messages.len() != length {
        return Err(Error::Count);
    }
    ascending(disclosed.iter().copied(), length)?;
    let hidden: Vec<usize> = (0..length)
        .filter(|index| disclosed.binary_search(index).is_err())
        .collect();
    let domain = basis.domain(public, header);

    let indexes: Vec<u8> = disclosed.iter().flat_map(|index| octets(*index)).collect();
    let mut secrets = Zeroizing::new(Vec::with_capacity(length + 1));
    secrets.extend_from_slice(messages);
    secrets.push(signature.e);
    let transcript: [&[u8]; 5] = [
        &signature.a.to_bytes(),
        &domain.to_bytes(),
        &indexes,
        ph,
        context.unwrap_or_default(),
    ];
    let scalars = random.draw(5 + hidden.len(), &secrets, &transcript);
    let [r1, r2, e_tilde, r1_tilde, r3_tilde, m_tildes @ ..] = scalars.as_slice() else {
        return Err(Error::Degenerate);
    };

    // ProofInit.
    let b = basis.b(domain, messages);
    let d = b * *r2;
    let a_bar = signature.a * (*r1 * *r2);
    let b_bar = d * *r1 - a_bar * signature.e;
    let t1 = a_bar * *e_tilde + d * *r1_tilde;
    let blindings: Vec<Term<'_>> = hidden
        .iter()
        .filter_map(|index| basis.h.get(*index).copied())
        .zip(m_tildes.iter().copied())
        .collect();
    let t2 = d * *r3_tilde + msm::sum(&blindings);
    let init = Init {
        a_bar,
        b_bar,
        d,
        t1,
        t2,
        domain,
    };

    let (extension, extra) = extend(m_tildes)?;
    let shown = disclosed
        .iter()
        .filter_map(|index| Some((*index, *messages.get(*index)?)));
    let c = challenge(&init, shown, &extension, ph, basis)?;

    // ProofFinalize.
    let r3 = Zeroizing::new(r2.invert().ok_or(Error::Degenerate)?);
    let m_hats = hidden
        .iter()
        .filter_map(|index| messages.get(*index))
        .zip(m_tildes)
        .map(|(message, tilde)| *tilde + *message * c)
        .collect();
    let proof = Proof {
        a_bar,
        b_bar,
        d,
        e_hat: *e_tilde + signature.e * c,
        r1_hat: *r1_tilde - *r1 * c,
        r3_hat: *r3_tilde - *r3 * c,
        m_hats,
        challenge: c,
    };
    Ok((proof, extra))
}

/// CoreProofVerify, but for its pairings ([`Proof::pairs`]).
pub(crate) fn core_proof_check(
    statement: &Statement<'_>,
    proof: &Proof,
    ph: &[u8],
    extension: &Extension,
) -> Result<(), Error> {
    let Statement {
        public,
        basis,
        header,
        disclosed,
    } = *statement;
    let length = basis.h.len();
    if disclosed.len() + proof.m_hats.len() != length {
        return Err(Error::Count);
    }
    ascending(disclosed.iter().map(|(index, _)| *index), length)?;
    let domain = basis.domain(public, header);
    let c = proof.challenge;

    // ProofVerifyInit.
    let t1 = sum_public(&[
        (proof.b_bar, c),
        (proof.a_bar, proof.e_hat),
        (proof.d, proof.r1_hat),
    ]);
    let mut terms: Vec<Term<'_>> = Vec::with_capacity(length + 2);
    terms.push((p1(), c));
    terms.push((basis.q1, domain * c));
    let mut shown = disclosed.iter().peekable();
    let mut hats = proof.m_hats.iter();
    for (index, generator) in basis.h.iter().enumerate() {
        let scalar = match shown.next_if(|(next, _)| *next == index) {
            Some((_, message)) => *message * c,
            None => *hats.next().ok_or(Error::Count)?,
        };
        terms.push((generator, scalar));
    }
    let t2 = msm::sum_public(&terms) + proof.d * proof.r3_hat;
    let init = Init {
        a_bar: proof.a_bar,
        b_bar: proof.b_bar,
        d: proof.d,
        t1,
        t2,
        domain,
    };

    if challenge(&init, disclosed.iter().copied(), extension, ph, basis)?.0 != c.0 {
        return Err(Error::Proof);
    }
    Ok(())
}

/// ProofChallengeCalculate.
fn challenge(
    init: &Init,
    disclosed: impl Iterator<Item = (usize, Scalar)>,
    extension: &Extension,
    ph: &[u8],
    basis: &Basis,
) -> Result<Scalar, Error> {
    let mut points = vec![init.a_bar, init.b_bar, init.d, init.t1, init.t2];
    points.extend_from_slice(&extension.points);
    if points.iter().any(Point::is_identity) {
        return Err(Error::Degenerate);
    }
    let mut shown = Vec::new();
    let mut count = 0;
    for (index, message) in disclosed {
        shown.extend_from_slice(&octets(index));
        shown.extend_from_slice(&message.to_bytes());
        count += 1;
    }
    let mut input = Vec::with_capacity(1024 + shown.len() + ph.len());
    input.extend_from_slice(&octets(count));
    input.extend_from_slice(&shown);
    for point in to_affine(&points) {
        input.extend_from_slice(&point.to_compressed());
    }
    input.extend_from_slice(&init.domain.to_bytes());
    for part in [Some(ph), extension.context.as_deref()]
        .into_iter()
        .flatten()
    {
        input.extend_from_slice(&octets(part.len()));
        input.extend_from_slice(part);
    }
    Ok(hash_to_scalar(&input, basis.interface.api_id(), b"H2S_"))
}

/// Refuses indexes out of range, repeated or out of order.
fn ascending(indexes: impl Iterator<Item = usize>, length: usize) -> Result<(), Error> {
    let mut next = 0;
    for index in indexes {
        if index < next || index >= length {
            return Err(Error::Index);
        }
        next = index + 1;
    }
    Ok(())
}
