//! Medians of the operations, by CPU time of the thread.
//!
//! `cargo run --release -p bbs --example timing`
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example that prints"
)]

use std::hint::black_box;
use std::time::Duration;

use bbs::{
    BlindSigned, Disclosure, Lengths, ProverNyms, Scalar, SecretKey, Shown, blind_sign_with_nym,
    nym_commit, proof_gen, proof_gen_with_nym, proof_verify, proof_verify_with_nym, sign, verify,
    verify_finalize_with_nym,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

const ROUNDS: usize = 200;

fn main() {
    println!("| Operation | median µs |");
    println!("|---|---|");
    plain(10);
    plain(16);
    plain(30);
    nym();
}

fn plain(length: usize) {
    let mut rng = UnwrapErr(SysRng);
    let key = SecretKey::generate(&mut rng).unwrap();
    let public = key.public();
    let messages: Vec<_> = (0..length)
        .map(|index| format!("message {index}"))
        .collect();
    let signature = sign(&key, b"header", &messages).unwrap();
    row(&format!("sign, L = {length}"), || {
        sign(&key, b"header", &messages).unwrap()
    });
    row(&format!("verify, L = {length}"), || {
        verify(public, &signature, b"header", &messages).unwrap();
    });
    let mut prove = || {
        proof_gen(
            public,
            &signature,
            b"header",
            b"ph",
            &messages,
            &[0, 1, 2],
            &mut rng,
        )
        .unwrap()
    };
    let proof = prove();
    row(&format!("proof_gen, L = {length}, 3 shown"), prove);
    let shown: Vec<_> = messages.iter().take(3).enumerate().collect();
    let bytes = proof.to_bytes();
    row(
        &format!("proof_verify, L = {length}, 3 shown, from bytes"),
        || {
            let proof = bbs::Proof::from_bytes(&bytes).unwrap();
            proof_verify(public, &proof, b"header", b"ph", length, &shown).unwrap();
        },
    );
}

fn nym() {
    let mut rng = UnwrapErr(SysRng);
    let key = SecretKey::generate(&mut rng).unwrap();
    let nyms = (1..=16_u8)
        .map(|index| {
            let mut bytes = [index; 32];
            bytes[0] = 1;
            Scalar::from_bytes(&bytes).unwrap()
        })
        .collect();
    let nyms = ProverNyms::new(Zeroizing::new(nyms)).unwrap();
    let none: [&[u8]; 0] = [];
    let (commitment, blind) = nym_commit(&none, &nyms, &mut rng).unwrap();
    row("nym_commit, N = 16", || {
        nym_commit(&none, &nyms, &mut rng).unwrap()
    });
    let lengths = Lengths {
        messages: 16,
        committed_messages: 0,
        nyms: 16,
    };
    let messages: Vec<_> = (0..16).map(|index| format!("message {index}")).collect();
    let messages: Vec<_> = messages.iter().map(String::as_bytes).collect();
    let entropy = Scalar::ONE;
    let bytes = commitment.to_bytes();
    let issue = || {
        let commitment = bbs::CommitmentWithProof::from_bytes(&bytes).unwrap();
        blind_sign_with_nym(&key, &commitment, lengths, entropy, b"header", &messages).unwrap()
    };
    let signature = issue();
    row("blind_sign_with_nym, L = 16, N = 16, from bytes", issue);
    let signed = BlindSigned {
        public: key.public(),
        signature: &signature,
        header: b"header",
        messages: &messages,
        committed_messages: &[],
        secret_prover_blind: &blind,
    };
    let secrets = verify_finalize_with_nym(&signed, &nyms, entropy).unwrap();
    row("verify_finalize_with_nym, L = 16, N = 16", || {
        verify_finalize_with_nym(&signed, &nyms, entropy).unwrap()
    });
    let disclosure = Disclosure {
        messages: &[0, 1, 2],
        committed_messages: &[],
    };
    let mut prove =
        || proof_gen_with_nym(&signed, &secrets, b"context", b"ph", &disclosure, &mut rng).unwrap();
    let (proof, pseudonym) = prove();
    row("proof_gen_with_nym, L = 16, N = 16, 3 shown", prove);
    let shown: Vec<_> = messages.iter().take(3).copied().enumerate().collect();
    let shown = Shown {
        public: key.public(),
        header: b"header",
        ph: b"ph",
        lengths,
        messages: &shown,
        committed_messages: &[],
    };
    let (proof, pseudonym) = (proof.to_bytes(), pseudonym.to_bytes());
    row(
        "proof_verify_with_nym, L = 16, N = 16, 3 shown, from bytes",
        || {
            let proof = bbs::Proof::from_bytes(&proof).unwrap();
            let pseudonym = bbs::Pseudonym::from_bytes(&pseudonym).unwrap();
            proof_verify_with_nym(&shown, &proof, &pseudonym, b"context").unwrap();
        },
    );
}

fn row<T>(name: &str, mut work: impl FnMut() -> T) {
    black_box(work());
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = thread_time();
            black_box(work());
            thread_time() - start
        })
        .collect();
    rounds.sort();
    println!("| {name} | {:.0} |", rounds[ROUNDS / 2].as_secs_f64() * 1e6);
}

/// What this thread has spent on a processor.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}
