//! Sums of fixed generators times scalars, by precomputed tables.
//!
//! A scalar is written in signed odd digits. Each generator keeps its odd multiples for every
//! second or third digit place; so a sum of products is two or three sums of table entries, and a
//! few doublings. blst sums many affine points with one inversion for all.
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

/// A generator with its encoding and, once used, its tables.
pub(crate) struct Generator {
    pub(crate) point: Point,
    pub(crate) encoded: [u8; POINT_LENGTH],
    secret: OnceLock<Table<Secret>>,
    public: OnceLock<Table<Public>>,
}

impl Generator {
    pub(crate) fn new(point: Point) -> Self {
        Self {
            point,
            encoded: point.to_bytes(),
            secret: OnceLock::new(),
            public: OnceLock::new(),
        }
    }
}

/// A generator and what it is multiplied by.
pub(crate) type Term<'a> = (&'a Generator, Scalar);

/// Sums `generator * scalar`, in the same time for all scalars.
pub(crate) fn sum(terms: &[Term<'_>]) -> Point {
    products::<Secret>(terms)
}

/// Sums `generator * scalar` for scalars that everybody may know.
pub(crate) fn sum_public(terms: &[Term<'_>]) -> Point {
    products::<Public>(terms)
}

/// How scalars are cut, and how an entry is read.
trait Layout: Sized + 'static {
    /// Bits of a digit.
    const WINDOW: usize;
    /// Rows of a table.
    const ROWS: usize;
    /// Places that one row serves, by doubling.
    const PLACES: usize;
    /// Digits of a scalar: 255 bits or more.
    const DIGITS: usize = Self::ROWS * Self::PLACES;
    /// Entries of a row.
    const ENTRIES: usize = 1 << (Self::WINDOW - 1);

    fn table(generator: &Generator) -> &Table<Self>;

    fn read(row: &[Entry], digit: Digit) -> blst_p1_affine;
}

/// Small rows, since all of one is read: 26 KiB a generator.
struct Secret;

impl Layout for Secret {
    const WINDOW: usize = 5;
    const ROWS: usize = 17;
    const PLACES: usize = 3;

    fn table(generator: &Generator) -> &Table<Self> {
        generator.secret.get_or_init(|| Table::of(generator.point))
    }

    fn read(row: &[Entry], digit: Digit) -> blst_p1_affine {
        let (index, negative) = digit.split(Self::WINDOW);
        let mut kept = [0; LIMBS * 2];
        for (entry, place) in row.iter().zip(0_u64..) {
            let mask = std::hint::black_box(equal(place, index));
            for (to, from) in kept.iter_mut().zip(entry) {
                *to |= from & mask;
            }
        }
        signed(&kept, negative)
    }
}

/// Fewer digits: 114 KiB a generator.
struct Public;

impl Layout for Public {
    const WINDOW: usize = 7;
    const ROWS: usize = 19;
    const PLACES: usize = 2;

    fn table(generator: &Generator) -> &Table<Self> {
        generator.public.get_or_init(|| Table::of(generator.point))
    }

    fn read(row: &[Entry], digit: Digit) -> blst_p1_affine {
        let (index, negative) = digit.split(Self::WINDOW);
        let entry = usize::try_from(index).ok().and_then(|index| row.get(index));
        signed(entry.unwrap_or(&[0; LIMBS * 2]), negative)
    }
}

fn products<L: Layout>(terms: &[Term<'_>]) -> Point {
    if terms.is_empty() {
        return Point::identity();
    }
    let mut digits = Zeroizing::new(vec![Digit::default(); terms.len() * L::DIGITS]);
    for (digits, (_, scalar)) in digits.chunks_exact_mut(L::DIGITS).zip(terms) {
        write_digits::<L>(scalar, digits);
    }
    let mut entries = vec![blst_p1_affine::default(); terms.len() * L::ROWS];
    let mut total = G1Projective::identity();
    for place in (0..L::PLACES).rev() {
        let digits = digits.iter().skip(place).step_by(L::PLACES);
        let rows = terms
            .iter()
            .flat_map(|(generator, _)| L::table(generator).rows());
        for ((entry, row), digit) in entries.iter_mut().zip(rows).zip(digits) {
            *entry = L::read(row, *digit);
        }
        if place + 1 < L::PLACES {
            for _ in 0..L::WINDOW {
                total = total.double();
            }
        }
        let mut sum = G1Projective::identity();
        *sum.as_mut() = entries.as_slice().add();
        total += sum;
    }
    // The entries tell the digits.
    entries.fill(blst_p1_affine::default());
    std::hint::black_box(&mut entries);
    Point(total)
}

/// The coordinates x and y, as blst keeps them.
type Entry = [u64; LIMBS * 2];

/// Row by row: the odd multiples of the generator at every `PLACES`-th digit place.
struct Table<L> {
    entries: Vec<Entry>,
    layout: std::marker::PhantomData<L>,
}

impl<L: Layout> Table<L> {
    fn of(generator: Point) -> Self {
        let mut multiples = Vec::with_capacity(L::ROWS * L::ENTRIES);
        let mut base = generator.0;
        for _ in 0..L::ROWS {
            let twice = base.double();
            let mut multiple = base;
            for _ in 0..L::ENTRIES {
                multiples.push(Point(multiple));
                multiple += twice;
            }
            for _ in 0..L::WINDOW * L::PLACES {
                base = base.double();
            }
        }
        let entries = to_affine(&multiples)
            .iter()
            .map(|point| {
                let point = point.as_ref();
                let mut entry = [0; LIMBS * 2];
                for (to, from) in entry.iter_mut().zip(point.x.l.iter().chain(&point.y.l)) {
                    *to = *from;
                }
                entry
            })
            .collect();
        Self {
            entries,
            layout: std::marker::PhantomData,
        }
    }

    fn rows(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunks_exact(L::ENTRIES)
    }
}

/// An odd digit `d` of `w` bits, kept as `(d + 2^w - 1) / 2`; then a sign for the whole scalar.
#[derive(Clone, Copy, Default)]
struct Digit(u8);

impl Digit {
    /// The place in the row, and a mask that tells the sign.
    fn split(self, window: usize) -> (u64, u64) {
        let flip = u64::from(self.0 >> 7).wrapping_neg();
        let value = u64::from(self.0 & 0x7f);
        let below = (value >> (window - 1)).wrapping_sub(1);
        ((value ^ below) & ((1 << (window - 1)) - 1), below ^ flip)
    }
}

impl zeroize::DefaultIsZeroes for Digit {}

/// Writes a scalar in signed odd digits, the lowest first.
///
/// Only odd numbers have such digits: an even `k` is written as `r - k`, with the sign turned.
fn write_digits<L: Layout>(scalar: &Scalar, digits: &mut [Digit]) {
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
    let sign = u8::try_from(even & 128).unwrap_or(0);
    for (digit, place) in digits.iter_mut().zip(0..) {
        let mut value = 0;
        for offset in 0..L::WINDOW {
            let bit = place * L::WINDOW + offset + 1;
            let limb = limbs.get(bit / 64).copied().unwrap_or(0);
            let bit = if bit == L::DIGITS * L::WINDOW {
                1
            } else {
                limb >> (bit % 64) & 1
            };
            value |= u8::try_from(bit).unwrap_or(0) << offset;
        }
        *digit = Digit(value | sign);
    }
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
