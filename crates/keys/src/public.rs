use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ed25519_dalek::VerifyingKey;

use crate::p256::Point;
use crate::{Algorithm, Jwk, KeyError, SignatureError, base64url, ed25519, sha256};

/// A public key, parsed once: verifying does not parse it again, and a clone shares it.
#[derive(Clone)]
pub struct PublicKey(Arc<Material>);

impl PublicKey {
    /// Reads a JWK (RFC 8037, section 2; RFC 7518, section 6.2).
    ///
    /// # Errors
    /// [`KeyError::Unusable`] if `use` or `key_ops` rules signatures out,
    /// [`KeyError::AlgorithmMismatch`] if `alg` is another one, and as [`Self::from_multikey`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let key = match (jwk.kty.as_str(), jwk.crv.as_str(), &jwk.y) {
            ("OKP", "Ed25519", None) => Self::ed25519(&coordinate(&jwk.x)?)?,
            ("EC", "P-256", Some(y)) => Self::p256(Point::from_coordinates(
                &coordinate(&jwk.x)?,
                &coordinate(y)?,
            )?),
            ("OKP", "Ed25519", _) | ("EC", "P-256", _) => return Err(KeyError::Malformed),
            _ => return Err(KeyError::Unsupported),
        };
        if jwk
            .alg
            .as_ref()
            .is_some_and(|alg| Algorithm::parse(alg) != Ok(key.algorithm()))
        {
            return Err(KeyError::AlgorithmMismatch);
        }
        let encrypts = jwk.use_.as_ref().is_some_and(|purpose| purpose != "sig");
        let never_verifies = jwk
            .key_ops
            .as_ref()
            .is_some_and(|all| !all.iter().any(|operation| operation == "verify"));
        if encrypts || never_verifies {
            return Err(KeyError::Unusable);
        }
        Ok(key)
    }

    /// Reads a Multikey (Controlled Identifiers 1.0, section 2.2.2): `z`, base58btc, a code.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if the bytes are no such key, [`KeyError::Unsupported`] for another
    /// kind of key, [`KeyError::Unusable`] for an Ed25519 point of small order.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix('z').ok_or(KeyError::Malformed)?;
        if digits.len() > LONGEST_MULTIKEY {
            return Err(KeyError::Unsupported);
        }
        let bytes = bs58::decode(digits)
            .into_vec()
            .map_err(|_| KeyError::Malformed)?;
        match bytes.split_first_chunk::<2>() {
            Some((&ED25519_CODE, key)) => {
                Self::ed25519(key.try_into().map_err(|_| KeyError::Malformed)?)
            }
            Some((&P256_CODE, key)) if key.len() == 33 => Point::from_sec1(key).map(Self::p256),
            Some((&P256_CODE, _)) | None => Err(KeyError::Malformed),
            Some(_) => Err(KeyError::Unsupported),
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
        let point = der
            .strip_prefix(P256_SPKI)
            .or_else(|| der.strip_prefix(P256_COMPRESSED_SPKI));
        match point {
            Some(point) if point.len() + 26 == der.len() => Point::from_sec1(point).map(Self::p256),
            Some(_) => Err(KeyError::Malformed),
            None => Err(KeyError::Unsupported),
        }
    }

    /// Verifies a signature of 64 bytes.
    ///
    /// Ed25519 is judged strictly: neither the key nor the signature's point may be of small order,
    /// and `S` is reduced, so that one signature belongs to one message and key. ES256 takes the
    /// fixed form `r || s` (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// [`SignatureError`] whatever the reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match &*self.0 {
            Material::Ed25519(key) => ed25519::verify(key, message, signature),
            Material::P256(point) => point.verify(message, signature),
        }
    }

    /// The only algorithm that the key verifies.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &*self.0 {
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::P256(_) => Algorithm::Es256,
        }
    }

    /// Writes the JWK, with its required members only.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let (kty, crv, x, y) = match &*self.0 {
            Material::Ed25519(key) => ("OKP", "Ed25519", base64url::encode(key.as_bytes()), None),
            Material::P256(point) => (
                "EC",
                "P-256",
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

    /// Writes the Multikey: `z6Mk…` for Ed25519, `zDn…` for P-256.
    #[must_use]
    pub fn multikey(&self) -> String {
        let bytes = match &*self.0 {
            Material::Ed25519(key) => [ED25519_CODE.as_slice(), key.as_bytes()].concat(),
            Material::P256(point) => [P256_CODE.as_slice(), &point.compressed()].concat(),
        };
        format!("z{}", bs58::encode(bytes).into_string())
    }

    pub(crate) fn ed25519(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ok(Self(Arc::new(Material::Ed25519(ed25519::parse(bytes)?))))
    }

    pub(crate) fn p256(point: Point) -> Self {
        Self(Arc::new(Material::P256(point)))
    }

    fn bytes(&self) -> &[u8] {
        match &*self.0 {
            Material::Ed25519(key) => key.as_bytes(),
            Material::P256(point) => point.coordinates(),
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
    Ed25519(VerifyingKey),
    P256(Point),
}

fn coordinate(text: &str) -> Result<[u8; 32], KeyError> {
    base64url::decode_array(text).map_err(|_| KeyError::Malformed)
}

/// Multicodec `ed25519-pub` as a varint.
const ED25519_CODE: [u8; 2] = [0xed, 0x01];
/// Multicodec `p256-pub` as a varint.
const P256_CODE: [u8; 2] = [0x80, 0x24];
/// Base58 costs the square of the length; our keys need 49 digits at most.
const LONGEST_MULTIKEY: usize = 64;
const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_SPKI: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
const P256_COMPRESSED_SPKI: &[u8] =
    b"\x30\x39\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x22\x00";
