//! Sealing, keyed hashes, the seed and bearer tokens.

use std::collections::BTreeSet;
use std::fmt::Display;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use keys::jws::VerifiedJws;
use keys::mac::MacKey;
use keys::seal::{OpenError, SealingKey};
use keys::seed::{Seed, WordsError};
use keys::token::BearerToken;
use keys::{SignatureError, SigningKey, base64url, sha256};
use proptest::prelude::*;
use rand_core::UnwrapErr;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Does not compile if the type has one of the traits: the call would be ambiguous.
macro_rules! lacks {
    ($type:ty: $($trait:path),+) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn call() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            $({
                struct Token;
                impl<T: ?Sized + $trait> Ambiguous<Token> for T {}
            })+
            let _ = <$type as Ambiguous<_>>::call;
        };
    };
}

lacks!(SigningKey: Clone, Display, PartialEq, Serialize);
lacks!(SealingKey: Clone, Display, PartialEq, Serialize);
lacks!(MacKey: Clone, Display, PartialEq, Serialize);
lacks!(Seed: Clone, Display, PartialEq, Serialize);
lacks!(BearerToken: Clone, Display, PartialEq, Serialize);
lacks!(VerifiedJws: DeserializeOwned, Default);

fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

#[test]
fn debug_texts_are_redacted() {
    let redacted = |name: &str| format!("{name}(SecretBox<[u8; 32]>([REDACTED]))");
    assert_eq!(
        format!("{:?}", SealingKey::new(&[1; 32])),
        redacted("SealingKey")
    );
    assert_eq!(format!("{:?}", MacKey::new(&[1; 32])), redacted("MacKey"));
    assert_eq!(
        format!("{:?}", Seed::from_entropy(&[1; 32])),
        redacted("Seed")
    );
    let token = BearerToken::from("secret");
    assert_eq!(
        format!("{token:?}"),
        "BearerToken(SecretBox<str>([REDACTED]))"
    );
}

#[test]
fn sealing_is_bound_to_key_and_context() {
    let key = SealingKey::new(&[1; 32]);
    let sealed = key.seal(b"offer", b"claims", &mut rng());
    assert_eq!(sealed.first(), Some(&1));
    assert_eq!(sealed.len(), 1 + 24 + 6 + 16);
    assert_eq!(key.open(b"offer", &sealed).unwrap().as_slice(), b"claims");
    assert_eq!(key.open(b"token", &sealed), Err(OpenError));
    assert_eq!(key.open(b"", &sealed), Err(OpenError));
    assert_eq!(
        SealingKey::new(&[2; 32]).open(b"offer", &sealed),
        Err(OpenError)
    );
    assert_ne!(sealed, key.seal(b"offer", b"claims", &mut rng()));
}

/// At all lengths at which one of the two could take another path.
#[test]
fn sealing_is_what_another_implementation_does() {
    let key = SealingKey::new(&[7; 32]);
    let other = XChaCha20Poly1305::new(&[7; 32].into());
    let text: Vec<u8> = (0..=u8::MAX).cycle().take(2000).collect();
    for length in (0..300).chain([511, 512, 513, 1023, 1024, 2000]) {
        let sealed = key.seal(b"context", &text[..length], &mut rng());
        let nonce = XNonce::try_from(&sealed[1..25]).unwrap();
        let message = Payload {
            msg: &sealed[25..],
            aad: b"\x01context",
        };
        assert_eq!(other.decrypt(&nonce, message).unwrap(), text[..length]);
        let mut place = sealed.clone();
        let opened = key.open_in_place(b"context", &mut place).unwrap();
        assert_eq!(place[opened], text[..length]);
        assert_eq!(**key.open(b"context", &sealed).unwrap(), text[..length]);
    }
}

#[test]
fn what_does_not_open_leaves_no_plaintext_in_its_place() {
    let key = SealingKey::new(&[7; 32]);
    let mut sealed = key.seal(b"context", &[b'x'; 500], &mut rng());
    *sealed.last_mut().unwrap() ^= 1;
    assert_eq!(key.open_in_place(b"context", &mut sealed), Err(OpenError));
    assert!(!sealed.windows(4).any(|window| window == b"xxxx"));
    assert_eq!(key.open_in_place(b"context", &mut []), Err(OpenError));
}

