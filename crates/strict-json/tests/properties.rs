//! The strict reader against serde_json, and against noise.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::Value;
use strict_json::{JsonError, Limits, check, parse};

/// Documents without duplicates (a map cannot hold one).
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no NaN", |n| n.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 128, 24, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..24).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..24)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text made of the pieces of JSON: valid now and then, nearly valid most of the time.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"\\u0061\"",
        "1",
        "-",
        "0",
        ".",
        "e",
        "true",
        "null",
        " ",
        "\"",
        "\\",
        "\\ud800",
        "é",
        "{\"a\":",
        "\"c\":1",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn has_duplicate(text: &str) -> bool {
    struct Unique;
    impl<'de> serde::de::DeserializeSeed<'de> for Unique {
        type Value = bool;
        fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<bool, D::Error> {
            input.deserialize_any(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Unique {
        type Value = bool;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("JSON")
        }
        fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_unit<E>(self) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_str<E>(self, _: &str) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
            let mut found = false;
            while let Some(inner) = seq.next_element_seed(Unique)? {
                found |= inner;
            }
            Ok(found)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            let mut names = std::collections::HashSet::new();
            let mut found = false;
            while let Some(name) = map.next_key::<String>()? {
                found |= !names.insert(name);
                found |= map.next_value_seed(Unique)?;
            }
            Ok(found)
        }
    }
    let mut input = serde_json::Deserializer::from_str(text);
    serde::de::DeserializeSeed::deserialize(Unique, &mut input).unwrap()
}

proptest! {
    #[test]
    fn agrees_with_serde_json(document in documents(), pretty: bool) {
        let text = if pretty {
            serde_json::to_string_pretty(&document).unwrap()
        } else {
            document.to_string()
        };
        let limits = Limits::bytes(1 << 24);
        prop_assert_eq!(parse(text.as_bytes(), limits), Ok(serde_json::from_str(&text).unwrap()));
    }

    #[test]
    fn accepts_exactly_what_serde_json_accepts_without_duplicates(text in nearly_json()) {
        let strict = check(text.as_bytes(), Limits::default()).err();
        match serde_json::from_str::<Value>(&text) {
            Err(_) => prop_assert!(strict.is_some(), "{}", text),
            Ok(_) if has_duplicate(&text) => prop_assert_eq!(strict, Some(JsonError::Duplicate)),
            Ok(_) => prop_assert_eq!(strict, None),
        }
    }

    /// A value is read in one pass, a type after a scan: both by the same rules.
    #[test]
    fn one_pass_and_two_agree(text in nearly_json(), max_depth in 0..6_usize) {
        let limits = Limits { max_depth, ..Limits::default() };
        let scanned = check(text.as_bytes(), limits);
        match (parse(text.as_bytes(), limits), scanned) {
            (Ok(value), Ok(text)) => prop_assert_eq!(Ok(value), serde_json::from_str(text).map_err(|_| ())),
            (Err(one), Err(two)) => prop_assert_eq!(one, two),
            (one, two) => prop_assert!(false, "{:?} {:?}", one, two),
        }
    }

    #[test]
    fn a_planted_duplicate_is_refused(document in documents(), name: String, depth in 0..8_usize) {
        let name = Value::from(name);
        let mut text = format!("{{{name}:{document},{name}:null}}");
        for _ in 0..depth {
            text = format!("[0,{{\"k\":{text}}}]");
        }
        let limits = Limits { max_bytes: 1 << 24, max_depth: 100 };
        prop_assert_eq!(check(text.as_bytes(), limits), Err(JsonError::Duplicate));
    }

    #[test]
    fn noise_never_panics(bytes: Vec<u8>) {
        let strict = parse(&bytes, Limits::default());
        prop_assert!(strict.is_err() || serde_json::from_slice::<Value>(&bytes).is_ok());
    }

    #[test]
    fn cut_documents_are_refused(document in documents(), cut in 0.0..1.0_f64) {
        let text = serde_json::json!([document]).to_string();
        let end = (text.len() as f64 * cut) as usize;
        prop_assert!(check(&text.as_bytes()[..end], Limits::bytes(1 << 24)).is_err());
    }
}

/// The name under which serde_json passes on numbers as text, when a feature asks it to.
#[test]
fn a_member_with_serde_jsons_private_name_is_a_member() {
    let text = r#"{"$serde_json::private::Number":"1"}"#;
    let value = parse(text.as_bytes(), Limits::default()).unwrap();
    assert!(value.is_object());
}
