//! Many proofs at once: all good ones are believed, and a bad one is named.
#![expect(clippy::unwrap_used, reason = "tests")]

use bbs::{
    Batch, BlindSigned, Disclosure, Error, Lengths, Proof, ProverNyms, Scalar, SecretKey, Shown,
    blind_proof_gen, blind_sign, blind_sign_with_nym, commit, nym_commit, proof_gen,
    proof_gen_hiding_nym, proof_gen_with_nym, proof_verify, sign, verify_finalize_with_nym,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

const MESSAGES: [&str; 4] = ["one", "two", "three", "four"];
const SHOWN: [(usize, &str); 2] = [(1, "two"), (3, "four")];
const NONE: [&[u8]; 0] = [];

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn proof_under(key: &SecretKey, ph: &[u8]) -> Proof {
    let signature = sign(key, b"header", &MESSAGES).unwrap();
    let public = key.public();
    let indexes = [1, 3];
    proof_gen(
        public,
        &signature,
        b"header",
        ph,
        &MESSAGES,
        &indexes,
        &mut rng(),
    )
    .unwrap()
}

/// A proof whose challenge is right for any key: of a signature by another.
fn proof_of_another_key(claimed: &SecretKey) -> Proof {
    // The domain has the claimed key in it; the signature is made with another.
    let (public, other) = (claimed.public(), SecretKey::generate(&mut rng()).unwrap());
    let signature = sign(&other, b"header", &MESSAGES).unwrap();
    let indexes = [1, 3];
    let proof = proof_gen(
        public,
        &signature,
        b"header",
        b"ph",
        &MESSAGES,
        &indexes,
        &mut rng(),
    )
    .unwrap();
    let judged = proof_verify(public, &proof, b"header", b"ph", 4, &SHOWN);
    assert_eq!(judged, Err(Error::Proof));
    proof
}

fn judge(proofs: &[(&SecretKey, &Proof)]) -> Vec<Result<(), Error>> {
    let mut batch = Batch::new();
    for (key, proof) in proofs {
        batch.proof(key.public(), proof, b"header", b"ph", 4, &SHOWN);
    }
    batch.judge(&mut rng())
}

#[test]
fn good_ones_are_all_believed() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let proofs: Vec<Proof> = (0..9).map(|_| proof_under(&key, b"ph")).collect();
    for count in 0..=proofs.len() {
        let proofs: Vec<_> = proofs[..count].iter().map(|proof| (&key, proof)).collect();
        assert_eq!(judge(&proofs), vec![Ok(()); count]);
    }
}

#[test]
fn a_bad_one_is_named() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let good = proof_under(&key, b"ph");
    for bad in [
        proof_of_another_key(&key),
        proof_under(&key, b"ph of another"),
    ] {
        for at in 0..5 {
            let mut proofs = vec![(&key, &good); 5];
            proofs[at].1 = &bad;
            let mut expected = vec![Ok(()); 5];
            expected[at] = Err(Error::Proof);
            assert_eq!(judge(&proofs), expected);
        }
        assert_eq!(judge(&[(&key, &bad)]), [Err(Error::Proof)]);
        assert_eq!(judge(&[(&key, &bad), (&key, &bad)]), [Err(Error::Proof); 2]);
    }
}

#[test]
fn keys_are_not_confused() {
    let keys = [(); 3].map(|()| SecretKey::generate(&mut rng()).unwrap());
    let proofs: Vec<_> = keys.iter().map(|key| proof_under(key, b"ph")).collect();
    let own: Vec<_> = keys.iter().zip(&proofs).collect();
    assert_eq!(judge(&own), [Ok(()); 3]);
    let shifted: Vec<_> = keys.iter().cycle().skip(1).zip(&proofs).collect();
    assert_eq!(judge(&shifted), [Err(Error::Proof); 3]);
}

#[test]
fn every_kind_of_proof_is_judged_as_it_is_alone() {
    let key = SecretKey::generate(&mut rng()).unwrap();
    let plain = proof_under(&key, b"ph");
    let messages: Vec<&[u8]> = MESSAGES.iter().map(|message| message.as_bytes()).collect();
    let shown = [(1, messages[1])];
    let disclosure = Disclosure {
        messages: &[1],
        committed_messages: &[],
    };
    let lengths = Lengths {
        messages: 4,
        ..Lengths::default()
    };
    let blindly = Lengths {
        committed_messages: 1,
        ..lengths
    };
    let with_nyms = Lengths { nyms: 2, ..lengths };

    let (commitment, blind) = commit(&["mine"], &mut rng()).unwrap();
    let signature = blind_sign(&key, Some(&commitment), blindly, b"header", &messages).unwrap();
    let committed: [&[u8]; 1] = [b"mine"];
    let signed = BlindSigned {
        public: key.public(),
        signature: &signature,
        header: b"header",
        messages: &messages,
        committed_messages: &committed,
        secret_prover_blind: &blind,
    };
    let blind_proof = blind_proof_gen(&signed, b"ph", &disclosure, &mut rng()).unwrap();

    let nyms = vec![Scalar::ONE, Scalar::ONE + Scalar::ONE];
    let nyms = ProverNyms::new(Zeroizing::new(nyms)).unwrap();
    let (commitment, blind) = nym_commit(&NONE, &nyms, &mut rng()).unwrap();
    let signature = blind_sign_with_nym(
        &key,
        &commitment,
        with_nyms,
        Scalar::ONE,
        b"header",
        &messages,
    )
    .unwrap();
    let signed = BlindSigned {
        signature: &signature,
        committed_messages: &NONE,
        secret_prover_blind: &blind,
        ..signed
    };
    let secrets = verify_finalize_with_nym(&signed, &nyms, Scalar::ONE).unwrap();
    let (named, pseudonym) =
        proof_gen_with_nym(&signed, &secrets, b"a", b"ph", &disclosure, &mut rng()).unwrap();
    let hiding = proof_gen_hiding_nym(&signed, &secrets, b"ph", &disclosure, &mut rng()).unwrap();

    let statement = |lengths| Shown {
        public: key.public(),
        header: b"header",
        ph: b"ph",
        lengths,
        messages: &shown,
        committed_messages: &[],
    };
    let mut batch = Batch::new();
    batch.proof(key.public(), &plain, b"header", b"ph", 4, &SHOWN);
    batch.blind_proof(&statement(blindly), &blind_proof);
    batch.proof_with_nym(&statement(with_nyms), &named, &pseudonym, b"a");
    batch.proof_hiding_nym(&statement(with_nyms), &hiding);
    // And each in the place of another.
    batch.blind_proof(&statement(with_nyms), &hiding);
    batch.proof_with_nym(&statement(with_nyms), &hiding, &pseudonym, b"a");
    batch.proof_hiding_nym(&statement(with_nyms), &named);
    batch.proof_with_nym(&statement(with_nyms), &named, &pseudonym, b"b");
    let no = Err(Error::Proof);
    assert_eq!(
        batch.judge(&mut rng()),
        [
            Ok(()),
            Ok(()),
            Ok(()),
            Ok(()),
            Err(Error::Count),
            no,
            no,
            no
        ]
    );
}
