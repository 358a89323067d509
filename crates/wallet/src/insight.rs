//! What a Verifier would see of a Credential, worked out before it sees anything.

use credential::data_integrity::selective::Held as Provable;
use credential::sd_jwt::Held;
use credential::{Format, type_names};
use dcql::{Answer, Candidate, ClaimPath, Component, CredentialQuery, Meta, Mismatch};
use keys::base64url;
use serde_json::{Map, Value};

use crate::held::{HeldCredential, OneTimeCopy};
use crate::review::{Lack, Wanted};

/// A Credential as far as a query can see it. Every Credential here is bound to a key of the
/// Holder: others are not received.
pub(crate) fn candidate(held: &HeldCredential) -> Candidate {
    Candidate {
        id: held.id.clone(),
        format: held.format.name().to_owned(),
        types: type_names(held.format, &held.types, &held.claims),
        claims: Value::Object(held.claims.clone()),
        holder_bound: true,
        selective: held.is_selective(),
        authority_key_ids: held.authority_key_ids.clone(),
    }
}

/// The claims that an answer shows, with their values.
pub(crate) fn shared(
    held: &HeldCredential,
    next: Option<&OneTimeCopy>,
    answer: &Answer,
) -> Vec<(String, Value)> {
    if !held.is_selective() {
        return leaves(held.format, &held.claims);
    }
    match next {
        // As the Verifier computes it, from the very copy that it would get.
        Some(copy) => {
            let whole = leaves(held.format, &held.claims);
            let Some(claims) = selected(held, copy.credential.expose(), answer) else {
                return whole;
            };
            let mut shown = leaves(held.format, &claims);
            // A claim of which every part is withheld comes out empty: that says nothing of it.
            shown.retain(|leaf| !is_empty(&leaf.1) || whole.contains(leaf));
            shown
        }
        None => answer
            .places()
            .iter()
            .filter_map(|place| value_at(held, place))
            .collect(),
    }
}

/// What names the Credential itself, as a number on a card would: whoever sees it twice knows that
/// it is the same. An Issuer may give each copy its own, so it is read from the very copy that
/// would be shown.
pub(crate) fn identifiers(
    held: &HeldCredential,
    next: Option<&OneTimeCopy>,
) -> Vec<(String, Value)> {
    next.map(|copy| named(held.format, copy.credential.expose()))
        .unwrap_or_default()
}

