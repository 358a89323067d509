//! A person enrols once and is somebody else at every platform, and the same at every visit.
//!
//! `cargo run -p bbs --example pseudonyms`
#![expect(clippy::print_stdout, reason = "an example that prints")]

use bbs::{
    BlindSigned, CommitmentWithProof, Disclosure, Lengths, Proof, ProverNyms, Pseudonym, Scalar,
    SecretKey, Shown, Signature, blind_sign_with_nym, nym_commit, proof_gen_with_nym,
    proof_verify_with_nym, verify_finalize_with_nym,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

/// What issuer, holder and verifiers agree upon, and nobody may choose at the counter.
const LENGTHS: Lengths = Lengths {
    messages: 3,
    committed_messages: 0,
    nyms: 4,
};
const HEADER: &[u8] = b"certificates of 2026";
const MESSAGES: [&[u8]; 3] = [b"over 18", b"Alice", b"1990-01-01"];
const NONE: [&[u8]; 0] = [];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rng = UnwrapErr(SysRng);

    // The holder's secret, from which all pseudonyms come.
    let scalars = (0..4_u8).map(|index| Scalar::hash(&[index], b"from a seed, in earnest"));
    let nyms = ProverNyms::new(Zeroizing::new(scalars.collect()))?;

    // The holder commits to it; the issuer signs what it cannot see, and adds a scalar of its own.
    let issuer = SecretKey::generate(&mut rng)?;
    let (commitment, blind) = nym_commit(&NONE, &nyms, &mut rng)?;
    let entropy = Scalar::hash(
        &commitment.commitment().to_bytes(),
        b"entropy of a commitment",
    );
    let sent = commitment.to_bytes();
    let received = CommitmentWithProof::from_bytes(&sent)?;
    let signature = blind_sign_with_nym(&issuer, &received, LENGTHS, entropy, HEADER, &MESSAGES)?;

    // The holder checks what it got.
    let signature = Signature::from_bytes(&signature.to_bytes())?;
    let signed = BlindSigned {
        public: issuer.public(),
        signature: &signature,
        header: HEADER,
        messages: &MESSAGES,
        committed_messages: &NONE,
        secret_prover_blind: &blind,
    };
    let secrets = verify_finalize_with_nym(&signed, &nyms, entropy)?;

    // Each visit shows one message and the platform's pseudonym, bound to the platform's nonce.
    let disclosure = Disclosure {
        messages: &[0],
        committed_messages: &[],
    };
    let visits: [(&[u8], &[u8]); 3] = [
        (b"https://one.example", b"nonce 1"),
        (b"https://one.example", b"nonce 2"),
        (b"https://two.example", b"nonce 3"),
    ];
    for (platform, nonce) in visits {
        let (proof, pseudonym) =
            proof_gen_with_nym(&signed, &secrets, platform, nonce, &disclosure, &mut rng)?;

        // The platform believes the proof, and knows nobody but its own visitor.
        let proof = Proof::from_bytes(&proof.to_bytes())?;
        let pseudonym = Pseudonym::from_bytes(&pseudonym.to_bytes())?;
        let shown = Shown {
            public: issuer.public(),
            header: HEADER,
            ph: nonce,
            lengths: LENGTHS,
            messages: &[(0, MESSAGES[0])],
            committed_messages: &[],
        };
        proof_verify_with_nym(&shown, &proof, &pseudonym, platform)?;
        let name = String::from_utf8_lossy(platform);
        println!("{name}: {pseudonym:?}");
    }
    Ok(())
}
