//! ECDSA on the NIST curves P-256 and P-384.

use aws_lc_rs::digest::{self, Digest, SHA256, SHA384};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    EcdsaVerificationAlgorithm, KeyPair as _, ParsedPublicKey,
};
use secrecy::{ExposeSecret as _, SecretBox};
use zeroize::Zeroizing;

use crate::{KeyError, SignatureError, base64url, der};

/// A curve, with the hash that its signatures use.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl Curve {
    pub(crate) const ALL: [Self; 2] = [Self::P256, Self::P384];

    /// The name in a JWK (RFC 7518, section 6.2.1.1).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    /// The length of a coordinate, and of a secret.
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// How the SubjectPublicKeyInfo of a point begins (RFC 5480, section 2), uncompressed and
    /// compressed.
    pub(crate) const fn spki(self) -> [&'static [u8]; 2] {
        match self {
            Self::P256 => [
                b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00",
                b"\x30\x39\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x22\x00",
            ],
            Self::P384 => [
                b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00",
                b"\x30\x46\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x32\x00",
            ],
        }
    }

    /// What stands around a secret in an ECPrivateKey without its public half (RFC 5915, section
    /// 3).
    const fn rfc5915(self) -> [&'static [u8]; 2] {
        match self {
            Self::P256 => [
                b"\x30\x31\x02\x01\x01\x04\x20",
                b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
            ],
            Self::P384 => [
                b"\x30\x3e\x02\x01\x01\x04\x30",
                b"\xa0\x07\x06\x05\x2b\x81\x04\x00\x22",
            ],
        }
    }

    fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_ASN1,
            Self::P384 => &ECDSA_P384_SHA384_ASN1,
        }
    }

    /// The hash that its signatures are over.
    fn hash(self) -> &'static digest::Algorithm {
        match self {
            Self::P256 => &SHA256,
            Self::P384 => &SHA384,
        }
    }

    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }
}

/// A point of a curve, parsed once.
#[derive(Clone)]
pub(crate) struct Point {
    curve: Curve,
    parsed: ParsedPublicKey,
    coordinates: Vec<u8>,
}

impl Point {
    /// Reads a SEC 1 point, compressed or not. The hybrid form is refused.
    pub(crate) fn from_sec1(curve: Curve, bytes: &[u8]) -> Result<Self, KeyError> {
        let parse =
            || ParsedPublicKey::new(curve.verification(), bytes).map_err(|_| KeyError::Malformed);
        match bytes {
            [4, coordinates @ ..] if coordinates.len() == 2 * curve.length() => Ok(Self {
                curve,
                parsed: parse()?,
                coordinates: coordinates.to_vec(),
            }),
            [2 | 3, x @ ..] if x.len() == curve.length() => {
                let parsed = parse()?;
                // The engine has found y, and tells it in no shorter way.
                let spki = parsed.as_der().map_err(|_| KeyError::Malformed)?;
                let [start, _] = curve.spki();
                match spki.as_ref().strip_prefix(start) {
                    Some([4, coordinates @ ..]) if coordinates.len() == 2 * curve.length() => {
                        let coordinates = coordinates.to_vec();
                        Ok(Self {
                            curve,
                            parsed,
                            coordinates,
                        })
                    }
                    _ => Err(KeyError::Malformed),
                }
            }
            _ => Err(KeyError::Malformed),
        }
    }

    /// Reads the coordinates of a JWK, in base64url.
    pub(crate) fn from_coordinates(curve: Curve, texts: [&str; 2]) -> Result<Self, KeyError> {
        let mut point = [4; 1 + 2 * LONGEST];
        let (_, coordinates) = point.split_at_mut(1);
        for (place, text) in coordinates.chunks_exact_mut(curve.length()).zip(texts) {
            base64url::decode_into(text, place).map_err(|_| KeyError::Malformed)?;
        }
        let (point, _) = point.split_at(1 + 2 * curve.length());
        Self::from_sec1(curve, point)
    }

    pub(crate) fn curve(&self) -> Curve {
        self.curve
    }

    /// Verifies the fixed form `r || s`. The engine takes two hundredths more of the time when it
    /// hashes by itself, and makes the same DER of the signature by way of large numbers.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        self.verify_engine(&digest::digest(self.curve.hash(), message), signature)
    }

    /// The same, of a message that the curve's hash was taken of.
    pub(crate) fn verify_digest(
        &self,
        hash: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let hash = Digest::import_less_safe(hash, self.curve.hash());
        self.verify_engine(&hash.map_err(|_| SignatureError)?, signature)
    }

    fn verify_engine(&self, hash: &Digest, signature: &[u8]) -> Result<(), SignatureError> {
        if signature.len() != 2 * self.curve.length() {
            return Err(SignatureError);
        }
        self.parsed
            .verify_digest_sig(hash, &der::signature(signature))
            .map_err(|_| SignatureError)
    }

    pub(crate) fn x(&self) -> &[u8] {
        self.coordinates.split_at(self.curve.length()).0
    }

    pub(crate) fn y(&self) -> &[u8] {
        self.coordinates.split_at(self.curve.length()).1
    }

    pub(crate) fn coordinates(&self) -> &[u8] {
        &self.coordinates
    }

    pub(crate) fn compressed(&self) -> Vec<u8> {
        let odd = self.y().last().copied().unwrap_or_default() & 1;
        [&[2 | odd], self.x()].concat()
    }
}

/// A secret scalar, with its public point known to the engine.
pub(crate) struct Scalar {
    curve: Curve,
    pair: EcdsaKeyPair,
    bytes: SecretBox<Vec<u8>>,
}

impl Scalar {
    /// Refuses zero, what is not below the group order, and another length than the curve's.
    pub(crate) fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != curve.length() {
            return Err(KeyError::Malformed);
        }
        // The engine derives the public half.
        let [start, end] = curve.rfc5915();
        let der = Zeroizing::new([start, bytes, end].concat());
        let pair = EcdsaKeyPair::from_private_key_der(curve.signing(), &der)
            .map_err(|_| KeyError::Malformed)?;
        Ok(Self {
            curve,
            pair,
            bytes: SecretBox::new(Box::new(bytes.to_vec())),
        })
    }

    pub(crate) fn point(&self) -> Result<Point, KeyError> {
        Point::from_sec1(self.curve, self.pair.public_key().as_ref())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| KeyError::Unusable)
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.bytes.expose_secret()
    }
}

/// The length of a coordinate of the longest curve.
const LONGEST: usize = Curve::P384.length();
