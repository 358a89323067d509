//! Blind issuance and pseudonyms: what holds, and the attacks that must fail.
#![expect(clippy::unwrap_used, reason = "tests")]

use bbs::{
    BlindSigned, CommitmentWithProof, Disclosure, Error, Lengths, NymSecrets, Proof, ProverBlind,
    ProverNyms, Pseudonym, Scalar, SecretKey, Shown, Signature, blind_proof_gen,
    blind_proof_verify, blind_sign, blind_sign_with_nym, calculate_pseudonym, commit, nym_commit,
    proof_gen_with_nym, proof_verify_with_nym, verify_blind_sign, verify_finalize_with_nym,
};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

const MESSAGES: [&[u8]; 16] = [
    b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9", b"10", b"11", b"12", b"13", b"14",
    b"15",
];
const PROFILE: Lengths = Lengths {
    messages: 16,
    committed_messages: 0,
    nyms: 16,
};
const NONE: [&[u8]; 0] = [];

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn scalars(seed: u8, count: u8) -> Vec<Scalar> {
    (0..count)
        .map(|index| {
            let mut bytes = [seed; 32];
            bytes[0] = 1;
            bytes[31] = index + 1;
            Scalar::from_bytes(&bytes).unwrap()
        })
        .collect()
}

fn nyms(scalars: Vec<Scalar>) -> ProverNyms {
    ProverNyms::new(Zeroizing::new(scalars)).unwrap()
}

/// A holder with a certificate over the messages.
struct Holder {
    key: SecretKey,
    signature: Signature,
    blind: ProverBlind,
    secrets: NymSecrets,
}

impl Holder {
    /// Gets a certificate from an issuer that expects the given lengths.
    fn enrol(key: &SecretKey, nyms: &ProverNyms, lengths: Lengths) -> Result<Self, Error> {
        let key = SecretKey::from_bytes(&key.expose_secret()).unwrap();
        let (commitment, blind) = nym_commit(&NONE, nyms, &mut rng())?;
        let commitment = CommitmentWithProof::from_bytes(&commitment.to_bytes()).unwrap();
        let signature = blind_sign_with_nym(
            &key,
            &commitment,
            lengths,
            Scalar::ONE,
            b"header",
            &MESSAGES,
        )?;
        let signed = BlindSigned {
            public: key.public(),
            signature: &signature,
            header: b"header",
            messages: &MESSAGES,
            committed_messages: &NONE,
            secret_prover_blind: &blind,
        };
        let secrets = verify_finalize_with_nym(&signed, nyms, Scalar::ONE)?;
        Ok(Self {
            key,
            signature,
            blind,
            secrets,
        })
    }

    fn signed(&self) -> BlindSigned<'_> {
        BlindSigned {
            public: self.key.public(),
            signature: &self.signature,
            header: b"header",
            messages: &MESSAGES,
            committed_messages: &NONE,
            secret_prover_blind: &self.blind,
        }
    }

    fn present(&self, context: &[u8]) -> (Proof, Pseudonym) {
        let disclosure = Disclosure {
            messages: &[2, 5],
            committed_messages: &[],
        };
        proof_gen_with_nym(
            &self.signed(),
            &self.secrets,
            context,
            b"ph",
            &disclosure,
            &mut rng(),
        )
        .unwrap()
    }
}

const SHOWN: [(usize, &[u8]); 2] = [(2, b"2"), (5, b"5")];

fn shown(key: &SecretKey, lengths: Lengths) -> Shown<'_> {
    Shown {
        public: key.public(),
        header: b"header",
        ph: b"ph",
        lengths,
        messages: &SHOWN,
        committed_messages: &[],
    }
}

#[test]
fn a_pseudonym_stays_in_its_context_and_differs_in_another() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let secret = nyms(scalars(7, 16));
    let (first, renewed) = (
        Holder::enrol(&key, &secret, PROFILE).unwrap(),
        Holder::enrol(&SecretKey::generate(&mut rng()).unwrap(), &secret, PROFILE).unwrap(),
    );
    let other = Holder::enrol(&key, &nyms(scalars(8, 16)), PROFILE).unwrap();
    let (proof, pseudonym) = first.present(b"a");
    let statement = shown(&key, PROFILE);
    assert_eq!(
        proof_verify_with_nym(&statement, &proof, &pseudonym, b"a"),
        Ok(())
    );
    assert_eq!(first.present(b"a").1, pseudonym);
    assert_eq!(renewed.present(b"a").1, pseudonym);
    assert_eq!(
        calculate_pseudonym(b"a", &first.secrets).unwrap(),
        pseudonym
    );
    assert_ne!(first.present(b"b").1, pseudonym);
    assert_ne!(other.present(b"a").1, pseudonym);
    // Nor does the proof say anything in another context, or of another pseudonym.
    let elsewhere = first.present(b"b").1;
    let no = Err(Error::Proof);
    assert_eq!(
        proof_verify_with_nym(&statement, &proof, &pseudonym, b"b"),
        no
    );
    assert_eq!(
        proof_verify_with_nym(&statement, &proof, &elsewhere, b"b"),
        no
    );
    assert_eq!(
        proof_verify_with_nym(&statement, &proof, &elsewhere, b"a"),
        no
    );
    assert_eq!(
        proof_verify_with_nym(&statement, &proof, &other.present(b"a").1, b"a"),
        no
    );
}

