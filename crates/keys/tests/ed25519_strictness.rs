//! Our verification gives the same verdict as dalek's `verify_strict`, where lax verifiers differ.
//!
//! The signatures are made of points of small order, after "Taming the many EdDSAs" (Chalkias,
//! Garillot, Nikolaenko, 2020).

#![expect(clippy::unwrap_used, reason = "tests")]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use keys::{Jwk, PublicKey, base64url};
use proptest::prelude::*;
use sha2::{Digest as _, Sha512};

/// A key as its bytes, ours and dalek's.
fn key(point: EdwardsPoint) -> (Option<PublicKey>, VerifyingKey) {
    let bytes = point.compress().to_bytes();
    let jwk = Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        x: base64url::encode(bytes),
        y: None,
        kid: None,
        alg: None,
        use_: None,
        key_ops: None,
    };
    (
        PublicKey::from_jwk(&jwk).ok(),
        VerifyingKey::from_bytes(&bytes).unwrap(),
    )
}

fn challenge(nonce: &EdwardsPoint, key: &VerifyingKey, message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(nonce.compress().as_bytes())
        .chain_update(key.as_bytes())
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// `R || S` with `S = r + k a`, where `R` is `r B` plus a point of small order.
fn sign(
    secret: Scalar,
    key: &VerifyingKey,
    r: Scalar,
    torsion: EdwardsPoint,
    m: &[u8],
) -> [u8; 64] {
    let nonce = EdwardsPoint::mul_base(&r) + torsion;
    let s = r + challenge(&nonce, key, m) * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(nonce.compress().as_bytes());
    signature[32..].copy_from_slice(s.as_bytes());
    signature
}

/// Our verdict, dalek's strict one, and dalek's lax one.
fn verdicts(point: EdwardsPoint, message: &[u8], signature: &[u8; 64]) -> (bool, bool, bool) {
    let (ours, dalek) = key(point);
    let parsed = Signature::from_bytes(signature);
    (
        ours.is_some_and(|key| key.verify(message, signature).is_ok()),
        dalek.verify_strict(message, &parsed).is_ok(),
        dalek.verify(message, &parsed).is_ok(),
    )
}

#[test]
fn points_of_small_order_sign_for_nobody() {
    let secret = Scalar::from(1_234_567_u64);
    let mut accepted_by_lax = 0;
    for key_torsion in EIGHT_TORSION {
        for (own, secret) in [
            (EdwardsPoint::mul_base(&secret), secret),
            (EIGHT_TORSION[0], Scalar::ZERO),
        ] {
            let point = own + key_torsion;
            let (_, dalek) = key(point);
            for nonce_torsion in EIGHT_TORSION {
                for number in 0..16_u8 {
                    // With r = 0, the signature's point itself is of small order.
                    let signature = sign(secret, &dalek, Scalar::ZERO, nonce_torsion, &[number]);
                    let (ours, strict, lax) = verdicts(point, &[number], &signature);
                    assert!(!ours && !strict);
                    accepted_by_lax += u32::from(lax);
                }
            }
        }
    }
    assert!(
        accepted_by_lax > 100,
        "the test has no teeth: {accepted_by_lax}"
    );
}

#[test]
fn s_must_be_reduced() {
    let secret = Scalar::from(7_u8);
    let point = EdwardsPoint::mul_base(&secret);
    let (_, dalek) = key(point);
    let mut signature = sign(secret, &dalek, Scalar::from(9_u8), EIGHT_TORSION[0], b"m");
    assert_eq!(verdicts(point, b"m", &signature), (true, true, true));
    // Add the group order to S: the same number, another text.
    let order = (-Scalar::ONE).to_bytes();
    let mut carry = 1_u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert_eq!(verdicts(point, b"m", &signature), (false, false, false));
}

proptest! {
    #[test]
    fn the_verdict_is_that_of_verify_strict(
        secret: u64,
        r: u64,
        key_torsion in 0..8_usize,
        nonce_torsion in 0..8_usize,
        message: Vec<u8>,
        flip in prop::option::of((0..64_usize, 0..8_u8)),
    ) {
        let secret = Scalar::from(secret);
        let point = EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[key_torsion];
        let (_, dalek) = key(point);
        let nonce = EIGHT_TORSION[nonce_torsion];
        let mut signature = sign(secret, &dalek, Scalar::from(r), nonce, &message);
        if let Some((at, bit)) = flip {
            signature[at] ^= 1 << bit;
        }
        let (ours, strict, _) = verdicts(point, &message, &signature);
        prop_assert_eq!(ours, strict);
    }
}
