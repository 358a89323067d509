use std::array;
use std::collections::HashMap;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::{Identity as _, IsIdentity as _, VartimeMultiscalarMul as _};
use curve25519_dalek::{EdwardsPoint, Scalar};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha512};

use crate::ed25519::{is_of_prime_order, is_of_small_order};
use crate::{PublicKey, SignatureError};

/// Signatures that are verified together, in two thirds of the time or less.
///
/// The verdict is that of [`PublicKey::verify`], one by one. That needs care, for the equation of a
/// batch is about sums, and is blind to more than the one of a single signature:
///
/// - What a single verification refuses for its form is refused on arrival: an `S` that is not
///   reduced, and an `R` that is not canonical, no point, or of small order.
/// - A part of small order, in a key or in `R`, can vanish from a sum. Whether a key has one is
///   found out once for each key; signatures by such keys are verified alone. Whether an `R` has
///   one would cost as much as verifying. Instead 32 sums of random halves of all `R` are looked
///   at: if one `R` has such a part, each sum shows it with a probability of a half at least. Only
///   the owner of a key can make such an `R` for it, and one time in 2^32 it would pass.
/// - Factors are random and have 128 bits: a signature that nobody made passes one time in 2^128.
///
/// Where a sum does not come out, its signatures are verified one by one, and those at fault are
/// named: a bad one costs the others no more than that.
#[derive(Default)]
pub struct SignatureBatch {
    waiting: Vec<Waiting>,
}

/// An Ed25519 signature of acceptable form, `S B = R + k A` unverified.
struct Waiting {
    key: PublicKey,
    commitment: EdwardsPoint,
    /// `R` as it was sent.
    text: [u8; 32],
    response: Scalar,
    challenge: Scalar,
}

impl SignatureBatch {
    /// A batch of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many signatures wait. The next one to wait has this place.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no signature waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes a signature, to be verified with the others. What cannot be verified with others is
    /// verified at once: ECDSA, and Ed25519 by keys that have a part of small order.
    ///
    /// # Errors
    /// [`SignatureError`] if the signature is wrong, as far as that is known already.
    pub fn add(
        &mut self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let Some(own) = key.as_ed25519().filter(|own| own.is_of_prime_order()) else {
            return key.verify(message, signature);
        };
        let (text, rest) = signature.split_first_chunk().ok_or(SignatureError)?;
        let response: [u8; 32] = rest.try_into().map_err(|_| SignatureError)?;
        let response = Scalar::from_canonical_bytes(response);
        let response = Option::from(response).ok_or(SignatureError)?;
        if is_of_small_order(text) || !is_canonical(text) {
            return Err(SignatureError);
        }
        let hash = Sha512::new()
            .chain_update(text)
            .chain_update(own.verifying.as_bytes())
            .chain_update(message)
            .finalize();
        self.waiting.push(Waiting {
            key: key.clone(),
            commitment: CompressedEdwardsY(*text)
                .decompress()
                .ok_or(SignatureError)?,
            text: *text,
            response,
            challenge: Scalar::from_bytes_mod_order_wide(&hash.into()),
        });
        Ok(())
    }

    /// Verifies all that wait.
    ///
    /// # Errors
    /// The places of those that are wrong, ascending.
    pub fn verify(&self, rng: &mut (impl CryptoRng + ?Sized)) -> Result<(), Vec<usize>> {
        let mut wrong = Vec::new();
        let mut first = 0;
        for group in self.waiting.chunks(GROUP) {
            if group.len() < FEWEST || !holds_together(group, rng) {
                let alone = group.iter().enumerate();
                let bad = alone.filter(|(_, one)| !one.holds());
                wrong.extend(bad.map(|(place, _)| first + place));
            }
            first += group.len();
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong),
        }
    }
}

impl Waiting {
    /// As [`PublicKey::verify`]: `S B - k A`, encoded, is the text of `R`.
    fn holds(&self) -> bool {
        let Some(key) = self.key.as_ed25519() else {
            return false;
        };
        let point = -key.verifying.to_edwards();
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&self.challenge, &point, &self.response)
            .compress()
            .to_bytes()
            == self.text
    }
}

/// Whether the sum of `z (R + k A - S B)` over all signatures is nothing, and no `R` has a part of
/// small order.
fn holds_together(group: &[Waiting], rng: &mut (impl CryptoRng + ?Sized)) -> bool {
    let mut keys: HashMap<[u8; 32], (EdwardsPoint, Scalar)> = HashMap::new();
    let mut factors = Vec::with_capacity(group.len());
    let mut base = Scalar::ZERO;
    for one in group {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        let factor = Scalar::from(u128::from_le_bytes(bytes));
        base -= factor * one.response;
        if let Some(key) = one.key.as_ed25519() {
            let point = || (key.verifying.to_edwards(), Scalar::ZERO);
            let entry = keys.entry(key.verifying.to_bytes());
            entry.or_insert_with(point).1 += factor * one.challenge;
        }
        factors.push(factor);
    }
    let (points, weights): (Vec<_>, Vec<_>) = keys.into_values().unzip();
    let scalars = factors.iter().chain(&weights).chain([&base]);
    let commitments = group.iter().map(|one| &one.commitment);
    let points = commitments.chain(&points).chain([&ED25519_BASEPOINT_POINT]);
    // The sum asks how many terms there are, which chained iterators know.
    EdwardsPoint::vartime_multiscalar_mul(scalars, points).is_identity()
        && halves(group, rng).iter().all(is_of_prime_order)
}

/// Sums of random halves of all `R`.
fn halves(group: &[Waiting], rng: &mut (impl CryptoRng + ?Sized)) -> [EdwardsPoint; 32] {
    let mut sums = array::from_fn(|_| EdwardsPoint::identity());
    for one in group {
        let mut bytes = [0; 4];
        rng.fill_bytes(&mut bytes);
        let mut taken = u32::from_le_bytes(bytes);
        for sum in &mut sums {
            if taken & 1 == 1 {
                *sum += &one.commitment;
            }
            taken >>= 1;
        }
    }
    sums
}

/// Whether the coordinate in an encoded point is less than the field's prime, `2^255 - 19`.
fn is_canonical(text: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = text;
    last & 0x7f != 0x7f || *first < 0xed || middle.iter().any(|byte| *byte != 0xff)
}

/// How many signatures are summed: more gain little, and lose more if one is wrong.
const GROUP: usize = 256;
/// Below this, looking at 32 sums costs more than it saves.
const FEWEST: usize = 64;
