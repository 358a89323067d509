//! Signatures verified together get the verdict that each gets alone.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use keys::{Algorithm, Jwk, PublicKey, SignatureBatch, SigningKey, base64url};
use proptest::prelude::*;
use rand_core::UnwrapErr;
use sha2::{Digest as _, Sha512};

struct Signed {
    key: PublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// The places that are refused one by one.
fn alone(all: &[Signed]) -> Vec<usize> {
    let all = all.iter().enumerate();
    let refused = all.filter(|(_, one)| one.key.verify(&one.message, &one.signature).is_err());
    refused.map(|(place, _)| place).collect()
}

/// The places that are refused together.
fn together(all: &[Signed]) -> Vec<usize> {
    let mut batch = SignatureBatch::new();
    let mut refused = Vec::new();
    let mut waiting = Vec::new();
    for (place, one) in all.iter().enumerate() {
        let before = batch.len();
        match batch.add(&one.key, &one.message, &one.signature) {
            Err(_) => refused.push(place),
            Ok(()) if batch.len() > before => waiting.push(place),
            Ok(()) => {}
        }
    }
    if let Err(wrong) = batch.verify(&mut UnwrapErr(getrandom::SysRng)) {
        refused.extend(wrong.into_iter().map(|place| waiting[place]));
    }
    refused.sort_unstable();
    refused
}

fn signed(number: usize, algorithm: Algorithm) -> Signed {
    let seed = u8::try_from(number % 7 + 1).unwrap();
    let secret = vec![seed; algorithm.secret_length()];
    let key = SigningKey::from_secret(algorithm, &secret).unwrap();
    let message = number.to_le_bytes().to_vec();
    Signed {
        key: key.public().clone(),
        signature: key.sign(&message).unwrap(),
        message,
    }
}

fn many(count: usize) -> Vec<Signed> {
    (0..count)
        .map(|number| match number % 50 {
            49 => signed(number, Algorithm::Es256),
            _ => signed(number, Algorithm::EdDsa),
        })
        .collect()
}

/// A key and signatures of one's own making: `A = a B + T`, `R = r B + U`, `S = r + k a`.
fn crafted(number: u64, key_torsion: usize, nonce_torsion: usize) -> Option<Signed> {
    let (secret, r) = (Scalar::from(number + 77), Scalar::from(number + 1000));
    let point = (EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[key_torsion]).compress();
    let nonce = (EdwardsPoint::mul_base(&r) + EIGHT_TORSION[nonce_torsion]).compress();
    let jwk = Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        x: base64url::encode(point.as_bytes()),
        y: None,
        kid: None,
        alg: None,
        use_: None,
        key_ops: None,
    };
    let message = number.to_le_bytes().to_vec();
    let hash = Sha512::new()
        .chain_update(nonce.as_bytes())
        .chain_update(point.as_bytes())
        .chain_update(&message)
        .finalize();
    let s = r + Scalar::from_bytes_mod_order_wide(&hash.into()) * secret;
    Some(Signed {
        key: PublicKey::from_jwk(&jwk).ok()?,
        signature: [*nonce.as_bytes(), s.to_bytes()].concat(),
        message,
    })
}

#[test]
fn good_ones_pass_and_a_bad_one_is_named() {
    for count in [0, 1, 2, 63, 64, 65, 255, 256, 257, 600] {
        let mut all = many(count);
        assert!(together(&all).is_empty(), "{count}");
        for bad in [0, count / 2, count.saturating_sub(1)] {
            let Some(one) = all.get_mut(bad) else {
                continue;
            };
            one.message.push(1);
            assert_eq!(together(&all), [bad], "{count}");
            all[bad].message.pop();
        }
    }
}

#[test]
fn parts_of_small_order_do_not_vanish_in_a_sum() {
    // Two or more defects of one order cancel in sums whose factors do not tell them apart.
    for defects in 1..=4 {
        for torsion in 1..8 {
            let mut all = many(96);
            for defect in 0..defects {
                let place = usize::try_from(defect).unwrap() * 20;
                all[place] = crafted(defect, 0, torsion).unwrap();
            }
            let refused = alone(&all);
            assert_eq!(refused.len(), usize::try_from(defects).unwrap());
            assert_eq!(together(&all), refused);
        }
    }
}

