use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey,
};
use secrecy::{ExposeSecret as _, SecretBox};
use zeroize::Zeroizing;

use crate::{KeyError, SignatureError};

/// A point of P-256, parsed once.
#[derive(Clone)]
pub(crate) struct Point {
    parsed: ParsedPublicKey,
    coordinates: [u8; 64],
}

impl Point {
    /// Reads a SEC 1 point: 33 bytes compressed or 65 uncompressed. The hybrid form is refused.
    pub(crate) fn from_sec1(bytes: &[u8]) -> Result<Self, KeyError> {
        let parse = || {
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).map_err(|_| KeyError::Malformed)
        };
        match bytes {
            [4, coordinates @ ..] if coordinates.len() == 64 => Ok(Self {
                parsed: parse()?,
                coordinates: coordinates.try_into().map_err(|_| KeyError::Malformed)?,
            }),
            [2 | 3, x @ ..] if x.len() == 32 => {
                let parsed = parse()?;
                // The engine has found y, and tells it in no shorter way.
                let spki = parsed.as_der().map_err(|_| KeyError::Malformed)?;
                match spki.as_ref().last_chunk::<65>() {
                    Some([4, coordinates @ ..]) => Ok(Self {
                        parsed,
                        coordinates: *coordinates,
                    }),
                    _ => Err(KeyError::Malformed),
                }
            }
            _ => Err(KeyError::Malformed),
        }
    }

    pub(crate) fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let mut bytes = [4; 65];
        let (_, coordinates) = bytes.split_at_mut(1);
        let (to_x, to_y) = coordinates.split_at_mut(32);
        to_x.copy_from_slice(x);
        to_y.copy_from_slice(y);
        Self::from_sec1(&bytes)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        self.parsed
            .verify_sig(message, signature)
            .map_err(|_| SignatureError)
    }

    pub(crate) fn x(&self) -> &[u8] {
        self.coordinates.split_at(32).0
    }

    pub(crate) fn y(&self) -> &[u8] {
        self.coordinates.split_at(32).1
    }

    pub(crate) fn coordinates(&self) -> &[u8; 64] {
        &self.coordinates
    }

    pub(crate) fn compressed(&self) -> [u8; 33] {
        let mut bytes = [0; 33];
        let odd = self.y().last().copied().unwrap_or_default() & 1;
        let (sign, x) = bytes.split_at_mut(1);
        sign.fill(2 | odd);
        x.copy_from_slice(self.x());
        bytes
    }
}

/// A secret scalar of P-256, with its public point known to the engine.
pub(crate) struct Scalar {
    pair: EcdsaKeyPair,
    bytes: SecretBox<[u8; 32]>,
}

impl Scalar {
    /// Refuses zero and what is not below the group order.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        // An ECPrivateKey without its public half (RFC 5915, section 3): the engine derives it.
        let der = Zeroizing::new([RFC5915_START, bytes, RFC5915_END].concat());
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
            .map_err(|_| KeyError::Malformed)?;
        Ok(Self {
            pair,
            bytes: SecretBox::new(Box::new(*bytes)),
        })
    }

    pub(crate) fn point(&self) -> Result<Point, KeyError> {
        Point::from_sec1(self.pair.public_key().as_ref())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature = self
            .pair
            .sign(&SystemRandom::new(), message)
            .map_err(|_| KeyError::Unusable)?;
        signature
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::Unusable)
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }
}

const RFC5915_START: &[u8] = b"\x30\x31\x02\x01\x01\x04\x20";
const RFC5915_END: &[u8] = b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