#[test]
fn another_number_of_nyms_is_not_signed() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    for count in [15, 17, 18] {
        let secret = nyms(scalars(7, count));
        assert_eq!(
            Holder::enrol(&key, &secret, PROFILE).err(),
            Some(Error::Count)
        );
    }
    // The same sixteen and a zero: the same person with another number everywhere.
    let mut padded = scalars(7, 16);
    padded.push(Scalar::ZERO);
    assert_eq!(
        Holder::enrol(&key, &nyms(padded), PROFILE).err(),
        Some(Error::Count)
    );
}

#[test]
fn another_number_of_nyms_is_not_believed_even_when_an_issuer_signed_it() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    for count in [15, 17, 18] {
        let careless = Lengths {
            nyms: count.into(),
            ..PROFILE
        };
        let holder = Holder::enrol(&key, &nyms(scalars(7, count)), careless).unwrap();
        let (proof, pseudonym) = holder.present(b"a");
        let verified =
            |lengths| proof_verify_with_nym(&shown(&key, lengths), &proof, &pseudonym, b"a");
        assert_eq!(verified(careless), Ok(()));
        assert_eq!(verified(PROFILE), Err(Error::Count));
    }
}

#[test]
fn nyms_and_committed_messages_are_not_exchanged() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let holder = Holder::enrol(&key, &nyms(scalars(7, 16)), PROFILE).unwrap();
    let (proof, pseudonym) = holder.present(b"a");
    for nyms in [0, 1, 15, 17] {
        let lengths = Lengths {
            nyms,
            committed_messages: 16_usize.saturating_sub(nyms),
            ..PROFILE
        };
        let verified = proof_verify_with_nym(&shown(&key, lengths), &proof, &pseudonym, b"a");
        assert!(
            matches!(verified, Err(Error::Proof | Error::Count)),
            "{nyms}"
        );
    }
    let lengths = Lengths {
        messages: 17,
        committed_messages: 0,
        nyms: 15,
    };
    let verified = proof_verify_with_nym(&shown(&key, lengths), &proof, &pseudonym, b"a");
    assert_eq!(verified, Err(Error::Proof));
    // Nor does a proof with a pseudonym pass for one without, or the other way round.
    let lengths = Lengths {
        committed_messages: 16,
        nyms: 0,
        ..PROFILE
    };
    assert_eq!(
        blind_proof_verify(&shown(&key, lengths), &proof),
        Err(Error::Proof)
    );
    assert_eq!(
        blind_proof_verify(&shown(&key, PROFILE), &proof),
        Err(Error::Count)
    );
}

#[test]
fn every_changed_byte_of_proof_and_pseudonym_is_refused() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let lengths = Lengths { nyms: 2, ..PROFILE };
    let holder = Holder::enrol(&key, &nyms(scalars(7, 2)), lengths).unwrap();
    let (proof, pseudonym) = holder.present(b"a");
    let statement = shown(&key, lengths);
    let bytes = proof.to_bytes();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let verified = Proof::from_bytes(&bytes)
            .map(|proof| proof_verify_with_nym(&statement, &proof, &pseudonym, b"a"));
        assert!(!matches!(verified, Ok(Ok(()))), "byte {at}");
    }
    let bytes = pseudonym.to_bytes();
    for at in 0..bytes.len() {
        let mut bytes = bytes;
        bytes[at] ^= 1;
        let verified = Pseudonym::from_bytes(&bytes)
            .map(|pseudonym| proof_verify_with_nym(&statement, &proof, &pseudonym, b"a"));
        assert!(!matches!(verified, Ok(Ok(()))), "byte {at}");
    }
    let no = Err(Error::Proof);
    let changed = Shown {
        ph: b"pH",
        ..statement
    };
    assert_eq!(
        proof_verify_with_nym(&changed, &proof, &pseudonym, b"a"),
        no
    );
    let changed = Shown {
        header: b"",
        ..statement
    };
    assert_eq!(
        proof_verify_with_nym(&changed, &proof, &pseudonym, b"a"),
        no
    );
    let changed = Shown {
        messages: &[(2, b"2"), (5, b"6")],
        ..statement
    };
    assert_eq!(
        proof_verify_with_nym(&changed, &proof, &pseudonym, b"a"),
        no
    );
    let other = SecretKey::generate(&mut rng()).unwrap();
    let changed = Shown {
        public: other.public(),
        ..statement
    };
    assert_eq!(
        proof_verify_with_nym(&changed, &proof, &pseudonym, b"a"),
        no
    );
}

