//! SD-JWTs: SD-JWT VC, and W3C Credentials in that form.

use claim_path::{ClaimPath, Component};
use credential::Format;
use credential::sd_jwt::Held;
use jiff::Timestamp;
use keys::jws::UnverifiedJws;
use keys::{PublicKey, base64url, sha256};
use serde_json::{Map, Value};
use strict_json::pointer_token;

use crate::code::{Code, Kind, Title};
use crate::draft::{Draft, moment};
use crate::judge;
use crate::jwt::Jwt;
use crate::known::Known;
use crate::report::Report;
use crate::w3c;

/// Explains `<JWT>~<Disclosure>~…~[<KB-JWT>]`.
pub(crate) fn inspect(text: &str, known: &Known<'_>) -> Option<Report> {
    let (presented, binding) = text.split_at(text.rfind('~')? + 1);
    let jwt = Jwt::read(presented.split('~').next()?)?;
    let mut draft = Draft::new(match (jwt.typ().as_str(), binding) {
        ("vc+sd-jwt", _) if !is_sd_jwt_vc(&jwt) => Kind::VcSdJwt,
        ("vp+sd-jwt", _) => Kind::VpSdJwt,
        (_, "") => Kind::SdJwtVc,
        _ => Kind::SdJwtPresentation,
    });
    let claims = claims(&mut draft, presented, &jwt);
    let of_w3c = matches!(jwt.typ().as_str(), "vc+sd-jwt" | "vp+sd-jwt") && !is_sd_jwt_vc(&jwt);
    if of_w3c {
        signature(&mut draft, &jwt, known);
        w3c::dates(&mut draft, &claims, known);
        w3c::references(&mut draft, &claims, known);
    } else {
        judge::credential(&mut draft, Format::SdJwtVc, presented, known);
        let at = |name: &str| seconds(claims.get(name));
        draft.dates(at("nbf").or_else(|| at("iat")), at("exp"), known.now);
    }
    status(&mut draft, &claims);
    holder(&mut draft, &claims, presented, binding);
    draft.show(Title::Header, &jwt.header);
    Some(draft.finish())
}

/// Shows the claims, with those that the Holder could withhold marked.
fn claims(draft: &mut Draft, presented: &str, jwt: &Jwt<'_>) -> Map<String, Value> {
    let held = match Held::parse(presented) {
        Ok(held) => held,
        Err(error) => {
            judge::fault(draft, &error);
            let open = jwt.payload.clone().unwrap_or_default();
            show(draft, &open);
            return open;
        }
    };
    let disclosed: Vec<String> = held.disclosable().map(pointer).collect();
    let withheld = jwt.payload.as_ref().map_or(0, digests);
    show(draft, held.claims());
    draft.mark_disclosed(&disclosed);
    if withheld > 0 {
        let shown = disclosed.len().to_string();
        let more = withheld.saturating_sub(disclosed.len()).to_string();
        draft.find_with(Code::Disclosed, [("shown", &shown), ("more", &more)]);
    }
    held.claims().clone()
}

fn show(draft: &mut Draft, claims: &Map<String, Value>) {
    draft.show_some(Title::Claims, claims, |name| !FRAME.contains(&name));
    draft.show_some(Title::Frame, claims, |name| FRAME.contains(&name));
}

/// How many digests stand in a payload; some may be decoys.
fn digests(payload: &Map<String, Value>) -> usize {
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => digests(members),
            _ => 0,
        }
    }
    members_of(payload, "_sd")
        + usize::from(payload.len() == 1 && payload.contains_key("..."))
        + payload.values().map(count).sum::<usize>()
}

fn members_of(payload: &Map<String, Value>, name: &str) -> usize {
    payload
        .get(name)
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

/// Judges the signature of a token whose `iss` or `issuer` says whose key it is.
fn signature(draft: &mut Draft, jwt: &Jwt<'_>, known: &Known<'_>) {
    let Ok(payload) = &jwt.payload else { return };
    w3c::token_signature(draft, jwt, payload, known);
}

/// Says for whom it is, and judges the Holder's own proof.
fn holder(draft: &mut Draft, claims: &Map<String, Value>, presented: &str, binding: &str) {
    let jwk = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
    let key = jwk.and_then(|jwk| PublicKey::read_jwk(jwk).ok());
    match &key {
        None => draft.find(Code::Unbound),
        Some(key) => draft.find_with(Code::HolderBound, [("key", &key.thumbprint())]),
    }
    if binding.is_empty() {
        return;
    }
    let Some(jwt) = Jwt::read(binding) else {
        let reason = "the holder's proof is no JWT";
        draft.find_with(Code::Refused, [("reason", reason)]);
        return;
    };
    if let Ok(payload) = &jwt.payload {
        let hash = base64url::encode(sha256(presented.as_bytes()));
        if payload.get("sd_hash").and_then(Value::as_str) != Some(&hash) {
            let reason = "the key binding was made for another selection";
            draft.find_at(Code::Refused, reason, "/sd_hash");
        }
        let to = payload.get("aud").and_then(Value::as_str).unwrap_or("?");
        let at = seconds(payload.get("iat")).map_or_else(|| "?".to_owned(), moment);
        draft.find_with(Code::Challenge, [("audience", to), ("at", &at)]);
        draft.show(Title::HolderProof, payload);
    }
    let signed = jwt.signed(draft).zip(key);
    if let Some((jws, key)) = signed {
        holder_signature(draft, jws, &key);
    }
}

fn holder_signature(draft: &mut Draft, jws: UnverifiedJws, key: &PublicKey) {
    match jws.verify(key, &["kb+jwt"]) {
        Ok(_) => draft.find(Code::HolderSignature),
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
    }
}

/// Says where the status is published.
pub(crate) fn status(draft: &mut Draft, claims: &Map<String, Value>) {
    let list = claims
        .get("status")
        .and_then(|status| status.get("status_list"));
    match list
        .and_then(|list| list.get("uri"))
        .and_then(Value::as_str)
    {
        Some(uri) => draft.find_with(Code::StatusElsewhere, [("place", uri)]),
        None => draft.find(Code::StatusNone),
    }
}

pub(crate) fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    Timestamp::from_second(value?.as_i64()?).ok()
}

/// A claims path as a JSON pointer.
fn pointer(path: &ClaimPath) -> String {
    let steps = path.components().iter().map(|component| match component {
        Component::Every => "/-".to_owned(),
        Component::Index(index) => format!("/{index}"),
        Component::Key(name) => format!("/{}", pointer_token(name)),
    });
    steps.collect()
}

/// A `vct` makes an SD-JWT VC; `vc+sd-jwt` was its type until November 2024.
fn is_sd_jwt_vc(jwt: &Jwt<'_>) -> bool {
    let payload = jwt.payload.as_ref();
    payload.is_ok_and(|payload| payload.contains_key("vct"))
}

/// Claims that say nothing about the person.
const FRAME: [&str; 13] = [
    "@context",
    "cnf",
    "exp",
    "iat",
    "id",
    "iss",
    "issuer",
    "jti",
    "nbf",
    "status",
    "type",
    "validFrom",
    "vct",
];
