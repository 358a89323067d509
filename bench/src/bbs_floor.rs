//! What no BBS can do without, by blst at once: sums of products, products, pairings.

use blst::{MultiPoint as _, blst_p1_affine};
use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, Gt, Scalar};
use pairing::group::Group as _;
use pairing::group::ff::Field as _;
use pairing::group::prime::PrimeCurveAffine as _;
use pairing::{MillerLoopResult as _, MultiMillerLoop as _};

use crate::harness::{Against, against};

/// Points, scalars of full length, and a prepared key.
pub struct Floor {
    points: Vec<blst_p1_affine>,
    scalars: Vec<u8>,
    point: G1Projective,
    affine: G1Affine,
    scalar: Scalar,
    key: G2Prepared,
    generator: G2Prepared,
}

impl Floor {
    pub fn new(length: usize) -> Self {
        let points: Vec<G1Affine> = (0..length)
            .map(|index| G1Projective::hash_to_curve(&index.to_be_bytes(), DST, &[]).into())
            .collect();
        let scalar = |index: usize| {
            let seed = Scalar::from(u64::try_from(index).expect("small") + 2);
            seed.invert().expect("not zero").square()
        };
        Self {
            point: G1Projective::hash_to_curve(b"point", DST, &[]),
            affine: G1Projective::hash_to_curve(b"affine", DST, &[]).into(),
            scalar: scalar(length),
            key: G2Affine::from(G2Affine::generator() * scalar(length)).into(),
            generator: G2Affine::generator().into(),
            scalars: (0..length)
                .flat_map(|index| scalar(index).to_bytes_le())
                .collect(),
            points: points.iter().map(|point| *point.as_ref()).collect(),
        }
    }

    /// What the given parts take together.
    pub fn of<R>(self, name: &'static str, mut run: impl FnMut(&Self) -> R + 'static) -> Against {
        against(name, move || run(&self))
    }

    /// A multi-exponentiation.
    pub fn sum(&self, length: usize) -> blst::blst_p1 {
        self.points[..length].mult(&self.scalars[..length * 32], 255)
    }

    pub fn product(&self) -> G1Projective {
        self.point * self.scalar
    }

    pub fn products(&self, count: usize) -> G1Projective {
        let mut point = self.point;
        for _ in 0..count {
            point *= self.scalar;
        }
        point
    }

    pub fn hash(&self) -> G1Projective {
        G1Projective::hash_to_curve(b"https://platform.example", DST, &[])
    }

    /// Two pairings with one final exponentiation, both keys prepared.
    pub fn pairings(&self) -> Gt {
        let terms = [(&self.affine, &self.key), (&self.affine, &self.generator)];
        let paired = Bls12::multi_miller_loop(&terms).final_exponentiation();
        assert!(!bool::from(paired.is_identity()));
        paired
    }
}

const DST: &[u8] = b"FLOOR";