#[test]
fn keys_with_a_part_of_small_order_are_judged_alone() {
    let mut all = many(96);
    let mut number = 0;
    let mut accepted = 0;
    for key_torsion in 1..8 {
        for nonce_torsion in 0..8 {
            for _ in 0..4 {
                number += 1;
                let one = crafted(number, key_torsion, nonce_torsion).unwrap();
                accepted += usize::from(one.key.verify(&one.message, &one.signature).is_ok());
                all.push(one);
            }
        }
    }
    // Some of them happen to be right.
    assert!(accepted > 0);
    assert_eq!(together(&all), alone(&all));
}

#[test]
fn forms_that_no_signature_has_are_refused() {
    let prime: [u8; 32] = std::array::from_fn(|at| match at {
        0 => 0xed,
        31 => 0x7f,
        _ => 0xff,
    });
    let mut texts: Vec<[u8; 32]> = EIGHT_TORSION
        .iter()
        .map(|point| point.compress().to_bytes())
        .collect();
    // Coordinates of the prime and above: the same points once more.
    for add in 0..19 {
        let mut text = prime;
        text[0] += add;
        texts.push(text);
    }
    let signs = texts.clone().into_iter().map(|mut text| {
        text[31] ^= 0x80;
        text
    });
    texts.extend(signs);
    let mut all = many(96);
    for (place, text) in texts.iter().enumerate() {
        // `S = k a` is right for an `R` that is nothing.
        let secret = Scalar::from(5_u8);
        let mut one = crafted(u64::try_from(place).unwrap(), 0, 0).unwrap();
        one.signature[..32].copy_from_slice(text);
        all.push(one);
        let mut none = crafted_with(secret, text, place);
        none.message.push(0);
        all.push(none);
        all.push(crafted_with(secret, text, place));
    }
    let mut unreduced = signed(1, Algorithm::EdDsa);
    unreduced.signature[63] |= 0xe0;
    all.push(unreduced);
    for length in [0, 31, 32, 63, 65] {
        let mut other = signed(1, Algorithm::EdDsa);
        other.signature.resize(length, 0);
        all.push(other);
    }
    let refused = alone(&all);
    assert_eq!(refused.len(), all.len() - 96);
    assert_eq!(together(&all), refused);
}

/// `S = k a` for this text of `R`.
fn crafted_with(secret: Scalar, nonce: &[u8; 32], number: usize) -> Signed {
    let mut signed = crafted(0, 0, 0).unwrap();
    let point = EdwardsPoint::mul_base(&secret).compress();
    let jwk = Jwk {
        x: base64url::encode(point.as_bytes()),
        ..signed.key.jwk()
    };
    signed.key = PublicKey::from_jwk(&jwk).unwrap();
    signed.message = number.to_le_bytes().to_vec();
    let hash = Sha512::new()
        .chain_update(nonce)
        .chain_update(point.as_bytes())
        .chain_update(&signed.message)
        .finalize();
    let s = Scalar::from_bytes_mod_order_wide(&hash.into()) * secret;
    signed.signature = [*nonce, s.to_bytes()].concat();
    signed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_verdict_is_that_of_each_alone(
        count in 60..140_usize,
        crafts in prop::collection::vec((any::<u32>(), 0..8_usize, 0..8_usize), 0..6),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..64_usize, 0..8_u8), 0..6),
    ) {
        let mut all = many(count);
        for (number, key_torsion, nonce_torsion) in crafts {
            all.extend(crafted(u64::from(number), key_torsion, nonce_torsion));
        }
        for (which, at, bit) in flips {
            let one = which.index(all.len());
            all[one].signature[at] ^= 1 << bit;
        }
        prop_assert_eq!(together(&all), alone(&all));
    }
}
