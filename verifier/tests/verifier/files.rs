//! Credentials in files, as public test suites drive a program.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

fn verifier(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("pessoa-verifier").unwrap();
    command.env_clear().env("LANG", "C").current_dir(folder);
    command
}

/// The published vectors of `credential`.
fn vector(path: &str) -> Vec<u8> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    fs::read(crates.join("credential/tests/vectors").join(path)).unwrap()
}

/// Runs `credential verify`, and returns the exit code and the result.
fn verify(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = verifier(folder);
    command.args(["credential", "verify", "--at", "2026-11-22T00:00:00Z"]);
    command.args(["--output", "result.json"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.stdout.is_empty());
    let result = fs::read(folder.join("result.json")).unwrap();
    let result = serde_json::from_slice(&result).unwrap();
    (output.status.code().unwrap(), result)
}

#[test]
fn help_has_examples() {
    let place = tempfile::tempdir().unwrap();
    for command in ["", "verify", "inspect"] {
        let mut arguments = vec!["credential", command, "--help"];
        arguments.retain(|argument| !argument.is_empty());
        let output = verifier(place.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("Examples:"));
        insta::assert_snapshot!(format!("help credential {command}").trim(), text);
    }
}

#[test]
fn a_file_is_judged() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let signed = vector("w3c-vc-di-eddsa/eddsa-rdfc-2022/signedDataInt.json");
    fs::write(folder.join("signed.json"), &signed).unwrap();
    // The vector's issuer is an address, its key a did:key: that takes the switch for test suites.
    let (code, result) = verify(folder, &["--input", "signed.json"]);
    assert_eq!(
        (code, &result["result"]),
        (3, &json!("failure")),
        "{result}"
    );
    assert_eq!(result["data"][0]["title"], "PROOF_VERIFICATION_ERROR");
    fs::write(
        folder.join("key.json"),
        vector("w3c-vc-di-eddsa/keyPair.json"),
    )
    .unwrap();
    let suite = [
        "--input",
        "signed.json",
        "--key",
        "key.json",
        "--test-suite",
    ];
    let (code, result) = verify(folder, &suite);
    assert_eq!(
        (code, &result["result"]),
        (0, &json!("success")),
        "{result}"
    );
    let mechanism = [&suite[..], &["--mechanism", "eddsa-rdfc-2022"]].concat();
    assert_eq!(verify(folder, &mechanism).0, 0);
    let other = [&suite[..], &["--mechanism", "eddsa-jcs-2022"]].concat();
    assert_eq!(verify(folder, &other).0, 3);
    let unknown = [&suite[..], &["--mechanism", "vc-cose"]].concat();
    let (code, result) = verify(folder, &unknown);
    assert_eq!((code, &result["result"]), (2, &json!("indeterminate")));
    let mut other: Value = serde_json::from_slice(&signed).unwrap();
    other["proof"]["cryptosuite"] = json!("experimental-2030");
    fs::write(folder.join("signed.json"), other.to_string()).unwrap();
    assert_eq!(verify(folder, &["--input", "signed.json"]).0, 2);
    let mut forged: Value = serde_json::from_slice(&signed).unwrap();
    forged["credentialSubject"]["id"] = json!("did:example:thief");
    fs::write(folder.join("signed.json"), forged.to_string()).unwrap();
    let (code, result) = verify(folder, &suite);
    assert_eq!(code, 3);
    assert_eq!(result["data"][0]["title"], "CRYPTOGRAPHIC_SECURITY_ERROR");
    fs::write(folder.join("signed.json"), "{\"a\":").unwrap();
    assert_eq!(
        verify(folder, &suite).1["data"][0]["title"],
        "PARSING_ERROR"
    );
}

#[test]
fn a_text_may_have_to_be_secured_in_one_way() {
    let place = tempfile::tempdir().unwrap();
    let signed = vector("w3c-vc-di-eddsa/eddsa-rdfc-2022/signedDataInt.json");
    fs::write(place.path().join("signed.json"), &signed).unwrap();
    for (mechanism, result) in [("nonsense", "indeterminate"), ("eddsa-jcs-2022", "failure")] {
        let mut command = verifier(place.path());
        command.args(["credential", "inspect", "--input", "signed.json"]);
        let output = command.args(["--mechanism", mechanism]).output().unwrap();
        let written: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(written["result"], result);
        assert_ne!(output.status.code(), Some(0));
    }
    let mut command = verifier(place.path());
    command.args(["credential", "inspect", "--input", "signed.json", "--json"]);
    let output = command.args(["--mechanism", "eddsa-rdfc-2022"]).output();
    let report: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert_eq!(report["kind"], "ldp-vc");
}

#[test]
fn standard_input_and_output_do_for_files() {
    let place = tempfile::tempdir().unwrap();
    let output = verifier(place.path())
        .args(["credential", "verify"])
        .write_stdin("no credential")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["result"], "failure");
    insta::assert_snapshot!("failure", String::from_utf8(output.stderr).unwrap());
}

#[test]
fn what_cannot_be_read_is_named() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("key.json"), "{}").unwrap();
    for (name, arguments) in [
        ("no input", ["--input", "none.json"].as_slice()),
        ("no key", &["--input", "key.json", "--key", "key.json"]),
    ] {
        let mut command = verifier(place.path());
        let output = command.args(["credential", "verify"]).args(arguments);
        let output = output.output().unwrap();
        assert!(output.stdout.is_empty() && !output.status.success());
        insta::assert_snapshot!(name, String::from_utf8(output.stderr).unwrap());
    }
}

#[test]
fn a_text_is_explained_in_words_in_json_and_as_a_result() {
    let place = tempfile::tempdir().unwrap();
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let inspect = |arguments: &[&str], input: &str| {
        let mut command = verifier(place.path());
        command.args(["credential", "inspect"]).args(arguments);
        command.write_stdin(input).output().unwrap()
    };
    let words = inspect(&[], did);
    assert_eq!(words.status.code(), Some(0));
    insta::assert_snapshot!("a did", String::from_utf8(words.stdout).unwrap());
    let words = inspect(&["--language", "zh"], did);
    insta::assert_snapshot!("a did in chinese", String::from_utf8(words.stdout).unwrap());
    let json = inspect(&["--json"], did);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&json["kind"], &json["verdict"]),
        (&json!("did"), &json!("good"))
    );
    for (input, code, result) in [
        (did, 0, "success"),
        ("did:web:id.example", 2, "indeterminate"),
        ("did:key:z", 3, "failure"),
    ] {
        let output = inspect(&["--output", "-"], input);
        assert_eq!(output.status.code(), Some(code));
        let written: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(written["result"], result);
    }
}
