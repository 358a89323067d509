use did::DidUrl;
use jiff::Timestamp;
use keys::{KeyError, SigningKey, base58};
use linked_data::Inline;
use serde_json::{Map, Value, json};

use crate::data_integrity::credential::Leniency;
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::proof::{MOST_PROOFS, Proof, Purpose, previous};
use crate::data_integrity::suite::{Cryptosuite, canonical, hash_data, hash_of};
use crate::data_model::{DataModel, Model};
use crate::error::IssuerFault;

/// What a proof says besides its signature (VC Data Integrity 1.0, section 2.1).
#[derive(Clone, Debug)]
pub struct ProofOptions<'a> {
    /// The suite.
    pub suite: Cryptosuite,
    /// The key's name: in the DID document of the issuer, or of the holder of a Presentation.
    pub verification_method: &'a DidUrl,
    /// What for.
    pub purpose: Purpose,
    /// When, to the second.
    pub created: Option<Timestamp>,
    /// Until when, to the second.
    pub expires: Option<Timestamp>,
    /// The proof's own name, so that later proofs can continue it.
    pub id: Option<&'a str>,
    /// The names of the proofs that this one continues.
    pub previous: &'a [String],
    /// The challenge of a Verifier.
    pub challenge: Option<&'a str>,
    /// The Verifier.
    pub domain: Option<&'a str>,
    /// What is let pass in the document.
    pub leniency: Leniency,
}

impl<'a> ProofOptions<'a> {
    /// A proof that asserts, made now.
    #[must_use]
    pub fn assertion(suite: Cryptosuite, method: &'a DidUrl, now: Timestamp) -> Self {
        Self {
            suite,
            verification_method: method,
            purpose: Purpose::AssertionMethod,
            created: Some(now),
            expires: None,
            id: None,
            previous: &[],
            challenge: None,
            domain: None,
            leniency: Leniency::None,
        }
    }

    /// The proof without its value.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut proof = Map::new();
        let mut insert = |name: &str, value: Value| proof.insert(name.to_owned(), value);
        insert("type", "DataIntegrityProof".into());
        insert("cryptosuite", self.suite.name().into());
        insert(
            "verificationMethod",
            self.verification_method.to_string().into(),
        );
        insert("proofPurpose", self.purpose.name().into());
        for (name, time) in [("created", self.created), ("expires", self.expires)] {
            if let Some(whole) = time.and_then(|time| Timestamp::from_second(time.as_second()).ok())
            {
                insert(name, whole.to_string().into());
            }
        }
        let texts = [
            ("id", self.id),
            ("challenge", self.challenge),
            ("domain", self.domain),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                insert(name, text.into());
            }
        }
        match self.previous {
            [] => None,
            [one] => insert("previousProof", one.as_str().into()),
            several => insert("previousProof", json!(several)),
        };
        proof
    }
}

/// Checks the data model of a Credential, and adds a proof to it.
///
/// # Errors
/// If the data model is broken, the verification method is not the issuer's, or as [`secure`].
pub fn issue(
    credential: Map<String, Value>,
    options: &ProofOptions<'_>,
    key: &SigningKey,
) -> Result<Map<String, Value>, SecureError> {
    check_issuer(&credential, options)?;
    secure(credential, options, key)
}

/// Checks the data model, and that the key is the Issuer's.
pub(super) fn check_issuer(
    credential: &Map<String, Value>,
    options: &ProofOptions<'_>,
) -> Result<(), SecureError> {
    let model = DataModel::of(credential);
    let read = Model::read_to_issue(model, credential).map_err(SecureError::Model)?;
    if read.issuer == options.verification_method.did().as_str() {
        Ok(())
    } else {
        Err(ProofFault::Controller.into())
    }
}

/// Adds a proof to a document, beside those that it has (VC Data Integrity 1.0, section 4.2).
///
/// # Errors
/// If the document is not plain linked data, the suite takes another kind of key or is verified
/// only, a previous proof is missing, or signing fails.
pub fn secure(
    document: Map<String, Value>,
    options: &ProofOptions<'_>,
    key: &SigningKey,
) -> Result<Map<String, Value>, SecureError> {
    secure_as(
        document,
        options.suite,
        options.members(),
        options.previous,
        key,
        options.leniency.inline(),
    )
}

pub(super) fn secure_as(
    mut document: Map<String, Value>,
    suite: Cryptosuite,
    mut proof: Map<String, Value>,
    continues: &[String],
    key: &SigningKey,
    inline: Inline,
) -> Result<Map<String, Value>, SecureError> {
    if !suite.signs_whole() || !suite.takes(key.algorithm()) {
        return Err(ProofFault::Cryptosuite.into());
    }
    let earlier = match document.contains_key("proof") {
        true => Proof::take_all(&mut document)?,
        false => Vec::new(),
    };
    if earlier.len() >= MOST_PROOFS {
        return Err(ProofFault::TooMany.into());
    }
    let contexts = document.get("@context").cloned();
    if let Some(contexts) = contexts {
        proof.insert("@context".to_owned(), contexts);
    }
    if !continues.is_empty() {
        let previous = previous(continues, &earlier)?;
        document.insert("proof".to_owned(), previous.into());
    }
    let hash = hash_of(key.algorithm());
    let config = canonical(suite, &proof, hash, inline)?;
    let data = hash_data(hash, &config, &canonical(suite, &document, hash, inline)?);
    document.remove("proof");
    let signature = key.sign(&data)?;
    if !suite.signs_json() {
        proof.remove("@context");
    }
    proof.insert("proofValue".to_owned(), base58::encode(&signature).into());
    let proof = Value::Object(proof);
    let proofs = match earlier.is_empty() {
        true => proof,
        false => earlier
            .into_iter()
            .map(Proof::into_value)
            .chain([proof])
            .collect(),
    };
    document.insert("proof".to_owned(), proofs);
    Ok(document)
}

/// Why a document was not secured.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SecureError {
    /// The data model is broken.
    #[error(transparent)]
    Model(IssuerFault),
    /// The document or the options do not suit.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
}

impl From<KeyError> for SecureError {
    fn from(_: KeyError) -> Self {
        Self::Signing
    }
}
