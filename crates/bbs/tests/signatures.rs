//! Signing, verifying and disclosing, for any messages and any choice of what is shown.

use bbs::{
    Error, MAX_MESSAGES, Proof, SecretKey, Signature, proof_gen, proof_verify, sign, verify,
};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_signature_verifies_and_survives_its_bytes(
        messages in messages(),
        header in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let key = SecretKey::generate(&mut rng()).unwrap();
        let signature = sign(&key, &header, &messages).unwrap();
        let signature = Signature::from_bytes(&signature.to_bytes()).unwrap();
        prop_assert_eq!(verify(key.public(), &signature, &header, &messages), Ok(()));
    }

    #[test]
    fn any_set_of_messages_can_be_shown(
        messages in messages(),
        chosen in prop::collection::vec(any::<bool>(), 9),
        ph in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let key = SecretKey::generate(&mut rng()).unwrap();
        let signature = sign(&key, b"header", &messages).unwrap();
        let indexes: Vec<_> = (0..messages.len()).filter(|index| chosen[*index]).collect();
        let shown: Vec<_> = indexes.iter().map(|index| (*index, &messages[*index])).collect();
        let proof = proof_gen(
            key.public(), &signature, b"header", &ph, &messages, &indexes, &mut rng(),
        ).unwrap();
        let proof = Proof::from_bytes(&proof.to_bytes()).unwrap();
        prop_assert_eq!(proof.hidden(), messages.len() - indexes.len());
        let length = messages.len();
        prop_assert_eq!(
            proof_verify(key.public(), &proof, b"header", &ph, length, &shown), Ok(())
        );
        // One message more or less than the verifier expects.
        for length in [length + 1, length.wrapping_sub(1)] {
            prop_assert_eq!(
                proof_verify(key.public(), &proof, b"header", &ph, length, &shown),
                Err(Error::Count)
            );
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Proof::from_bytes(&bytes);
        let _ = Signature::from_bytes(&bytes);
        let _ = bbs::PublicKey::from_bytes(&bytes);
        let _ = bbs::CommitmentWithProof::from_bytes(&bytes);
        let _ = bbs::Pseudonym::from_bytes(&bytes);
    }
}

const MESSAGES: [&str; 4] = ["one", "two", "three", "four"];

#[test]
fn every_changed_byte_of_a_signature_is_refused() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let bytes = sign(&key, b"header", &MESSAGES).unwrap().to_bytes();
    for at in 0..bytes.len() {
        let mut bytes = bytes;
        bytes[at] ^= 1;
        let verified = Signature::from_bytes(&bytes)
            .map(|signature| verify(key.public(), &signature, b"header", &MESSAGES));
        assert!(!matches!(verified, Ok(Ok(()))), "byte {at}");
    }
}

#[test]
fn every_changed_byte_of_a_proof_is_refused() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"header", &MESSAGES).unwrap();
    let (public, shown) = (key.public(), [(1, "two"), (3, "four")]);
    let proof = proof_gen(
        public,
        &signature,
        b"header",
        b"ph",
        &MESSAGES,
        &[1, 3],
        &mut rng(),
    )
    .unwrap();
    let bytes = proof.to_bytes();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let verified = Proof::from_bytes(&bytes)
            .map(|proof| proof_verify(public, &proof, b"header", b"ph", 4, &shown));
        assert!(!matches!(verified, Ok(Ok(()))), "byte {at}");
    }
    for length in 0..bytes.len() {
        let verified = Proof::from_bytes(&bytes[..length])
            .map(|proof| proof_verify(public, &proof, b"header", b"ph", 4, &shown));
        assert!(!matches!(verified, Ok(Ok(()))), "{length} bytes");
    }
}

#[test]
fn whatever_else_is_changed_is_refused() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let other = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"header", &MESSAGES).unwrap();
    let public = key.public();
    let no = Err(Error::Signature);
    assert_eq!(verify(other.public(), &signature, b"header", &MESSAGES), no);
    assert_eq!(verify(public, &signature, b"headers", &MESSAGES), no);
    assert_eq!(verify(public, &signature, b"header", &MESSAGES[..3]), no);
    assert_eq!(
        verify(
            public,
            &signature,
            b"header",
            &["one", "three", "two", "four"]
        ),
        no
    );
    assert_eq!(
        verify(public, &signature, b"header", &["one", "two", "three", ""]),
        no
    );

    let proof = proof_gen(
        public,
        &signature,
        b"header",
        b"ph",
        &MESSAGES,
        &[1, 3],
        &mut rng(),
    )
    .unwrap();
    let check = |public, header: &[u8], ph: &[u8], shown: &[(usize, &str)]| {
        proof_verify(public, &proof, header, ph, 4, shown)
    };
    let shown = [(1, "two"), (3, "four")];
    let no = Err(Error::Proof);
    assert_eq!(check(public, b"header", b"ph", &shown), Ok(()));
    assert_eq!(check(other.public(), b"header", b"ph", &shown), no);
    assert_eq!(check(public, b"", b"ph", &shown), no);
    assert_eq!(check(public, b"header", b"", &shown), no);
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "two"), (3, "five")]),
        no
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "two"), (2, "four")]),
        no
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "four"), (3, "two")]),
        no
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "two")]),
        Err(Error::Count)
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(3, "four"), (1, "two")]),
        Err(Error::Index)
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "two"), (1, "two")]),
        Err(Error::Index)
    );
    assert_eq!(
        check(public, b"header", b"ph", &[(1, "two"), (4, "four")]),
        Err(Error::Index)
    );
}

#[test]
fn two_proofs_of_one_signature_share_no_value() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"header", &MESSAGES).unwrap();
    let prove = || {
        proof_gen(
            key.public(),
            &signature,
            b"header",
            b"ph",
            &MESSAGES,
            &[1],
            &mut rng(),
        )
        .unwrap()
        .to_bytes()
    };
    let (left, right) = (prove(), prove());
    for chunk in left.chunks_exact(16) {
        assert!(!right.chunks_exact(16).any(|other| other == chunk));
    }
}

#[test]
fn indexes_out_of_order_or_range_are_not_proven() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let signature = sign(&key, b"header", &MESSAGES).unwrap();
    for indexes in [&[4][..], &[1, 1], &[2, 1], &[usize::MAX]] {
        let proof = proof_gen(
            key.public(),
            &signature,
            b"",
            b"",
            &MESSAGES,
            indexes,
            &mut rng(),
        );
        assert_eq!(proof.unwrap_err(), Error::Index);
    }
}

#[test]
fn the_number_of_messages_is_bounded() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let messages = vec![""; MAX_MESSAGES + 1];
    assert_eq!(sign(&key, b"", &messages).unwrap_err(), Error::Count);
    let signature = sign(&key, b"", &MESSAGES).unwrap();
    let proof = proof_gen(
        key.public(),
        &signature,
        b"",
        b"",
        &MESSAGES,
        &[],
        &mut rng(),
    )
    .unwrap();
    let shown: [(usize, &str); 0] = [];
    let verified = proof_verify(key.public(), &proof, b"", b"", usize::MAX, &shown);
    assert_eq!(verified, Err(Error::Count));
}
