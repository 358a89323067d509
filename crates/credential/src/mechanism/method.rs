use did::{Did, DidDocument, DidUrl};
use keys::{KeyKind, base64url};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use strict_json::{JsonError, Limits};
use zeroize::{Zeroize as _, Zeroizing};

use crate::data_integrity::Leniency;
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::mechanism::MechanismKey;

/// A verification method in a file, with its private key or without (Controlled Identifiers 1.0,
/// section 2.2), as test suites exchange it; or a JWK or pair of multikeys alone, which is then the
/// only method of its did:key.
#[derive(Debug)]
pub struct MethodFile {
    id: String,
    controller: String,
    public: Map<String, Value>,
    secret: Option<MechanismKey>,
}

impl MethodFile {
    /// Reads it.
    ///
    /// # Errors
    /// [`MethodFileError`].
    pub fn parse(json: &[u8]) -> Result<Self, MethodFileError> {
        let mut wire: Wire = strict_json::from_slice(json, Limits::default())?;
        let secret = wire.secret()?;
        let public = wire.public(secret.as_ref())?;
        let own = secret.as_ref().map(MechanismKey::multikey);
        let multikey = match (&own, public.get("publicKeyMultibase")) {
            (Some(own), _) => Some(own.clone()),
            (None, Some(Value::String(text))) => Some(text.clone()),
            (None, _) => public
                .get("publicKeyJwk")
                .and_then(|jwk| keys::PublicKey::read_jwk(jwk).ok())
                .map(|key| key.multikey()),
        };
        let id = match (wire.id.take(), multikey) {
            (Some(id), _) => id,
            (None, Some(multikey)) => format!("did:key:{multikey}#{multikey}"),
            (None, None) => return Err(MethodFileError::Unsupported),
        };
        let owner = id.split('#').next().unwrap_or_default().to_owned();
        Ok(Self {
            controller: wire.controller.take().unwrap_or(owner),
            id,
            public,
            secret,
        })
    }

    /// The name of the method.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the method, if it belongs to a DID of a method that is spoken here.
    #[must_use]
    pub fn did_url(&self) -> Option<DidUrl> {
        DidUrl::parse(&self.id).ok()
    }

    /// Whom it belongs to.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.controller
    }

    /// The private key, if the file has it.
    #[must_use]
    pub const fn secret(&self) -> Option<&MechanismKey> {
        self.secret.as_ref()
    }

    /// Evidence for a key source, if the method is the one that is named there. With leniency it is,
    /// whatever its name.
    #[must_use]
    pub fn evidence(&self, source: &KeySource, leniency: Leniency) -> Option<IssuerKey> {
        let lenient = leniency == Leniency::TestSuites;
        match source {
            KeySource::Did(url) => {
                let own = self.id == url.to_string() && self.controller == url.did().as_str();
                if !own && !lenient {
                    return None;
                }
                let document = self.document(url.did(), &url.to_string())?;
                IssuerKey::from_did_document(source, &document).ok()
            }
            KeySource::WellKnown { issuer, kid } => {
                if self.controller != *issuer && !lenient {
                    return None;
                }
                let mut jwk = self.public.get("publicKeyJwk")?.clone();
                let names = [
                    Some(self.id.as_str()),
                    jwk.get("kid").and_then(Value::as_str),
                ];
                let named = kid.as_deref().is_none_or(|kid| names.contains(&Some(kid)));
                if !named && !lenient {
                    return None;
                }
                if let (Some(kid), Some(members)) = (kid, jwk.as_object_mut()) {
                    members.insert("kid".to_owned(), kid.as_str().into());
                }
                let metadata = json!({"issuer": issuer, "jwks": {"keys": [jwk]}});
                IssuerKey::from_issuer_metadata(source, metadata.to_string().as_bytes()).ok()
            }
            KeySource::X509 { .. } => None,
        }
    }

    /// A document of this DID with the method alone.
    fn document(&self, did: &Did, id: &str) -> Option<DidDocument> {
        let mut method = self.public.clone();
        let kind = match method.contains_key("publicKeyJwk") {
            true => "JsonWebKey",
            false => "Multikey",
        };
        method.insert("type".to_owned(), kind.into());
        method.insert("id".to_owned(), id.into());
        method.insert("controller".to_owned(), did.as_str().into());
        let document = json!({
            "id": did.as_str(),
            "verificationMethod": [method],
            "assertionMethod": [id],
            "authentication": [id],
        });
        DidDocument::parse(document.to_string().as_bytes(), did).ok()
    }
}

/// Why a file is no verification method that is known here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MethodFileError {
    /// It is not JSON of that shape.
    #[error("the key file cannot be read: {0}")]
    Json(#[from] JsonError),
    /// The private key is no key.
    #[error("the key file holds no private key that is one")]
    Secret,
    /// It holds no key of a kind that is known here.
    #[error("the key file holds no key of a kind that is supported")]
    Unsupported,
}

/// The file. A JWK alone has its members at the top.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Option<String>,
    controller: Option<String>,
    public_key_jwk: Option<Map<String, Value>>,
    public_key_multibase: Option<String>,
    #[serde(alias = "privateKeyJwk")]
    secret_key_jwk: Option<Map<String, Value>>,
    #[serde(alias = "privateKeyMultibase")]
    secret_key_multibase: Option<String>,
    kty: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    kid: Option<String>,
    d: Option<String>,
}

