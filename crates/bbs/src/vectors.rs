//! The drafts' fixtures: each file is run by a test of its name, and a file that is not run fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::random::tests::Mocked;
use crate::{Proof, PublicKey, SecretKey, Signature};

mod blind;
mod irtf;
mod nym;

/// Runs each listed file by a test of its name, and fails when another file lies in the folder.
macro_rules! fixtures {
    ($set:literal, $folder:literal, $run:path, $($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                let file = concat!($folder, "/", stringify!($name), ".json");
                $run(&$crate::vectors::read($set, file));
            }
        )+

        #[test]
        fn every_file_is_run() {
            $crate::vectors::assert_all_run($set, $folder, &[$(stringify!($name)),+]);
        }
    };
}
pub(crate) use fixtures;

fn folder(set: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(set)
}

pub(crate) fn read(set: &str, file: &str) -> Value {
    let text = std::fs::read(folder(set).join("bls12-381-sha-256").join(file)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The messages that a set's files share.
pub(crate) fn shared(set: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder(set).join("messages.json")).unwrap()).unwrap()
}

pub(crate) fn assert_all_run(set: &str, sub: &str, run: &[&str]) {
    let found: BTreeSet<String> =
        std::fs::read_dir(folder(set).join("bls12-381-sha-256").join(sub))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
    let run: BTreeSet<String> = run.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, run);
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    unhex(value.as_str().unwrap())
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    // Two fixtures leave out the leading zero of a scalar.
    let text = if text.len() % 2 == 1 {
        format!("0{text}")
    } else {
        text.to_owned()
    };
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

pub(crate) fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(bytes).collect()
}

pub(crate) fn scalar_bytes(value: &Value) -> [u8; 32] {
    let bytes = bytes(value);
    let mut scalar = [0; 32];
    scalar[32 - bytes.len()..].copy_from_slice(&bytes);
    scalar
}

pub(crate) fn public_key(value: &Value) -> PublicKey {
    PublicKey::from_bytes(&bytes(value)).unwrap()
}

pub(crate) fn secret_key(value: &Value) -> SecretKey {
    SecretKey::from_bytes(&scalar_bytes(value)).unwrap()
}

pub(crate) fn signature(value: &Value) -> Signature {
    Signature::from_bytes(&bytes(value)).unwrap()
}

pub(crate) fn proof(value: &Value) -> Proof {
    Proof::from_bytes(&bytes(value)).unwrap()
}

pub(crate) fn mocked(dst: &str) -> Mocked {
    Mocked {
        seed: b"3.141592653589793238462643383279".to_vec(),
        dst: dst.as_bytes().to_vec(),
    }
}

/// `{ "0": message, … }`, ascending.
pub(crate) fn revealed(value: &Value) -> Vec<(usize, Vec<u8>)> {
    let mut list: Vec<_> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(index, message)| (index.parse().unwrap(), bytes(message)))
        .collect();
    list.sort();
    list
}

pub(crate) fn pairs(list: &[(usize, Vec<u8>)]) -> Vec<(usize, &[u8])> {
    list.iter()
        .map(|(index, message)| (*index, message.as_slice()))
        .collect()
}

pub(crate) fn assert_generators(vector: &Value, interface: crate::generators::Interface) {
    let encoded = |generators: Vec<&crate::msm::Generator>| -> Vec<Vec<u8>> {
        generators
            .iter()
            .map(|generator| generator.encoded.to_vec())
            .collect()
    };
    let expected = |part: &Value| {
        let mut expected = vec![bytes(&part["Q1"])];
        expected.extend(list(&part["MsgGenerators"]));
        expected
    };
    let signer = expected(&vector["generators"]);
    assert_eq!(encoded(interface.generators(signer.len()).unwrap()), signer);
    let blind = expected(&vector["blindGenerators"]);
    assert_eq!(
        encoded(interface.blind_generators(blind.len()).unwrap()),
        blind
    );
}
