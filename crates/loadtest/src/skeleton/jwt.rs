//! JWTs with ES256, by the plain libraries.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A key that signs.
pub(super) struct Key {
    pair: EcdsaKeyPair,
    rng: SystemRandom,
    /// Its public half.
    pub(super) public: Jwk,
}

impl Key {
    pub(super) fn generate() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
        let public = Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: encode(x),
            y: encode(y),
        };
        Some(Self {
            pair,
            rng: SystemRandom::new(),
            public,
        })
    }

    /// Signs these claims.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> Option<String> {
        let mut text = encode(serde_json::to_vec(header).ok()?);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).ok()?, &mut text);
        let signature = self.pair.sign(&self.rng, text.as_bytes()).ok()?;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Some(text)
    }
}

/// A public key of P-256 (RFC 7518, section 6.2).
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Jwk {
    /// RFC 7638.
    pub(super) fn thumbprint(&self) -> String {
        let Self { kty, crv, x, y } = self;
        let members = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#);
        encode(digest(&SHA256, members.as_bytes()))
    }

    fn verify(&self, message: &str, signature: &[u8]) -> Option<()> {
        if self.kty != "EC" || self.crv != "P-256" {
            return None;
        }
        let (x, y) = (decode(&self.x)?, decode(&self.y)?);
        let point = [&[4][..], &x, &y].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(message.as_bytes(), signature).ok()
    }
}

/// Reads a JWT of this type that the key in its own header signed.
pub(super) fn open<C: DeserializeOwned>(text: &str, typ: &str) -> Option<(Jwk, C)> {
    let key = header(text, typ)?.jwk?;
    let claims = verified(text, &key)?;
    Some((key, claims))
}

/// Reads a JWT of this type that this key signed.
pub(super) fn open_under<C: DeserializeOwned>(text: &str, typ: &str, key: &Jwk) -> Option<C> {
    header(text, typ)?;
    verified(text, key)
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Option<Jwk>,
}

fn header(text: &str, typ: &str) -> Option<Header> {
    let header = decode(text.split('.').next()?)?;
    let header: Header = serde_json::from_slice(&header).ok()?;
    (header.typ == typ && header.alg == "ES256").then_some(header)
}

fn verified<C: DeserializeOwned>(text: &str, key: &Jwk) -> Option<C> {
    let (signed, signature) = text.rsplit_once('.')?;
    key.verify(signed, &decode(signature)?)?;
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&decode(claims)?).ok()
}