impl Wire {
    /// The members that say which key it is, without the secret.
    fn public(&self, secret: Option<&MechanismKey>) -> Result<Map<String, Value>, MethodFileError> {
        let mut public = Map::new();
        if let Some(text) = &self.public_key_multibase {
            public.insert("publicKeyMultibase".to_owned(), text.as_str().into());
            return Ok(public);
        }
        let mut jwk = match (&self.public_key_jwk, &self.secret_key_jwk) {
            (Some(jwk), _) | (None, Some(jwk)) => jwk.clone(),
            (None, None) => self.bare(),
        };
        jwk.remove("d");
        if jwk.is_empty() {
            let multikey = secret.ok_or(MethodFileError::Unsupported)?.multikey();
            public.insert("publicKeyMultibase".to_owned(), multikey.into());
        } else {
            public.insert("publicKeyJwk".to_owned(), Value::Object(jwk));
        }
        Ok(public)
    }

    fn bare(&self) -> Map<String, Value> {
        let members = [
            ("kty", &self.kty),
            ("crv", &self.crv),
            ("x", &self.x),
            ("y", &self.y),
            ("kid", &self.kid),
        ];
        let members = members.into_iter().filter_map(|(name, value)| {
            let value = value.as_deref()?;
            Some((name.to_owned(), value.into()))
        });
        members.collect()
    }

    fn secret(&mut self) -> Result<Option<MechanismKey>, MethodFileError> {
        if let Some(text) = self.secret_key_multibase.take().map(Zeroizing::new) {
            let key = MechanismKey::from_secret_multikey(&text);
            return key.map(Some).map_err(|_| MethodFileError::Secret);
        }
        let (curve, secret) = match &mut self.secret_key_jwk {
            Some(jwk) => {
                let curve = jwk.get("crv").and_then(Value::as_str).map(str::to_owned);
                match jwk.remove("d") {
                    Some(Value::String(secret)) => (curve, Some(secret)),
                    _ => (curve, None),
                }
            }
            None => (self.crv.clone(), self.d.take()),
        };
        let Some(secret) = secret.map(Zeroizing::new) else {
            return Ok(None);
        };
        let kind = match curve.as_deref() {
            Some("Ed25519") => KeyKind::Ed25519,
            Some("P-256") => KeyKind::P256,
            Some("P-384") => KeyKind::P384,
            _ => return Err(MethodFileError::Unsupported),
        };
        let secret = base64url::decode(&secret).map_err(|_| MethodFileError::Secret)?;
        let secret = Zeroizing::new(secret);
        let key = MechanismKey::from_secret(kind, &secret);
        key.map(Some).map_err(|_| MethodFileError::Secret)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.d.zeroize();
        self.secret_key_multibase.zeroize();
        if let Some(Value::String(secret)) = self
            .secret_key_jwk
            .as_mut()
            .and_then(|jwk| jwk.get_mut("d"))
        {
            secret.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWK: &str = r#"{"kty": "OKP", "crv": "Ed25519", "kid": "a",
        "x": "NvUhsjZe7Mdv8Esoc60o3ma1U5j2tFUTDsOQd39xMnI"}"#;

    fn method(id: &str) -> MethodFile {
        let file = format!(
            r#"{{"id": "{id}", "type": "JsonWebKey", "controller": "{}", "publicKeyJwk": {JWK}}}"#,
            id.split('#').next().unwrap()
        );
        MethodFile::parse(file.as_bytes()).unwrap()
    }

    #[test]
    fn a_method_is_evidence_for_its_owner_alone() {
        let source = |id: &str| KeySource::Did(DidUrl::parse(id).unwrap());
        let own = method("did:web:a.example#key-1");
        let strict = Leniency::None;
        assert!(
            own.evidence(&source("did:web:a.example#key-1"), strict)
                .is_some()
        );
        for other in ["did:web:a.example#key-2", "did:web:b.example#key-1"] {
            assert!(own.evidence(&source(other), strict).is_none());
            assert!(own.evidence(&source(other), Leniency::TestSuites).is_some());
        }
        let web = |issuer: &str, kid: &str| KeySource::WellKnown {
            issuer: issuer.to_owned(),
            kid: Some(kid.to_owned()),
        };
        let own = method("https://a.example/i#key-1");
        assert!(
            own.evidence(&web("https://a.example/i", "a"), strict)
                .is_some()
        );
        let full = web("https://a.example/i", "https://a.example/i#key-1");
        assert!(own.evidence(&full, strict).is_some());
        assert!(
            own.evidence(&web("https://a.example/i", "b"), strict)
                .is_none()
        );
        assert!(
            own.evidence(&web("https://b.example", "a"), strict)
                .is_none()
        );
    }

    #[test]
    fn a_key_alone_is_its_did() {
        let secret = MechanismKey::from_secret(KeyKind::P256, &[7; 32]).unwrap();
        let pair = format!(
            r#"{{"publicKeyMultibase": "{}", "secretKeyMultibase": "{}"}}"#,
            secret.multikey(),
            secret.expose_secret_multikey().as_str()
        );
        let file = MethodFile::parse(pair.as_bytes()).unwrap();
        assert_eq!(file.secret().unwrap().multikey(), secret.multikey());
        assert_eq!(file.did_url(), secret.verification_method().ok());
        let jwk = MethodFile::parse(JWK.as_bytes()).unwrap();
        assert!(jwk.secret().is_none() && jwk.id().starts_with("did:key:z6Mk"));
        assert!(matches!(
            MethodFile::parse(b"{}"),
            Err(MethodFileError::Unsupported)
        ));
        let wrong = r#"{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}"#;
        assert!(matches!(
            MethodFile::parse(wrong.as_bytes()),
            Err(MethodFileError::Secret)
        ));
    }
}
