//! Keys, claims and times that all rows share.

use getrandom::SysRng;
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use rand_core::UnwrapErr;
use serde_json::{Map, Value, json};

pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// An instant at which everything here is valid. Peers look at the clock themselves.
#[allow(
    clippy::disallowed_methods,
    reason = "the peers take the machine's time, so we do too"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

pub fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut rng())
}

/// The key as ssi takes it.
pub fn ssi_key(key: &SigningKey) -> ssi::jwk::JWK {
    let mut jwk = serde_json::to_value(key.public().jwk()).expect("a JWK");
    let secret = keys::base64url::encode(key.expose_secret().as_slice());
    jwk["d"] = secret.into();
    serde_json::from_value(jwk).expect("a private JWK")
}

/// Ten claims about a person.
pub fn ten_claims() -> Map<String, Value> {
    let Value::Object(claims) = json!({
        "age_over_18": true,
        "age_over_21": true,
        "birth_date": "1988-06-13",
        "document_number": "L898902C3",
        "document_type": "passport",
        "family_name": "Soares",
        "given_name": "Bernardo",
        "issuing_state": "PRT",
        "nationality": "PRT",
        "native_name": "Bernardo Soares",
    }) else {
        unreachable!("it is an object")
    };
    claims
}

/// A runtime for peers that are asynchronous without waiting for anything.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
}
