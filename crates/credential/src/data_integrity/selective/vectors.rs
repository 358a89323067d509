//! The test vectors of ecdsa-sd-2023 and bbs-2023 (baseline), step by step.

mod bbs;
mod ecdsa_sd;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;
use keys::{Algorithm, SigningKey, base58};
use linked_data::{Contexts, Hash, Inline};
use serde_json::{Map, Value, json};

use crate::data_integrity::selective::groups::{Statements, hash, split};
use crate::data_integrity::selective::parts::config_hash;
use crate::data_integrity::suite::{Cryptosuite, canonical};
use crate::data_integrity::{Leniency, ProofFault};
use crate::{Format, IssuerKey, UnverifiedCredential, VerificationError};

#[test]
fn ecdsa_sd_prc() {
    let run = ecdsa_sd::run("prc", "prCred");
    assert_eq!(run, there("w3c-vc-di-ecdsa/ecdsa-sd-2023/prc"));
}

#[test]
fn ecdsa_sd_employ() {
    let run = ecdsa_sd::run("employ", "employ");
    assert_eq!(run, there("w3c-vc-di-ecdsa/ecdsa-sd-2023/employ"));
}

#[test]
fn bbs_wind() {
    let mut run = bbs::run("", "wind");
    // Keys, documents and pointers of both tests stand beside this one's files.
    run.extend(SHARED.map(str::to_owned));
    assert_eq!(run, there("w3c-vc-di-bbs"));
}

#[test]
fn bbs_prc() {
    let run = bbs::run("prc/", "prCred");
    assert_eq!(run, there("w3c-vc-di-bbs/prc"));
}

/// What the tests of bbs-2023 read by its whole name.
const SHARED: [&str; 8] = [
    "BBSDeriveMaterial.json",
    "BBSKeyMaterial.json",
    "prCredMandatory.json",
    "prCredSelective.json",
    "prCredUnsigned.json",
    "windDoc.json",
    "windMandatory.json",
    "windSelective.json",
];

/// The files of a folder.
fn there(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect()
}

/// The files of one test, which notes what was read.
struct Folder {
    path: String,
    read: RefCell<BTreeSet<String>>,
}

impl Folder {
    fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            read: RefCell::default(),
        }
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(&format!("{name}.json"))).unwrap()
    }

    fn read(&self, name: &str) -> String {
        self.read.borrow_mut().insert(name.to_owned());
        std::fs::read_to_string(root().join(&self.path).join(name)).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        root().join(&self.path).join(name).is_file()
    }
}

/// A label map as the steps write it.
fn label_map(value: &Value) -> BTreeMap<usize, String> {
    let pairs = value.get("value").unwrap_or(value).as_array().unwrap();
    let pair = |pair: &Value| {
        let number = pair[0].as_str().unwrap().strip_prefix("c14n").unwrap();
        (
            number.parse().unwrap(),
            pair[1].as_str().unwrap().to_owned(),
        )
    };
    pairs.iter().map(pair).collect()
}

/// `prCredUnsigned.json` with the description that the published proofs were made over: there it
/// has another one.
fn resident_card(file: &dyn Fn(&str) -> Value, set: &str) -> Map<String, Value> {
    let mut unsigned = object(&json_file(&format!("{set}/prCredUnsigned.json")));
    let mut signed = object(&file("addSignedSDBase"));
    signed.remove("proof");
    assert_ne!(unsigned, signed);
    unsigned.insert("description".to_owned(), signed["description"].clone());
    assert_eq!(unsigned, signed);
    unsigned
}

/// Whether two values have one canonical text: 7 is 7.0.
fn same(one: &Value, other: &Value) {
    let text = |value| strict_json::canonicalize(value).unwrap();
    assert_eq!(text(one), text(other));
}

