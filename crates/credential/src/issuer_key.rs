use std::fmt;
use std::sync::Arc;

use did::{DidDocument, Relationship, VerificationMethod};
use jiff::Timestamp;
use keys::{Jwk, KeyKind, PublicKey};
use serde::Deserialize;
use serde_json::Value;
use strict_json::Limits;
use url::Url;

use crate::error::PeerFault;
use crate::key_source::KeySource;
use crate::x509;

/// Evidence that a key belongs to an Issuer. It is made from an authentic source only, and good
/// for Credentials with the same [`KeySource`] only.
///
/// The source says of which kind the key is: one that signs, or one of BBS signatures (a Multikey
/// on BLS12-381's second group, in a DID document). A proof that takes another kind is refused.
#[derive(Clone)]
pub struct IssuerKey {
    source: KeySource,
    issuer: String,
    key: Key,
    /// The time in which the certificates, if any, are all valid.
    window: Option<(Timestamp, Timestamp)>,
    authority_key_ids: Vec<String>,
}

impl IssuerKey {
    /// Takes the key from the Issuer's DID document, under `assertionMethod`.
    ///
    /// # Errors
    /// If the source is no DID, the document does not permit that key to assert, or its kind is not
    /// known here.
    pub fn from_did_document(
        source: &KeySource,
        document: &DidDocument,
    ) -> Result<Self, IssuerKeyError> {
        let KeySource::Did(url) = source else {
            return Err(IssuerKeyError::Source);
        };
        let method = document
            .method(url, Relationship::Assertion)
            .map_err(|_| IssuerKeyError::NoSuchKey)?;
        let key = Key::of(method).ok_or(IssuerKeyError::NoSuchKey)?;
        Ok(Self::new(source, key))
    }

    /// Takes the key from the JWT VC Issuer Metadata, fetched from [`KeySource::metadata_url`].
    ///
    /// # Errors
    /// [`IssuerKeyError::KeysElsewhere`] if the metadata refers to a key set by `jwks_uri`: fetch
    /// that and go on with [`IssuerKey::from_key_set`]. Otherwise if the metadata is malformed,
    /// belongs to another Issuer, or has no single key that fits.
    pub fn from_issuer_metadata(source: &KeySource, json: &[u8]) -> Result<Self, IssuerKeyError> {
        let KeySource::WellKnown { issuer, kid } = source else {
            return Err(IssuerKeyError::Source);
        };
        let metadata: IssuerMetadata = strict_json::from_slice(json, Limits::default())
            .map_err(|_| IssuerKeyError::Malformed)?;
        if metadata.issuer != *issuer {
            return Err(IssuerKeyError::OtherIssuer);
        }
        match (metadata.jwks, metadata.jwks_uri) {
            (Some(keys), None) => {
                let key = keys.select(kid.as_deref())?;
                Ok(Self::new(source, Key::Signature(key)))
            }
            (None, Some(url)) if web_address::is_secure(&url, true) => {
                Err(IssuerKeyError::KeysElsewhere(KeySetReference {
                    issuer: metadata.issuer,
                    url,
                }))
            }
            _ => Err(IssuerKeyError::Malformed),
        }
    }

    /// Takes the key from the key set that the Issuer's metadata referred to.
    ///
    /// # Errors
    /// If the reference is another Issuer's, or no single key fits.
    pub fn from_key_set(
        source: &KeySource,
        reference: &KeySetReference,
        json: &[u8],
    ) -> Result<Self, IssuerKeyError> {
        let KeySource::WellKnown { issuer, kid } = source else {
            return Err(IssuerKeyError::Source);
        };
        if reference.issuer != *issuer {
            return Err(IssuerKeyError::OtherIssuer);
        }
        let keys: KeySet = strict_json::from_slice(json, Limits::default())
            .map_err(|_| IssuerKeyError::Malformed)?;
        let key = keys.select(kid.as_deref())?;
        Ok(Self::new(source, Key::Signature(key)))
    }