#[test]
fn a_presentation_without_the_secrets_does_not_verify() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let holder = Holder::enrol(&key, &nyms(scalars(7, 16)), PROFILE).unwrap();
    let guess = NymSecrets::new(&nyms(scalars(9, 16)), Scalar::ONE);
    let disclosure = Disclosure {
        messages: &[2, 5],
        committed_messages: &[],
    };
    let (proof, pseudonym) = proof_gen_with_nym(
        &holder.signed(),
        &guess,
        b"a",
        b"ph",
        &disclosure,
        &mut rng(),
    )
    .unwrap();
    let verified = proof_verify_with_nym(&shown(&key, PROFILE), &proof, &pseudonym, b"a");
    assert_eq!(verified, Err(Error::Proof));
}

#[test]
fn another_entropy_than_the_signer_used_is_noticed() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let secret = nyms(scalars(7, 16));
    let holder = Holder::enrol(&key, &secret, PROFILE).unwrap();
    let two = Scalar::ONE + Scalar::ONE;
    let finalized = verify_finalize_with_nym(&holder.signed(), &secret, two);
    assert_eq!(finalized.err(), Some(Error::Signature));
}

#[test]
fn every_changed_byte_of_a_commitment_is_refused() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let (commitment, _) = commit(&["a", "b"], &mut rng()).unwrap();
    let lengths = Lengths {
        committed_messages: 2,
        ..Lengths::default()
    };
    let bytes = commitment.to_bytes();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let signed = CommitmentWithProof::from_bytes(&bytes)
            .map(|commitment| blind_sign(&key, Some(&commitment), lengths, b"", &NONE));
        assert!(!matches!(signed, Ok(Ok(_))), "byte {at}");
    }
    // A commitment of one interface is none of the other.
    let lengths = Lengths {
        nyms: 2,
        ..Lengths::default()
    };
    let signed = blind_sign_with_nym(&key, &commitment, lengths, Scalar::ONE, b"", &NONE);
    assert_eq!(signed.err(), Some(Error::Commitment));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_set_of_blindly_signed_messages_can_be_shown(
        messages in prop::collection::vec("[a-z]{0,9}", 0..5),
        committed in prop::collection::vec("[a-z]{0,9}", 0..5),
        chosen in prop::collection::vec(any::<bool>(), 10),
    ) {
        let key = SecretKey::generate(&mut rng()).unwrap();
        let messages: Vec<_> = messages.iter().map(String::as_bytes).collect();
        let committed: Vec<_> = committed.iter().map(String::as_bytes).collect();
        let lengths = Lengths {
            messages: messages.len(),
            committed_messages: committed.len(),
            nyms: 0,
        };
        let (commitment, blind) = commit(&committed, &mut rng()).unwrap();
        let signature = blind_sign(&key, Some(&commitment), lengths, b"header", &messages).unwrap();
        let signed = BlindSigned {
            public: key.public(),
            signature: &signature,
            header: b"header",
            messages: &messages,
            committed_messages: &committed,
            secret_prover_blind: &blind,
        };
        prop_assert_eq!(verify_blind_sign(&signed), Ok(()));
        let some: Vec<_> = (0..messages.len()).filter(|index| chosen[*index]).collect();
        let some_committed: Vec<_> =
            (0..committed.len()).filter(|index| chosen[5 + index]).collect();
        let disclosure = Disclosure { messages: &some, committed_messages: &some_committed };
        let proof = blind_proof_gen(&signed, b"ph", &disclosure, &mut rng()).unwrap();
        let proof = Proof::from_bytes(&proof.to_bytes()).unwrap();
        let shown = Shown {
            public: key.public(),
            header: b"header",
            ph: b"ph",
            lengths,
            messages: &some.iter().map(|index| (*index, messages[*index])).collect::<Vec<_>>(),
            committed_messages: &some_committed
                .iter()
                .map(|index| (*index, committed[*index]))
                .collect::<Vec<_>>(),
        };
        prop_assert_eq!(blind_proof_verify(&shown, &proof), Ok(()));
        let more = Lengths { committed_messages: committed.len() + 1, ..lengths };
        prop_assert_eq!(
            blind_proof_verify(&Shown { lengths: more, ..shown }, &proof), Err(Error::Count)
        );
    }
}

#[test]
fn a_commitment_is_the_sum_of_its_generators() {
    let scalars = scalars(7, 5);
    let generators = bbs::nym_generators(4).unwrap();
    let plain = generators
        .iter()
        .zip(&scalars)
        .fold(bbs::Point::identity(), |sum, (generator, scalar)| {
            sum + *generator * *scalar
        });
    assert_eq!(bbs::nym_commitment(&scalars).unwrap(), plain);
    let secret = nyms(scalars.clone());
    let (commitment, blind) = nym_commit(&NONE, &secret, &mut rng()).unwrap();
    let mut opening = vec![*blind.expose_secret()];
    opening.extend(scalars);
    assert_eq!(
        bbs::nym_commitment(&opening).unwrap(),
        commitment.commitment()
    );
    assert_eq!(bbs::nym_commitment(&[]).unwrap_err(), Error::Count);
}
