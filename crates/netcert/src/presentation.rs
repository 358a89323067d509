use keys::sha256;
use serde_json::{Map, Value};
use strict_json::CanonicalError;

use crate::fields::Fields;
use crate::{PROFILE, PseudonymContext};

/// What one presentation is bound to (the presentation header).
///
/// A Verifier computes it from what it sent. Replayed, relayed to another Verifier or sent in
/// answer to another request, a presentation does not verify.
#[derive(Clone, Copy, Debug)]
pub struct PresentationHeader<'a> {
    /// The Verifier's nonce.
    pub nonce: &'a str,
    /// The Verifier, with its prefix.
    pub client_id: &'a str,
    /// Where the presentation goes.
    pub response_uri: &'a str,
    /// The digest of the request ([`request_digest`]).
    pub request_digest: [u8; 32],
}

impl PresentationHeader<'_> {
    /// The bytes, which also tell a presentation with a pseudonym from one without.
    pub(crate) fn bytes(&self, context: Option<&PseudonymContext>) -> Vec<u8> {
        let fields = Fields::new("net-certificate/presentation")
            .string(PROFILE)
            .string(self.nonce)
            .string(self.client_id)
            .string(self.response_uri)
            .bytes(&self.request_digest);
        match context {
            None => fields.number(0).finish(),
            Some(context) => fields.number(1).bytes(&context.id()).finish(),
        }
    }
}

/// The digest of a request: SHA-256 of its parameters in canonical form (RFC 8785).
///
/// Left out is what says nothing about the request: who signed it when and for whom (`aud`, `exp`,
/// `iat`, `iss`, `nbf`), and the nonce by which a Wallet fetched it (`wallet_nonce`).
///
/// # Errors
/// [`CanonicalError`] for a value that RFC 8785 does not write.
pub fn request_digest(parameters: &Map<String, Value>) -> Result<[u8; 32], CanonicalError> {
    let kept: Map<String, Value> = parameters
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let canonical = strict_json::canonicalize_object(&kept)?;
    Ok(sha256(canonical.as_bytes()))
}

const LEFT_OUT: [&str; 6] = ["aud", "exp", "iat", "iss", "nbf", "wallet_nonce"];
