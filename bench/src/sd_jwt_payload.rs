//! The same SD-JWTs by sd-jwt-payload, IOTA's crate, with signatures by aws-lc-rs as ours.

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey,
};
use credential::Challenge;
use keys::base64url;
use sd_jwt_payload::{
    JsonObject, JwsSigner, KeyBindingJwtBuilder, RequiredKeyBinding, SdJwt, SdJwtBuilder,
    Sha256Hasher,
};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::fixture::now;

/// A key pair as the crate wants it.
pub struct Signer(EcdsaKeyPair);

impl Signer {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    pub fn public(&self) -> ParsedPublicKey {
        parse(self.0.public_key().as_ref())
    }

    pub fn jwk(&self) -> Map<String, Value> {
        let (_, coordinates) = self.0.public_key().as_ref().split_at(1);
        let (x, y) = coordinates.split_at(32);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": base64url::encode(x), "y": base64url::encode(y)});
        jwk.as_object().expect("an object").clone()
    }
}

#[async_trait]
impl JwsSigner for Signer {
    type Error = aws_lc_rs::error::Unspecified;

    async fn sign(
        &self,
        header: &JsonObject,
        payload: &JsonObject,
    ) -> Result<Vec<u8>, Self::Error> {
        let encode = |part| base64url::encode(serde_json::to_vec(part).expect("JSON"));
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("{signed}.{}", base64url::encode(signature)).into_bytes())
    }
}

pub fn issue(
    waiting: &Runtime,
    claims: &Map<String, Value>,
    names: &[String],
    signer: &Signer,
    holder: &Map<String, Value>,
) -> String {
    let mut builder = SdJwtBuilder::new(claims)
        .expect("an object")
        .require_key_binding(RequiredKeyBinding::Jwk(holder.clone()));
    for name in names {
        builder = builder.make_concealable(name).expect("a claim");
    }
    waiting
        .block_on(builder.finish(signer, "ES256"))
        .expect("signed")
        .presentation()
}

pub fn present(
    waiting: &Runtime,
    issued: &str,
    shown: &[String],
    challenge: &Challenge,
    holder: &Signer,
) -> String {
    let hasher = Sha256Hasher::new();
    let parsed: SdJwt = issued.parse().expect("an SD-JWT");
    let mut builder = parsed
        .into_presentation(&hasher)
        .expect("one")
        .conceal_all();
    for name in shown {
        builder = builder.disclose(name).expect("a claim");
    }
    let (mut selected, _) = builder.finish();
    let binding = KeyBindingJwtBuilder::new()
        .iat(now().as_second())
        .aud(&challenge.audience)
        .nonce(&challenge.nonce)
        .finish(&selected, &hasher, "ES256", holder);
    selected.attach_key_binding_jwt(waiting.block_on(binding).expect("signed"));
    selected.presentation()
}

/// Both signatures, the disclosures, and the challenge; the issuer's key is kept.
pub fn verify(presented: &str, issuer: &ParsedPublicKey, challenge: &Challenge) -> JsonObject {
    let hasher = Sha256Hasher::new();
    let parsed: SdJwt = presented.parse().expect("an SD-JWT");
    let end = presented.rfind('~').expect("a tilde") + 1;
    let (signed, binding) = presented.split_at(end);
    check_signature(signed.split('~').next().expect("a JWT"), issuer);
    let Some(RequiredKeyBinding::Jwk(jwk)) = parsed.required_key_bind() else {
        panic!("a holder")
    };
    let coordinate = |name: &str| {
        base64url::decode(jwk.get(name).and_then(Value::as_str).expect("one")).expect("base64url")
    };
    let holder = parse(&[vec![4], coordinate("x"), coordinate("y")].concat());
    check_signature(binding, &holder);
    let claims = parsed.key_binding_jwt().expect("a KB-JWT").claims();
    assert_eq!(
        (&claims.aud, &claims.nonce),
        (&challenge.audience, &challenge.nonce)
    );
    assert!((now().as_second() - claims.iat).abs() < 600);
    assert_eq!(
        claims.sd_hash,
        base64url::encode(keys::sha256(signed.as_bytes()))
    );
    parsed.into_disclosed_object(&hasher).expect("disclosed")
}

fn check_signature(token: &str, key: &ParsedPublicKey) {
    let (signed, signature) = token.rsplit_once('.').expect("a JWS");
    let signature = base64url::decode(signature).expect("base64url");
    key.verify_sig(signed.as_bytes(), &signature)
        .expect("valid");
}

fn parse(point: &[u8]) -> ParsedPublicKey {
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a key")
}
