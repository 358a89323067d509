//! did:jwk: the identifier is a JSON Web Key (the did:jwk method specification).

use keys::{Jwk, PublicKey, base64url};
use serde_json::Value;
use strict_json::Limits;

use crate::document::read_jwk;
use crate::{Did, DidDocument, DidError, DidUrl, Method, VerificationMethod};

/// The DID of a key, over its required members in alphabetical order.
///
/// One key can have many such DIDs, as JSON can be written in many ways: keep the DID, not the key.
#[must_use]
pub fn did(key: &PublicKey) -> Did {
    verification_method(key).did().clone()
}

/// The DID URL of the key's only verification method, `#0`.
#[must_use]
pub fn verification_method(key: &PublicKey) -> DidUrl {
    let Jwk { kty, crv, x, y, .. } = key.jwk();
    let json = match y {
        None => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#),
        Some(y) => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#),
    };
    #[expect(clippy::expect_used, reason = "base64url is lawful in a DID")]
    DidUrl::parse(&format!("did:jwk:{}#{FRAGMENT}", base64url::encode(json))).expect("a DID")
}

/// The document of a did:jwk: the key as it was written, for every signing role.
///
/// A private key, and a key for encryption only (`"use": "enc"`), are refused.
///
/// # Errors
/// [`DidError::Syntax`] if the identifier is not base64url, [`DidError::Document`] if it is not
/// JSON, [`DidError::Key`] if it is not a key that is supported, [`DidError::Unsupported`] if the
/// DID is of another method.
pub fn document(did: &Did) -> Result<DidDocument, DidError> {
    let (jwk, key) = read(did)?;
    let signs_only = jwk.get("use").is_some();
    let method = VerificationMethod::jwk(did, FRAGMENT, jwk, key);
    let document = DidDocument::new(did.clone(), vec![method], CONTEXTS);
    Ok(if signs_only {
        document
    } else {
        document.agreeing()
    })
}

/// The key that the identifier is, without its document.
///
/// # Errors
/// As [`document`].
pub fn public_key(did: &Did) -> Result<PublicKey, DidError> {
    read(did).map(|(_, key)| key)
}

fn read(did: &Did) -> Result<(Value, PublicKey), DidError> {
    if did.method() != Method::Jwk {
        return Err(DidError::Unsupported);
    }
    let json = base64url::decode(did.specific()).map_err(|_| DidError::Syntax)?;
    let jwk: Value = strict_json::parse(&json, Limits::default())?;
    let key = read_jwk(&jwk)?;
    Ok((jwk, key))
}

const FRAGMENT: &str = "0";
const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/jws-2020/v1",
];
