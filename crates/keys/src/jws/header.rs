use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use strict_json::Limits;

use super::JwsError;
use crate::{Algorithm, Jwk};

/// A protected header (RFC 7515, section 4), read but not believed.
#[derive(Clone, Debug)]
pub struct Header {
    /// The algorithm.
    pub alg: Algorithm,
    /// What the whole object is.
    pub typ: Option<String>,
    /// What the payload is.
    pub cty: Option<String>,
    /// A hint which key signed.
    pub kid: Option<String>,
    /// The key that signed, according to the sender.
    pub jwk: Option<Jwk>,
    /// A certificate chain in DER, the signer's first.
    pub x5c: Option<Vec<Vec<u8>>>,
    /// All other members; none of them is acted upon here.
    pub other: Map<String, Value>,
}

impl Header {
    /// Tells whether `typ` is this media type (RFC 7515, section 4.1.9).
    ///
    /// Letters match in either case, and the prefix `application/` may be left out.
    #[must_use]
    pub fn is_type(&self, expected: &str) -> bool {
        self.typ
            .as_deref()
            .is_some_and(|typ| short(typ).eq_ignore_ascii_case(short(expected)))
    }

    pub(super) fn parse(json: &[u8]) -> Result<Self, JwsError> {
        let limits = Limits {
            max_bytes: usize::MAX,
            ..Limits::default()
        };
        let Ok(Value::Object(mut other)) = strict_json::parse(json, limits) else {
            return Err(JwsError::Header);
        };
        if other.contains_key("crit") || other.contains_key("b64") {
            return Err(JwsError::Critical);
        }
        let alg = text(&mut other, "alg")?.ok_or(JwsError::Header)?;
        Ok(Self {
            alg: Algorithm::parse(&alg).map_err(|_| JwsError::AlgorithmUnsupported)?,
            typ: text(&mut other, "typ")?,
            cty: text(&mut other, "cty")?,
            kid: text(&mut other, "kid")?,
            jwk: other
                .remove("jwk")
                .map(serde_json::from_value)
                .transpose()
                .map_err(|_| JwsError::Header)?,
            x5c: other.remove("x5c").map(chain).transpose()?,
            other,
        })
    }
}

fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, JwsError> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwsError::Header),
    }
}

/// `x5c` is ordinary base64 with padding (RFC 7515, section 4.1.6).
fn chain(value: Value) -> Result<Vec<Vec<u8>>, JwsError> {
    let texts: Vec<String> = serde_json::from_value(value).map_err(|_| JwsError::Header)?;
    if texts.is_empty() || texts.len() > LONGEST_CHAIN {
        return Err(JwsError::Header);
    }
    texts
        .iter()
        .map(|text| STANDARD.decode(text).map_err(|_| JwsError::Header))
        .collect()
}

fn short(media_type: &str) -> &str {
    match media_type.split_at_checked(PREFIX.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(PREFIX) => rest,
        _ => media_type,
    }
}

const PREFIX: &str = "application/";
const LONGEST_CHAIN: usize = 8;
