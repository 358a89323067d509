//! DIDs, their documents, and keys.

use did::{Did, DidDocument, DidError, DidUrl, Relationship, Resolution};
use keys::{Jwk, KeyKind, PublicKey, read_multikey};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::known::Known;
use crate::report::Report;

/// Explains a DID or a DID URL.
pub(crate) fn did(text: &str, known: &Known<'_>) -> Report {
    let mut draft = Draft::new(Kind::Did);
    let parsed = Did::parse(text).or_else(|_| Ok(DidUrl::parse(text)?.did().clone()));
    match parsed {
        Err(DidError::Unsupported) => draft.find(Code::Unsupported),
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        Ok(did) => match did::resolve(&did, false) {
            Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
            Ok(Resolution::Here(document)) => {
                draft.find(Code::DidHere);
                show_document(&mut draft, &document);
            }
            Ok(Resolution::Fetch(url)) => match known.resolve(&did) {
                Some(document) => show_document(&mut draft, &document),
                None => draft.find_with(Code::DidElsewhere, [("place", url.as_str())]),
            },
        },
    }
    draft.finish()
}

/// Explains a DID document.
pub(crate) fn document(members: &Map<String, Value>, text: &str) -> Report {
    let mut draft = Draft::new(Kind::DidDocument);
    draft.show(Title::Content, members);
    let id = members
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let read = Did::parse(id).and_then(|did| DidDocument::parse(text.as_bytes(), &did));
    match read {
        Err(DidError::Unsupported) => draft.find(Code::Unsupported),
        Err(error) => draft.find_at(Code::Refused, &error.to_string(), "/id"),
        Ok(document) => judge(&mut draft, &document),
    }
    draft.finish()
}

/// Explains a JWK.
pub(crate) fn jwk(members: &Map<String, Value>) -> Report {
    let mut draft = Draft::new(Kind::Jwk);
    key(&mut draft, members, "");
    draft.show(Title::Key, members);
    draft.finish()
}

/// Explains a JWK set.
pub(crate) fn jwks(members: &Map<String, Value>) -> Report {
    let mut draft = Draft::new(Kind::Jwks);
    let keys = members.get("keys").and_then(Value::as_array);
    for (index, one) in keys.into_iter().flatten().take(MOST_KEYS).enumerate() {
        match one.as_object() {
            Some(members) => key(&mut draft, members, &format!("/keys/{index}")),
            None => draft.find_at(Code::Refused, "no key", &format!("/keys/{index}")),
        }
    }
    draft.show(Title::Content, members);
    draft.finish()
}

/// Explains a Multikey, if it is one.
pub(crate) fn multikey(text: &str) -> Option<Report> {
    let (kind, bytes) = read_multikey(text).ok()?;
    let mut draft = Draft::new(Kind::Multikey);
    let name = match kind {
        KeyKind::Bls12381G2 => "BLS12-381 G2 (BBS)",
        KeyKind::Ed25519 => "Ed25519",
        KeyKind::P256 => "P-256",
        KeyKind::P384 => "P-384",
        KeyKind::X25519 => "X25519",
    };
    match PublicKey::of_kind(kind, &bytes) {
        Ok(_) => draft.find(Code::FormGood),
        Err(keys::KeyError::Unsupported) => {}
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
    }
    let shown = vec![
        draft.listing().entry("type", &json!(name)),
        draft
            .listing()
            .entry("id", &json!(format!("did:key:{text}"))),
    ];
    draft.section(Title::Key, shown);
    Some(draft.finish())
}

fn show_document(draft: &mut Draft, document: &DidDocument) {
    judge(draft, document);
    if let Ok(Value::Object(members)) = serde_json::to_value(document) {
        draft.show(Title::Content, &members);
    }
}

/// Tries every key of a document.
fn judge(draft: &mut Draft, document: &DidDocument) {
    let mut good = true;
    for (index, method) in document.verification_methods().iter().enumerate() {
        let Ok(url) = document.id().join(method.id()) else {
            continue;
        };
        let roles = [Relationship::Assertion, Relationship::Authentication];
        let tried = roles.map(|role| document.key(&url, role));
        let usable = tried.iter().any(|tried| {
            matches!(
                tried,
                Ok(_) | Err(DidError::Relationship | DidError::Unsupported)
            )
        });
        if let (false, Some(Err(error))) = (usable, tried.first()) {
            good = false;
            let pointer = format!("/verificationMethod/{index}");
            draft.find_at(Code::Refused, &error.to_string(), &pointer);
        }
    }
    if good {
        draft.find(Code::FormGood);
    }
}

fn key(draft: &mut Draft, members: &Map<String, Value>, pointer: &str) {
    let mut public = members.clone();
    for secret in ["d", "dp", "dq", "k", "oth", "p", "q", "qi"] {
        public.remove(secret);
    }
    let kty = members.get("kty").and_then(Value::as_str);
    if !matches!(kty, Some("EC" | "OKP")) {
        draft.find(Code::Unsupported);
        return;
    }
    let read = Jwk::deserialize(Value::Object(public));
    match read.map(|jwk| PublicKey::from_jwk(&jwk)) {
        Ok(Ok(_)) => draft.find(Code::FormGood),
        Ok(Err(keys::KeyError::Unsupported)) => draft.find(Code::Unsupported),
        Ok(Err(error)) => draft.find_at(Code::Refused, &error.to_string(), pointer),
        Err(_) => draft.find_at(Code::Refused, "no key that is known here", pointer),
    }
}

/// How many keys of a set are tried.
const MOST_KEYS: usize = 64;
