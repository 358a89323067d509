use serde::de::{self, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

/// A public JSON Web Key with texts of its own.
pub type Jwk = JsonWebKey<String>;

/// A public JSON Web Key (RFC 7517), as it travels: with texts of its own, or with those of the
/// document that it stands in.
///
/// Only [`crate::PublicKey::from_jwk`] judges whether it is a key. A private or symmetric member
/// (`d`, `k`, `p`, …) is refused while reading, so that nobody stores a stranger's secret.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct JsonWebKey<S> {
    /// The key type: `OKP` or `EC`.
    pub kty: S,
    /// The curve: `Ed25519`, `P-256` or `P-384`.
    pub crv: S,
    /// The public key, or the point's first coordinate, in base64url.
    pub x: S,
    /// The point's second coordinate, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<S>,
    /// The name of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<S>,
    /// The only algorithm that the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<S>,
    /// The intended use: `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_: Option<S>,
    /// The operations that the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<S>>,
}

impl<'de, S: Deserialize<'de>> Deserialize<'de> for JsonWebKey<S> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wire = Wire::<S>::deserialize(input)?;
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
struct Wire<S> {
    kty: S,
    crv: S,
    x: S,
    y: Option<S>,
    kid: Option<S>,
    alg: Option<S>,
    #[serde(rename = "use")]
    use_: Option<S>,
    key_ops: Option<Vec<S>>,
    d: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
}
