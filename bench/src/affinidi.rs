//! Data Integrity proofs by affinidi-data-integrity.

use affinidi_data_integrity::crypto_suites::CryptoSuite;
use affinidi_data_integrity::{
    DataIntegrityError, DataIntegrityProof, DidKeyResolver, SignOptions, VerifyOptions,
};
use affinidi_secrets_resolver::secrets::Secret;
use did::DidUrl;
use keys::SigningKey;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use crate::fixture::runtime;

/// An Issuer with an Ed25519 key.
pub struct Affinidi {
    secret: Secret,
    suite: CryptoSuite,
    waiting: Runtime,
}

impl Affinidi {
    pub fn new(method: &DidUrl, key: &SigningKey, suite: CryptoSuite) -> Self {
        let seed = key.expose_secret();
        let seed: &[u8; 32] = seed.as_slice().try_into().expect("32 bytes");
        Self {
            secret: Secret::generate_ed25519(Some(&method.to_string()), Some(seed)),
            suite,
            waiting: runtime(),
        }
    }

    /// Adds a proof; a context goes into it as the suite wants.
    pub fn issue(&self, document: &Map<String, Value>) -> String {
        let contexts = document["@context"].as_array().expect("contexts").iter();
        let contexts = contexts.map(|one| one.as_str().expect("an address").to_owned());
        let options = SignOptions::new()
            .with_cryptosuite(self.suite)
            .with_context(contexts.collect());
        let signed = DataIntegrityProof::sign(document, &self.secret, options);
        let proof = self.waiting.block_on(signed).expect("signed");
        let mut secured = document.clone();
        let proof = serde_json::to_value(proof).expect("JSON");
        secured.insert("proof".to_owned(), proof);
        serde_json::to_string(&secured).expect("JSON")
    }

    /// From the text, with the key read from the did:key.
    pub fn verify(&self, text: &str) -> Result<(), DataIntegrityError> {
        let mut document: Map<String, Value> = serde_json::from_str(text).expect("an object");
        let proof = document.remove("proof").expect("a proof");
        let proof: DataIntegrityProof = serde_json::from_value(proof).expect("a proof");
        let verified = proof.verify(&document, &DidKeyResolver, VerifyOptions::new());
        self.waiting.block_on(verified)
    }
}