/// Sealed texts outlive releases: version 1 must keep opening. The bytes were made by a
/// second implementation of XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).
#[test]
fn the_sealed_form_is_frozen() {
    let sealed = base64url::decode(SEALED).unwrap();
    let opened = SealingKey::new(&[1; 32]).open(b"offer", &sealed).unwrap();
    assert_eq!(opened.as_slice(), b"claims");
}

const SEALED: &str = "AQICAgICAgICAgICAgICAgICAgICAgICAq8KV4bHBGXHrnwPc-lk8kAnM9nD7BU";

#[test]
fn derived_sealing_keys_depend_on_secret_and_label() {
    let keys = [("a", "x"), ("a", "y"), ("b", "x"), ("", "x"), ("a", "")]
        .map(|(secret, label)| *SealingKey::derive(secret.as_bytes(), label).expose_secret());
    assert_eq!(BTreeSet::from(keys).len(), keys.len());
    assert_eq!(*SealingKey::derive(b"a", "x").expose_secret(), keys[0]);
}

/// RFC 4231, test case 1 with the key padded as HMAC pads it.
#[test]
fn tags_are_hmac_sha256() {
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let key = MacKey::new(&key);
    let expected = "sDRMYdjbOFNcqK_OrwvxK4gdwgDJgz2nJuk3bC4yz_c";
    assert_eq!(base64url::encode(key.tag(b"Hi There")), expected);
    assert_eq!(key.verify(b"Hi There", &key.tag(b"Hi There")), Ok(()));
    for bad in [&key.tag(b"Hi there")[..], &key.tag(b"Hi There")[..31], &[]] {
        assert_eq!(key.verify(b"Hi There", bad), Err(SignatureError));
    }
}

#[test]
fn a_derived_mac_key_is_no_tag() {
    let key = MacKey::new(&[5; 32]);
    let derived = key.derive("day 1");
    assert_ne!(derived.tag(b"m"), key.derive("day 2").tag(b"m"));
    assert_ne!(derived.tag(b"m"), key.tag(b"m"));
    // HKDF-Expand alone would be a tag over its own input.
    let info = [&5_u64.to_be_bytes()[..], b"day 1", &[1]].concat();
    assert_ne!(*derived.expose_secret(), key.tag(&info));
    assert_ne!(*derived.expose_secret(), key.tag(b"day 1"));
}

#[test]
fn words_are_bip39() {
    // The vectors of BIP 39 (trezor/python-mnemonic) for 256 bits of entropy.
    let cases = [
        (0x00, format!("{}art", "abandon ".repeat(23))),
        (0xff, format!("{}vote", "zoo ".repeat(23))),
        (
            0x7f,
            "legal winner thank year wave sausage worth useful legal winner thank year wave \
             sausage worth useful legal winner thank year wave sausage worth title"
                .to_owned(),
        ),
        (
            0x80,
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd \
             amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless"
                .to_owned(),
        ),
    ];
    for (byte, words) in cases {
        let seed = Seed::from_entropy(&[byte; 32]);
        assert_eq!(*seed.words(), words);
        let read = Seed::from_words(&words).unwrap();
        assert_eq!(read.expose_entropy(), &[byte; 32]);
    }
}

#[test]
fn words_forgive_case_and_space_and_nothing_else() {
    let words = Seed::from_entropy(&[0x7f; 32]).words();
    let shouted = format!("\n {}\t", words.to_uppercase().replace(' ', " \n "));
    assert_eq!(
        Seed::from_words(&shouted).unwrap().expose_entropy(),
        &[0x7f; 32]
    );
    let count = |text: &str| Seed::from_words(text).unwrap_err();
    assert_eq!(count(""), WordsError::Count(0));
    assert_eq!(count(&words.replace(" title", "")), WordsError::Count(23));
    assert_eq!(
        count(&format!("{}about", "abandon ".repeat(11))),
        WordsError::Count(12)
    );
    assert_eq!(
        count(&words.replace("title", "tittle")),
        WordsError::Unknown(24)
    );
    assert_eq!(
        count(&words.replacen("winner", "wimmer", 1)),
        WordsError::Unknown(2)
    );
    assert_eq!(count(&words.replace("title", "zoo")), WordsError::Checksum);
    assert_eq!(
        count(&words.replacen("legal winner", "winner legal", 1)),
        WordsError::Checksum
    );
}

