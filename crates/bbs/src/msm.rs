//! Sums of fixed generators times scalars, by precomputed tables.
//!
//! A scalar is written as 51 signed odd digits of 5 bits. Each generator keeps its odd multiples
//! up to 31, for every third digit place; so a sum of products is three sums of table entries, and
//! ten doublings. blst sums many affine points with one inversion for all.
//!
//! **Constant time.** For secret scalars every entry of a row is read and masked. blst's sum is
//! not constant-time when it meets the identity or the same point twice; a digit that is never
//! zero meets neither, and distinct generators meet only by a collision of discrete logarithms.

use std::sync::OnceLock;

use blst::{MultiPoint as _, blst_fp, blst_p1_affine};
use blstrs::G1Projective;
use pairing::group::Group as _;
use zeroize::Zeroizing;

use crate::Scalar;
use crate::point::{POINT_LENGTH, Point, to_affine};

/// A generator with its encoding and, once used, its table.
pub(crate) struct Generator {
    pub(crate) point: Point,
    pub(crate) encoded: [u8; POINT_LENGTH],
    table: OnceLock<Table>,
}

impl Generator {
    pub(crate) fn new(point: Point) -> Self {
        Self {
            point,
            encoded: point.to_bytes(),
            table: OnceLock::new(),
        }
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::of(self.point))
    }
}

/// A generator and what it is multiplied by.
pub(crate) type Term<'a> = (&'a Generator, Scalar);

