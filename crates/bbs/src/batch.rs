//! Many proofs at once.
//!
//! A proof holds when its challenge is right and `e(Abar, W) = e(Bbar, BP2)`. The second costs as
//! much as the first, and many of them are one: weighted with random numbers that nobody could
//! foresee, their sum holds when all of them do. Of two wrong ones, one does not make up for the
//! other, but with a probability of 2^-128.

use rand_core::CryptoRng;

use crate::blind::{self, Shown};
use crate::keys::{PublicKey, pair};
use crate::nym::{self, Pseudonym};
use crate::point::{Point, sum_short, to_affine};
use crate::proof::Proof;
use crate::random::{Hedged, RandomScalars as _};
use crate::{Error, disclosure};

/// Proofs that are verified together, in two thirds of the time.
///
/// Nothing is believed before [`Batch::judge`] has answered.
#[derive(Debug, Default)]
#[must_use]
pub struct Batch<'a>(Vec<Result<Candidate<'a>, Error>>);

/// A proof whose challenge is right.
#[derive(Debug)]
struct Candidate<'a> {
    public: &'a PublicKey,
    proof: &'a Proof,
}

impl<'a> Batch<'a> {
    /// Begins with none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what [`crate::proof_verify`] judges.
    pub fn proof(
        &mut self,
        public: &'a PublicKey,
        proof: &'a Proof,
        header: &[u8],
        ph: &[u8],
        length: usize,
        disclosed_messages: &[(usize, impl AsRef<[u8]>)],
    ) {
        let checked = disclosure::check(public, proof, header, ph, length, disclosed_messages);
        self.0.push(checked.map(|()| Candidate { public, proof }));
    }

    /// Adds what [`crate::blind_proof_verify`] judges.
    pub fn blind_proof(&mut self, shown: &Shown<'a>, proof: &'a Proof) {
        let public = shown.public;
        let checked = blind::check(shown, proof);
        self.0.push(checked.map(|()| Candidate { public, proof }));
    }

    /// Adds what [`crate::proof_verify_with_nym`] judges.
    pub fn proof_with_nym(
        &mut self,
        shown: &Shown<'a>,
        proof: &'a Proof,
        pseudonym: &Pseudonym,
        context_id: &[u8],
    ) {
        let public = shown.public;
        let checked = nym::check(shown, proof, pseudonym, context_id);
        self.0.push(checked.map(|()| Candidate { public, proof }));
    }

    /// Adds what [`crate::proof_verify_hiding_nym`] judges.
    pub fn proof_hiding_nym(&mut self, shown: &Shown<'a>, proof: &'a Proof) {
        let public = shown.public;
        let checked = nym::check_hiding(shown, proof);
        self.0.push(checked.map(|()| Candidate { public, proof }));
    }

    /// Judges all of them, in the order in which they were added.
    ///
    /// When one is wrong, each is paired on its own: that costs no more than without a batch.
    #[must_use]
    pub fn judge(self, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<Result<(), Error>> {
        let candidates: Vec<_> = self.0.iter().flatten().collect();
        let together = candidates.len() > 1 && holds(&candidates, rng);
        let judge = |checked: Result<Candidate<'_>, Error>| match checked? {
            _ if together => Ok(()),
            Candidate { public, proof } => proof.pairs(public),
        };
        self.0.into_iter().map(judge).collect()
    }
}

/// Tells whether the weighted sum of all pairings holds.
fn holds(candidates: &[&Candidate<'_>], rng: &mut (impl CryptoRng + ?Sized)) -> bool {
    let transcript: Vec<Vec<u8>> = candidates
        .iter()
        .map(|candidate| candidate.proof.to_bytes())
        .collect();
    let transcript: Vec<&[u8]> = transcript.iter().map(Vec::as_slice).collect();
    let weights = Hedged(rng).draw(candidates.len(), &[], &transcript);
    let weights: Vec<[u8; WEIGHT]> = weights
        .iter()
        .map(|scalar| scalar.to_bytes().last_chunk().copied().unwrap_or_default())
        .collect();

    let mut keys: Vec<&PublicKey> = Vec::new();
    for candidate in candidates {
        if !keys.contains(&candidate.public) {
            keys.push(candidate.public);
        }
    }
    let weighted = || candidates.iter().zip(&weights);
    let mut sums: Vec<Point> = keys
        .iter()
        .map(|key| {
            let of_key: Vec<_> = weighted()
                .filter(|(candidate, _)| candidate.public == *key)
                .map(|(candidate, weight)| (candidate.proof.paired().0, *weight))
                .collect();
            sum_short(&of_key)
        })
        .collect();
    let right: Vec<_> = weighted()
        .map(|(candidate, weight)| (candidate.proof.paired().1, *weight))
        .collect();
    sums.push(sum_short(&right));
    if sums.iter().any(Point::is_identity) {
        return false;
    }
    let affine = to_affine(&sums);
    let Some((right, left)) = affine.split_last() else {
        return false;
    };
    let left: Vec<_> = left.iter().zip(keys).collect();
    pair(&left, right)
}

/// Octets of a random weight.
const WEIGHT: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use crate::{POINT_LENGTH, SecretKey, proof_gen, sign};

    /// The proof with something added to Abar. Its challenge is no longer right.
    fn shifted(proof: &Proof, by: Point) -> Proof {
        let mut bytes = proof.to_bytes();
        let (a_bar, _) = bytes.split_first_chunk_mut::<POINT_LENGTH>().unwrap();
        *a_bar = (Point::from_bytes(a_bar).unwrap() + by).to_bytes();
        Proof::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn two_errors_that_cancel_out_are_seen() {
        let key = SecretKey::generate(&mut rng()).unwrap();
        let public = key.public();
        let signature = sign(&key, b"", &["a"]).unwrap();
        let [first, second] = [(), ()]
            .map(|()| proof_gen(public, &signature, b"", b"", &["a"], &[], &mut rng()).unwrap());
        let (by, _) = second.paired();
        let held = |proofs: [&Proof; 2]| {
            let candidates = proofs.map(|proof| Candidate { public, proof });
            holds(&[&candidates[0], &candidates[1]], &mut rng())
        };
        assert!(held([&first, &second]));
        let wrong = [shifted(&first, by), shifted(&second, -by - by)];
        assert!(!held([&wrong[0], &wrong[1]]));
        let opposite = [shifted(&first, by), shifted(&first, -by)];
        let (sum, twice) = (
            opposite[0].paired().0 + opposite[1].paired().0,
            first.paired().0 + first.paired().0,
        );
        assert_eq!(sum, twice, "unweighted, they would hold");
        assert!(!held([&opposite[0], &opposite[1]]));
    }
}
