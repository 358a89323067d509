use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::multikey::{KeyKind, read_multikey, write_multikey};
use crate::nist::{Curve, Point};
use crate::{Algorithm, JsonWebKey, Jwk, KeyError, SignatureError, base64url, ed25519, sha256};

/// A public key, parsed once: verifying does not parse it again, and a clone shares it.
#[derive(Clone)]
pub struct PublicKey(Arc<Material>);

impl PublicKey {
    /// Reads a JWK (RFC 8037, section 2; RFC 7518, section 6.2).
    ///
    /// # Errors
    /// [`KeyError::Unusable`] if `use` or `key_ops` rules signatures out,
    /// [`KeyError::AlgorithmMismatch`] if `alg` is another one, and as [`Self::from_multikey`].
    pub fn from_jwk<S: AsRef<str>>(jwk: &JsonWebKey<S>) -> Result<Self, KeyError> {
        let y = jwk.y.as_ref().map(S::as_ref);
        let key = match (jwk.kty.as_ref(), jwk.crv.as_ref(), y) {
            ("OKP", "Ed25519", None) => Self::ed25519(&coordinate(jwk.x.as_ref())?)?,
            ("OKP", "Ed25519", Some(_)) => return Err(KeyError::Malformed),
            ("EC", name, y) => {
                let mut curves = Curve::ALL.into_iter();
                let curve = curves.find(|curve| curve.name() == name);
                let curve = curve.ok_or(KeyError::Unsupported)?;
                let y = y.ok_or(KeyError::Malformed)?;
                Self::ecdsa(Point::from_coordinates(curve, [jwk.x.as_ref(), y])?)
            }
            _ => return Err(KeyError::Unsupported),
        };
        if jwk
            .alg
            .as_ref()
            .is_some_and(|alg| Algorithm::parse(alg.as_ref()) != Ok(key.algorithm()))
        {
            return Err(KeyError::AlgorithmMismatch);
        }
        let use_ = jwk.use_.as_ref().map(S::as_ref);
        let encrypts = use_.is_some_and(|purpose| purpose != "sig");
        let never_verifies = jwk
            .key_ops
            .as_ref()
            .is_some_and(|all| !all.iter().any(|operation| operation.as_ref() == "verify"));
        if encrypts || never_verifies {
            return Err(KeyError::Unusable);
        }
        Ok(key)
    }

    /// Reads a JWK where it stands in a JSON document.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if it is no JWK, or a private one, and as [`Self::from_jwk`].
    pub fn read_jwk(document: &Value) -> Result<Self, KeyError> {
        if !document.is_object() {
            return Err(KeyError::Malformed);
        }
        let jwk = JsonWebKey::<&str>::deserialize(document).map_err(|_| KeyError::Malformed)?;
        Self::from_jwk(&jwk)
    }