/// What both suites do before they sign, and how they select.
fn steps(
    files: &Folder,
    unsigned: &Map<String, Value>,
    mandatory: &[String],
    selective: &[String],
    relabel: &dyn Fn(&[String]) -> Vec<String>,
    inline: Inline,
) -> Statements {
    let file = |name: &str| files.json(name);
    let dataset = Contexts::bundled().expand(unsigned, inline).unwrap();
    let lines = dataset.canonicalize(Hash::Sha256).unwrap().lines;
    assert_eq!(json!(lines), file("addBaseDocCanon"));
    let statements = Statements::new(unsigned, inline, relabel).unwrap();
    assert_eq!(json!(statements.lines), file("addBaseDocHMACCanon"));

    let indexes = statements.indexes(mandatory).unwrap();
    let (always, rest) = split(&statements.lines, &indexes);
    let transform = file("addBaseTransform");
    for (group, lines) in [("mandatory", &always), ("nonMandatory", &rest)] {
        let listed = transform[group]["value"].as_array().unwrap();
        let listed: Vec<&str> = listed
            .iter()
            .map(|pair| pair[1].as_str().unwrap())
            .collect();
        assert_eq!(listed, *lines);
    }
    for value in file("addPointerValues").as_array().unwrap() {
        let pointer = value["pointer"].as_str().unwrap();
        let document = Value::Object(unsigned.clone());
        // One set counts from the subject.
        let found = document
            .pointer(pointer)
            .or_else(|| document.pointer(&format!("/credentialSubject{pointer}")));
        same(found.unwrap(), &value["value"]);
    }
    let config = object(&file("addProofConfig"));
    let text = canonical(Cryptosuite::EcdsaSd2023, &config, Hash::Sha256, inline).unwrap();
    assert_eq!(text, files.read("addProofConfigCanon.txt"));
    let hashes = file("addHashData");
    let config = config_hash(unsigned, &config, inline).unwrap();
    assert_eq!(hashes["proofHash"], json!(hex(&config)));
    assert_eq!(hashes["mandatoryHash"], json!(hex(&hash(always))));

    let groups = file("derivedGroupIndexes");
    let both = [mandatory, selective].concat();
    for (group, pointers) in [
        ("mandatoryIndexes", mandatory),
        ("selectiveIndexes", selective),
        ("combinedIndexes", &both),
    ] {
        let indexes = statements.indexes(pointers).unwrap();
        assert_eq!(json!(indexes), groups[group], "{group}");
        // One test has the same with the statements themselves.
        if files.has("derivedAllGroupData.json") {
            let all = file("derivedAllGroupData");
            assert_eq!(all["nquads"], json!(statements.lines));
            let group = &all["groups"][group.strip_suffix("Indexes").unwrap()];
            let (chosen, _) = split(&statements.lines, &indexes);
            let pairs: Vec<Value> = indexes
                .iter()
                .zip(chosen)
                .map(|(index, line)| json!([index, line]))
                .collect();
            assert_eq!(group["matching"]["value"], json!(pairs));
        }
    }
    let revealed = super::selection::select(unsigned, &both).unwrap().unwrap();
    same(&Value::Object(revealed), &file("derivedUnsignedReveal"));
    statements
}

/// Changes, drops and adds at every place of the document and its proof.
fn tamper(document: &Map<String, Value>, refused: &dyn Fn(&Map<String, Value>) -> bool) {
    let whole = Value::Object(document.clone());
    let mut places = Vec::new();
    walk(&whole, "", &mut places);
    for place in places {
        let mut changed = whole.clone();
        let value = changed.pointer_mut(&place).unwrap();
        *value = match &*value {
            Value::String(text) if text.len() > 40 => {
                let (at, _) = text.char_indices().nth(30).unwrap();
                let other = if text[at..].starts_with('A') {
                    "B"
                } else {
                    "A"
                };
                format!("{}{other}{}", &text[..at], &text[at + 1..]).into()
            }
            Value::String(text) => format!("{text}x").into(),
            Value::Number(number) => json!(number.as_f64().unwrap() + 1.0),
            other => json!([other, "x"]),
        };
        assert!(refused(changed.as_object().unwrap()), "changed {place}");
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut dropped = whole.clone();
        match dropped.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.remove(name)),
            Value::Array(elements) => drop(elements.remove(name.parse().unwrap())),
            _ => {}
        }
        assert!(refused(dropped.as_object().unwrap()), "dropped {place}");
    }
    let mut added = document.clone();
    added.insert("description".to_owned(), "more".into());
    assert!(refused(&added));
}

fn walk(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let inner = format!("{place}/{name}");
                // Contexts that change nothing may come and go.
                if name != "@context" {
                    walk(value, &inner, places);
                }
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                walk(value, &format!("{place}/{index}"), places);
            }
        }
        _ => places.push(place.to_owned()),
    }
}

fn verify(document: &Map<String, Value>) -> Result<(), VerificationError> {
    let text = serde_json::to_string(document).unwrap();
    let credential = UnverifiedCredential::parse(Format::LdpVc, &text)?;
    let source = credential.key_source()?;
    let did = did::Did::parse(&source.issuer()).map_err(|_| ProofFault::Controller)?;
    let document = did::key::document(&did).map_err(|_| ProofFault::Controller)?;
    let key =
        IssuerKey::from_did_document(&source, &document).map_err(|_| ProofFault::Controller)?;
    let now: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
    credential.verify_with(&[key], Leniency::TestSuites, now)?;
    Ok(())
}

fn secret(pair: &Value) -> SigningKey {
    let bytes = base58::decode(pair["secretKeyMultibase"].as_str().unwrap(), 80).unwrap();
    let key = SigningKey::from_secret(Algorithm::Es256, &bytes[2..]).unwrap();
    assert_eq!(key.public().multikey(), pair["publicKeyMultibase"]);
    key
}

fn pointers(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap().iter();
    all.map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn json_file(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().unwrap();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))
}
