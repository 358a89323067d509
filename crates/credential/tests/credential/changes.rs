//! What a document becomes when something in it is changed.

use serde_json::{Value, json};

/// The value with one member removed, renamed, added or changed, at every place.
pub(crate) fn changes(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let mut without = members.clone();
                without.remove(name);
                all.push(Value::Object(without.clone()));
                without.insert(format!("{name}x"), inner.clone());
                all.push(Value::Object(without));
                for changed in changes(inner) {
                    let mut with = members.clone();
                    with.insert(name.clone(), changed);
                    all.push(Value::Object(with));
                }
            }
            for (name, inner) in [
                ("unknownTerm", json!("x")),
                ("description", json!("x")),
                ("nothing", json!(null)),
                ("empty", json!([])),
                ("@type", json!("urn:x:y")),
                ("https://schema.org/name", json!("x")),
            ] {
                let mut with = members.clone();
                with.insert(name.to_owned(), inner);
                all.push(Value::Object(with));
            }
        }
        Value::Array(elements) => {
            for (index, inner) in elements.iter().enumerate() {
                let mut without = elements.clone();
                without.remove(index);
                all.push(Value::Array(without));
                for changed in changes(inner) {
                    let mut with = elements.clone();
                    with[index] = changed;
                    all.push(Value::Array(with));
                }
            }
            let mut twice = elements.clone();
            twice.extend(elements.first().cloned());
            all.push(Value::Array(twice));
            all.push(json!([elements, "more"]));
        }
        Value::String(text) => {
            all.push(format!("{text}x").into());
            all.push(Value::Null);
            all.push(json!({ "@value": text, "@language": "en" }));
        }
        Value::Bool(truth) => all.push((!truth).into()),
        Value::Number(number) => {
            all.push(json!(number.as_f64().unwrap() + 1.0));
            all.push(number.to_string().into());
        }
        Value::Null => {}
    }
    all
}
