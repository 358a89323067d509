//! JWTs, as far as everybody can read them.

use keys::base64url;
use keys::jws::UnverifiedJws;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::code::Code;
use crate::draft::Draft;

/// A JWT in its parts.
pub(crate) struct Jwt<'t> {
    pub(crate) text: &'t str,
    pub(crate) header: Map<String, Value>,
    pub(crate) payload: Result<Map<String, Value>, &'static str>,
}

impl<'t> Jwt<'t> {
    /// Reads a text of three parts whose first is a JSON object.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let mut parts = text.split('.');
        let (header, payload) = (parts.next()?, parts.next()?);
        parts.next()?;
        if parts.next().is_some() {
            return None;
        }
        let header = object(header).ok()?;
        Some(Self {
            text,
            header,
            payload: object(payload),
        })
    }

    /// A member of the header that is text.
    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// `typ` in its short form, in small letters.
    pub(crate) fn typ(&self) -> String {
        let typ = self.header_text("typ").unwrap_or_default().to_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ).to_owned()
    }

    /// Reads it as something signed, and notes why that is not possible.
    pub(crate) fn signed(&self, draft: &mut Draft) -> Option<UnverifiedJws> {
        match UnverifiedJws::parse(self.text, self.text.len()) {
            Ok(jws) => Some(jws),
            Err(keys::jws::JwsError::AlgorithmUnsupported) => {
                let named = self.header_text("alg").unwrap_or("?");
                draft.find_with(Code::Algorithm, [("algorithm", named)]);
                None
            }
            Err(error) => {
                draft.find_with(Code::Refused, [("reason", &error.to_string())]);
                None
            }
        }
    }
}

/// Whether a text is a JWE: five parts, the first a JSON object that says how it is encrypted.
pub(crate) fn is_encrypted(text: &str) -> bool {
    let mut parts = text.split('.');
    let header = parts.next().and_then(|header| object(header).ok());
    parts.count() == 4 && header.is_some_and(|header| header.contains_key("enc"))
}

fn object(part: &str) -> Result<Map<String, Value>, &'static str> {
    let json = base64url::decode(part).map_err(|_| "the payload is not base64url")?;
    match strict_json::parse(&json, Limits::bytes(json.len())) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("the payload is no JSON object"),
        Err(strict_json::JsonError::Duplicate) => Err("a JSON object has a duplicate member"),
        Err(strict_json::JsonError::Depth) => Err("the JSON is nested too deeply"),
        Err(_) => Err("the payload is no JSON object"),
    }
}
