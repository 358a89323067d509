//! Credentials in files, as public test suites drive a program.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use credential::mechanism::{Expected, Mechanism, MechanismKey, Unverified};
use serde_json::{Value, json};

use crate::harness::now;

/// Runs `credential …`, and returns the exit code and the result.
fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::cargo_bin("pessoa-issuer").unwrap();
    command.env_clear().env("LANG", "C").current_dir(folder);
    command.arg("credential").args(arguments);
    let output = command.args(["--output", "result.json"]).output().unwrap();
    assert!(output.stdout.is_empty());
    let result = fs::read(folder.join("result.json"));
    let result = result.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&result).unwrap(),
    )
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).unwrap();
}

/// A key file as test suites have them, and a credential of its owner.
fn prepare(folder: &Path, key: &MechanismKey) -> String {
    let method = key.verification_method().unwrap();
    let did = method.did().to_string();
    let file = json!({
        "id": method.to_string(),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.multikey(),
        "secretKeyMultibase": key.expose_secret_multikey().as_str(),
    });
    write(folder, "key.json", &file);
    write(folder, "unsigned.json", &credential(&did));
    did
}

fn credential(issuer: &str) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2"
        ],
        "type": ["VerifiableCredential", "AlumniCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:a",
            "alumniOf": "The School of Examples",
            "number": "A-1234567",
        },
    })
}

fn is_verified(secured: &Value) -> bool {
    let unverified = match secured {
        Value::String(token) => Unverified::parse(token),
        object => Unverified::from_value(object.clone()),
    };
    let leniency = credential::data_integrity::Leniency::None;
    let unverified = unverified.unwrap();
    let judged = unverified.verify(&[], &Expected::default(), leniency, now());
    judged.is_verified()
}

#[test]
fn help_has_examples() {
    let place = tempfile::tempdir().unwrap();
    for command in ["", "issue", "derive", "key"] {
        let mut arguments = vec!["credential", command, "--help"];
        arguments.retain(|argument| !argument.is_empty());
        let mut program = Command::cargo_bin("pessoa-issuer").unwrap();
        program
            .env_clear()
            .env("LANG", "C")
            .current_dir(place.path());
        let output = program.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("Examples:"));
        insta::assert_snapshot!(format!("help credential {command}").trim(), text);
    }
}

#[test]
fn every_mechanism_issues_into_a_file() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    for mechanism in Mechanism::ALL.into_iter().filter(|one| one.issues()) {
        let key = MechanismKey::generate(mechanism.key_kind(), &mut host::system_rng()).unwrap();
        prepare(folder, &key);
        let issue = [
            "issue",
            "--input",
            "unsigned.json",
            "--key",
            "key.json",
            "--mechanism",
            mechanism.name(),
            "--at",
            "2026-06-01T00:00:00Z",
        ];
        let (code, result) = run(folder, &issue);
        assert_eq!(
            (code, &result["result"]),
            (0, &json!("success")),
            "{mechanism}: {result}"
        );
        if !mechanism.derives() {
            assert!(is_verified(&result["data"]), "{mechanism}");
            continue;
        }
        write(folder, "base.json", &result["data"]);
        // An SD-JWT conceals members of the subject alone; elsewhere the issuer is to be disclosed.
        let sd = match mechanism.name().starts_with("vc-sd-jwt") {
            true => r#"["credentialSubject.alumniOf"]"#,
            false => r#"["/issuer", "/credentialSubject/alumniOf"]"#,
        };
        let derive = ["derive", "--input", "base.json", "--sd", sd];
        let (code, result) = run(folder, &derive);
        assert_eq!(
            (code, &result["result"]),
            (0, &json!("success")),
            "{mechanism}: {result}"
        );
        let derived = &result["data"];
        assert!(is_verified(derived), "{mechanism}");
        let text = derived.to_string();
        if derived.is_object() {
            assert!(text.contains("The School of Examples") && !text.contains("A-1234567"));
        }
    }
}

#[test]
fn what_does_not_suit_is_told_from_what_is_not_supported() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let key = MechanismKey::from_secret(keys::KeyKind::P256, &[7; 32]).unwrap();
    let did = prepare(folder, &key);
    let issue = |mechanism: &str| {
        let arguments = ["issue", "--input", "unsigned.json", "--key", "key.json"];
        run(
            folder,
            &[&arguments[..], &["--mechanism", mechanism]].concat(),
        )
    };
    for unsupported in ["vc-cose", "eddsa-rdfc-2022", "Ed25519Signature2020"] {
        let (code, result) = issue(unsupported);
        assert_eq!(
            (code, &result["result"]),
            (2, &json!("indeterminate")),
            "{unsupported}"
        );
    }
    let mut broken = credential(&did);
    broken["validFrom"] = json!("yesterday");
    let stranger = credential("did:web:somebody.example");
    for (name, wrong) in [
        ("broken", broken),
        ("stranger", stranger),
        ("no object", json!([])),
    ] {
        write(folder, "unsigned.json", &wrong);
        let (code, result) = issue("ecdsa-jcs-2019-p256");
        assert_eq!((code, &result["result"]), (3, &json!("failure")), "{name}");
    }
}