/// The credential was verified when it was received: here, it is only read.
fn named(format: Format, credential: &str) -> Vec<(String, Value)> {
    let payload = match format {
        Format::JwtVcJson => payload(credential),
        Format::LdpVc => serde_json::from_str(credential).ok(),
        Format::SdJwtVc => payload(credential.split('~').next().unwrap_or_default()),
    };
    let Some(payload) = payload else {
        return Vec::new();
    };
    let members = |object: &Map<String, Value>, names: &[&str]| -> Vec<_> {
        let found = names.iter().filter_map(|&name| object.get_key_value(name));
        found
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    match (format, payload.get("vc")) {
        (Format::SdJwtVc, _) => members(&payload, &["jti"]),
        // VCDM 1.1: the Credential is a claim, and `jti` its `id`.
        (Format::JwtVcJson, Some(Value::Object(inner))) => {
            [members(inner, &["id"]), members(&payload, &["jti"])].concat()
        }
        (Format::JwtVcJson, _) => members(&payload, &["id", "jti"]),
        (Format::LdpVc, _) => members(&payload, &["id"]),
    }
}

fn payload(token: &str) -> Option<Map<String, Value>> {
    let bytes = base64url::decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The names of the claims that are not [`shared`].
pub(crate) fn hidden(held: &HeldCredential, shared: &[(String, Value)]) -> Vec<String> {
    let mut hidden = leaves(held.format, &held.claims);
    hidden.retain(|leaf| !shared.contains(leaf));
    hidden.into_iter().map(|(name, _)| name).collect()
}

/// What remains when only what was asked for is disclosed, and what the Issuer has made mandatory.
fn selected(held: &HeldCredential, copy: &str, answer: &Answer) -> Option<Map<String, Value>> {
    let places = answer.places();
    if held.format == Format::SdJwtVc {
        let selected = Held::parse(copy).ok()?.select(&places).ok()?;
        return selected.claims().ok();
    }
    let provable = Provable::parse(copy).ok()??;
    let mut claims = provable.select(&places).ok()?.claims().clone();
    // The name of the copy's own key is none of the claims (`forget_key_name`).
    let subject = |claims: &Map<String, Value>| claims.get("credentialSubject")?.get("id").cloned();
    if subject(&held.claims).is_none()
        && let Some(Value::Object(subject)) = claims.get_mut("credentialSubject")
    {
        subject.remove("id");
    }
    Some(claims)
}

/// What a query asks for. Of several combinations of claims, all are named.
pub(crate) fn wanted(query: &CredentialQuery) -> Wanted {
    let types = match query.meta() {
        Meta::JwtVcJson { type_values } | Meta::LdpVc { type_values } => {
            type_values.iter().map(|all| all.join(" + ")).collect()
        }
        Meta::MsoMdoc { doctype_value } => vec![doctype_value.clone()],
        Meta::NetCertificate { .. } => vec![query.meta().format().to_owned()],
        Meta::Other { format, .. } => vec![format.clone()],
        Meta::SdJwtVc { vct_values } => vct_values.clone(),
    };
    let claims = query.claims().iter();
    Wanted {
        types,
        claims: claims.map(|claim| dotted(claim.path())).collect(),
    }
}

/// What a Credential lacks; `None` for one of another kind than is asked for.
pub(crate) fn lack(mismatch: &Mismatch) -> Option<Lack> {
    match mismatch {
        Mismatch::Authority => Some(Lack::Authority),
        Mismatch::Claim(path) => Some(Lack::Claim(dotted(path))),
        Mismatch::HolderBinding => Some(Lack::HolderBinding),
        Mismatch::Value(path) => Some(Lack::Value(dotted(path))),
        Mismatch::Format | Mismatch::Type => None,
    }
}

fn dotted(path: &ClaimPath) -> String {
    let components = path.components().iter().map(|component| match component {
        Component::Every => "*".to_owned(),
        Component::Index(index) => index.to_string(),
        Component::Key(name) => name.clone(),
    });
    components.collect::<Vec<_>>().join(".")
}

/// The claims by their dotted paths, without what says how the Credential is made. In a W3C
/// credential, those of the subject stand first and without its name.
pub(crate) fn leaves(format: Format, claims: &Map<String, Value>) -> Vec<(String, Value)> {
    let technical: &[&str] = match format {
        Format::JwtVcJson | Format::LdpVc => &W3C,
        Format::SdJwtVc => &SD_JWT_VC,
    };
    let members = |claims: &Map<String, Value>| -> Vec<_> {
        claims
            .iter()
            .filter(|(name, _)| !technical.contains(&name.as_str()))
            .flat_map(|(name, value)| flatten(name, value))
            .collect()
    };
    match (format, claims.get("credentialSubject")) {
        (Format::JwtVcJson | Format::LdpVc, Some(Value::Object(subject))) => {
            let about = subject
                .iter()
                .flat_map(|(name, value)| flatten(name, value));
            about.chain(members(claims)).collect()
        }
        // A list of subjects is shown as it stands: what is not understood is shared all the same.
        (Format::JwtVcJson | Format::LdpVc, Some(subjects)) => {
            flatten("credentialSubject", subjects)
                .into_iter()
                .chain(members(claims))
                .collect()
        }
        _ => members(claims),
    }
}

fn flatten(name: &str, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .flat_map(|(member, value)| flatten(&format!("{name}.{member}"), value))
            .collect(),
        leaf => vec![(name.to_owned(), leaf.clone())],
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn value_at(held: &HeldCredential, place: &ClaimPath) -> Option<(String, Value)> {
    let (first, rest) = place.components().split_first()?;
    let Component::Key(name) = first else {
        return None;
    };
    let (mut path, mut value) = (name.clone(), held.claims.get(name)?);
    // In a W3C credential, the subject's claims go without its name.
    if held.format != Format::SdJwtVc && name == "credentialSubject" {
        path.clear();
    }
    for component in rest {
        value = match component {
            Component::Every => return Some((path, value.clone())),
            Component::Index(index) => value.get(*index)?,
            Component::Key(name) => {
                path = match path.as_str() {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                value.get(name)?
            }
        };
    }
    Some((path, value.clone()))
}

const SD_JWT_VC: [&str; 8] = ["cnf", "exp", "iat", "iss", "jti", "nbf", "status", "vct"];
const W3C: [&str; 18] = [
    "@context",
    "cnf",
    "credentialSchema",
    "credentialStatus",
    "credentialSubject",
    "exp",
    "expirationDate",
    "iat",
    "id",
    "iss",
    "issuanceDate",
    "issuer",
    "jti",
    "nbf",
    "status",
    "type",
    "validFrom",
    "validUntil",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_form_of_the_subject_is_shared_unseen() {
        let subject = json!({"family_name": "Lovelace"});
        for form in [subject.clone(), json!([subject])] {
            let credential = json!({"issuer": "https://a.example", "credentialSubject": form});
            let Value::Object(claims) = credential else {
                unreachable!("made above")
            };
            let shown = format!("{:?}", leaves(Format::JwtVcJson, &claims));
            assert!(shown.contains("Lovelace"), "{shown}");
        }
    }

    #[test]
    fn what_names_the_credential_itself_is_told() {
        let token = |payload: Value| {
            let payload = base64url::encode(payload.to_string());
            format!("e30.{payload}.c2ln")
        };
        let one = |name: &str, value: &str| (name.to_owned(), Value::from(value));
        let w3c = token(json!({"id": "urn:uuid:1", "jti": "2", "credentialSubject": {"id": "x"}}));
        let both = [one("id", "urn:uuid:1"), one("jti", "2")];
        assert_eq!(named(Format::JwtVcJson, &w3c), both);
        let old = token(json!({"jti": "2", "vc": {"id": "urn:uuid:1"}}));
        assert_eq!(named(Format::JwtVcJson, &old), both);
        let sd_jwt = format!("{}~WyJzIiwiYSIsMV0~", token(json!({"jti": "2", "id": "y"})));
        assert_eq!(named(Format::SdJwtVc, &sd_jwt), [one("jti", "2")]);
        assert_eq!(named(Format::SdJwtVc, &token(json!({}))), []);
    }
}
