//! did:jwk: the identifier is a JSON Web Key (the did:jwk method specification).

use std::sync::LazyLock;

use keys::{Jwk, KeyError, PublicKey, base64url};
use serde::Deserialize as _;
use serde_json::{Value, json};
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

/// The document of a did:jwk: the key as it was written, for every signing role, or for key
/// agreement if it can do that alone (X25519).
///
/// A private key, and a key of a signing kind for encryption only (`"use": "enc"`), are refused.
///
/// # Errors
/// [`DidError::Syntax`] if the identifier is not base64url, [`DidError::Document`] if it is not
/// JSON, [`DidError::Key`] if it is not a key that is supported, [`DidError::Unsupported`] if the
/// DID is of another method.
pub fn document(did: &Did) -> Result<DidDocument, DidError> {
    let jwk = read(did)?;
    if agrees_only(&jwk)? {
        let method = VerificationMethod::jwk(did, FRAGMENT, jwk, None);
        return Ok(DidDocument::agreement_only(did.clone(), method, &CONTEXT));
    }
    let key = read_jwk(&jwk)?;
    let signs_only = jwk.get("use").is_some();
    let method = VerificationMethod::jwk(did, FRAGMENT, jwk, Some(key));
    let document = DidDocument::new(did.clone(), vec![method], &CONTEXT);
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
    read_jwk(&read(did)?)
}

fn read(did: &Did) -> Result<Value, DidError> {
    if did.method() != Method::Jwk {
        return Err(DidError::Unsupported);
    }
    let json = base64url::decode(did.specific()).map_err(|_| DidError::Syntax)?;
    Ok(strict_json::parse(&json, Limits::default())?)
}

/// Whether it is an X25519 key (RFC 8037, section 2), and a sound one.
fn agrees_only(jwk: &Value) -> Result<bool, DidError> {
    let name = |name| jwk.get(name).and_then(Value::as_str);
    if (name("kty"), name("crv")) != (Some("OKP"), Some("X25519")) {
        return Ok(false);
    }
    let jwk = Jwk::deserialize(jwk).map_err(|_| KeyError::Malformed)?;
    let sound = base64url::decode_array::<32>(&jwk.x).is_ok() && jwk.y.is_none();
    if jwk.use_.is_some_and(|purpose| purpose != "enc") {
        return Err(KeyError::Unusable.into());
    }
    match sound {
        true => Ok(true),
        false => Err(KeyError::Malformed.into()),
    }
}

const FRAGMENT: &str = "0";
static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/suites/jws-2020/v1",
    ])
});
