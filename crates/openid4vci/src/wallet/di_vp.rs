//! Key proofs of the type `di_vp` (OpenID4VCI 1.0, appendix F.2), for Issuers that read no `jwt`.

use credential::data_integrity::{Cryptosuite, ProofOptions, Purpose, secure};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::IssuanceError;
use crate::issuer::CRYPTOSUITES;

/// The suites among these names that the wallet has, in its own order.
pub(super) fn suites<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
) -> impl Iterator<Item = Cryptosuite> {
    let listed = move |suite: &Cryptosuite| names.clone().any(|name| name == suite.name());
    CRYPTOSUITES.into_iter().filter(listed)
}

/// Whether a key of this kind proves itself in one of these suites.
pub(super) fn takes(names: &[String], algorithm: Algorithm) -> bool {
    suites(names.iter().map(String::as_str)).any(|suite| suite.takes(algorithm))
}

/// Makes one proof, by the did:key of the key: nobody is named but the Issuer.
pub(super) fn prove(
    key: &SigningKey,
    names: &[String],
    identifier: &str,
    c_nonce: Option<&BearerToken>,
    now: Timestamp,
) -> Result<Map<String, Value>, IssuanceError> {
    let mut known = suites(names.iter().map(String::as_str));
    let suite = known.find(|suite| suite.takes(key.algorithm()));
    let suite = suite.ok_or(IssuanceError::Keys)?;
    let method = did::key::verification_method(key.public());
    let presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": method.did(),
    });
    let Value::Object(presentation) = presentation else {
        return Err(IssuanceError::Keys);
    };
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: c_nonce.map(BearerToken::expose),
        domain: Some(identifier),
        ..ProofOptions::assertion(suite, &method, now)
    };
    secure(presentation, &options, key).map_err(|_| IssuanceError::Keys)
}
