//! RFC 8785 against its author's test data.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use strict_json::{
    CanonicalError, Limits, canonicalize, canonicalize_object, canonicalize_object_without, parse,
};

macro_rules! files {
    ($($name:ident),+) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })+

        #[test]
        fn every_file_is_run() {
            for folder in ["input", "output", "outhex"] {
                let there = std::fs::read_dir(root().join(folder)).unwrap();
                let mut there: Vec<String> = there
                    .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
                    .collect();
                there.sort();
                assert_eq!(there, [$(stringify!($name)),+]);
            }
        }
    };
}

files!(arrays, french, structures, unicode, values, weird);

#[test]
fn ten_thousand_numbers_print_as_in_ecmascript() {
    let mut lines = String::new();
    let mut count = 0;
    let mut print = |bits: u64| {
        let double = f64::from_bits(bits);
        let text = canonicalize(&json!(double)).unwrap();
        writeln!(lines, "{bits:x},{text}").unwrap();
        count += 1;
        count == 10_000
    };
    for bits in fixed() {
        print(bits);
    }
    for bits in 0..2000 {
        print(0x0010_0000_0000_0000 + bits);
    }
    let mut block = [0_u8; 32];
    'blocks: loop {
        block = Sha256::digest(block).into();
        for bytes in block.chunks_exact(8) {
            let bits = u64::from_le_bytes(bytes.try_into().unwrap());
            let double = f64::from_bits(bits);
            if double != 0.0 && double.is_finite() && print(bits) {
                break 'blocks;
            }
        }
    }
    let hash: String = Sha256::digest(lines)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hash,
        "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"
    );
}

#[test]
fn integers_that_doubles_cannot_tell_apart_are_refused() {
    for integer in [json!(9_007_199_254_740_993_u64), json!(i64::MIN)] {
        assert_eq!(canonicalize(&integer), Err(CanonicalError::Number));
    }
    let largest = json!(-9_007_199_254_740_992_i64);
    assert_eq!(canonicalize(&largest).unwrap(), "-9007199254740992");
}

proptest! {
    #[test]
    fn what_is_canonical_stays_as_it_is(name in ".*", text in ".*", number in any::<i32>(), double in -1e25..1e25) {
        let value = json!({ name: [text, number, double, { "€": null, "\u{1F600}": true, "\u{FB33}": false }] });
        let once = canonicalize(&value).unwrap();
        let again = parse(once.as_bytes(), Limits::default()).unwrap();
        prop_assert_eq!(canonicalize(&again).unwrap(), once);
    }
}

fn run(name: &str) {
    let read = |folder: &str, end: &str| {
        std::fs::read_to_string(root().join(folder).join(format!("{name}.{end}"))).unwrap()
    };
    let value: Value = parse(read("input", "json").as_bytes(), Limits::default()).unwrap();
    let canonical = canonicalize(&value).unwrap();
    assert_eq!(canonical, read("output", "json").trim_end());
    let hex: Vec<u8> = read("outhex", "txt")
        .split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect();
    assert_eq!(canonical.as_bytes(), hex);
}

#[test]
fn a_member_is_left_out_where_it_stands_and_nowhere_else() {
    let Value::Object(mut members) = json!({"c": 1, "b": {"c": 2}, "a": ["c"]}) else {
        unreachable!()
    };
    let without = canonicalize_object_without(&members, "c").unwrap();
    assert_eq!(without, r#"{"a":["c"],"b":{"c":2}}"#);
    members.remove("c");
    assert_eq!(without, canonicalize_object(&members).unwrap());
}

fn root() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/jcs-rfc8785"
    ))
}

/// The numbers that the sequence of `UPSTREAM.md` begins with.
fn fixed() -> Vec<u64> {
    let text = std::fs::read_to_string(root().join("UPSTREAM.md")).unwrap();
    let start = text.find("staticU64s = new BigUint64Array([").unwrap();
    let end = text.get(start..).unwrap().find("])").unwrap();
    text.get(start..start + end)
        .unwrap()
        .split("0x")
        .skip(1)
        .map(|number| u64::from_str_radix(number.get(..16).unwrap(), 16).unwrap())
        .collect()
}