/// The shape of w3c/vc-jose-cose-test-suite: an issuer that is an address, keys as JWK.
#[test]
fn an_address_issues_tokens_with_a_jwk() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let key = keys::SigningKey::from_secret(keys::Algorithm::Es256, &[7; 32]).unwrap();
    let jwk = serde_json::to_value(key.public().jwk()).unwrap();
    let mut secret = jwk.clone();
    secret["d"] = json!(keys::base64url::encode([7; 32]));
    let method = json!({
        "id": "https://issuer.example/1#key-1",
        "type": "JsonWebKey",
        "controller": "https://issuer.example/1",
        "publicKeyJwk": jwk,
        "secretKeyJwk": secret,
    });
    write(folder, "key.json", &method);
    write(
        folder,
        "unsigned.json",
        &credential("https://issuer.example/1"),
    );
    let arguments = [
        "issue",
        "--input",
        "unsigned.json",
        "--key",
        "key.json",
        "--mechanism",
    ];
    let (code, result) = run(folder, &[&arguments[..], &["vc-jose-es256"]].concat());
    assert_eq!(code, 0, "{result}");
    let token = result["data"].as_str().unwrap();
    let method = credential::mechanism::MethodFile::parse(method.to_string().as_bytes()).unwrap();
    let unverified = Unverified::parse(token).unwrap();
    let leniency = credential::data_integrity::Leniency::None;
    let sources = unverified.key_sources();
    let evidence = sources
        .iter()
        .filter_map(|source| method.evidence(source, leniency));
    let evidence: Vec<_> = evidence.collect();
    let judged = unverified.verify(&evidence, &Expected::default(), leniency, now());
    assert!(judged.is_verified(), "{:?}", judged.problems);
    let (code, _) = run(folder, &[&arguments[..], &["ecdsa-jcs-2019-p256"]].concat());
    assert_eq!(code, 2);
    write(
        folder,
        "unsigned.json",
        &credential("https://other.example"),
    );
    let (code, _) = run(folder, &[&arguments[..], &["vc-jose-es256"]].concat());
    assert_eq!(code, 3);
}

#[test]
fn a_presentation_is_secured_by_its_holder() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let key = MechanismKey::from_secret(keys::KeyKind::Ed25519, &[7; 32]).unwrap();
    let did = prepare(folder, &key);
    let arguments = [
        "issue",
        "--input",
        "unsigned.json",
        "--key",
        "key.json",
        "--mechanism",
    ];
    let (_, issued) = run(folder, &[&arguments[..], &["eddsa-jcs-2022"]].concat());
    let presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [issued["data"]],
    });
    write(folder, "unsigned.json", &presentation);
    let more = ["eddsa-rdfc-2022", "--challenge", "c", "--domain", "d"];
    let (code, result) = run(folder, &[&arguments[..], &more].concat());
    assert_eq!(code, 0, "{result}");
    assert_eq!(result["data"]["proof"]["challenge"], "c");
}

#[test]
fn a_key_is_made_for_its_owner_alone_and_issues_at_once() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let make = |mechanism: &str| {
        let mut command = Command::cargo_bin("pessoa-issuer").unwrap();
        command.env_clear().env("LANG", "C").current_dir(folder);
        let key = ["credential", "key", "--json", "--output", "made/key.json"];
        let output = command.args(key).args(["--mechanism", mechanism]);
        let output = output.output().unwrap();
        (output.status.code().unwrap(), output.stdout, output.stderr)
    };
    let (code, _, hint) = make("nonsense");
    assert_eq!(code, 2);
    assert!(String::from_utf8(hint).unwrap().contains("bbs-2023"));
    let (code, public, _) = make("bbs-2023");
    assert_eq!(code, 0);
    let public: Value = serde_json::from_slice(&public).unwrap();
    assert!(public.get("secretKeyMultibase").is_none());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = fs::metadata(folder.join("made/key.json")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    // What lies there is never lost.
    assert_eq!(make("bbs-2023").0, 1);

    let did = public["controller"].as_str().unwrap();
    write(folder, "unsigned.json", &credential(did));
    let issue = [
        "issue",
        "--input",
        "unsigned.json",
        "--key",
        "made/key.json",
        "--mechanism",
        "bbs-2023",
        "--at",
        "2026-02-01T00:00:00Z",
    ];
    let (code, result) = run(folder, &issue);
    assert_eq!(code, 0, "{result}");
    // What `issue` wrote is what `derive` reads.
    fs::rename(folder.join("result.json"), folder.join("base.json")).unwrap();
    let sd = r#"["/issuer", "/credentialSubject/alumniOf"]"#;
    let (code, result) = run(folder, &["derive", "--input", "base.json", "--sd", sd]);
    assert_eq!(code, 0, "{result}");
    assert!(is_verified(&result["data"]));
}

#[test]
fn a_further_context_is_known_where_it_is_named() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let key = MechanismKey::generate(Mechanism::EddsaRdfc2022.key_kind(), &mut host::system_rng());
    let did = prepare(folder, &key.unwrap());
    let mut of_its_own = credential(&did);
    of_its_own["@context"][1] = "https://issuer.example/contexts/v1".into();
    write(folder, "unsigned.json", &of_its_own);
    let terms = json!({"@context": {
        "AlumniCredential": "urn:example:AlumniCredential",
        "alumniOf": "urn:example:alumniOf",
        "number": "urn:example:number",
    }});
    write(folder, "context.json", &terms);
    let issue = [
        "issue",
        "--input",
        "unsigned.json",
        "--key",
        "key.json",
        "--mechanism",
        "eddsa-rdfc-2022",
    ];
    assert_eq!(run(folder, &issue).0, 3);
    let context = "https://issuer.example/contexts/v1=context.json";
    let known = [&issue[..], &["--context", context]].concat();
    let (code, result) = run(folder, &known);
    assert_eq!(code, 0, "{result}");
}