    /// Reads a Multikey (Controlled Identifiers 1.0, section 2.2.2): `z`, base58btc, a code.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if the bytes are no such key, [`KeyError::Unsupported`] for another
    /// kind of key, [`KeyError::Unusable`] for an Ed25519 point of small order.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        let (kind, key) = read_multikey(text)?;
        Self::of_kind(kind, &key)
    }

    /// Reads what [`read_multikey`] found in a Multikey.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if it is no key of that kind, [`KeyError::Unsupported`] if keys of
    /// that kind do not sign here.
    pub fn of_kind(kind: KeyKind, key: &[u8]) -> Result<Self, KeyError> {
        match kind {
            KeyKind::Ed25519 => Self::ed25519(key.try_into().map_err(|_| KeyError::Malformed)?),
            KeyKind::P256 => Point::from_sec1(Curve::P256, key).map(Self::ecdsa),
            KeyKind::P384 => Point::from_sec1(Curve::P384, key).map(Self::ecdsa),
            KeyKind::Bls12381G2 | KeyKind::X25519 => Err(KeyError::Unsupported),
        }
    }

    /// Reads a DER SubjectPublicKeyInfo (RFC 8410, section 4; RFC 5480, section 2).
    ///
    /// # Errors
    /// As [`Self::from_multikey`].
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        if let Some(key) = der.strip_prefix(ED25519_SPKI) {
            return Self::ed25519(key.try_into().map_err(|_| KeyError::Malformed)?);
        }
        for curve in Curve::ALL {
            let mut starts = curve.spki().into_iter();
            if let Some(point) = starts.find_map(|start| der.strip_prefix(start)) {
                return Point::from_sec1(curve, point).map(Self::ecdsa);
            }
        }
        Err(KeyError::Unsupported)
    }

    /// Verifies a signature of [`Algorithm::signature_length`] bytes.
    ///
    /// Ed25519 is judged strictly: neither the key nor the signature's point may be of small order,
    /// and `S` is reduced, so that one signature belongs to one message and key. ECDSA takes the
    /// fixed form `r || s` (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// [`SignatureError`] whatever the reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match &*self.0 {
            Material::Ed25519(key) => ed25519::verify(&key.verifying, message, signature),
            Material::Ecdsa(point) => point.verify(message, signature),
        }
    }

    /// As [`Self::verify`], with the state of SHA-256 after the message, for whoever needs that too.
    pub(crate) fn verify_hashed(
        &self,
        message: &[u8],
        state: &Sha256,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match &*self.0 {
            Material::Ecdsa(point) if point.curve() == Curve::P256 => {
                point.verify_digest(&state.clone().finalize(), signature)
            }
            Material::Ecdsa(_) | Material::Ed25519(_) => self.verify(message, signature),
        }
    }

    /// The only algorithm that the key verifies.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &*self.0 {
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::Ecdsa(point) => match point.curve() {
                Curve::P256 => Algorithm::Es256,
                Curve::P384 => Algorithm::Es384,
            },
        }
    }

    /// Writes the JWK, with its required members only.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let (kty, crv, x, y) = match &*self.0 {
            Material::Ed25519(key) => (
                "OKP",
                "Ed25519",
                base64url::encode(key.verifying.as_bytes()),
                None,
            ),
            Material::Ecdsa(point) => (
                "EC",
                point.curve().name(),
                base64url::encode(point.x()),
                Some(base64url::encode(point.y())),
            ),
        };
        Jwk {
            kty: kty.to_owned(),
            crv: crv.to_owned(),
            x,
            y,
            kid: None,
            alg: None,
            use_: None,
            key_ops: None,
        }
    }

    /// The SHA-256 thumbprint of the JWK in base64url (RFC 7638, section 3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let Jwk { kty, crv, x, y, .. } = self.jwk();
        let canonical = match y {
            None => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#),
            Some(y) => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#),
        };
        base64url::encode(sha256(canonical.as_bytes()))
    }

    /// Writes the Multikey: `z6Mk…` for Ed25519, `zDn…` for P-256, `z82…` for P-384.
    #[must_use]
    pub fn multikey(&self) -> String {
        match &*self.0 {
            Material::Ecdsa(point) => {
                let kind = match point.curve() {
                    Curve::P256 => KeyKind::P256,
                    Curve::P384 => KeyKind::P384,
                };
                write_multikey(kind, &point.compressed())
            }
            Material::Ed25519(key) => write_multikey(KeyKind::Ed25519, key.verifying.as_bytes()),
        }
    }

    pub(crate) fn ed25519(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ok(Self(Arc::new(Material::Ed25519(ed25519::parse(bytes)?))))
    }

    pub(crate) fn ecdsa(point: Point) -> Self {
        Self(Arc::new(Material::Ecdsa(point)))
    }

    /// The key, if it is one of Ed25519.
    pub(crate) fn as_ed25519(&self) -> Option<&ed25519::Key> {
        match &*self.0 {
            Material::Ecdsa(_) => None,
            Material::Ed25519(key) => Some(key),
        }
    }

    fn bytes(&self) -> &[u8] {
        match &*self.0 {
            Material::Ed25519(key) => key.verifying.as_bytes(),
            Material::Ecdsa(point) => point.coordinates(),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.multikey()).finish()
    }
}

impl Eq for PublicKey {}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

enum Material {
    Ecdsa(Point),
    Ed25519(ed25519::Key),
}

fn coordinate(text: &str) -> Result<[u8; 32], KeyError> {
    base64url::decode_array(text).map_err(|_| KeyError::Malformed)
}

const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
