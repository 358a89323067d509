//! Integers modulo the order `r` of the groups.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use pairing::group::ff::Field as _;
use zeroize::DefaultIsZeroes;

use crate::DecodeError;
use crate::suite::hash_to_scalar;

/// The octets of a scalar, big-endian (`octet_scalar_length`).
pub const SCALAR_LENGTH: usize = 32;

/// An integer modulo the order of the groups.
///
/// It may be a secret: `Debug` shows nothing, arithmetic takes the same time for all values, and
/// what keeps one for longer wraps it in [`zeroize::Zeroizing`].
#[derive(Clone, Copy, Default)]
pub struct Scalar(pub(crate) blstrs::Scalar);

impl Scalar {
    /// The neutral element of addition.
    pub const ZERO: Self = Self(blstrs::Scalar::ZERO);
    /// The neutral element of multiplication.
    pub const ONE: Self = Self(blstrs::Scalar::ONE);

    /// Reads a canonical scalar other than zero, as every deserializer of the drafts demands.
    ///
    /// # Errors
    /// [`DecodeError::Scalar`] when the value is zero or not below `r`.
    pub fn from_bytes(bytes: &[u8; SCALAR_LENGTH]) -> Result<Self, DecodeError> {
        let scalar = Option::<blstrs::Scalar>::from(blstrs::Scalar::from_bytes_be(bytes))
            .ok_or(DecodeError::Scalar)?;
        if bool::from(scalar.is_zero()) {
            return Err(DecodeError::Scalar);
        }
        Ok(Self(scalar))
    }

    /// Writes the scalar, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SCALAR_LENGTH] {
        self.0.to_bytes_be()
    }

    /// Maps octets to a scalar (`hash_to_scalar`), for profiles that build upon this crate.
    ///
    /// `dst` separates the use from all others, the drafts' included; at most 255 octets.
    #[must_use]
    pub fn hash(message: &[u8], dst: &[u8]) -> Self {
        hash_to_scalar(message, dst, b"")
    }

    /// Reduces 48 uniform octets: 128 bits more than `r` has, so that no residue is favoured.
    pub(crate) fn reduce(wide: &[u8; WIDE]) -> Self {
        let (high, low) = wide.split_at(WIDE / 2);
        Self(half(high) * shift() + half(low))
    }

    /// Inverts; none for zero.
    pub(crate) fn invert(&self) -> Option<Self> {
        Option::from(self.0.invert()).map(Self)
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Scalar([REDACTED])")
    }
}

impl Add for Scalar {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Scalar {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Scalar {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Scalar {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl DefaultIsZeroes for Scalar {}

/// Octets that are reduced to one scalar (`expand_len`).
pub(crate) const WIDE: usize = 48;

/// Half of the wide octets: below 2^192, hence canonical.
fn half(octets: &[u8]) -> blstrs::Scalar {
    let mut padded = [0; SCALAR_LENGTH];
    for (to, from) in padded.iter_mut().rev().zip(octets.iter().rev()) {
        *to = *from;
    }
    blstrs::Scalar::from_bytes_be(&padded).unwrap_or(blstrs::Scalar::ZERO)
}

/// 2^192.
fn shift() -> blstrs::Scalar {
    let limb = blstrs::Scalar::from(1 << 63).double();
    limb * limb * limb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_r_are_refused_and_r_minus_one_is_not() {
        let mut minus_one = (-Scalar::ONE).to_bytes();
        assert!(Scalar::from_bytes(&minus_one).is_ok());
        minus_one[31] += 1;
        assert_eq!(
            Scalar::from_bytes(&minus_one).unwrap_err(),
            DecodeError::Scalar
        );
        assert_eq!(
            Scalar::from_bytes(&[0; 32]).unwrap_err(),
            DecodeError::Scalar
        );
        assert_eq!(
            Scalar::from_bytes(&[255; 32]).unwrap_err(),
            DecodeError::Scalar
        );
    }

    #[test]
    fn wide_octets_are_read_as_one_number() {
        let mut wide = [0; WIDE];
        wide[WIDE - 1] = 5;
        assert_eq!(Scalar::reduce(&wide).to_bytes()[31], 5);
        wide[WIDE / 2 - 1] = 1;
        let mut expected = [0; 32];
        expected[31] = 5;
        expected[7] = 1;
        assert_eq!(Scalar::reduce(&wide).to_bytes(), expected);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Scalar::ONE), "Scalar([REDACTED])");
    }
}
