//! Keys: round trips, refusals, and what their debug texts show.

#![expect(clippy::unwrap_used, reason = "tests")]

use keys::{Algorithm, Jwk, KeyError, PublicKey, SignatureError, SigningKey, base64url};
use proptest::prelude::*;
use rand_core::UnwrapErr;
use serde_json::{Value, json};

fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(Algorithm::ALL.to_vec())
}

fn key(algorithm: Algorithm, byte: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &vec![byte; algorithm.secret_length()]).unwrap()
}

fn jwk(value: Value) -> Jwk {
    serde_json::from_value(value).unwrap()
}

#[test]
fn generated_keys_differ_and_sign() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm, &mut rng());
        assert_eq!(key.algorithm(), algorithm);
        assert_ne!(
            key.public(),
            SigningKey::generate(algorithm, &mut rng()).public()
        );
        let signature = key.sign(b"message").unwrap();
        assert_eq!(key.public().verify(b"message", &signature), Ok(()));
        assert_eq!(
            key.public().verify(b"massage", &signature),
            Err(SignatureError)
        );
    }
}

#[test]
fn p256_secrets_outside_the_group_are_refused() {
    let mut order = [0; 32];
    order[..16].copy_from_slice(&0xffff_ffff_0000_0000_ffff_ffff_ffff_ffff_u128.to_be_bytes());
    order[16..].copy_from_slice(&0xbce6_faad_a717_9e84_f3b9_cac2_fc63_2551_u128.to_be_bytes());
    let mut below = order;
    below[31] -= 1;
    for bad in [[0; 32], order, [0xff; 32]] {
        let refusal = SigningKey::from_secret(Algorithm::Es256, &bad).unwrap_err();
        assert_eq!(refusal, KeyError::Malformed);
    }
    for good in [below, {
        let mut one = [0; 32];
        one[31] = 1;
        one
    }] {
        let key = SigningKey::from_secret(Algorithm::Es256, &good).unwrap();
        let signature = key.sign(b"edge").unwrap();
        assert_eq!(key.public().verify(b"edge", &signature), Ok(()));
    }
}

#[test]
fn debug_texts_show_the_public_half_only() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm, 7);
        let multikey = key.public().multikey();
        assert_eq!(
            format!("{:?}", key.public()),
            format!("PublicKey({multikey:?})")
        );
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey {{ public: PublicKey({multikey:?}), .. }}")
        );
    }
}

#[test]
fn algorithms_are_known_by_their_exact_names_only() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::parse(algorithm.name()), Ok(algorithm));
        assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.name());
    }
    for other in [
        "none", "None", "", "HS256", "RS256", "PS256", "ES512", "ES256K", "eddsa", "es256",
    ] {
        assert_eq!(
            Algorithm::parse(other),
            Err(KeyError::Unsupported),
            "{other}"
        );
        assert!(
            serde_json::from_value::<Algorithm>(json!(other)).is_err(),
            "{other}"
        );
    }
}

#[test]
fn a_private_jwk_is_not_even_read() {
    let public = SigningKey::from_secret(Algorithm::Es256, &[7; 32])
        .unwrap()
        .public()
        .jwk();
    for secret in ["d", "k", "p", "q", "dp", "dq", "qi", "oth"] {
        let mut members = serde_json::to_value(&public).unwrap();
        members[secret] = json!("AAAA");
        assert!(serde_json::from_value::<Jwk>(members).is_err(), "{secret}");
    }
}

#[test]
fn restrictions_of_a_jwk_are_heeded() {
    let public = SigningKey::from_secret(Algorithm::EdDsa, &[7; 32]).unwrap();
    let with = |name: &str, value: Value| {
        let mut members = serde_json::to_value(public.public().jwk()).unwrap();
        members[name] = value;
        PublicKey::from_jwk(&jwk(members))
    };
    assert!(with("use", json!("sig")).is_ok());
    assert_eq!(with("use", json!("enc")), Err(KeyError::Unusable));
    assert!(with("alg", json!("EdDSA")).is_ok());
    assert!(with("alg", json!("Ed25519")).is_ok());
    assert_eq!(
        with("alg", json!("ES256")),
        Err(KeyError::AlgorithmMismatch)
    );
    assert!(with("key_ops", json!(["verify"])).is_ok());
    assert_eq!(with("key_ops", json!([])), Err(KeyError::Unusable));
    assert_eq!(
        with("key_ops", json!(["deriveBits"])),
        Err(KeyError::Unusable)
    );
    assert!(with("x5t#S256", json!("ignored")).is_ok());
    assert_eq!(with("y", json!("AAAA")), Err(KeyError::Malformed));
    assert_eq!(with("kty", json!("EC")), Err(KeyError::Unsupported));
    assert_eq!(with("crv", json!("Ed448")), Err(KeyError::Unsupported));
}

#[test]
fn broken_coordinates_are_refused() {
    let good = SigningKey::from_secret(Algorithm::Es256, &[7; 32])
        .unwrap()
        .public()
        .jwk();
    let x = good.x.clone();
    let short = base64url::encode([1; 31]);
    let long = base64url::encode([1; 33]);
    let off_curve = base64url::encode([1; 32]);
    for bad in [
        "",
        "=",
        &format!("{x}="),
        &format!(" {x}"),
        &short,
        &long,
        &off_curve,
    ] {
        let broken = Jwk {
            x: bad.to_owned(),
            ..good.clone()
        };
        assert_eq!(
            PublicKey::from_jwk(&broken),
            Err(KeyError::Malformed),
            "{bad}"
        );
    }
    assert_eq!(
        PublicKey::from_jwk(&Jwk {
            y: None,
            ..good.clone()
        }),
        Err(KeyError::Malformed)
    );
}

