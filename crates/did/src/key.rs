//! did:key: the identifier is the public key (W3C CCG, The did:key Method).

use std::sync::LazyLock;

use keys::{KeyKind, PublicKey};
use serde_json::{Value, json};

use crate::{Did, DidDocument, DidError, DidUrl, Method, VerificationMethod};

/// The DID of a key.
#[must_use]
pub fn did(key: &PublicKey) -> Did {
    verification_method(key).did().clone()
}

/// The DID URL of the key's only verification method.
#[must_use]
pub fn verification_method(key: &PublicKey) -> DidUrl {
    let multikey = key.multikey();
    #[expect(
        clippy::expect_used,
        reason = "base58 is lawful in a DID and in a fragment"
    )]
    DidUrl::parse(&format!("did:key:{multikey}#{multikey}")).expect("a multikey makes a DID")
}

/// The document of a did:key: one Multikey, for every signing role if its kind can sign, or for key
/// agreement if it can do that alone (X25519).
///
/// # Errors
/// [`DidError::Key`] if the identifier is not a key that is supported, [`DidError::Unsupported`]
/// if the DID is of another method.
pub fn document(did: &Did) -> Result<DidDocument, DidError> {
    let (kind, key) = read(did)?;
    let parsed = match kind {
        KeyKind::Bls12381G2 | KeyKind::X25519 => None,
        KeyKind::Ed25519 | KeyKind::P256 | KeyKind::P384 => Some(PublicKey::of_kind(kind, &key)?),
    };
    let multikey = did.specific();
    let method = VerificationMethod::multikey(did, multikey, multikey, parsed);
    Ok(match kind {
        KeyKind::X25519 => DidDocument::agreement_only(did.clone(), method, &CONTEXT),
        _ => DidDocument::new(did.clone(), vec![method], &CONTEXT),
    })
}

/// The key that the identifier is, without its document, if it is one of ours.
///
/// # Errors
/// As [`document`].
pub fn public_key(did: &Did) -> Result<PublicKey, DidError> {
    let (kind, key) = read(did)?;
    Ok(PublicKey::of_kind(kind, &key)?)
}

fn read(did: &Did) -> Result<(KeyKind, Vec<u8>), DidError> {
    if did.method() != Method::Key {
        return Err(DidError::Unsupported);
    }
    Ok(keys::read_multikey(did.specific())?)
}

/// Contexts of a document with Multikeys.
pub(crate) static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/multikey/v1",
    ])
});
