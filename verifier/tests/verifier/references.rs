//! Credentials that refer to schemas and resources: over HTTP, and in files.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use credential::mechanism::{IssueOptions, Mechanism, MechanismKey, PresentOptions};
use http::Request;
use operator::ReferenceConfig;
use serde_json::{Map, Value, json};

use crate::harness::{Shop, json as body, now, send};

const SCHEMA: &str = "https://issuer.example/person.json";
const LOGO: &str = "https://issuer.example/logo.png";

#[tokio::test]
async fn the_verdict_tells_what_was_not_judged() {
    let shop = Shop::with(|config| config.verifier.vc_api = true).await;
    let (status, verdict) = verify(&shop, &secured("Alice")).await;
    assert_eq!(
        (status, &verdict["verified"]),
        (200, &json!(true)),
        "{verdict}"
    );
    let warnings = verdict["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2);
    for (warning, id) in warnings.iter().zip([LOGO, SCHEMA]) {
        assert_eq!(warning["title"], "UNKNOWN_REFERENCE");
        assert!(warning["detail"].as_str().unwrap().contains(id));
    }
    // In a presentation, too.
    let asked = json!({ "presentation": {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [secured("Alice")],
    } });
    let (status, verdict) = post(&shop, "/presentations/verify", &asked).await;
    assert_eq!(status, 200, "{verdict}");
    assert_eq!(
        verdict["credentialResults"][0]["warnings"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let detail = verdict["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("credential 0: "), "{detail}");
    // Who signs it alone.
    let key = key();
    let method = key.verification_method().unwrap();
    let options = PresentOptions {
        verification_method: &method,
        created: Some(now()),
        challenge: Some("c"),
        domain: None,
    };
    let self_asserted = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": method.did(),
        "verifiableCredential": [credential(method.did().as_str(), "Alice")],
    });
    let presented = Mechanism::EddsaJcs2022.present(object(self_asserted), &key, &options);
    let asked = json!({
        "verifiablePresentation": presented.unwrap().into_value(),
        "options": { "challenge": "c" },
    });
    let (status, verdict) = post(&shop, "/presentations/verify", &asked).await;
    assert_eq!(status, 200, "{verdict}");
    assert_eq!(verdict["warnings"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_configured_is_held_against_every_credential() {
    let place = files();
    let shop = shop(place.path(), true).await;
    let (status, verdict) = verify(&shop, &secured("Alice")).await;
    assert_eq!(status, 200, "{verdict}");
    assert!(verdict.get("warnings").is_none());
    let (status, verdict) = verify(&shop, &secured("Bo")).await;
    assert_eq!(status, 422, "{verdict}");
    assert_eq!(
        verdict["problemDetails"][0]["title"],
        "MALFORMED_VALUE_ERROR"
    );
    fs::write(place.path().join("logo.png"), "another").unwrap();
    let other = self::shop(place.path(), true).await;
    let (status, verdict) = verify(&other, &secured("Alice")).await;
    assert_eq!(status, 422);
    let title = &verdict["problemDetails"][0]["title"];
    assert_eq!(title, "CRYPTOGRAPHIC_SECURITY_ERROR");
    // One of two.
    fs::write(place.path().join("logo.png"), "logo").unwrap();
    let half = Shop::with(|config| {
        config.verifier.vc_api = true;
        config.verifier.references.refuse_unknown = true;
        config.verifier.references.schemas = vec![named(SCHEMA, &place.path().join("person.json"))];
    })
    .await;
    let (status, verdict) = verify(&half, &secured("Alice")).await;
    assert_eq!(status, 422);
    assert_eq!(verdict["problemDetails"][0]["title"], "UNKNOWN_REFERENCE");
}

#[test]
fn files_are_held_against_what_is_named() {
    let place = files();
    let folder = place.path();
    let write = |name: &str| {
        fs::write(folder.join("credential.json"), secured(name).to_string()).unwrap();
    };
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("pessoa-verifier").unwrap();
        command.env_clear().env("LANG", "C").current_dir(folder);
        command.args(["credential", "verify", "--at", "2026-11-22T00:00:00Z"]);
        command.args(["--input", "credential.json", "--output", "result.json"]);
        let output = command.args(arguments).output().unwrap();
        let result = fs::read(folder.join("result.json")).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let result: Value = serde_json::from_slice(&result).unwrap();
        (output.status.code().unwrap(), result, said)
    };
    write("Alice");
    let (code, result, said) = run(&[]);
    assert_eq!((code, &result["result"]), (0, &json!("success")), "{said}");
    assert_eq!(result["warnings"].as_array().unwrap().len(), 2);
    assert!(said.contains("not judged"), "{said}");
    let schema = ["--schema", "person.json"];
    let logo = format!("{LOGO}=logo.png");
    let both = [&schema[..], &["--resource", &logo]].concat();
    let (code, result, said) = run(&both);
    assert_eq!(code, 0, "{said}");
    assert!(
        result.get("warnings").is_none() && said.is_empty(),
        "{said}"
    );
    let strict = [&schema[..], &["--refuse-unknown-references"]].concat();
    assert_eq!(run(&strict).0, 3);
    write("Bo");
    let (code, result, _) = run(&both);
    assert_eq!((code, &result["result"]), (3, &json!("failure")));
    let detail = result["data"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("schema"), "{detail}");
    // Mistakes of who calls.
    for wrong in [
        ["--schema", "none.json"],
        ["--schema", "logo.png"],
        ["--resource", "logo.png"],
    ] {
        assert_eq!(run(&wrong).0, 1, "{wrong:?}");
    }
}

async fn shop(folder: &Path, refuse_unknown: bool) -> Shop {
    Shop::with(|config| {
        config.verifier.vc_api = true;
        let references = &mut config.verifier.references;
        references.refuse_unknown = refuse_unknown;
        references.schemas = vec![named(SCHEMA, &folder.join("person.json"))];
        references.resources = vec![named(LOGO, &folder.join("logo.png"))];
    })
    .await
}

fn named(id: &str, file: &Path) -> ReferenceConfig {
    ReferenceConfig {
        id: id.to_owned(),
        file: Some(file.to_owned()),
        digest: None,
    }
}

/// A schema that wants long names, and a picture.
fn files() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let schema = json!({
        "$id": SCHEMA,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": { "credentialSubject": {
            "properties": { "name": { "minLength": 3 } },
        } },
    });
    fs::write(place.path().join("person.json"), schema.to_string()).unwrap();
    fs::write(place.path().join("logo.png"), "logo").unwrap();
    place
}

fn secured(name: &str) -> Value {
    let key = key();
    let method = key.verification_method().unwrap();
    let options = IssueOptions {
        verification_method: &method,
        created: Some(now()),
        mandatory: &[],
    };
    let credential = credential(method.did().as_str(), name);
    let issued = Mechanism::EddsaJcs2022.issue(credential, &key, &options, &mut host::system_rng());
    issued.unwrap().into_value()
}

fn key() -> MechanismKey {
    MechanismKey::from_secret(keys::KeyKind::Ed25519, &[7; 32]).unwrap()
}

fn credential(issuer: &str, name: &str) -> Map<String, Value> {
    // printf logo | openssl dgst -sha256 -binary | base64
    let digest = "sha256-NZjOb5ZbJIH+JjFsBrMJUMRqx/jnIp8QSqePV5mXZo0=";
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:alice", "name": name },
        "credentialSchema": { "id": SCHEMA, "type": "JsonSchema" },
        "relatedResource": { "id": LOGO, "digestSRI": digest },
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

async fn verify(shop: &Shop, secured: &Value) -> (u16, Value) {
    post(
        shop,
        "/credentials/verify",
        &json!({ "verifiableCredential": secured }),
    )
    .await
}

async fn post(shop: &Shop, path: &str, asked: &Value) -> (u16, Value) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(asked.to_string().into_bytes());
    let answer = send(&shop.router, request.unwrap()).await;
    (answer.status().as_u16(), body(&answer))
}
