//! Lengths come from the profile. The drafts read them from the input, by which a Holder would
//! have another number each time.

use bbs::{
    BlindSigned, CommitmentWithProof, Disclosure, Lengths, NymSecrets, ProverBlind, ProverNyms,
    Pseudonym, Scalar, Signature, blind_sign_with_nym, nym_commit, proof_gen_with_nym,
    proof_verify_with_nym,
};
use keys::base64url;
use netcert::{IssuanceProof, IssuanceProofError, IssuanceProofWire, Shown, ShownError, Slot};
use serde_json::json;
use zeroize::Zeroizing;

use crate::harness::*;

/// M = 15, 17, 18: commitments to other numbers of scalars are refused, by the wire form.
#[test]
fn commitments_to_more_or_fewer_scalars_are_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let wire = wallet
        .renewal(&wallet.prepared(), &issuer.binding())
        .to_wire();
    for count in [0, 1, 15, 17, 18, 32] {
        let nyms = nyms(count.max(1));
        let nyms: &ProverNyms = &nyms;
        let (commitment, _) = match count {
            0 => bbs::commit(&[[0; 0]; 0], &mut rng()).unwrap(),
            _ => nym_commit(&[[0; 0]; 0], nyms, &mut rng()).unwrap(),
        };
        assert_eq!(commitment.committed(), count);
        let wire = IssuanceProofWire {
            commitment: base64url::encode(commitment.to_bytes()),
            ..wire.clone()
        };
        assert_eq!(
            IssuanceProof::from_wire(&wire).unwrap_err(),
            IssuanceProofError::Lengths
        );
        assert!(serde_json::from_value::<IssuanceProof>(json!(wire)).is_err());
    }
    // One of 16 messages that are no nyms has the right length; it is no opening of the anchor.
    let messages = [[7; 4]; 16];
    let (commitment, _) = bbs::commit(&messages, &mut rng()).unwrap();
    let wire = IssuanceProofWire {
        commitment: base64url::encode(commitment.to_bytes()),
        ..wire
    };
    let proof = IssuanceProof::from_wire(&wire).unwrap();
    assert_eq!(
        proof
            .verify_renewal(&wallet.anchor, &issuer.binding())
            .map(|_| ()),
        Err(IssuanceProofError::Delta)
    );
}

/// The attack itself, at an Issuer and a Verifier that read lengths from the input: the same 16
/// scalars and a zero give another number. Then against ours.
#[test]
fn a_zero_more_would_be_another_number() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let honest = wallet.renew(&issuer);
    let honest = honest.pseudonym(&wallet.secret, &shop).unwrap();
    let key = bbs::SecretKey::from_bytes(&issuer.key.expose_secret()).unwrap();

    let sixteen = nyms(16);
    for count in [15, 17, 18] {
        let scalars: Vec<Scalar> = sixteen
            .expose_secret()
            .iter()
            .copied()
            .chain([Scalar::ZERO; 2])
            .take(count)
            .collect();
        let other = ProverNyms::new(Zeroizing::new(scalars)).unwrap();
        let (commitment, blind) = nym_commit(&[[0; 0]; 0], &other, &mut rng()).unwrap();
        let lengths = Lengths {
            messages: 16,
            committed_messages: 0,
            nyms: count,
        };
        let (shown, lax) = forge(
            &issuer,
            &key,
            &wallet,
            &other,
            (&commitment, &blind),
            lengths,
        );
        // Who reads lengths from the input is fooled …
        assert_ne!(lax, honest);
        // … and we are not.
        assert_eq!(
            verify(&shown, &issuer, Some(&shop)).unwrap_err(),
            ShownError::Lengths
        );
    }
}

/// The right count by hiding a slot less: a disclosed slot in place of a nym.
#[test]
fn another_split_of_the_same_count_does_not_verify() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    let one = wallet.show(&certificate, &[Slot::AgeOver18], Some(&shop));
    // The verifier is told of one slot more than the proof is about: 32 responses instead of 31.
    let mut document = one.to_json(&issuer.profile).unwrap();
    document["credentialSubject"]["age_over_21"] = json!(true);
    assert_eq!(
        verify(&Shown::from_json(&document).unwrap(), &issuer, Some(&shop)).unwrap_err(),
        ShownError::Lengths
    );
    let subject = document["credentialSubject"].as_object_mut().unwrap();
    subject.remove("age_over_18");
    assert_eq!(
        verify(&Shown::from_json(&document).unwrap(), &issuer, Some(&shop)).unwrap_err(),
        ShownError::Proof
    );
}

/// Issues and shows at other lengths, as the drafts allow.
fn forge(
    issuer: &Issuer,
    key: &bbs::SecretKey,
    wallet: &Wallet,
    nyms: &ProverNyms,
    (commitment, blind): (&CommitmentWithProof, &ProverBlind),
    lengths: Lengths,
) -> (Shown, netcert::Pseudonym) {
    let header = issuer.profile.header();
    let messages = messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let entropy = wallet.anchor.entropy();
    let signature: Signature =
        blind_sign_with_nym(key, commitment, lengths, entropy, &header, &messages).unwrap();
    let signed = BlindSigned {
        public: key.public(),
        signature: &signature,
        header: &header,
        messages: &messages,
        committed_messages: &[],
        secret_prover_blind: blind,
    };
    let secrets = NymSecrets::new(nyms, entropy);
    let id = context("shop.example").id();
    let disclosure = Disclosure {
        messages: &[2],
        committed_messages: &[],
    };
    let (proof, pseudonym) =
        proof_gen_with_nym(&signed, &secrets, &id, b"ph", &disclosure, &mut rng()).unwrap();
    let shown = bbs::Shown {
        public: key.public(),
        header: &header,
        ph: b"ph",
        lengths,
        messages: &[(2, &[1, 1])],
        committed_messages: &[],
    };
    proof_verify_with_nym(&shown, &proof, &pseudonym, &id).unwrap();
    let pseudonym: Pseudonym = pseudonym;
    let mut cbor = vec![0x85, 1, 0x58, 32];
    cbor.extend(issuer.profile.hash());
    cbor.extend([0xa1, 2, 0xf5, 0x58, 48]);
    cbor.extend(pseudonym.to_bytes());
    let proof = proof.to_bytes();
    cbor.push(0x59);
    cbor.extend(u16::try_from(proof.len()).unwrap().to_be_bytes());
    cbor.extend(proof);
    let number = netcert::Pseudonym::from_bytes(&pseudonym.to_bytes()).unwrap();
    (Shown::from_cbor(&cbor).unwrap(), number)
}

fn messages() -> Vec<Vec<u8>> {
    let mut messages = vec![vec![0]; 16];
    messages[2] = vec![1, 1];
    messages
}

fn nyms(count: usize) -> ProverNyms {
    let scalars = (1..=count)
        .map(|index| Scalar::hash(&[u8::try_from(index).unwrap()], b"test"))
        .collect();
    ProverNyms::new(Zeroizing::new(scalars)).unwrap()
}
