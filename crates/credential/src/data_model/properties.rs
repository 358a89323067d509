//! Members of a Credential that have a form of their own (VCDM 2.0, sections 4.6 to 5).

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::data_model::{DataModel, is_url, several};
use crate::error::IssuerFault;

/// Judges every member whose form the data model prescribes.
pub(crate) fn check(model: DataModel, object: &Map<String, Value>) -> Result<(), IssuerFault> {
    for name in ["name", "description"] {
        check_text(object, name)?;
    }
    if let Some(Value::Object(issuer)) = object.get("issuer") {
        check_text(issuer, "name").map_err(|_| IssuerFault::Claim("issuer"))?;
        check_text(issuer, "description").map_err(|_| IssuerFault::Claim("issuer"))?;
    }
    let id_required = match model {
        DataModel::V1 => ["credentialSchema", "credentialStatus", "refreshService"].as_slice(),
        DataModel::V2 => ["credentialSchema"].as_slice(),
    };
    for name in TYPED {
        check_typed(object, name, id_required.contains(&name))?;
    }
    match model {
        DataModel::V1 => Ok(()),
        DataModel::V2 => {
            for name in RESERVED {
                check_typed(object, name, false)?;
            }
            for subject in objects(object, "credentialSubject")? {
                check_typed(subject, "confidenceMethod", false)?;
            }
            check_related(object)
        }
    }
}

/// Judges the members of a Presentation whose form is prescribed (VCDM 2.0, sections 5.4 and 5.5).
pub(crate) fn check_presented(object: &Map<String, Value>) -> Result<(), IssuerFault> {
    for name in ["refreshService", "termsOfUse"] {
        check_typed(object, name, false)?;
    }
    Ok(())
}

/// One object or several with a type, and an identifier if they have or need one.
fn check_typed(
    object: &Map<String, Value>,
    name: &'static str,
    needs_id: bool,
) -> Result<(), IssuerFault> {
    for member in objects(object, name)? {
        let has_type = match member.get("type") {
            Some(Value::Array(several)) => !several.is_empty() && several.iter().all(is_type),
            one => one.is_some_and(is_type),
        };
        let has_id = match member.get("id") {
            Some(id) => is_url(id),
            None => !needs_id,
        };
        if !has_type || !has_id {
            return Err(IssuerFault::Claim(name));
        }
    }
    Ok(())
}

fn is_type(value: &Value) -> bool {
    value.as_str().is_some_and(|name| !name.is_empty())
}

/// Text, or text with its language and base direction, once or in several languages
/// (VCDM 2.0, section 11.1).
fn check_text(object: &Map<String, Value>, name: &'static str) -> Result<(), IssuerFault> {
    let fine = match object.get(name) {
        None | Some(Value::String(_)) => true,
        Some(Value::Object(one)) => is_language_value(one),
        Some(Value::Array(several)) => {
            !several.is_empty()
                && several
                    .iter()
                    .all(|one| one.as_object().is_some_and(is_language_value))
        }
        Some(_) => false,
    };
    if fine {
        Ok(())
    } else {
        Err(IssuerFault::Claim(name))
    }
}

fn is_language_value(object: &Map<String, Value>) -> bool {
    object.contains_key("@value")
        && object
            .iter()
            .all(|(name, value)| match (name.as_str(), value) {
                ("@value", Value::String(_)) => true,
                ("@language", Value::String(tag)) => is_language_tag(tag),
                ("@direction", Value::String(direction)) => {
                    matches!(direction.as_str(), "ltr" | "rtl")
                }
                _ => false,
            })
}

/// The form of BCP 47 tags, not their registration.
fn is_language_tag(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(index, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit()))
    })
}

/// `relatedResource`: each named once, with a digest (VCDM 2.0, section 5.3).
fn check_related(object: &Map<String, Value>) -> Result<(), IssuerFault> {
    let fault = IssuerFault::Claim("relatedResource");
    let mut seen = HashSet::new();
    for resource in objects(object, "relatedResource")? {
        let id = resource.get("id").filter(|id| is_url(id)).ok_or(fault)?;
        let digests = [resource.get("digestSRI"), resource.get("digestMultibase")];
        let stated = digests.iter().flatten().count() > 0;
        let formed = digests.iter().flatten().all(|digest| {
            let stated = several(Some(digest));
            !stated.is_empty() && stated.iter().all(Value::is_string)
        });
        let media_type = resource.get("mediaType").is_none_or(is_media_type);
        if !seen.insert(id.as_str()) || !stated || !formed || !media_type {
            return Err(fault);
        }
    }
    Ok(())
}

/// The form of a media type, not its registration.
fn is_media_type(value: &Value) -> bool {
    let essence = |text: &str| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    };
    let essence = value.as_str().map(essence).unwrap_or_default();
    let is_token = |part: &str| {
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(is_fine)
    };
    let parts = essence.split_once('/');
    parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// A member that holds one object or several.
fn objects<'a>(
    object: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Vec<&'a Map<String, Value>>, IssuerFault> {
    let held = object.get(name);
    if held.and_then(Value::as_array).is_some_and(Vec::is_empty) {
        return Err(IssuerFault::Claim(name));
    }
    several(held)
        .iter()
        .map(|one| one.as_object().ok_or(IssuerFault::Claim(name)))
        .collect()
}

/// Members that must say their type although no text defines them yet (VCDM 2.0, section 5.10).
const RESERVED: [&str; 2] = ["confidenceMethod", "renderMethod"];
/// Members that are objects with a type, and an identifier if they have one.
const TYPED: [&str; 5] = [
    "credentialSchema",
    "credentialStatus",
    "evidence",
    "refreshService",
    "termsOfUse",
];
