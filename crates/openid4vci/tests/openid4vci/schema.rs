//! As much of JSON Schema (2020-12) as the conformance suite's schemas use.

use serde_json::Value;

/// Whether a value satisfies a schema. A closed object is one without unknown members: the suite
/// only warns of those, so that strangers' metadata are judged `open`.
pub(crate) fn satisfies(schema: &Value, value: &Value, closed: bool) -> bool {
    let Value::Object(keywords) = schema else {
        return schema.as_bool().unwrap_or(true);
    };
    keywords
        .iter()
        .all(|(keyword, rule)| judge(keywords, keyword, rule, value, closed))
}

fn judge(
    schema: &serde_json::Map<String, Value>,
    keyword: &str,
    rule: &Value,
    value: &Value,
    closed: bool,
) -> bool {
    let each = || rule.as_array().unwrap().iter();
    match keyword {
        "type" => is_a(rule.as_str().unwrap(), value),
        "const" => rule == value,
        "enum" => each().any(|one| one == value),
        "allOf" => each().all(|one| satisfies(one, value, closed)),
        "anyOf" => each().any(|one| satisfies(one, value, closed)),
        "oneOf" => each().filter(|one| satisfies(one, value, closed)).count() == 1,
        "not" => !satisfies(rule, value, closed),
        "if" => !satisfies(rule, value, closed) || satisfies(&schema["then"], value, closed),
        "then" => true,
        "required" => match value.as_object() {
            Some(object) => each().all(|name| object.contains_key(name.as_str().unwrap())),
            None => true,
        },
        "properties" => rule.as_object().unwrap().iter().all(|(name, rule)| {
            value
                .get(name)
                .is_none_or(|member| satisfies(rule, member, closed))
        }),
        "additionalProperties" => {
            let known = |name: &String| {
                schema
                    .get("properties")
                    .is_some_and(|p| p.get(name).is_some())
            };
            let mut unknown = value
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(name, _)| !known(name));
            match rule {
                Value::Bool(false) => !closed || unknown.next().is_none(),
                rule => unknown.all(|(_, member)| satisfies(rule, member, closed)),
            }
        }
        "items" => value
            .as_array()
            .into_iter()
            .flatten()
            .all(|item| satisfies(rule, item, closed)),
        "minItems" => value
            .as_array()
            .is_none_or(|all| all.len() as u64 >= rule.as_u64().unwrap()),
        "minProperties" => value
            .as_object()
            .is_none_or(|all| all.len() as u64 >= rule.as_u64().unwrap()),
        "maxProperties" => value
            .as_object()
            .is_none_or(|all| all.len() as u64 <= rule.as_u64().unwrap()),
        "minimum" => value
            .as_f64()
            .is_none_or(|number| number >= rule.as_f64().unwrap()),
        "maxLength" => value
            .as_str()
            .is_none_or(|s| s.chars().count() as u64 <= rule.as_u64().unwrap()),
        "format" => match (rule.as_str(), value.as_str()) {
            (Some("uri"), Some(text)) => url::Url::parse(text).is_ok(),
            _ => true,
        },
        "$schema" | "$comment" | "title" | "description" | "default" | "unevaluatedProperties" => {
            true
        }
        other => panic!("the keyword {other} is not implemented"),
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not implemented"),
    }
}