#[test]
fn ed25519_keys_of_small_order_are_refused() {
    for text in [
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let weak = jwk(json!({ "kty": "OKP", "crv": "Ed25519", "x": text }));
        assert_eq!(PublicKey::from_jwk(&weak), Err(KeyError::Unusable));
    }
}

#[test]
fn other_multikeys_are_unsupported_and_broken_ones_malformed() {
    let good = SigningKey::from_secret(Algorithm::EdDsa, &[7; 32])
        .unwrap()
        .public()
        .multikey();
    let multikey = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
    // secp256k1, X25519 and BLS12-381 G2 codes.
    for (code, length) in [([0xe7, 0x01], 33), ([0xec, 0x01], 32), ([0xeb, 0x01], 96)] {
        let other = multikey(&[code.as_slice(), &vec![2; length]].concat());
        assert_eq!(PublicKey::from_multikey(&other), Err(KeyError::Unsupported));
    }
    let huge = format!("z{}", "6".repeat(100_000));
    assert_eq!(PublicKey::from_multikey(&huge), Err(KeyError::Unsupported));
    for bad in [
        "",
        "z",
        "zz",
        "z0",
        &good[1..],
        &good.replacen('z', "m", 1),
        &multikey(&[0xed, 0x01]),
        &multikey(&[0x80, 0x24, 2]),
        &multikey(&[[0x81, 0x24].as_slice(), &[2; 33]].concat()),
        &multikey(&[[0xec, 0x01].as_slice(), &[2; 33]].concat()),
    ] {
        assert_eq!(
            PublicKey::from_multikey(bad),
            Err(KeyError::Malformed),
            "{bad}"
        );
    }
    for cut in 1..good.len() {
        assert!(PublicKey::from_multikey(&good[..cut]).is_err());
    }
    assert!(PublicKey::from_multikey(&format!("{good}1")).is_err());
    // An uncompressed point under the P-256 code is a second text for the same key.
    let long = multikey(&[[0x80, 0x24].as_slice(), &[4; 65]].concat());
    assert!(PublicKey::from_multikey(&long).is_err());
}

proptest! {
    #[test]
    fn keys_survive_every_form(algorithm in algorithms(), secret: [u8; 48], message: Vec<u8>) {
        let secret = &secret[..algorithm.secret_length()];
        let Ok(key) = SigningKey::from_secret(algorithm, secret) else { return Ok(()) };
        prop_assert_eq!(key.expose_secret().to_vec(), secret);
        let public = key.public();
        prop_assert_eq!(&PublicKey::from_jwk(&public.jwk()).unwrap(), public);
        prop_assert_eq!(&PublicKey::from_multikey(&public.multikey()).unwrap(), public);
        let signature = key.sign(&message).unwrap();
        prop_assert!(public.verify(&message, &signature).is_ok());
    }

    #[test]
    fn a_changed_signature_is_refused(algorithm in algorithms(), at in 0..64_usize, flip in 1..=255_u8) {
        let key = key(algorithm, 9);
        let mut signature = key.sign(b"message").unwrap();
        signature[at] ^= flip;
        prop_assert_eq!(key.public().verify(b"message", &signature), Err(SignatureError));
    }

    #[test]
    fn signatures_have_64_bytes(algorithm in algorithms(), bytes: Vec<u8>) {
        let key = key(algorithm, 9);
        prop_assert!(key.public().verify(b"message", &bytes).is_err());
    }

    #[test]
    fn noise_is_no_key(bytes: Vec<u8>, text in ".{0,80}", digits in "z[1-9A-HJ-NP-Za-km-z]{0,70}") {
        let _ = PublicKey::from_spki(&bytes);
        prop_assert!(PublicKey::from_multikey(&text).is_err());
        if let Ok(key) = PublicKey::from_multikey(&digits) {
            prop_assert_eq!(key.multikey(), digits);
        }
    }

    #[test]
    fn spki_prefixes_are_exact(cut in 0..44_usize, extra: u8) {
        let mut der = base64url::decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE").unwrap();
        prop_assert!(PublicKey::from_spki(&der[..cut]).is_err());
        der.push(extra);
        prop_assert!(PublicKey::from_spki(&der).is_err());
    }

    #[test]
    fn base64url_has_one_text_for_one_value(bytes: Vec<u8>, text in "[A-Za-z0-9_=+/ -]{0,24}") {
        prop_assert_eq!(base64url::decode(&base64url::encode(&bytes)).unwrap(), bytes);
        if let Ok(bytes) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(bytes), text);
        }
    }

    #[test]
    fn base64url_arrays_have_their_length(bytes: Vec<u8>) {
        let read = base64url::decode_array::<8>(&base64url::encode(&bytes));
        prop_assert_eq!(read.ok().map(|array| array.to_vec()), (bytes.len() == 8).then_some(bytes));
    }
}
