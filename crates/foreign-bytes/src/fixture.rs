//! Fixed keys, a fixed time and numbers that only look random.

use std::convert::Infallible;

use credential::{Challenge, IssuerKey, KeyReference, KeySource};
use did::{DidDocument, DidUrl};
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Map, Value, json};

/// When everything here takes place.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// The Issuer. Its signatures are the same in every run, so that a corpus stays good.
pub(crate) fn issuer() -> SigningKey {
    key(Algorithm::EdDsa, 1)
}

pub(crate) fn holder() -> SigningKey {
    key(Algorithm::EdDsa, 2)
}

pub(crate) fn verifier() -> SigningKey {
    key(Algorithm::EdDsa, 3)
}

/// A key that never signed anything.
pub(crate) fn stranger() -> SigningKey {
    key(Algorithm::EdDsa, 9)
}

pub(crate) fn key(algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &vec![seed; algorithm.secret_length()]).expect("a key")
}

pub(crate) fn method(key: &SigningKey) -> DidUrl {
    did::key::verification_method(key.public())
}

pub(crate) fn reference(key: &SigningKey) -> KeyReference {
    KeyReference::KeyId(method(key).to_string())
}

/// "Evidence" that a key belongs to whatever Issuer a token names. `None` for a chain.
pub(crate) fn evidence(source: &KeySource, key: &SigningKey) -> Option<IssuerKey> {
    match source {
        KeySource::Did(_) => evidence_of(source, &key.public().multikey()),
        KeySource::WellKnown { issuer, kid } => {
            let mut jwk = serde_json::to_value(key.public().jwk()).expect("a JWK");
            if let (Some(kid), Some(jwk)) = (kid, jwk.as_object_mut()) {
                jwk.insert("kid".to_owned(), kid.as_str().into());
            }
            let metadata = json!({"issuer": issuer, "jwks": {"keys": [jwk]}});
            IssuerKey::from_issuer_metadata(source, metadata.to_string().as_bytes()).ok()
        }
        KeySource::X509 { .. } => None,
    }
}

/// The same for a key of any kind. `None` for an Issuer without a DID.
pub(crate) fn evidence_of(source: &KeySource, multikey: &str) -> Option<IssuerKey> {
    let KeySource::Did(url) = source else {
        return None;
    };
    let document = json!({
        "id": url.did(),
        "verificationMethod": [{
            "id": url.to_string(),
            "type": "Multikey",
            "controller": url.did(),
            "publicKeyMultibase": multikey,
        }],
        "assertionMethod": [url.to_string()],
    });
    let document = DidDocument::parse(document.to_string().as_bytes(), url.did()).ok()?;
    IssuerKey::from_did_document(source, &document).ok()
}

pub(crate) fn challenge() -> Challenge {
    Challenge {
        audience: "https://verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Numbers that are the same in every run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Numbers(u64);

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            let block = keys::sha256(&self.0.to_be_bytes());
            chunk
                .iter_mut()
                .zip(block)
                .for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

impl TryCryptoRng for Numbers {}