/// Sums `generator * scalar`, in the same time for all scalars.
pub(crate) fn sum(terms: &[Term<'_>]) -> Point {
    products::<true>(terms)
}

/// Sums `generator * scalar` for scalars that everybody may know.
pub(crate) fn sum_public(terms: &[Term<'_>]) -> Point {
    products::<false>(terms)
}

fn products<const SECRET: bool>(terms: &[Term<'_>]) -> Point {
    if terms.is_empty() {
        return Point::identity();
    }
    let digits = Zeroizing::new(
        terms
            .iter()
            .map(|(_, scalar)| digits(scalar))
            .collect::<Vec<_>>(),
    );
    let mut entries = vec![blst_p1_affine::default(); terms.len() * ROWS];
    let mut total = G1Projective::identity();
    for place in (0..PLACES).rev() {
        let rows = terms
            .iter()
            .zip(digits.iter())
            .flat_map(|((generator, _), digits)| {
                let digits = digits.iter().skip(place).step_by(PLACES);
                generator.table().0.iter().zip(digits)
            });
        for (entry, (row, digit)) in entries.iter_mut().zip(rows) {
            *entry = if SECRET {
                row.select(*digit)
            } else {
                row.pick(*digit)
            };
        }
        if place + 1 < PLACES {
            for _ in 0..WINDOW {
                total = total.double();
            }
        }
        let mut sum = G1Projective::identity();
        *sum.as_mut() = entries.as_slice().add();
        total += sum;
    }
    if SECRET {
        // The entries tell the digits.
        entries.fill(blst_p1_affine::default());
        std::hint::black_box(&mut entries);
    }
    Point(total)
}

/// For each third place, the odd multiples of the generator at that place.
struct Table(Vec<Row>);

impl Table {
    fn of(generator: Point) -> Self {
        let mut multiples = Vec::with_capacity(ROWS * ENTRIES);
        let mut base = generator.0;
        for _ in 0..ROWS {
            let twice = base.double();
            let mut multiple = base;
            for _ in 0..ENTRIES {
                multiples.push(Point(multiple));
                multiple += twice;
            }
            for _ in 0..WINDOW * PLACES {
                base = base.double();
            }
        }
        let affine = to_affine(&multiples);
        Self(
            affine
                .chunks_exact(ENTRIES)
                .map(|chunk| {
                    let mut row = Row([[0; LIMBS * 2]; ENTRIES]);
                    for (entry, point) in row.0.iter_mut().zip(chunk) {
                        let point = point.as_ref();
                        let limbs = point.x.l.iter().chain(&point.y.l);
                        for (to, from) in entry.iter_mut().zip(limbs) {
                            *to = *from;
                        }
                    }
                    row
                })
                .collect(),
        )
    }
}

/// The points 1, 3, … 31 times a base: coordinates x and y, as blst keeps them.
struct Row([[u64; LIMBS * 2]; ENTRIES]);

impl Row {
    /// Reads the whole row and keeps what the digit says.
    fn select(&self, digit: Digit) -> blst_p1_affine {
        let (index, negative) = digit.split();
        let mut kept = [0_u64; LIMBS * 2];
        for (entry, place) in self.0.iter().zip(0_u64..) {
            let mask = std::hint::black_box(equal(place, index));
            for (to, from) in kept.iter_mut().zip(entry) {
                *to |= from & mask;
            }
        }
        signed(&kept, negative)
    }

    /// Reads one entry.
    fn pick(&self, digit: Digit) -> blst_p1_affine {
        let (index, negative) = digit.split();
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| self.0.get(index));
        signed(entry.unwrap_or(&[0; LIMBS * 2]), negative)
    }
}

/// An odd digit `d` of -31 to 31, kept as `(d + 31) / 2`; then a sign for the whole scalar.
#[derive(Clone, Copy, Default)]
struct Digit(u8);

impl Digit {
    /// The place in the row, and a mask that tells the sign.
    fn split(self) -> (u64, u64) {
        let flip = u64::from(self.0 >> 7).wrapping_neg();
        let value = u64::from(self.0 & 31);
        let below = (value >> 4).wrapping_sub(1);
        ((value ^ below) & 15, below ^ flip)
    }
}

impl zeroize::DefaultIsZeroes for Digit {}

/// Writes a scalar in signed odd digits, the lowest first.
///
/// Only odd numbers have such digits: an even `k` is written as `r - k`, with the sign turned.
fn digits(scalar: &Scalar) -> [Digit; DIGITS] {
    let bytes = Zeroizing::new(scalar.0.to_bytes_le());
    let mut limbs = Zeroizing::new([0_u64; 4]);
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = chunk
            .iter()
            .rev()
            .fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    let even = std::hint::black_box((limbs.first().copied().unwrap_or(0) & 1).wrapping_sub(1));
    let mut borrow = 0;
    for (limb, order) in limbs.iter_mut().zip(ORDER) {
        let (turned, out) = subtract(order, *limb, borrow);
        borrow = out;
        *limb = *limb & !even | turned & even;
    }
    // k = sum of (2 b - 1) 2^j over the bits b of (k >> 1) with the top bit set.
    let mut out = [Digit::default(); DIGITS];
    let sign = u8::try_from(even & 128).unwrap_or(0);
    for (digit, place) in out.iter_mut().zip(0..) {
        let mut value = 0;
        for offset in 0..WINDOW {
            let bit = place * WINDOW + offset + 1;
            let limb = limbs.get(bit / 64).copied().unwrap_or(0);
            let bit = if bit == DIGITS * WINDOW {
                1
            } else {
                limb >> (bit % 64) & 1
            };
            value |= u8::try_from(bit).unwrap_or(0) << offset;
        }
        *digit = Digit(value | sign);
    }
    out
}

/// All ones when equal, else zero; both are below 2^63.
fn equal(left: u64, right: u64) -> u64 {
    let difference = left ^ right;
    (difference.wrapping_sub(1) >> 63).wrapping_neg()
}

/// The point, or its negative when the mask says so. Its y is not zero: the order is odd.
fn signed(coordinates: &[u64; LIMBS * 2], negative: u64) -> blst_p1_affine {
    let mut point = blst_p1_affine {
        x: blst_fp { l: [0; LIMBS] },
        y: blst_fp { l: [0; LIMBS] },
    };
    let (x, y) = coordinates.split_at(LIMBS);
    for (to, from) in point.x.l.iter_mut().zip(x) {
        *to = *from;
    }
    let mut borrow = 0;
    for ((to, from), prime) in point.y.l.iter_mut().zip(y).zip(PRIME) {
        let (turned, out) = subtract(prime, *from, borrow);
        borrow = out;
        *to = *from & !negative | turned & negative;
    }
    point
}

/// `left - right - borrow`, and the next borrow.
fn subtract(left: u64, right: u64, borrow: u64) -> (u64, u64) {
    let (first, under) = left.overflowing_sub(right);
    let (second, below) = first.overflowing_sub(borrow);
    (second, u64::from(under | below))
}

/// Bits of a digit.
const WINDOW: usize = 5;
/// Digits of a scalar: 255 bits.
const DIGITS: usize = 51;
/// Places that one row serves, by doubling.
const PLACES: usize = 3;
/// Rows of a table.
const ROWS: usize = DIGITS / PLACES;
/// Entries of a row.
const ENTRIES: usize = 1 << (WINDOW - 1);
/// Limbs of a coordinate.
const LIMBS: usize = 6;

/// The order `r` of the groups, the lowest limb first.
const ORDER: [u64; 4] = [
    0xffff_ffff_0000_0001,
    0x53bd_a402_fffe_5bfe,
    0x3339_d808_09a1_d805,
    0x73ed_a753_299d_7d48,
];
/// The prime of the base field, the lowest limb first.
const PRIME: [u64; LIMBS] = [
    0xb9fe_ffff_ffff_aaab,
    0x1eab_fffe_b153_ffff,
    0x6730_d2a0_f6b0_f624,
    0x6477_4b84_f385_12bf,
    0x4b1b_a7b6_434b_acd7,
    0x1a01_11ea_397f_e69a,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{API_ID, hash_to_curve_g1, hash_to_scalar};

    fn scalars() -> Vec<Scalar> {
        let mut scalars = vec![
            Scalar::ZERO,
            Scalar::ONE,
            -Scalar::ONE,
            Scalar::ONE + Scalar::ONE,
        ];
        scalars.push(-(Scalar::ONE + Scalar::ONE));
        scalars.extend((0_u8..40).map(|seed| hash_to_scalar(&[seed], API_ID, b"TEST")));
        scalars
    }

    #[test]
    fn one_product_is_the_plain_product() {
        let generator = Generator::new(hash_to_curve_g1(b"G", API_ID, b"TEST"));
        for scalar in scalars() {
            let plain = generator.point * scalar;
            assert_eq!(sum(&[(&generator, scalar)]), plain);
            assert_eq!(sum_public(&[(&generator, scalar)]), plain);
        }
    }

    #[test]
    fn many_products_are_the_plain_sum() {
        let scalars = scalars();
        let generators: Vec<_> = (0..scalars.len())
            .map(|index| Generator::new(hash_to_curve_g1(&index.to_be_bytes(), API_ID, b"TEST")))
            .collect();
        let terms: Vec<_> = generators.iter().zip(scalars).collect();
        for count in [0, 1, 2, 3, 13, 35, terms.len()] {
            let terms = &terms[..count];
            let plain = terms
                .iter()
                .fold(Point::identity(), |sum, (generator, scalar)| {
                    sum + generator.point * *scalar
                });
            assert_eq!(sum(terms), plain);
            assert_eq!(sum_public(terms), plain);
        }
    }

    #[test]
    fn the_same_generator_twice_is_still_right() {
        let generator = Generator::new(hash_to_curve_g1(b"G", API_ID, b"TEST"));
        let scalar = hash_to_scalar(b"s", API_ID, b"TEST");
        let twice = generator.point * scalar + generator.point * scalar;
        assert_eq!(sum(&[(&generator, scalar), (&generator, scalar)]), twice);
        assert!(sum(&[(&generator, scalar), (&generator, -scalar)]).is_identity());
    }
}
