//! Points of G1.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use blst::{MultiPoint as _, blst_p1, p1_affines};
use blstrs::{G1Affine, G1Projective};
use pairing::group::Group as _;

use crate::{DecodeError, Scalar};

/// The octets of a compressed point of G1 (`octet_point_length`).
pub const POINT_LENGTH: usize = 48;

/// A point of the subgroup of prime order of G1.
///
/// Multiplying takes the same time for all scalars.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Point(pub(crate) G1Projective);

impl Point {
    /// Reads a compressed point (`octets_to_point_g1`): canonical, on the curve, in the subgroup,
    /// and not the identity.
    ///
    /// # Errors
    /// [`DecodeError::Point`] or [`DecodeError::Identity`].
    pub fn from_bytes(bytes: &[u8; POINT_LENGTH]) -> Result<Self, DecodeError> {
        let point =
            Option::<G1Affine>::from(G1Affine::from_compressed(bytes)).ok_or(DecodeError::Point)?;
        let point = Self(point.into());
        if point.is_identity() {
            return Err(DecodeError::Identity);
        }
        Ok(point)
    }

    /// Writes the point, compressed (`point_to_octets_g1`).
    #[must_use]
    pub fn to_bytes(&self) -> [u8; POINT_LENGTH] {
        self.0.to_compressed()
    }

    /// The neutral element, which no deserializer accepts.
    #[must_use]
    pub fn identity() -> Self {
        Self(G1Projective::identity())
    }

    /// Tells whether this is the neutral element.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_identity().into()
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Point(")?;
        for byte in self.to_bytes() {
            write!(formatter, "{byte:02x}")?;
        }
        formatter.write_str(")")
    }
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Point {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<Scalar> for Point {
    type Output = Self;

    fn mul(self, scalar: Scalar) -> Self {
        Self(self.0 * scalar.0)
    }
}

/// Brings points to affine form with one inversion for all. None of them may be the identity.
pub(crate) fn to_affine(points: &[Point]) -> Vec<G1Affine> {
    if points.is_empty() {
        return Vec::new();
    }
    let raw: Vec<blst_p1> = points.iter().map(|point| *point.0.as_ref()).collect();
    p1_affines::from(&raw)
        .as_slice()
        .iter()
        .map(|raw| {
            let mut affine = G1Affine::default();
            *affine.as_mut() = *raw;
            affine
        })
        .collect()
}

/// Sums points times scalars that everybody may know, on this thread.
pub(crate) fn sum_public(terms: &[(Point, Scalar)]) -> Point {
    let terms: Vec<_> = terms
        .iter()
        .map(|(point, scalar)| (*point, scalar.0.to_bytes_le()))
        .collect();
    products(&terms, 255)
}

/// Sums points times numbers of 128 bits, lowest octet first, that everybody may know.
pub(crate) fn sum_short(terms: &[(Point, [u8; 16])]) -> Point {
    products(terms, 128)
}

fn products<const LENGTH: usize>(terms: &[(Point, [u8; LENGTH])], bits: usize) -> Point {
    if terms.is_empty() {
        return Point::identity();
    }
    let points: Vec<Point> = terms.iter().map(|(point, _)| *point).collect();
    let points: Vec<_> = to_affine(&points)
        .iter()
        .map(|point| *point.as_ref())
        .collect();
    let numbers: Vec<u8> = terms.iter().flat_map(|(_, number)| *number).collect();
    let mut sum = G1Projective::identity();
    *sum.as_mut() = points.as_slice().mult(&numbers, bits);
    Point(sum)
}
