//! Values of BBS: keys, signatures, commitments, proofs and pseudonyms.
//!
//! There is one way to write each, and nothing is believed but what was made here.

use std::sync::LazyLock;

use bbs::{
    BlindSigned, CommitmentWithProof, Disclosure, Lengths, Point, Proof, ProverNyms, Pseudonym,
    PublicKey, Scalar, SecretKey, Shown, Signature,
};
use zeroize::Zeroizing;

use crate::Target;
use crate::fixture::Numbers;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("bbs_commitment", commitment, || {
        vec![MADE.commitment.clone()]
    }),
    Target::new("bbs_key", key, || {
        vec![MADE.key.public().to_bytes().to_vec()]
    }),
    Target::new("bbs_proof", proof, || {
        vec![MADE.proof.clone(), MADE.hiding.clone()]
    }),
    Target::new("bbs_pseudonym", pseudonym, || {
        vec![MADE.pseudonym.to_bytes().to_vec()]
    }),
    Target::new("bbs_scalar", scalar, || {
        vec![Scalar::hash(b"a", b"b").to_bytes().to_vec()]
    }),
    Target::new("bbs_signature", signature, || {
        vec![MADE.signature.to_bytes().to_vec()]
    }),
];

/// What an issuer and a holder made, over two messages and two nyms.
struct Made {
    key: SecretKey,
    commitment: Vec<u8>,
    signature: Signature,
    proof: Vec<u8>,
    hiding: Vec<u8>,
    pseudonym: Pseudonym,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let rng = &mut Numbers::default();
    let key = SecretKey::generate(rng).expect("a key");
    let nyms = Zeroizing::new(vec![Scalar::hash(b"1", b"nym"), Scalar::hash(b"2", b"nym")]);
    let nyms = ProverNyms::new(nyms).expect("nyms");
    let (commitment, blind) = bbs::nym_commit(&NONE, &nyms, rng).expect("committed");
    let signature =
        bbs::blind_sign_with_nym(&key, &commitment, LENGTHS, Scalar::ONE, HEADER, &MESSAGES)
            .expect("signed");
    let signed = BlindSigned {
        public: key.public(),
        signature: &signature,
        header: HEADER,
        messages: &MESSAGES,
        committed_messages: &NONE,
        secret_prover_blind: &blind,
    };
    let secrets = bbs::verify_finalize_with_nym(&signed, &nyms, Scalar::ONE).expect("valid");
    let disclosure = Disclosure {
        messages: &[1],
        committed_messages: &[],
    };
    let (proof, pseudonym) =
        bbs::proof_gen_with_nym(&signed, &secrets, CONTEXT, PH, &disclosure, rng).expect("proven");
    let hiding =
        bbs::proof_gen_hiding_nym(&signed, &secrets, PH, &disclosure, rng).expect("proven");
    Made {
        commitment: commitment.to_bytes(),
        proof: proof.to_bytes(),
        hiding: hiding.to_bytes(),
        key,
        signature,
        pseudonym,
    }
});

fn commitment(bytes: &[u8]) -> Option<()> {
    let commitment = CommitmentWithProof::from_bytes(bytes).ok()?;
    assert_eq!(commitment.to_bytes(), bytes);
    let nyms = commitment.committed();
    for nyms in [nyms, LENGTHS.nyms] {
        let lengths = Lengths { nyms, ..LENGTHS };
        let entropy = Scalar::ONE;
        let signed =
            bbs::blind_sign_with_nym(&MADE.key, &commitment, lengths, entropy, HEADER, &MESSAGES);
        assert_eq!(signed.is_ok(), bytes == MADE.commitment);
    }
    Some(())
}

fn key(bytes: &[u8]) -> Option<()> {
    let key = PublicKey::from_bytes(bytes).ok()?;
    assert_eq!(key.to_bytes(), bytes);
    let proof = Proof::from_bytes(&MADE.hiding).expect("our own");
    let verified = bbs::proof_verify_hiding_nym(&shown(&key), &proof);
    assert_eq!(verified.is_ok(), &key == MADE.key.public());
    Some(())
}

fn proof(bytes: &[u8]) -> Option<()> {
    let proof = Proof::from_bytes(bytes).ok()?;
    assert_eq!(proof.to_bytes(), bytes);
    let shown = shown(MADE.key.public());
    let named = bbs::proof_verify_with_nym(&shown, &proof, &MADE.pseudonym, CONTEXT);
    assert_eq!(named.is_ok(), bytes == MADE.proof);
    let hiding = bbs::proof_verify_hiding_nym(&shown, &proof);
    assert_eq!(hiding.is_ok(), bytes == MADE.hiding);
    Some(())
}

fn pseudonym(bytes: &[u8]) -> Option<()> {
    let pseudonym = Pseudonym::from_bytes(bytes).ok()?;
    assert_eq!(pseudonym.to_bytes(), bytes);
    let point = bytes.try_into().map(Point::from_bytes);
    assert!(point.is_ok_and(|point| point.is_ok_and(|point| !point.is_identity())));
    let proof = Proof::from_bytes(&MADE.proof).expect("our own");
    let verified =
        bbs::proof_verify_with_nym(&shown(MADE.key.public()), &proof, &pseudonym, CONTEXT);
    assert_eq!(verified.is_ok(), pseudonym == MADE.pseudonym);
    Some(())
}

fn scalar(bytes: &[u8]) -> Option<()> {
    let bytes = bytes.try_into().ok()?;
    let scalar = Scalar::from_bytes(bytes).ok()?;
    assert_eq!(&scalar.to_bytes(), bytes);
    let key = SecretKey::from_bytes(bytes).expect("a canonical scalar");
    assert_eq!(key.expose_secret().as_slice(), bytes);
    Some(())
}

fn signature(bytes: &[u8]) -> Option<()> {
    let signature = Signature::from_bytes(bytes).ok()?;
    assert_eq!(signature.to_bytes(), bytes);
    // Ours is blind: what it is over is not these messages alone.
    assert!(bbs::verify(MADE.key.public(), &signature, HEADER, &MESSAGES).is_err());
    Some(())
}

fn shown(public: &PublicKey) -> Shown<'_> {
    Shown {
        public,
        header: HEADER,
        ph: PH,
        lengths: LENGTHS,
        messages: &[(1, b"b")],
        committed_messages: &[],
    }
}

const CONTEXT: &[u8] = b"context";
const HEADER: &[u8] = b"header";
const LENGTHS: Lengths = Lengths {
    messages: 2,
    committed_messages: 0,
    nyms: 2,
};
const MESSAGES: [&[u8]; 2] = [b"a", b"b"];
const NONE: [&[u8]; 0] = [];
const PH: &[u8] = b"ph";
