//! Which part of a document JSON pointers select (vc-di-ecdsa, sections 3.4.11 to 3.4.13).

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use strict_json::member_name;

use crate::data_integrity::fault::ProofFault;

/// The part of the document that the pointers (RFC 6901) select, or nothing if there are none.
///
/// What leads to a selected place keeps its `type`, and its `id` if it has one; the document keeps
/// its contexts.
pub(super) fn select(
    document: &Map<String, Value>,
    pointers: &[String],
) -> Result<Option<Map<String, Value>>, ProofFault> {
    if pointers.is_empty() {
        return Ok(None);
    }
    let mut chosen = Chosen::Parts(BTreeMap::new());
    let document = Value::Object(document.clone());
    for pointer in pointers {
        if document.pointer(pointer).is_none() {
            return Err(ProofFault::Pointer);
        }
        let names = pointer.split('/').skip(1);
        let names = names.map(member_name);
        chosen.choose(&names.collect::<Vec<_>>());
    }
    match take(&document, &chosen) {
        Value::Object(mut part) => {
            if let Some(contexts) = document.get("@context") {
                part.insert("@context".to_owned(), contexts.clone());
            }
            Ok(Some(part))
        }
        _ => Err(ProofFault::Pointer),
    }
}

/// What is always disclosed: what the Issuer names, and the status. A Holder who could withhold it
/// could show what was revoked.
pub(super) fn mandatory(document: &Map<String, Value>, named: &[String]) -> Vec<String> {
    let status = document.contains_key("credentialStatus");
    let status = status.then(|| "/credentialStatus".to_owned());
    let status = status.filter(|pointer| !named.contains(pointer));
    named.iter().cloned().chain(status).collect()
}

enum Chosen {
    All,
    Parts(BTreeMap<String, Self>),
}

impl Chosen {
    fn choose(&mut self, names: &[String]) {
        match (names, &mut *self) {
            (_, Self::All) => {}
            ([], _) => *self = Self::All,
            ([first, rest @ ..], Self::Parts(parts)) => parts
                .entry(first.clone())
                .or_insert(Self::Parts(BTreeMap::new()))
                .choose(rest),
        }
    }
}

fn take(value: &Value, chosen: &Chosen) -> Value {
    let Chosen::Parts(parts) = chosen else {
        return value.clone();
    };
    match value {
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| match parts.get(name) {
                Some(inner) => Some((name.clone(), take(value, inner))),
                None if name == "type" || name == "id" => Some((name.clone(), value.clone())),
                None => None,
            })
            .collect(),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .filter_map(|(index, value)| Some(take(value, parts.get(&index.to_string())?)))
            .collect(),
        scalar => scalar.clone(),
    }
}
