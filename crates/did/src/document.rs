use std::borrow::Cow;
use std::sync::Arc;

use keys::{KeyKind, PublicKey};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use strict_json::Limits;

use crate::{Did, DidError, DidUrl};

/// A DID document (DID Core 1.0, section 5), as far as it is about signing keys.
///
/// Foreign documents may hold kinds of keys that are unknown here: nothing is judged before
/// [`DidDocument::key`] asks for one.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DidDocument {
    #[serde(rename = "@context", default, skip_serializing_if = "is_null")]
    context: Cow<'static, Value>,
    id: Did,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    verification_method: Vec<VerificationMethod>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    assertion_method: Entries,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    authentication: Entries,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    capability_delegation: Entries,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    capability_invocation: Entries,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    key_agreement: Entries,
}

/// What a key may do for the DID (DID Core 1.0, section 5.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Relationship {
    /// Making claims: an Issuer's key.
    Assertion,
    /// Proving to be the DID's subject: a Holder's or Verifier's key.
    Authentication,
}

impl DidDocument {
    /// Reads a document that was fetched for one DID.
    ///
    /// # Errors
    /// [`DidError::Document`] if it cannot be read (64 KiB at most), [`DidError::Id`] if it
    /// describes another DID.
    pub fn parse(json: &[u8], expected: &Did) -> Result<Self, DidError> {
        let document: Self = strict_json::from_slice(json, Limits::default())?;
        if document.id != *expected {
            return Err(DidError::Id);
        }
        Ok(document)
    }

    /// Finds the key that a DID URL names, if it may act in this role.
    ///
    /// # Errors
    /// As [`Self::method`], [`DidError::Unsupported`] or [`DidError::Key`].
    pub fn key(&self, url: &DidUrl, role: Relationship) -> Result<PublicKey, DidError> {
        self.method(url, role)?.public_key()
    }

    /// Finds the verification method that a DID URL names, if it may act in this role.
    ///
    /// The method must stand under the relationship, by reference or embedded, and be controlled
    /// by the document's own DID: else a document could lend its name to a stranger's key.
    ///
    /// # Errors
    /// [`DidError::Id`], [`DidError::Relationship`], [`DidError::Missing`],
    /// [`DidError::Ambiguous`] or [`DidError::Controller`].
    pub fn method(
        &self,
        url: &DidUrl,
        role: Relationship,
    ) -> Result<&VerificationMethod, DidError> {
        if *url.did() != self.id {
            return Err(DidError::Id);
        }
        let entries = match role {
            Relationship::Assertion => &self.assertion_method,
            Relationship::Authentication => &self.authentication,
        };
        let entry = entries
            .0
            .iter()
            .find(|entry| url.is(entry.id()))
            .ok_or_else(|| {
                match self
                    .verification_method
                    .iter()
                    .any(|method| url.is(&method.id))
                {
                    true => DidError::Relationship,
                    false => DidError::Missing,
                }
            })?;
        let mut named = self
            .verification_method
            .iter()
            .filter(|method| url.is(&method.id));
        let method = match (entry, named.next(), named.next()) {
            (Entry::Embedded(method), None, _) | (Entry::Reference(_), Some(method), None) => {
                method
            }
            (Entry::Reference(_), None, _) => return Err(DidError::Missing),
            _ => return Err(DidError::Ambiguous),
        };
        if method.controller != self.id.as_str() {
            return Err(DidError::Controller);
        }
        Ok(method)
    }

    /// The DID that the document describes.
    #[must_use]
    pub fn id(&self) -> &Did {
        &self.id
    }

    /// The verification methods of the document, embedded ones aside.
    #[must_use]
    pub fn verification_methods(&self) -> &[VerificationMethod] {
        &self.verification_method
    }

    /// A document whose keys may act in every signing role.
    pub(crate) fn new(id: Did, methods: Vec<VerificationMethod>, context: &'static Value) -> Self {
        let all = Entries::naming(&methods);
        Self {
            context: Cow::Borrowed(context),
            id,
            verification_method: methods,
            assertion_method: all.clone(),
            authentication: all.clone(),
            capability_delegation: all.clone(),
            capability_invocation: all,
            key_agreement: Entries::default(),
        }
    }

    /// A document whose key may do nothing but agree on secrets.
    pub(crate) fn agreement_only(
        id: Did,
        method: VerificationMethod,
        context: &'static Value,
    ) -> Self {
        let methods = vec![method];
        Self {
            context: Cow::Borrowed(context),
            id,
            key_agreement: Entries::naming(&methods),
            verification_method: methods,
            assertion_method: Entries::default(),
            authentication: Entries::default(),
            capability_delegation: Entries::default(),
            capability_invocation: Entries::default(),
        }
    }

    /// Lists all keys for key agreement too, as did:jwk prescribes for a key without `use`.
    pub(crate) fn agreeing(mut self) -> Self {
        self.key_agreement = self.authentication.clone();
        self
    }
}

