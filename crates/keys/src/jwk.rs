use serde::de::{self, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

/// A public JSON Web Key (RFC 7517), as it travels.
///
/// Only [`crate::PublicKey::from_jwk`] judges whether it is a key. A private or symmetric member
/// (`d`, `k`, `p`, …) is refused while reading, so that nobody stores a stranger's secret.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Jwk {
    /// The key type: `OKP` or `EC`.
    pub kty: String,
    /// The curve: `Ed25519`, `P-256` or `P-384`.
    pub crv: String,
    /// The public key, or the point's first coordinate, in base64url.
    pub x: String,
    /// The point's second coordinate, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The name of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The only algorithm that the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The intended use: `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    /// The operations that the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(input)?;
        let secrets = [
            wire.d, wire.k, wire.p, wire.q, wire.dp, wire.dq, wire.qi, wire.oth,
        ];
        if secrets.iter().any(Option::is_some) {
            return Err(de::Error::custom(
                "a private key where a public key belongs",
            ));
        }
        let Wire {
            kty,
            crv,
            x,
            y,
            kid,
            alg,
            use_,
            key_ops,
            ..
        } = wire;
        Ok(Self {
            kty,
            crv,
            x,
            y,
            kid,
            alg,
            use_,
            key_ops,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    kty: String,
    crv: String,
    x: String,
    y: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    use_: Option<String>,
    key_ops: Option<Vec<String>>,
    d: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
}
