//! The same by zkryptium.

use zkryptium::bbsplus::ciphersuites::Bls12381Sha256;
use zkryptium::bbsplus::commitment::BlindFactor;
use zkryptium::bbsplus::pseudonym::{BBSplusPseudonym, PseudonymSecret};
use zkryptium::keys::pair::KeyPair;
use zkryptium::schemes::algorithms::BbsBls12381Sha256 as Suite;
use zkryptium::schemes::generics;

use crate::bbs::{CONTEXT, HEADER, PH, SHOWN, messages};

type Proof = generics::PoKSignature<Suite>;
type Signature = generics::Signature<Suite>;
type BlindSignature = generics::BlindSignature<Suite>;
type Commitment = generics::Commitment<Suite>;

/// A signature over messages.
pub struct Signed {
    key: KeyPair<Suite>,
    messages: Vec<Vec<u8>>,
    signature: Signature,
}

impl Signed {
    pub fn new(length: usize) -> Self {
        let key = key();
        let messages = messages(length);
        let signature = sign(&key, &messages);
        Self {
            key,
            messages,
            signature,
        }
    }

    pub fn sign(self) -> impl FnMut() -> Signature {
        move || sign(&self.key, &self.messages)
    }

    pub fn verify(self) -> impl FnMut() {
        move || {
            let judged =
                self.signature
                    .verify(self.key.public_key(), Some(&self.messages), Some(HEADER));
            judged.expect("valid");
        }
    }

    pub fn prove(self) -> impl FnMut() -> Proof {
        let signature = self.signature.to_bytes();
        move || prove(&self.key, &signature, &self.messages)
    }

    pub fn check(self) -> impl FnMut() {
        let bytes = prove(&self.key, &self.signature.to_bytes(), &self.messages).to_bytes();
        let shown = shown(&self.messages);
        move || {
            let proof = Proof::from_bytes(&bytes).expect("a proof");
            let judged = proof.proof_verify(
                self.key.public_key(),
                Some(&shown),
                Some(&SHOWN),
                Some(HEADER),
                Some(PH),
            );
            judged.expect("valid");
        }
    }
}

/// A blind signature over 16 messages and 16 nyms.
pub struct Named {
    key: KeyPair<Suite>,
    messages: Vec<Vec<u8>>,
    nyms: Vec<PseudonymSecret>,
    entropy: PseudonymSecret,
    commitment: Vec<u8>,
    blind: BlindFactor,
    signature: BlindSignature,
    secrets: Vec<PseudonymSecret>,
}

impl Named {
    pub fn new() -> Self {
        let (key, messages) = (key(), messages(16));
        let nyms = PseudonymSecret::random_vec(16);
        let entropy = PseudonymSecret::random();
        let (commitment, blind) =
            Commitment::commit_with_nym(None, nyms.clone()).expect("committed");
        let commitment = commitment.to_bytes();
        let signature = issue(&key, &commitment, &entropy, &messages);
        let secrets = finalize(&key, &signature, &messages, &nyms, &entropy, &blind);
        Self {
            key,
            messages,
            nyms,
            entropy,
            commitment,
            blind,
            signature,
            secrets,
        }
    }

    pub fn commit(self) -> impl FnMut() -> (Commitment, BlindFactor) {
        move || Commitment::commit_with_nym(None, self.nyms.clone()).expect("committed")
    }

    pub fn issue(self) -> impl FnMut() -> BlindSignature {
        move || issue(&self.key, &self.commitment, &self.entropy, &self.messages)
    }

    pub fn finalize(self) -> impl FnMut() -> Vec<PseudonymSecret> {
        move || {
            let Self {
                key,
                signature,
                messages,
                nyms,
                entropy,
                blind,
                ..
            } = &self;
            finalize(key, signature, messages, nyms, entropy, blind)
        }
    }

    pub fn prove(self) -> impl FnMut() -> (Proof, BBSplusPseudonym) {
        move || self.proven()
    }

    pub fn check(self) -> impl FnMut() {
        let (proof, pseudonym) = self.proven();
        let (proof, pseudonym) = (proof.to_bytes(), pseudonym.to_bytes());
        let shown = shown(&self.messages);
        move || {
            let proof = Proof::from_bytes(&proof).expect("a proof");
            let pseudonym = BBSplusPseudonym::from_bytes(&pseudonym).expect("a pseudonym");
            let judged = proof.proof_verify_with_nym(
                self.key.public_key(),
                Some(HEADER),
                Some(PH),
                &pseudonym,
                CONTEXT,
                16,
                Some(16),
                Some(&shown),
                None,
                Some(&SHOWN),
                None,
            );
            judged.expect("valid");
        }
    }

    fn proven(&self) -> (Proof, BBSplusPseudonym) {
        Proof::proof_gen_with_nym(
            self.key.public_key(),
            &self.signature.to_bytes(),
            Some(HEADER),
            Some(PH),
            &self.secrets,
            CONTEXT,
            Some(&self.messages),
            None,
            Some(&SHOWN),
            None,
            Some(&self.blind),
        )
        .expect("proven")
    }
}

fn key() -> KeyPair<Suite> {
    KeyPair::<zkryptium::schemes::algorithms::BBSplus<Bls12381Sha256>>::generate(
        &[7; 32], None, None,
    )
    .expect("a key")
}

fn sign(key: &KeyPair<Suite>, messages: &[Vec<u8>]) -> Signature {
    Signature::sign(
        Some(messages),
        key.private_key(),
        key.public_key(),
        Some(HEADER),
    )
    .expect("signed")
}

fn prove(key: &KeyPair<Suite>, signature: &[u8], messages: &[Vec<u8>]) -> Proof {
    Proof::proof_gen(
        key.public_key(),
        signature,
        Some(HEADER),
        Some(PH),
        Some(messages),
        Some(&SHOWN),
    )
    .expect("proven")
}

fn issue(
    key: &KeyPair<Suite>,
    commitment: &[u8],
    entropy: &PseudonymSecret,
    messages: &[Vec<u8>],
) -> BlindSignature {
    BlindSignature::blind_sign_with_nym(
        key.private_key(),
        key.public_key(),
        Some(commitment),
        16,
        Some(HEADER),
        entropy,
        Some(messages),
    )
    .expect("signed")
}

fn finalize(
    key: &KeyPair<Suite>,
    signature: &BlindSignature,
    messages: &[Vec<u8>],
    nyms: &[PseudonymSecret],
    entropy: &PseudonymSecret,
    blind: &BlindFactor,
) -> Vec<PseudonymSecret> {
    signature
        .verify_finalize_with_nym(
            key.public_key(),
            Some(HEADER),
            Some(messages),
            None,
            nyms.to_vec(),
            Some(entropy),
            Some(blind),
        )
        .expect("valid")
}

fn shown(messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    SHOWN.iter().map(|index| messages[*index].clone()).collect()
}
