//! What a text is: by its first letters, its parts, and its members.

use serde_json::{Map, Value};
use strict_json::{JsonError, Limits};
use url::Url;

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::jwt::{self, Jwt};
use crate::known::Known;
use crate::report::{Hidden, Report};
use crate::{identifier, net, offer, request, sd_jwt, secret, status_list, w3c};

/// How deep it is still looked inside.
#[derive(Clone, Copy)]
pub(crate) struct Depth(u8);

impl Depth {
    /// A Presentation in an envelope, with Credentials in envelopes.
    pub(crate) const MOST: Self = Self(4);

    fn deeper(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

/// Explains a text.
pub(crate) fn text(text: &str, known: &Known<'_>, depth: Depth) -> Report {
    let Some(depth) = depth.deeper() else {
        return nothing(Code::More);
    };
    let text = text.trim();
    if text.len() > LONGEST {
        return nothing(Code::TooLarge);
    }
    match text.chars().next() {
        None => nothing(Code::NotKnown),
        Some('{' | '[' | '"') => json(text, known, depth),
        Some(_) => plain(text, known, depth),
    }
}

/// Explains a member of something else.
pub(crate) fn value(value: &Value, known: &Known<'_>, depth: Depth) -> Report {
    match value {
        Value::String(inner) => text(inner, known, depth),
        Value::Object(members) => match depth.deeper() {
            Some(depth) => object(members, &value.to_string(), known, depth),
            None => nothing(Code::More),
        },
        _ => nothing(Code::NotKnown),
    }
}

fn json(text: &str, known: &Known<'_>, depth: Depth) -> Report {
    match strict_json::parse(text.as_bytes(), Limits::bytes(LONGEST)) {
        Ok(Value::Object(members)) => object(&members, text, known, depth),
        Ok(Value::String(inner)) => self::text(&inner, known, depth),
        Ok(other) => {
            let mut draft = Draft::new(Kind::Json);
            draft.find(Code::NotKnown);
            let shown = vec![draft.listing().entry("", &other)];
            draft.section(Title::Content, shown);
            draft.finish()
        }
        Err(error) => {
            let mut draft = Draft::new(Kind::Json);
            draft.find_with(Code::Json, [("reason", &error.to_string())]);
            if error != JsonError::Syntax && secret::text(text).is_some() {
                draft.listing().hide(Hidden::PrivateKey);
            }
            draft.finish()
        }
    }
}

fn object(members: &Map<String, Value>, text: &str, known: &Known<'_>, depth: Depth) -> Report {
    let has = |name: &str| members.contains_key(name);
    let is = |wanted: &str| match members.get("type") {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
        _ => false,
    };
    if is("EnvelopedVerifiableCredential") || is("EnvelopedVerifiablePresentation") {
        w3c::envelope(members, known, depth)
    } else if is("VerifiableCredential") {
        w3c::credential_object(members, text, known)
    } else if is("VerifiablePresentation") {
        w3c::presentation_object(members, known, depth)
    } else if has("credential_issuer") && has("credential_configuration_ids") {
        offer::object(text)
    } else if has("client_id") && (has("dcql_query") || has("response_type")) {
        request::object(members)
    } else if has("credentials") && members.get("credentials").is_some_and(Value::is_array) {
        request::query(members)
    } else if has("kty") {
        identifier::jwk(members)
    } else if has("keys") {
        identifier::jwks(members)
    } else if is_did_document(members) {
        identifier::document(members, text)
    } else if let Some(inner) = WRAPPERS.iter().find_map(|name| members.get(*name)) {
        value(inner, known, depth)
    } else {
        let mut draft = Draft::new(Kind::Json);
        draft.find(Code::NotKnown);
        draft.show(Title::Content, members);
        draft.finish()
    }
}

fn plain(text: &str, known: &Known<'_>, depth: Depth) -> Report {
    if text.starts_with("did:") {
        return identifier::did(text, known);
    }
    if text.starts_with("data:") {
        return w3c::data_url(text, known, depth);
    }
    let special = net::door_answer(text)
        .or_else(|| net::net_number(text))
        .or_else(|| secret(text))
        .or_else(|| link(text, known));
    if let Some(report) = special {
        return report;
    }
    // Copied from a mail, a token may be broken into lines.
    let joined: String = text.split_whitespace().collect();
    if joined.contains('~')
        && let Some(report) = sd_jwt::inspect(&joined, known)
    {
        return report;
    }
    if let Some(jwt) = Jwt::read(&joined) {
        return token(&jwt, known, depth);
    }
    if jwt::is_encrypted(&joined) {
        let mut draft = Draft::new(Kind::EncryptedToken);
        draft.find(Code::Encrypted);
        return draft.finish();
    }
    identifier::multikey(text).unwrap_or_else(|| nothing(Code::NotKnown))
}

fn token(jwt: &Jwt<'_>, known: &Known<'_>, depth: Depth) -> Report {
    let typ = jwt.typ();
    let payload = match &jwt.payload {
        Ok(payload) => payload,
        Err(reason) => {
            let mut draft = Draft::new(Kind::Jwt);
            draft.find_with(Code::Refused, [("reason", reason)]);
            draft.show(Title::Header, &jwt.header);
            return draft.finish();
        }
    };
    match typ.as_str() {
        "vc+jwt" | "vc+ld+json+jwt" => w3c::credential_token(jwt, payload, known),
        "vp+jwt" | "vp+ld+json+jwt" => w3c::presentation_token(jwt, payload, known, depth),
        "oauth-authz-req+jwt" => request::token(jwt, None, known),
        "statuslist+jwt" => status_list::token(jwt, payload, known),
        _ if payload.contains_key("vc") => w3c::credential_token(jwt, payload, known),
        _ if payload.contains_key("vp") => w3c::presentation_token(jwt, payload, known, depth),
        _ => other_token(jwt, payload, known),
    }
}

fn other_token(jwt: &Jwt<'_>, payload: &Map<String, Value>, known: &Known<'_>) -> Report {
    let mut draft = Draft::new(Kind::Jwt);
    if jwt.header.contains_key("jwk") {
        draft.find(Code::KeyInside);
    } else {
        w3c::token_signature(&mut draft, jwt, payload, known);
    }
    let at = |name: &str| sd_jwt::seconds(payload.get(name));
    draft.dates(at("nbf").or_else(|| at("iat")), at("exp"), known.now);
    draft.show(Title::Claims, payload);
    draft.show(Title::Header, &jwt.header);
    draft.finish()
}

fn link(text: &str, known: &Known<'_>) -> Option<Report> {
    let url = Url::parse(text).ok()?;
    match url.scheme() {
        "openid4vp" => request::link(&url, known),
        "openid-credential-offer" => offer::link(text),
        "http" | "https" | "haip" | "mdoc-openid4vp" => {
            offer::link(text).or_else(|| request::link(&url, known))
        }
        _ => None,
    }
}

fn secret(text: &str) -> Option<Report> {
    let hidden = match secret::text(text) {
        Some(hidden) => hidden,
        None if secret::is_code(text) => Hidden::TransactionCode,
        None => return None,
    };
    let mut draft = Draft::new(Kind::Secret);
    draft.listing().hide(hidden);
    Some(draft.finish())
}

fn is_did_document(members: &Map<String, Value>) -> bool {
    let id = members
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    id.starts_with("did:")
        && [
            "assertionMethod",
            "authentication",
            "keyAgreement",
            "service",
            "verificationMethod",
        ]
        .iter()
        .any(|name| members.contains_key(*name))
}

fn nothing(code: Code) -> Report {
    let mut draft = Draft::new(Kind::Unrecognised);
    draft.find(code);
    draft.finish()
}

/// The longest text that is read.
pub(crate) const LONGEST: usize = 256 * 1024;

/// Members in which APIs and this suite's commands hand out what is of interest.
const WRAPPERS: [&str; 7] = [
    "verifiableCredential",
    "verifiablePresentation",
    "credential",
    "presentation",
    "vp_token",
    "didDocument",
    "data",
];