    /// Takes the key from the `x5c` chain, if it leads to one of these DER trust anchors.
    ///
    /// An `iss` value must be among the subject alternative names of the first certificate: as a
    /// URI, or as the name or address of its host. Without `iss`, the subject is the Issuer.
    ///
    /// # Errors
    /// If the chain is not valid now, is somebody else's, or its key is of another kind.
    pub fn from_x509(
        source: &KeySource,
        anchors: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<Self, IssuerKeyError> {
        let KeySource::X509 { issuer, chain } = source else {
            return Err(IssuerKeyError::Source);
        };
        let leaf = x509::verify(issuer, chain, anchors, now)?;
        Ok(Self {
            window: Some(leaf.window),
            authority_key_ids: leaf.authority_key_ids,
            ..Self::new(source, Key::Signature(leaf.key))
        })
    }

    /// The source that the evidence is for: what to cache it under.
    #[must_use]
    pub const fn source(&self) -> &KeySource {
        &self.source
    }

    /// The Issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The key, if it is one that signs.
    ///
    /// # Errors
    /// [`PeerFault::KeyEvidence`] if it is a key of BBS signatures.
    pub const fn signature_key(&self) -> Result<&PublicKey, PeerFault> {
        match &self.key {
            Key::Bbs(_) => Err(PeerFault::KeyEvidence),
            Key::Signature(key) => Ok(key),
        }
    }

    /// The key, if it is one of BBS signatures.
    ///
    /// # Errors
    /// [`PeerFault::KeyEvidence`] if it is a key that signs.
    pub fn bbs_key(&self) -> Result<&bbs::PublicKey, PeerFault> {
        match &self.key {
            Key::Bbs(key) => Ok(key),
            Key::Signature(_) => Err(PeerFault::KeyEvidence),
        }
    }

    /// The key, of whatever kind.
    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// The base64url Authority Key Identifiers of the chain.
    pub(crate) fn authority_key_ids(&self) -> &[String] {
        &self.authority_key_ids
    }

    /// Whether this is evidence for that source, now.
    ///
    /// # Errors
    /// [`PeerFault::KeyEvidence`] if not.
    pub fn check(&self, source: &KeySource, now: Timestamp) -> Result<(), PeerFault> {
        let timely = self
            .window
            .is_none_or(|(from, until)| from <= now && now <= until);
        if self.source == *source && timely {
            Ok(())
        } else {
            Err(PeerFault::KeyEvidence)
        }
    }

    fn new(source: &KeySource, key: Key) -> Self {
        Self {
            issuer: source.issuer(),
            source: source.clone(),
            key,
            window: None,
            authority_key_ids: Vec::new(),
        }
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKey")
            .field("issuer", &self.issuer)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A key of one of the kinds that make Credentials. What takes one kind never gets the other.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// Prepared for pairings, which takes some kilobytes: a clone shares it.
    Bbs(Arc<bbs::PublicKey>),
    Signature(PublicKey),
}

impl Key {
    fn of(method: &VerificationMethod) -> Option<Self> {
        if let Ok(key) = method.public_key() {
            return Some(Self::Signature(key));
        }
        match method.key_bytes() {
            Ok((KeyKind::Bls12381G2, bytes)) => {
                let key = bbs::PublicKey::from_bytes(&bytes).ok()?;
                Some(Self::Bbs(Arc::new(key)))
            }
            _ => None,
        }
    }
}

/// Why something fetched, or a chain, is no evidence of the Issuer's key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuerKeyError {
    /// The chain does not lead to a trust anchor, or is not valid now.
    #[error("the certificate chain is not trusted")]
    Chain,
    /// The metadata refers to a key set: the caller must fetch it.
    #[error("the issuer's keys are published elsewhere")]
    KeysElsewhere(KeySetReference),
    /// The document is malformed.
    #[error("the issuer's key document is malformed")]
    Malformed,
    /// No key fits, or several do and there is no `kid`.
    #[error("the issuer's key document has no single key that fits")]
    NoSuchKey,
    /// The document or certificate belongs to somebody else.
    #[error("the key belongs to another issuer")]
    OtherIssuer,
    /// The Credential names a source of another kind.
    #[error("the credential names another kind of key source")]
    Source,
}

/// Where an Issuer's own metadata says that its key set is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeySetReference {
    issuer: String,
    url: Url,
}

impl KeySetReference {
    /// The `jwks_uri`.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }
}

#[derive(Deserialize)]
struct IssuerMetadata {
    issuer: String,
    jwks: Option<KeySet>,
    jwks_uri: Option<Url>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl KeySet {
    /// The key named `kid`, or the only one. Keys of other kinds are not counted.
    fn select(&self, kid: Option<&str>) -> Result<PublicKey, IssuerKeyError> {
        let mut fitting = self
            .keys
            .iter()
            .filter_map(|key| Jwk::deserialize(key).ok())
            .filter(|jwk| kid.is_none() || jwk.kid.as_deref() == kid)
            .filter_map(|jwk| PublicKey::from_jwk(&jwk).ok());
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(IssuerKeyError::NoSuchKey),
        }
    }
}
