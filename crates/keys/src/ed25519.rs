use std::sync::OnceLock;

use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use crate::{KeyError, SignatureError};

/// A public key, and what was found out about it.
pub(crate) struct Key {
    pub(crate) verifying: VerifyingKey,
    prime_order: OnceLock<bool>,
}

impl Key {
    /// Whether the point has no part of small order. It is computed once, when first asked for.
    pub(crate) fn is_of_prime_order(&self) -> bool {
        *self
            .prime_order
            .get_or_init(|| is_of_prime_order(&self.verifying.to_edwards()))
    }
}

/// Reads a public key, refusing points of small order: anybody could sign for those.
pub(crate) fn parse(bytes: &[u8; 32]) -> Result<Key, KeyError> {
    let verifying = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Malformed)?;
    if verifying.is_weak() {
        Err(KeyError::Unusable)
    } else {
        Ok(Key {
            verifying,
            prime_order: OnceLock::new(),
        })
    }
}

/// Whether the order of the group, less one, takes a point to its opposite.
pub(crate) fn is_of_prime_order(point: &EdwardsPoint) -> bool {
    let less_one = -Scalar::ONE;
    EdwardsPoint::vartime_double_scalar_mul_basepoint(&less_one, point, &Scalar::ZERO) == -point
}

/// Whether a text names a point of small order, by whichever sign: also by one that no point has.
pub(crate) fn is_of_small_order(text: &[u8; 32]) -> bool {
    let mut unsigned = *text;
    let [.., last] = &mut unsigned;
    *last &= 0x7f;
    SMALL_ORDER.contains(text) || SMALL_ORDER.contains(&unsigned)
}

/// Verifies as `VerifyingKey::verify_strict` does, without decompressing `R` (a seventh of the
/// time).
///
/// `verify` recomputes `R`, encodes it and compares bytes: what passes is canonical, and so is of
/// small order exactly if it is one of eight texts. [`parse`] has refused weak keys.
pub(crate) fn verify(
    key: &VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let signature = Signature::from_slice(signature).map_err(|_| SignatureError)?;
    if SMALL_ORDER.contains(signature.r_bytes()) {
        return Err(SignatureError);
    }
    key.verify(message, &signature).map_err(|_| SignatureError)
}

/// The canonical encodings of the eight points of small order (Taming the many EdDSAs, table 6a).
const SMALL_ORDER: [[u8; 32]; 8] = {
    let order_8 = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ];
    let order_8_again = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ];
    let order_4 = [0; 32];
    [
        ends([0; 32], 1, 0),
        ends([0xff; 32], 0xec, 0x7f),
        order_4,
        ends(order_4, 0, 0x80),
        order_8,
        ends(order_8, 0x26, 0x85),
        order_8_again,
        ends(order_8_again, 0xc7, 0xfa),
    ]
};

const fn ends(mut bytes: [u8; 32], first: u8, last: u8) -> [u8; 32] {
    let [start, .., end] = &mut bytes;
    *start = first;
    *end = last;
    bytes
}
