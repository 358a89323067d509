//! Random scalars (BBS draft, "Random Scalars"), fresh and hedged.
//!
//! Every scalar comes from 64 fresh octets *and* from the secrets and the public transcript of the
//! operation, through SHA-256. Good randomness alone makes them uniform; if the source repeats or
//! is known, they still differ between transcripts and cannot be computed without the secrets
//! (against the reuse of a nonce, which would give the secret away). They are never derived from
//! the secrets alone: two devices of one person must not meet in a nonce.

use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::Scalar;
use crate::suite::{hash_to_scalar, octets};

/// `calculate_random_scalars`.
pub(crate) trait RandomScalars {
    /// Draws scalars. `secrets` and `transcript` are all that the operation depends on.
    fn draw(
        &mut self,
        count: usize,
        secrets: &[Scalar],
        transcript: &[&[u8]],
    ) -> Zeroizing<Vec<Scalar>>;
}

/// The source of every operation outside this crate's vectors.
pub(crate) struct Hedged<'a, R: ?Sized>(pub(crate) &'a mut R);

impl<R: CryptoRng + ?Sized> RandomScalars for Hedged<'_, R> {
    fn draw(
        &mut self,
        count: usize,
        secrets: &[Scalar],
        transcript: &[&[u8]],
    ) -> Zeroizing<Vec<Scalar>> {
        let mut fresh = Zeroizing::new([0; 64]);
        self.0.fill_bytes(fresh.as_mut());
        let mut hash = Sha256::new()
            .chain_update(DOMAIN)
            .chain_update(fresh.as_slice());
        hash.update(octets(secrets.len()));
        for secret in secrets {
            hash.update(Zeroizing::new(secret.to_bytes()));
        }
        for part in transcript {
            hash.update(octets(part.len()));
            hash.update(part);
        }
        let mut seed = Zeroizing::new([0; 40]);
        let digest = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
        let mut scalars = Zeroizing::new(Vec::with_capacity(count));
        for index in 0..count {
            let octets = octets(index);
            for (to, from) in seed.iter_mut().zip(digest.iter().chain(&octets)) {
                *to = *from;
            }
            scalars.push(hash_to_scalar(seed.as_slice(), DOMAIN, b""));
        }
        scalars
    }
}

/// Draws fresh scalars, hedged as every nonce of this crate: for profiles whose own proofs build
/// upon it. `secrets` and `transcript` are all that the proof depends on, its label included.
#[must_use]
pub fn random_scalars(
    count: usize,
    secrets: &[Scalar],
    transcript: &[&[u8]],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Zeroizing<Vec<Scalar>> {
    Hedged(rng).draw(count, secrets, transcript)
}

const DOMAIN: &[u8] = b"BBS_HEDGED_RANDOM_SCALARS_";

#[cfg(test)]
pub(crate) mod tests {
    use std::convert::Infallible;

    use rand_core::{TryCryptoRng, TryRng};

    use super::*;
    use crate::suite::expand_message;

    /// `seeded_random_scalars` of the drafts' fixtures.
    pub(crate) struct Mocked {
        pub(crate) seed: Vec<u8>,
        pub(crate) dst: Vec<u8>,
    }

    impl RandomScalars for Mocked {
        fn draw(&mut self, count: usize, _: &[Scalar], _: &[&[u8]]) -> Zeroizing<Vec<Scalar>> {
            let mut wide = vec![0; 48 * count];
            expand_message(&self.seed, &[&self.dst], &mut wide);
            let (chunks, _) = wide.as_chunks::<48>();
            Zeroizing::new(chunks.iter().map(Scalar::reduce).collect())
        }
    }

    /// A source that has failed.
    struct Stuck;

    impl TryRng for Stuck {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(7)
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(7)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill(7);
            Ok(())
        }
    }

    impl TryCryptoRng for Stuck {}

    fn drawn(secrets: &[Scalar], transcript: &[&[u8]]) -> Vec<[u8; 32]> {
        let scalars = Hedged(&mut Stuck).draw(3, secrets, transcript);
        scalars.iter().map(Scalar::to_bytes).collect()
    }

    #[test]
    fn a_stuck_source_still_gives_other_scalars_for_another_secret_or_transcript() {
        let scalars = drawn(&[Scalar::ONE], &[b"a", b"b"]);
        assert_ne!(scalars[0], scalars[1]);
        assert_ne!(scalars, drawn(&[Scalar::ONE + Scalar::ONE], &[b"a", b"b"]));
        assert_ne!(scalars, drawn(&[Scalar::ONE], &[b"a", b"c"]));
        assert_ne!(scalars, drawn(&[Scalar::ONE], &[b"ab", b""]));
    }

    #[test]
    fn a_good_source_never_gives_the_same_twice() {
        let mut rng = crate::testing::rng();
        let first = Hedged(&mut rng).draw(1, &[], &[])[0].to_bytes();
        assert_ne!(first, Hedged(&mut rng).draw(1, &[], &[])[0].to_bytes());
    }
}
