//! The test suite of RDFC-1.0.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use linked_data::{CanonicalizationError, Dataset, Hash};
use serde_json::Value;

mod nquads;

#[test]
fn every_entry_of_the_manifest_passes() {
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in entries() {
        count += 1;
        let id = entry["id"].as_str().unwrap();
        if let Err(failure) = std::panic::catch_unwind(|| run(&entry)) {
            failures.push((id.to_owned(), failure.downcast::<String>().ok()));
        }
    }
    assert_eq!(count, 86);
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_file_is_run() {
    let named: BTreeSet<String> = entries()
        .iter()
        .flat_map(|entry| [entry.get("action"), entry.get("result")])
        .flatten()
        .map(|path| path.as_str().unwrap().replace("rdfc10/", ""))
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(root().join("rdfc10"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, named);
}

fn run(entry: &Value) {
    let file = |name: &str| {
        let path = entry[name].as_str().unwrap();
        std::fs::read_to_string(root().join(path)).unwrap()
    };
    let (quads, names) = nquads::parse(&file("action"));
    let hash = match entry.get("hashAlgorithm").and_then(Value::as_str) {
        None => Hash::Sha256,
        Some("SHA384") => Hash::Sha384,
        Some(other) => panic!("unknown hash {other}"),
    };
    let canonical = Dataset::new(quads).canonicalize(hash);
    match entry["type"].as_str().unwrap() {
        "rdfc:RDFC10EvalTest" => assert_eq!(canonical.unwrap().text(), file("result")),
        "rdfc:RDFC10MapTest" => {
            let labels = canonical.unwrap().labels;
            let issued: BTreeMap<String, String> = names.into_iter().zip(labels).collect();
            let expected: BTreeMap<String, String> = serde_json::from_str(&file("result")).unwrap();
            assert_eq!(issued, expected);
        }
        "rdfc:RDFC10NegativeEvalTest" => {
            assert_eq!(canonical.unwrap_err(), CanonicalizationError::Poison);
        }
        other => panic!("unknown test type {other}"),
    }
}

fn entries() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("manifest.jsonld")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    manifest["entries"].as_array().unwrap().clone()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/rdf-canon"
    ))
}
