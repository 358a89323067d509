//! Proofs of knowledge, bound to one session (Schnorr, made non-interactive by Fiat and Shamir).
//!
//! Both prove knowledge of scalars `x_i` with `D = sum(x_i * G_i)`: draw `r_i`, let
//! `T = sum(r_i * G_i)`, `c = hash(session, D, T)`, `s_i = r_i + c * x_i`; the proof is `c, s_1, …`.
//! It holds if `c = hash(session, D, sum(s_i * G_i) - c * D)`.

use bbs::{DecodeError, Point, SCALAR_LENGTH, Scalar, random_scalars};
use rand_core::CryptoRng;

use crate::PROFILE;
use crate::fields::Fields;

/// A challenge and one response for each generator.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    challenge: Scalar,
    responses: Vec<Scalar>,
}

impl Opening {
    /// Proves that `point` is the sum of the generators times the secrets.
    pub(crate) fn prove(
        generators: &[Point],
        secrets: &[Scalar],
        point: Point,
        session: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let nonces = random_scalars(
            secrets.len(),
            secrets,
            &[b"netcert/opening", session, &point.to_bytes()],
            rng,
        );
        let challenge = challenge(session, point, sum(generators, &nonces));
        let responses = nonces
            .iter()
            .zip(secrets)
            .map(|(nonce, secret)| *nonce + *secret * challenge)
            .collect();
        Self {
            challenge,
            responses,
        }
    }

    /// Whether the proof holds, for as many secrets as there are generators.
    pub(crate) fn holds(&self, generators: &[Point], point: Point, session: &[u8]) -> bool {
        if self.responses.len() != generators.len() {
            return false;
        }
        let nonces = sum(generators, &self.responses) - point * self.challenge;
        challenge(session, point, nonces).to_bytes() == self.challenge.to_bytes()
    }

    /// Reads a proof for `secrets` secrets, which the profile says and never the input.
    pub(crate) fn from_bytes(bytes: &[u8], secrets: usize) -> Result<Self, DecodeError> {
        let (scalars, []) = bytes.as_chunks::<SCALAR_LENGTH>() else {
            return Err(DecodeError::Length);
        };
        let [challenge, responses @ ..] = scalars else {
            return Err(DecodeError::Length);
        };
        if responses.len() != secrets {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            challenge: Scalar::from_bytes(challenge)?,
            responses: responses
                .iter()
                .map(Scalar::from_bytes)
                .collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [&self.challenge]
            .into_iter()
            .chain(&self.responses)
            .flat_map(Scalar::to_bytes)
            .collect()
    }
}

/// Takes the same time for all scalars.
fn sum(generators: &[Point], scalars: &[Scalar]) -> Point {
    let terms = generators.iter().zip(scalars);
    terms.fold(Point::identity(), |sum, (generator, scalar)| {
        sum + *generator * *scalar
    })
}

fn challenge(session: &[u8], point: Point, nonces: Point) -> Scalar {
    let input = Fields::new("challenge")
        .bytes(session)
        .bytes(&point.to_bytes())
        .bytes(&nonces.to_bytes())
        .finish();
    let dst = [PROFILE.as_bytes(), b"_OPENING_"].concat();
    Scalar::hash(&input, &dst)
}
