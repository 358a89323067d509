use keys::{base64url, sha256};
use serde_json::Value;
use strict_json::Limits;

use crate::error::PeerFault;

/// One Disclosure (RFC 9901, section 4.2), with its digest.
pub(super) struct Disclosure {
    pub(super) digest: String,
    pub(super) content: Content,
}

/// What a Disclosure discloses. The salt has done its work once the digest is known.
pub(super) enum Content {
    /// `[salt, name, value]`, for an object.
    Claim(String, Value),
    /// `[salt, value]`, for an array.
    Element(Value),
}

impl Disclosure {
    /// Reads the base64url form, which is what the digest covers (RFC 9901, section 4.2.3).
    pub(super) fn parse(encoded: &str) -> Result<Self, PeerFault> {
        let json = base64url::decode(encoded).map_err(|_| PeerFault::Disclosure)?;
        let Value::Array(elements) = strict_json::parse(&json, Limits::default())? else {
            return Err(PeerFault::Disclosure);
        };
        let mut elements = elements.into_iter();
        let content = match (
            elements.next(),
            elements.next(),
            elements.next(),
            elements.next(),
        ) {
            (Some(Value::String(_)), Some(Value::String(name)), Some(value), None) => {
                Content::Claim(name, value)
            }
            (Some(Value::String(_)), Some(value), None, None) => Content::Element(value),
            _ => return Err(PeerFault::Disclosure),
        };
        Ok(Self {
            digest: digest(encoded),
            content,
        })
    }
}

/// The digest of a base64url Disclosure: base64url(SHA-256(ASCII(encoded))).
pub(super) fn digest(encoded: &str) -> String {
    base64url::encode(sha256(encoded.as_bytes()))
}
