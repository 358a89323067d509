//! A document with one proof, taken apart.

use linked_data::{Hash, Inline};
use serde_json::{Map, Value};

use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::suite::{Cryptosuite, canonical};

/// What a Holder derives from.
#[derive(Clone)]
pub(super) struct Parts {
    /// The document without its one proof.
    pub(super) document: Map<String, Value>,
    /// The proof without its value.
    pub(super) proof: Map<String, Value>,
    pub(super) value: String,
}

impl Parts {
    /// Takes a document apart whose only proof is of this suite.
    pub(super) fn of(
        credential: &Map<String, Value>,
        suite: Cryptosuite,
    ) -> Result<Self, ProofFault> {
        let mut document = credential.clone();
        let Some(Value::Object(mut proof)) = document.remove("proof") else {
            return Err(ProofFault::Missing("proof"));
        };
        if proof.get("cryptosuite").and_then(Value::as_str) != Some(suite.name()) {
            return Err(ProofFault::Cryptosuite);
        }
        match proof.remove("proofValue") {
            Some(Value::String(value)) => Ok(Self {
                document,
                proof,
                value,
            }),
            _ => Err(ProofFault::Missing("proofValue")),
        }
    }

    /// Puts together what was taken apart elsewhere.
    pub(super) fn new(
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        value: &str,
    ) -> Self {
        Self {
            document: document.clone(),
            proof: proof.clone(),
            value: value.to_owned(),
        }
    }

    /// Puts the part that is shown and another proof value together.
    pub(super) fn derived(
        mut self,
        mut revealed: Map<String, Value>,
        value: String,
    ) -> Map<String, Value> {
        self.proof.insert("proofValue".to_owned(), value.into());
        revealed.insert("proof".to_owned(), Value::Object(self.proof));
        revealed
    }
}

/// The hash of the proof configuration.
pub(super) fn config_hash(
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    inline: Inline,
) -> Result<Vec<u8>, ProofFault> {
    let mut config = proof.clone();
    config.remove("proofValue");
    if let Some(contexts) = document.get("@context") {
        config.insert("@context".to_owned(), contexts.clone());
    }
    // Every suite that signs statements transforms the configuration alike.
    let text = canonical(Cryptosuite::EcdsaSd2023, &config, Hash::Sha256, inline)?;
    Ok(Hash::Sha256.digest(&text))
}