/// Our own vector. Changing it would lose every wallet: `derive` is frozen.
///
/// Computed apart from this code, from HKDF-SHA256 as RFC 5869 defines it.
#[test]
fn the_seed_derivation_is_frozen() {
    let entropy: [u8; 32] = std::array::from_fn(|i| i as u8);
    let seed = Seed::from_entropy(&entropy);
    for (domain, generation, expected) in VECTORS {
        let secret = seed.derive(domain, generation);
        assert_eq!(
            base64url::encode(*secret),
            expected,
            "{domain} {generation}"
        );
    }
}

const VECTORS: [(&str, u32, &str); 3] = [
    (
        "holder-key",
        0,
        "kGTrV-WXMMMmapZBgdnmaFG61TpFqez4b8hpnPkSr3s",
    ),
    (
        "holder-key",
        1,
        "QtqPbKcLXRPmQuENAyDFNXfEW9Su2gi0wJkVzE9z2eU",
    ),
    ("", 0, "8-aNF_qKjL9IYIWdJT-x0xnpsho-jIYMyPKruzkngIg"),
];

#[test]
fn tokens_are_long_random_and_url_safe() {
    let many: BTreeSet<String> = (0..100)
        .map(|_| BearerToken::generate(&mut rng()).expose().to_owned())
        .collect();
    assert_eq!(many.len(), 100);
    assert!(
        many.iter()
            .all(|token| base64url::decode_array::<32>(token).is_ok())
    );
    let short = BearerToken::generate_short(&mut rng());
    assert!(base64url::decode_array::<16>(short.expose()).is_ok());
    let digits = BearerToken::generate_digits(600, &mut rng());
    assert_eq!(digits.expose().len(), 600);
    let seen: BTreeSet<char> = digits.expose().chars().collect();
    assert_eq!(seen, ('0'..='9').collect());
}

#[test]
fn tokens_are_stored_hashed() {
    let token = BearerToken::from("abc".to_owned());
    assert_eq!(token.hash(), sha256(b"abc"));
    assert!(token.matches(&sha256(b"abc")));
    assert!(!token.matches(&sha256(b"abd")));
}

proptest! {
    #[test]
    fn what_is_sealed_opens(key: [u8; 32], context: Vec<u8>, plaintext: Vec<u8>) {
        let key = SealingKey::from(key);
        let sealed = key.seal(&context, &plaintext, &mut rng());
        let opened = key.open(&context, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plaintext);
    }

    #[test]
    fn any_changed_byte_is_detected(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let key = SealingKey::new(&[1; 32]);
        let mut sealed = key.seal(b"context", b"plaintext", &mut rng());
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert_eq!(key.open(b"context", &sealed), Err(OpenError));
    }

    #[test]
    fn noise_does_not_open(noise: Vec<u8>, cut in 0..41_usize) {
        let key = SealingKey::new(&[1; 32]);
        prop_assert!(key.open(b"", &noise).is_err());
        let sealed = key.seal(b"", b"", &mut rng());
        prop_assert!(key.open(b"", &sealed[..cut]).is_err());
    }

    #[test]
    fn any_entropy_survives_its_words(entropy: [u8; 32]) {
        let words = Seed::from_entropy(&entropy).words();
        prop_assert_eq!(words.split(' ').count(), 24);
        prop_assert_eq!(*Seed::from_words(&words).unwrap().expose_entropy(), entropy);
    }

    #[test]
    fn noise_is_no_seed(text in ".{0,200}") {
        prop_assert!(Seed::from_words(&text).is_err());
    }

    #[test]
    fn domains_and_generations_are_apart(
        one in ("[a-c]{0,3}", 0..3_u32),
        other in ("[a-c]{0,3}", 0..3_u32),
    ) {
        let seed = Seed::from_entropy(&[1; 32]);
        let equal = seed.derive(&one.0, one.1) == seed.derive(&other.0, other.1);
        prop_assert_eq!(equal, one == other);
    }
}
