//! Each rule refuses what breaks it, and nothing else.

#![expect(clippy::unwrap_used, reason = "tests")]

use strict_json::{JsonError, Limits, check, from_slice, parse};

fn refused(text: &str) -> JsonError {
    parse(text.as_bytes(), Limits::default()).unwrap_err()
}

#[test]
fn duplicates_are_refused_at_every_level_and_after_unescaping() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"[{"x":{"b":null,"c":0,"b":1}}]"#,
        r#"{"":1,"":2}"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
    ] {
        assert_eq!(refused(text), JsonError::Duplicate, "{text}");
    }
}

#[test]
fn equal_names_in_different_objects_are_fine() {
    let text = r#"{"a":{"a":{"a":[{"a":1},{"a":1}]}},"b":{"a":1}}"#;
    assert!(parse(text.as_bytes(), Limits::default()).is_ok());
}

#[test]
fn duplicates_are_refused_in_large_objects() {
    for size in 1..60 {
        let names: Vec<String> = (0..size).map(|n| format!("\"m{n}\":{n}")).collect();
        let good = format!("{{{}}}", names.join(","));
        assert!(parse(good.as_bytes(), Limits::default()).is_ok(), "{size}");
        for twice in [0, size / 2, size - 1] {
            let bad = format!("{{{},\"m{twice}\":0}}", names.join(","));
            assert_eq!(refused(&bad), JsonError::Duplicate, "{size} {twice}");
        }
    }
}

#[test]
fn a_duplicate_that_the_type_ignores_is_refused() {
    #[derive(Debug, serde::Deserialize)]
    struct Known {
        #[expect(dead_code, reason = "only its presence matters")]
        known: u8,
    }
    let text = br#"{"known":1,"extra":{"a":1,"a":2}}"#;
    let error = from_slice::<Known>(text, Limits::default()).unwrap_err();
    assert_eq!(error, JsonError::Duplicate);
}

#[test]
fn a_struct_is_read_from_an_object_alone() {
    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Claims {
        aud: String,
        nonce: Option<String>,
    }
    let read = |text: &str| from_slice::<Claims>(text.as_bytes(), Limits::default());
    assert_eq!(read(r#"{"aud":"a"}"#).unwrap().aud, "a");
    for text in [r#"["a","n"]"#, r#"["a",null]"#, "[]", "null", "1"] {
        assert!(matches!(read(text), Err(JsonError::Shape { .. })), "{text}");
    }
    let list = from_slice::<Vec<Option<u8>>>(b"[1,null]", Limits::default());
    assert_eq!(list, Ok(vec![Some(1), None]));
}

#[test]
fn depth_counts_arrays_and_objects() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(check(nested(32).as_bytes(), Limits::default()).is_ok());
    assert_eq!(
        check(nested(33).as_bytes(), Limits::default()),
        Err(JsonError::Depth)
    );
    let one = Limits {
        max_depth: 1,
        ..Limits::default()
    };
    assert_eq!(check(br#"{"a":[]}"#, one), Err(JsonError::Depth));
    assert!(check(br#"{"a":1}"#, one).is_ok());
    let all = Limits {
        max_depth: usize::MAX,
        ..Limits::default()
    };
    assert!(parse(nested(127).as_bytes(), all).is_ok());
    assert_eq!(
        check(
            nested(60_000).as_bytes(),
            Limits {
                max_bytes: usize::MAX,
                ..all
            }
        ),
        Err(JsonError::Depth)
    );
}

#[test]
fn size_is_checked_before_anything_else() {
    assert_eq!(
        check(b"\xff\xff\xff", Limits::bytes(2)),
        Err(JsonError::Size)
    );
    assert!(check(b"10", Limits::bytes(2)).is_ok());
    let long = format!("\"{}\"", "a".repeat(64 * 1024 - 2));
    assert!(check(long.as_bytes(), Limits::default()).is_ok());
    assert_eq!(
        check(format!("{long} ").as_bytes(), Limits::default()),
        Err(JsonError::Size)
    );
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "0x10",
        "NaN",
        "Infinity",
        "nul",
        "nulll",
        "truefalse",
        "1 2",
        "{} {}",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\n\"",
        "\"\u{0}\"",
        "// c\n1",
        "\u{feff}{}",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,,\"b\":2}",
        "\u{a0}1",
        "{\"\\q\":1}",
        "{1:1}",
        "\"\\",
    ] {
        assert_eq!(refused(text), JsonError::Syntax, "{text}");
    }
    assert_eq!(
        parse(b"\"\xff\"", Limits::default()),
        Err(JsonError::Syntax)
    );
    assert_eq!(
        parse(b"\"\xed\xa0\x80\"", Limits::default()),
        Err(JsonError::Syntax)
    );
}

#[test]
fn what_is_json_is_read() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "-1.5e-3",
        "1E5",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n\"a\" : [ 1 , { } , \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\" ] } ",
    ] {
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            parse(text.as_bytes(), Limits::default()),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn an_error_tells_the_place_and_never_the_content() {
    let error = from_slice::<Vec<u8>>(b"[1,\n\"secret\"]", Limits::default()).unwrap_err();
    assert!(
        matches!(error, JsonError::Shape { line: 2, .. }),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("secret"));
    let unknown = format!("{}1e999", " ".repeat(3));
    assert!(matches!(refused(&unknown), JsonError::Shape { .. }));
}

/// A digit that is lost in reading is another document to whoever hashes what is written again.
#[test]
fn a_number_is_the_nearest_double_and_survives_writing() {
    let text = "7777777777777777777777777777777777777777777777777777771";
    let value = parse(text.as_bytes(), Limits::default()).unwrap();
    assert_eq!(value.as_f64(), text.parse().ok());
    let again = parse(value.to_string().as_bytes(), Limits::default());
    assert_eq!(again, Ok(value));
}
