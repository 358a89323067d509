//! Proofs of knowledge, bound to one session (Schnorr, made non-interactive by Fiat and Shamir).
//!
//! They prove knowledge of scalars `x_i` with `D = sum(x_i * G_i)`, where `G` is `Q_2, J_1, …`: draw
//! `r_i`, let `T = sum(r_i * G_i)`, `c = hash(session, D, T)`, `s_i = r_i + c * x_i`; the proof is
//! `c, s_1, …`. It holds if `c = hash(session, D, sum(s_i * G_i) - c * D)`.

use bbs::{DecodeError, Point, SCALAR_LENGTH, Scalar, nym_commitment, random_scalars};
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
    /// Proves that `point` is the sum of `Q_2, J_1, …` times the secrets.
    pub(crate) fn prove(
        secrets: &[Scalar],
        point: Point,
        session: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, bbs::Error> {
        let nonces = random_scalars(
            secrets.len(),
            secrets,
            &[b"netcert/opening", session, &point.to_bytes()],
            rng,
        );
        let challenge = challenge(session, point, nym_commitment(&nonces)?);
        let responses = nonces
            .iter()
            .zip(secrets)
            .map(|(nonce, secret)| *nonce + *secret * challenge)
            .collect();
        Ok(Self {
            challenge,
            responses,
        })
    }

    /// Whether the proof holds, for as many secrets as the profile says.
    pub(crate) fn holds(
        &self,
        secrets: usize,
        point: Point,
        session: &[u8],
    ) -> Result<bool, bbs::Error> {
        if self.responses.len() != secrets {
            return Ok(false);
        }
        let nonces = nym_commitment(&self.responses)? - point * self.challenge;
        Ok(challenge(session, point, nonces).to_bytes() == self.challenge.to_bytes())
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

fn challenge(session: &[u8], point: Point, nonces: Point) -> Scalar {
    let input = Fields::new("challenge")
        .bytes(session)
        .bytes(&point.to_bytes())
        .bytes(&nonces.to_bytes())
        .finish();
    let dst = [PROFILE.as_bytes(), b"_OPENING_"].concat();
    Scalar::hash(&input, &dst)
}
