//! The signer's entropy is a function of the anchor: a choice of it would be a mark.

use bbs::{Lengths, NymSecrets, ProverNyms, Scalar, blind_sign_with_nym, calculate_pseudonym};
use keys::base64url;
use netcert::CertificateError;
use serde_json::json;
use zeroize::Zeroizing;

use crate::harness::*;

/// What the attack is: with entropies `e` and `e'` for one secret, `P - P'` is a point that the
/// Issuer computes without knowing anything of the secret: `OP * (e - e') * z^15`.
#[test]
fn two_entropies_link_two_numbers() {
    let nyms: Vec<Scalar> = (0..16)
        .map(|index| Scalar::hash(&[index], b"nyms"))
        .collect();
    let nyms = ProverNyms::new(Zeroizing::new(nyms)).unwrap();
    let zeros = ProverNyms::new(Zeroizing::new(vec![Scalar::ZERO; 16])).unwrap();
    let [e, other] = [b"e", b"f"].map(|seed| Scalar::hash(seed, b"entropy"));
    let context = context("shop.example").id();

    let point = |nyms: &ProverNyms, entropy: Scalar| {
        let pseudonym = calculate_pseudonym(&context, &NymSecrets::new(nyms, entropy)).unwrap();
        bbs::Point::from_bytes(&pseudonym.to_bytes()).unwrap()
    };
    let difference = point(&nyms, e) - point(&nyms, other);
    assert_eq!(difference, point(&zeros, e - other));
}

#[test]
fn another_entropy_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let prepared = wallet.prepared();
    let key = bbs::SecretKey::from_bytes(&issuer.key.expose_secret()).unwrap();
    let commitment = bbs::CommitmentWithProof::from_bytes(&prepared.expose_secret()[32..]).unwrap();
    let lengths = Lengths {
        messages: 16,
        committed_messages: 0,
        nyms: 16,
    };
    let (mut document, _) = wallet.issued(&issuer, &person());
    let mut messages = vec![vec![0]; 16];
    let slots = person();
    for (slot, value) in slots.iter() {
        messages[slot.index()] = match value {
            netcert::SlotValue::Absent => vec![0],
            netcert::SlotValue::Flag(flag) => vec![1, u8::from(*flag)],
            netcert::SlotValue::Text(text) => [&[2], text.as_bytes()].concat(),
        };
    }
    let honest = wallet.anchor.entropy();
    let others = [
        Scalar::ZERO,
        Scalar::ONE,
        honest + Scalar::ONE,
        Wallet::new().anchor.entropy(),
    ];
    let mut outcome = |entropy: Scalar| {
        let signature = blind_sign_with_nym(
            &key,
            &commitment,
            lengths,
            entropy,
            &issuer.profile.header(),
            &messages,
        )
        .unwrap();
        let mut bytes = vec![0x6e, 0, 0x82, 0x58, 32];
        bytes.extend(issuer.profile.hash());
        bytes.extend([0x58, 80]);
        bytes.extend(signature.to_bytes());
        document["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(bytes)));
        wallet
            .finish(&document, &issuer.profile, &prepared)
            .map(|_| ())
    };
    assert_eq!(outcome(honest), Ok(()));
    for entropy in others {
        assert_eq!(outcome(entropy), Err(CertificateError::Signature));
    }
}

/// No pair of one person's numbers differs by what an Issuer could compute from the entropy.
#[test]
fn numbers_at_two_platforms_do_not_differ_by_the_entropy() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let zeros = ProverNyms::new(Zeroizing::new(vec![Scalar::ZERO; 16])).unwrap();
    let known = NymSecrets::new(&zeros, wallet.anchor.entropy());
    let [one, two] = ["shop.example", "forum.example"].map(context);
    let points = [&one, &two].map(|context| {
        let pseudonym = certificate.pseudonym(&wallet.secret, context).unwrap();
        let shift = calculate_pseudonym(&context.id(), &known).unwrap();
        let pseudonym = bbs::Point::from_bytes(pseudonym.as_bytes()).unwrap();
        let shift = bbs::Point::from_bytes(&shift.to_bytes()).unwrap();
        (pseudonym, shift)
    });
    let [(p, s), (q, t)] = points;
    for difference in [s - t, s, t, s + t, bbs::Point::identity()] {
        assert_ne!(p - q, difference);
        assert_ne!(q - p, difference);
    }
}
