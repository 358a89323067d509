//! The same by affinidi-bbs.

use affinidi_bbs::hash::scalar_from_bytes;
use affinidi_bbs::{
    Ciphersuite, Proof, Pseudonym, PublicKey, Scalar, SecretKey, Signature, blind_sign_with_nym,
    blind_verify_with_nym, keygen, nym_commit, proof_gen, proof_gen_with_nym, proof_verify,
    proof_verify_with_nym, sign, sk_to_pk, verify,
};

use crate::bbs::{CONTEXT, HEADER, PH, SHOWN, messages};

/// A signature over messages.
pub struct Signed {
    key: SecretKey,
    public: PublicKey,
    messages: Vec<Vec<u8>>,
    signature: Signature,
}

impl Signed {
    pub fn new(length: usize) -> Self {
        let key = keygen(&[7; 32], b"").expect("a key");
        let public = sk_to_pk(&key);
        let messages = messages(length);
        let signature = sign(&key, &public, HEADER, &slices(&messages)).expect("signed");
        Self {
            key,
            public,
            messages,
            signature,
        }
    }

    pub fn sign(self) -> impl FnMut() -> Signature {
        move || sign(&self.key, &self.public, HEADER, &slices(&self.messages)).expect("signed")
    }

    pub fn verify(self) -> impl FnMut() {
        move || {
            let messages = slices(&self.messages);
            assert!(verify(&self.public, &self.signature, HEADER, &messages).expect("judged"));
        }
    }

    pub fn prove(self) -> impl FnMut() -> Proof {
        move || {
            let messages = slices(&self.messages);
            proof_gen(&self.public, &self.signature, HEADER, PH, &messages, &SHOWN).expect("proven")
        }
    }

    pub fn check(self) -> impl FnMut() {
        let messages = slices(&self.messages);
        let proof = proof_gen(&self.public, &self.signature, HEADER, PH, &messages, &SHOWN);
        let bytes = proof.expect("proven").to_bytes().to_vec();
        move || {
            let shown = shown(&self.messages);
            let proof = Proof::from_bytes(&bytes);
            let judged = proof_verify(&self.public, &proof, HEADER, PH, &shown, &SHOWN);
            assert!(judged.expect("judged"));
        }
    }
}

/// A blind signature over 16 messages, 15 committed ones and the one nym that this crate has.
pub struct Named {
    key: SecretKey,
    public: PublicKey,
    messages: Vec<Vec<u8>>,
    committed: Vec<Vec<u8>>,
    commitment: Vec<u8>,
    blind: Scalar,
    signature: Signature,
}

impl Named {
    pub fn new() -> Self {
        let key = keygen(&[7; 32], b"").expect("a key");
        let public = sk_to_pk(&key);
        let (messages, committed) = (messages(16), messages(15));
        let (commitment, blind) = nym_commit(nym(), &slices(&committed), SUITE).expect("committed");
        let signature = issue(&key, &public, &commitment, &messages);
        Self {
            key,
            public,
            messages,
            committed,
            commitment,
            blind,
            signature,
        }
    }

    pub fn commit(self) -> impl FnMut() -> (Vec<u8>, Scalar) {
        move || nym_commit(nym(), &slices(&self.committed), SUITE).expect("committed")
    }

    pub fn issue(self) -> impl FnMut() -> Signature {
        move || issue(&self.key, &self.public, &self.commitment, &self.messages)
    }

    pub fn finalize(self) -> impl FnMut() {
        move || {
            let (messages, committed) = (slices(&self.messages), slices(&self.committed));
            let judged = blind_verify_with_nym(
                &self.public,
                &self.signature,
                HEADER,
                &messages,
                &committed,
                nym(),
                entropy(),
                self.blind,
                SUITE,
            );
            assert!(judged.expect("judged"));
        }
    }

    pub fn prove(self) -> impl FnMut() -> (Proof, Pseudonym) {
        move || self.proven()
    }

    pub fn check(self) -> impl FnMut() {
        let (proof, pseudonym) = self.proven();
        let (proof, pseudonym) = (proof.to_bytes().to_vec(), pseudonym.to_bytes());
        move || {
            let proof = Proof::from_bytes(&proof);
            let pseudonym = Pseudonym::from_bytes(&pseudonym).expect("a pseudonym");
            let judged = proof_verify_with_nym(
                &self.public,
                &proof,
                HEADER,
                PH,
                &pseudonym,
                CONTEXT,
                16,
                &shown(&self.messages),
                &SHOWN,
                &[],
                &[],
                SUITE,
            );
            assert!(judged.expect("judged"));
        }
    }

    fn proven(&self) -> (Proof, Pseudonym) {
        proof_gen_with_nym(
            &self.public,
            &self.signature,
            HEADER,
            PH,
            nym() + entropy(),
            CONTEXT,
            &slices(&self.messages),
            &SHOWN,
            &slices(&self.committed),
            &[],
            self.blind,
            SUITE,
        )
        .expect("proven")
    }
}

fn issue(
    key: &SecretKey,
    public: &PublicKey,
    commitment: &[u8],
    messages: &[Vec<u8>],
) -> Signature {
    let messages = slices(messages);
    blind_sign_with_nym(key, public, commitment, entropy(), HEADER, &messages, SUITE)
        .expect("signed")
}

fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

fn shown(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    SHOWN
        .iter()
        .map(|index| messages[*index].as_slice())
        .collect()
}

fn nym() -> Scalar {
    scalar_from_bytes(&[5; 32]).expect("a scalar")
}

fn entropy() -> Scalar {
    scalar_from_bytes(&[6; 32]).expect("a scalar")
}

const SUITE: Ciphersuite = Ciphersuite::Bls12381Sha256;
