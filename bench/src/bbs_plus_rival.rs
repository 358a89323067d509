//! The nearest that bbs_plus has: the paper's BBS signatures over scalars, parameters prepared.

use std::collections::BTreeMap;

use ark_bls12_381::{Bls12_381, Fr};
use ark_serialize::CanonicalSerialize as _;
use ark_std::UniformRand as _;
use ark_std::rand::SeedableRng as _;
use ark_std::rand::rngs::StdRng;
use bbs_plus::prelude::{
    KeypairG2, PreparedPublicKeyG2, PreparedSignatureParams23G1, Signature23G1, SignatureParams23G1,
};
use bbs_plus::proof_23_ietf::{PoKOfSignature23G1Proof, PoKOfSignature23G1Protocol};
use blake2::Blake2b512;
use dock_crypto_utils::signature::MessageOrBlinding;
use schnorr_pok::compute_random_oracle_challenge;

use crate::bbs::SHOWN;

/// A signature over messages.
pub struct Signed {
    key: KeypairG2<Bls12_381>,
    params: SignatureParams23G1<Bls12_381>,
    prepared: (
        PreparedPublicKeyG2<Bls12_381>,
        PreparedSignatureParams23G1<Bls12_381>,
    ),
    messages: Vec<Fr>,
    signature: Signature23G1<Bls12_381>,
    shown: BTreeMap<usize, Fr>,
    rng: StdRng,
}

impl Signed {
    pub fn new(length: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(7);
        let messages: Vec<Fr> = (0..length).map(|_| Fr::rand(&mut rng)).collect();
        let length = u32::try_from(length).expect("small");
        let params = SignatureParams23G1::generate_using_rng(&mut rng, length);
        let key = KeypairG2::generate_using_rng_and_bbs23_params(&mut rng, &params);
        let signature =
            Signature23G1::new(&mut rng, &messages, &key.secret_key, &params).expect("signed");
        let prepared = (key.public_key.clone().into(), params.clone().into());
        let shown = SHOWN
            .iter()
            .map(|index| (*index, messages[*index]))
            .collect();
        Self {
            key,
            params,
            prepared,
            messages,
            signature,
            shown,
            rng,
        }
    }

    pub fn sign(mut self) -> impl FnMut() -> Signature23G1<Bls12_381> {
        move || {
            let Self {
                key,
                params,
                messages,
                rng,
                ..
            } = &mut self;
            Signature23G1::new(rng, messages, &key.secret_key, params).expect("signed")
        }
    }

    pub fn verify(self) -> impl FnMut() {
        move || {
            let (key, params) = self.prepared.clone();
            self.signature
                .verify(&self.messages, key, params)
                .expect("valid");
        }
    }

    pub fn prove(mut self) -> impl FnMut() -> PoKOfSignature23G1Proof<Bls12_381> {
        move || self.proven()
    }

    pub fn check(mut self) -> impl FnMut() {
        let proof = self.proven();
        move || {
            let mut input = Vec::new();
            self.key
                .public_key
                .serialize_compressed(&mut input)
                .expect("written");
            proof
                .challenge_contribution(&self.shown, &self.params, &mut input)
                .expect("written");
            let challenge = compute_random_oracle_challenge::<Fr, Blake2b512>(&input);
            let (key, params) = self.prepared.clone();
            proof
                .verify(&self.shown, &challenge, key, params)
                .expect("valid");
        }
    }

    fn proven(&mut self) -> PoKOfSignature23G1Proof<Bls12_381> {
        let Self {
            key,
            params,
            messages,
            signature,
            shown,
            rng,
            ..
        } = self;
        let messages = messages.iter().enumerate().map(|(index, message)| {
            if shown.contains_key(&index) {
                MessageOrBlinding::RevealMessage(message)
            } else {
                MessageOrBlinding::BlindMessageRandomly(message)
            }
        });
        let protocol =
            PoKOfSignature23G1Protocol::init(rng, signature, params, messages).expect("begun");
        let mut input = Vec::new();
        key.public_key
            .serialize_compressed(&mut input)
            .expect("written");
        protocol
            .challenge_contribution(shown, params, &mut input)
            .expect("written");
        let challenge = compute_random_oracle_challenge::<Fr, Blake2b512>(&input);
        protocol.gen_proof(&challenge).expect("proven")
    }
}
