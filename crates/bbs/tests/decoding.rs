//! Points and scalars that come in: everything but canonical members of the group is refused.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use bbs::{
    CommitmentWithProof, DecodeError, Point, Proof, ProverBlind, ProverNyms, Pseudonym, PublicKey,
    Scalar, SecretKey, Signature, commit, proof_gen, sign,
};
use blstrs::{G1Affine, G2Affine};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn identity() -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0] = 0xc0;
    bytes
}

/// On the curve, but outside the subgroup of prime order.
fn outside() -> [u8; 48] {
    (0..=255)
        .map(|last| {
            let mut bytes = [0; 48];
            bytes[0] = 0x80;
            bytes[47] = last;
            bytes
        })
        .find(|bytes| {
            Option::<G1Affine>::from(G1Affine::from_compressed_unchecked(bytes))
                .is_some_and(|point| !bool::from(point.is_torsion_free()))
        })
        .unwrap()
}

/// No point has this x.
fn off() -> [u8; 48] {
    (0..=255)
        .map(|last| {
            let mut bytes = [0; 48];
            bytes[0] = 0x80;
            bytes[47] = last;
            bytes
        })
        .find(|bytes| bool::from(G1Affine::from_compressed_unchecked(bytes).is_none()))
        .unwrap()
}

fn bad_points() -> [([u8; 48], DecodeError); 6] {
    let mut uncompressed = Point::from_bytes(&good()).unwrap().to_bytes();
    uncompressed[0] &= 0x7f;
    let mut marked = identity();
    marked[47] = 1;
    [
        (identity(), DecodeError::Identity),
        (outside(), DecodeError::Point),
        (off(), DecodeError::Point),
        ([0xff; 48], DecodeError::Point),
        (uncompressed, DecodeError::Point),
        (marked, DecodeError::Point),
    ]
}

fn good() -> [u8; 48] {
    let (commitment, _) = commit(&["a"], &mut rng()).unwrap();
    commitment.commitment().to_bytes()
}

/// Zero, the order of the groups, and the greatest number of 32 octets.
fn bad_scalars() -> [[u8; 32]; 3] {
    let mut order = (-Scalar::ONE).to_bytes();
    order[31] += 1;
    [[0; 32], order, [0xff; 32]]
}

fn assert_refused(bytes: &[u8], points: usize, decode: impl Fn(&[u8]) -> Option<DecodeError>) {
    assert_eq!(decode(bytes), None);
    for index in 0..points {
        for (bad, error) in bad_points() {
            let mut bytes = bytes.to_vec();
            bytes[index * 48..][..48].copy_from_slice(&bad);
            assert_eq!(decode(&bytes), Some(error));
        }
    }
    for at in (points * 48..bytes.len()).step_by(32) {
        for bad in bad_scalars() {
            let mut bytes = bytes.to_vec();
            bytes[at..][..32].copy_from_slice(&bad);
            assert_eq!(decode(&bytes), Some(DecodeError::Scalar));
        }
    }
    for length in 0..bytes.len() {
        if (length + 32) % 32 != bytes.len() % 32 || length < points * 48 + 32 {
            assert_eq!(
                decode(&bytes[..length]),
                Some(DecodeError::Length),
                "{length}"
            );
        }
    }
    assert_eq!(decode(&[bytes, &[1]].concat()), Some(DecodeError::Length));
}

#[test]
fn signatures() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"", &["a"]).unwrap();
    assert_refused(&signature.to_bytes(), 1, |bytes| {
        Signature::from_bytes(bytes).err()
    });
}

#[test]
fn proofs() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"", &["a"]).unwrap();
    let proof = proof_gen(key.public(), &signature, b"", b"", &["a"], &[0], &mut rng()).unwrap();
    let decode = |bytes: &[u8]| Proof::from_bytes(bytes).err();
    assert_refused(&proof.to_bytes(), 3, decode);
    // Below four scalars.
    assert_eq!(
        decode(&proof.to_bytes()[..3 * 48 + 3 * 32]),
        Some(DecodeError::Length)
    );
}

#[test]
fn commitments() {
    let (commitment, _) = commit(&["a", "b"], &mut rng()).unwrap();
    let decode = |bytes: &[u8]| CommitmentWithProof::from_bytes(bytes).err();
    assert_refused(&commitment.to_bytes(), 1, decode);
    assert_eq!(
        decode(&commitment.to_bytes()[..48 + 32]),
        Some(DecodeError::Length)
    );
}

#[test]
fn pseudonyms() {
    assert_refused(&good(), 1, |bytes| Pseudonym::from_bytes(bytes).err());
}

#[test]
fn public_keys() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let bytes = key.public().to_bytes();
    assert_eq!(&PublicKey::from_bytes(&bytes).unwrap(), key.public());
    let decode = |bytes: &[u8]| PublicKey::from_bytes(bytes).unwrap_err();
    assert_eq!(decode(&bytes[..95]), DecodeError::Length);
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    assert_eq!(decode(&identity), DecodeError::Identity);
    let candidates: Vec<_> = (0..=255)
        .map(|last| {
            let mut bytes = [0; 96];
            bytes[0] = 0x80;
            bytes[95] = last;
            bytes
        })
        .collect();
    let on_curve =
        |bytes: &&[u8; 96]| bool::from(G2Affine::from_compressed_unchecked(bytes).is_some());
    let outside = candidates.iter().find(on_curve).unwrap();
    assert_eq!(decode(outside), DecodeError::Point);
    let off = candidates.iter().find(|bytes| !on_curve(bytes)).unwrap();
    assert_eq!(decode(off), DecodeError::Point);
}

#[test]
fn secret_keys() {
    for bad in bad_scalars() {
        assert_eq!(
            SecretKey::from_bytes(&bad).unwrap_err(),
            DecodeError::Scalar
        );
    }
    assert_eq!(
        SecretKey::key_gen(&[0; 31], b"").unwrap_err(),
        bbs::Error::KeyMaterial
    );
    let long = vec![0; 65_536];
    assert_eq!(
        SecretKey::key_gen(&[0; 32], &long).unwrap_err(),
        bbs::Error::KeyMaterial
    );
}

#[test]
fn debug_shows_no_secret() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    assert_eq!(format!("{key:?}"), "SecretKey([REDACTED])");
    let signature = sign(&key, b"", &["a"]).unwrap();
    assert_eq!(format!("{signature:?}"), "Signature([REDACTED])");
    let blind = ProverBlind::new(Scalar::ONE);
    assert_eq!(format!("{blind:?}"), "ProverBlind([REDACTED])");
    let nyms = ProverNyms::new(Zeroizing::new(vec![Scalar::ONE])).unwrap();
    assert_eq!(format!("{nyms:?}"), "ProverNyms([REDACTED])");
    let secrets = bbs::NymSecrets::new(&nyms, Scalar::ONE);
    assert_eq!(format!("{secrets:?}"), "NymSecrets([REDACTED])");
}