/// A verification method (DID Core 1.0, section 5.2), as it travels.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
    id: String,
    #[serde(rename = "type")]
    kind: Cow<'static, str>,
    controller: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key_jwk: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key_multibase: Option<String>,
    /// The key of a document that was made here, so that it is parsed once.
    #[serde(skip)]
    parsed: Option<PublicKey>,
}

impl VerificationMethod {
    /// The identifier: a DID URL, or `#fragment`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type, such as `Multikey`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The DID that controls the key, whatever its method.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.controller
    }

    /// A key of a kind that is `parsed` here, or that its users parse for themselves.
    pub(crate) fn multikey(
        controller: &Did,
        fragment: &str,
        text: &str,
        parsed: Option<PublicKey>,
    ) -> Self {
        Self {
            id: [controller.as_str(), "#", fragment].concat(),
            kind: Cow::Borrowed(MULTIKEY),
            controller: controller.as_str().to_owned(),
            public_key_jwk: None,
            public_key_multibase: Some(text.to_owned()),
            parsed,
        }
    }

    /// As [`Self::multikey`].
    pub(crate) fn jwk(
        controller: &Did,
        fragment: &str,
        jwk: Value,
        parsed: Option<PublicKey>,
    ) -> Self {
        Self {
            id: [controller.as_str(), "#", fragment].concat(),
            kind: Cow::Borrowed(JSON_WEB_KEY_2020),
            controller: controller.as_str().to_owned(),
            public_key_jwk: Some(jwk),
            public_key_multibase: None,
            parsed,
        }
    }

    /// The key, if it is of a kind that signs.
    ///
    /// # Errors
    /// [`DidError::Unsupported`] or [`DidError::Key`].
    pub fn public_key(&self) -> Result<PublicKey, DidError> {
        if let Some(key) = &self.parsed {
            return Ok(key.clone());
        }
        match (
            &*self.kind,
            &self.public_key_multibase,
            &self.public_key_jwk,
        ) {
            (MULTIKEY, Some(text), None) => Ok(PublicKey::from_multikey(text)?),
            (ED25519_2020, Some(text), None) => {
                let key = PublicKey::from_multikey(text)?;
                match key.algorithm() {
                    keys::Algorithm::EdDsa => Ok(key),
                    keys::Algorithm::Es256 | keys::Algorithm::Es384 => {
                        Err(keys::KeyError::Malformed.into())
                    }
                }
            }
            (JSON_WEB_KEY | JSON_WEB_KEY_2020, None, Some(jwk)) => read_jwk(jwk),
            (MULTIKEY | ED25519_2020 | JSON_WEB_KEY | JSON_WEB_KEY_2020, ..) => {
                Err(keys::KeyError::Malformed.into())
            }
            _ => Err(DidError::Unsupported),
        }
    }

    /// The kind and the bytes of a Multikey, for kinds of keys that others parse (BBS).
    ///
    /// # Errors
    /// [`DidError::Unsupported`] if it is no Multikey, [`DidError::Key`] if that is malformed.
    pub fn key_bytes(&self) -> Result<(KeyKind, Vec<u8>), DidError> {
        match (
            &*self.kind,
            &self.public_key_multibase,
            &self.public_key_jwk,
        ) {
            (MULTIKEY, Some(text), None) => Ok(keys::read_multikey(text)?),
            (MULTIKEY, ..) => Err(keys::KeyError::Malformed.into()),
            _ => Err(DidError::Unsupported),
        }
    }
}

/// A member of a relationship: the name of a verification method, or the method itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Entry {
    Reference(String),
    Embedded(VerificationMethod),
}

impl Entry {
    fn id(&self) -> &str {
        match self {
            Self::Reference(id) => id,
            Self::Embedded(method) => &method.id,
        }
    }
}

/// The members of a relationship. The relationships of a document that was made here share them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Entry>")]
struct Entries(Arc<[Entry]>);

impl Entries {
    fn naming(methods: &[VerificationMethod]) -> Self {
        let ids = methods.iter().map(|method| method.id.clone());
        Self(ids.map(Entry::Reference).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Entry>> for Entries {
    fn from(entries: Vec<Entry>) -> Self {
        Self(entries.into())
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&*self.0)
    }
}

fn is_null(context: &Value) -> bool {
    context.is_null()
}

/// Tells other kinds of keys (`Unsupported`) from broken ones (`Malformed`).
pub(crate) fn read_jwk(jwk: &Value) -> Result<PublicKey, DidError> {
    let known = ["kty", "crv"].map(|name| jwk.get(name).and_then(Value::as_str));
    if !matches!(
        known,
        [Some("OKP"), Some("Ed25519")] | [Some("EC"), Some("P-256" | "P-384")]
    ) {
        return Err(keys::KeyError::Unsupported.into());
    }
    Ok(PublicKey::read_jwk(jwk)?)
}

const ED25519_2020: &str = "Ed25519VerificationKey2020";
const JSON_WEB_KEY: &str = "JsonWebKey";
const JSON_WEB_KEY_2020: &str = "JsonWebKey2020";
const MULTIKEY: &str = "Multikey";
