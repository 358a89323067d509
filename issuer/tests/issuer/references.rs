//! What credentials refer to, at the interface of W3C's test suites and in files; and issuers whose
//! documents are elsewhere.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use assert_cmd::Command;
use credential::mechanism::{IssueOptions, Mechanism, MechanismKey};
use http::Request;
use keys::KeyKind;
use operator::ReferenceConfig;
use serde_json::{Map, Value, json};

use crate::harness::{Office, json as body, now, send};

const SCHEMA: &str = "https://issuer.example/person.json";

#[tokio::test]
async fn what_breaks_its_schema_is_not_issued() {
    let place = files();
    let office = Office::with(|config| {
        config.issuer.vc_api = true;
        config.issuer.references.schemas = vec![ReferenceConfig {
            id: SCHEMA.to_owned(),
            file: Some(place.path().join("person.json")),
            digest: None,
        }];
    })
    .await;
    let listed = body(&office.get("/mechanisms").await);
    for one in listed["mechanisms"].as_array().unwrap() {
        let path = format!(
            "/mechanisms/{}/credentials/issue",
            one["name"].as_str().unwrap()
        );
        let issuer = one["issuer"].as_str().unwrap();
        for (name, expected) in [("Alice", 201), ("Bo", 422)] {
            let asked = json!({ "credential": credential(issuer, name) });
            let (status, answer) = post(&office, &path, &asked).await;
            assert_eq!(status, expected, "{path}: {answer}");
            assert!(answer.get("warnings").is_none(), "{path}: {answer}");
        }
    }
    // Elsewhere, where nobody knows the schema, it is issued, and the caller is told.
    let other = Office::with(|config| config.issuer.vc_api = true).await;
    let listed = body(&other.get("/mechanisms").await);
    let issuer = listed["mechanisms"][0]["issuer"].as_str().unwrap();
    for options in [
        json!({}),
        json!({"credentialId": "1", "statusPurposes": ["revocation"]}),
    ] {
        let asked = json!({"credential": credential(issuer, "Bo"), "options": options});
        let (status, answer) = post(&other, "/credentials/issue", &asked).await;
        assert_eq!(status, 201, "{answer}");
        let [warning] = &answer["warnings"].as_array().unwrap()[..] else {
            panic!("{answer}");
        };
        assert_eq!(warning["title"], "UNKNOWN_REFERENCE");
        assert!(warning["detail"].as_str().unwrap().starts_with(SCHEMA));
    }
    let strict = Office::with(|config| {
        config.issuer.vc_api = true;
        config.issuer.references.refuse_unknown = true;
    })
    .await;
    let listed = body(&strict.get("/mechanisms").await);
    let issuer = listed["mechanisms"][0]["issuer"].as_str().unwrap();
    let asked = json!({ "credential": credential(issuer, "Alice") });
    let (status, answer) = post(&strict, "/credentials/issue", &asked).await;
    assert_eq!(
        (status, &answer["title"]),
        (422, &json!("UNKNOWN_REFERENCE"))
    );
}

#[test]
fn what_breaks_its_schema_is_not_issued_into_files() {
    let place = files();
    let folder = place.path();
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("pessoa-issuer").unwrap();
        command.env_clear().env("LANG", "C").current_dir(folder);
        let output = command.args(["credential"]).args(arguments).output();
        output.unwrap().status.code().unwrap()
    };
    let key = [
        "key",
        "--mechanism",
        "eddsa-jcs-2022",
        "--output",
        "key.json",
    ];
    assert_eq!(run(&key), 0);
    let method: Value =
        serde_json::from_slice(&fs::read(folder.join("key.json")).unwrap()).unwrap();
    let issuer = method["controller"].as_str().unwrap();
    let issue = |name: &str, more: &[&str]| {
        let unsigned = credential(issuer, name).to_string();
        fs::write(folder.join("unsigned.json"), unsigned).unwrap();
        let first = ["issue", "--input", "unsigned.json", "--key", "key.json"];
        let rest = ["--mechanism", "eddsa-jcs-2022", "--output", "result.json"];
        let code = run(&[&first[..], &rest, more].concat());
        let result = fs::read(folder.join("result.json")).unwrap();
        (code, serde_json::from_slice::<Value>(&result).unwrap())
    };
    let (code, result) = issue("Alice", &[]);
    assert_eq!((code, &result["warnings"]), (0, &json!([SCHEMA])));
    let (code, result) = issue("Alice", &["--schema", "person.json"]);
    assert_eq!((code, result.get("warnings")), (0, None));
    let (code, result) = issue("Bo", &["--schema", "person.json"]);
    assert_eq!((code, &result["result"]), (3, &json!("failure")));
    assert_eq!(issue("Alice", &["--refuse-unknown-references"]).0, 3);
}

/// A did:web issuer whose document is fetched, as a verifier would.
#[tokio::test]
async fn parts_of_what_an_issuer_elsewhere_signed_are_derived() {
    let office = Office::with(|config| config.issuer.vc_api = true).await;
    for (mechanism, kind) in [
        (Mechanism::EcdsaSd2023, KeyKind::P256),
        (Mechanism::Bbs2023, KeyKind::Bls12381G2),
        (Mechanism::VcSdJwtEs256, KeyKind::P256),
    ] {
        let key = MechanismKey::from_secret(kind, &[7; 32]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let did = did::Did::parse(&format!("did:web:127.0.0.1%3A{port}")).unwrap();
        let method = did.url("key-1").unwrap();
        let own = key.verification_method().unwrap().to_string();
        let multikey = own.split('#').nth(1).unwrap();
        let document = json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": did,
            "verificationMethod": [{
                "id": method.to_string(),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": multikey,
            }],
            "assertionMethod": [method.to_string()],
        });
        serve(listener, document.to_string());
        let options = IssueOptions {
            verification_method: &method,
            created: Some(now()),
            mandatory: &["/issuer".to_owned()],
        };
        let base = object(credential(did.as_str(), "Alice"));
        let base = mechanism.issue(base, &key, &options, &mut host::system_rng());
        let asked = |base: &Value| {
            json!({
                "verifiableCredential": base,
                "options": { "selectivePointers": ["/credentialSubject/name"] },
            })
        };
        let base = base.unwrap().into_value();
        let (status, derived) = post(&office, "/credentials/derive", &asked(&base)).await;
        assert_eq!(status, 201, "{mechanism}: {derived}");
        if mechanism != Mechanism::VcSdJwtEs256 {
            let subject = &derived["verifiableCredential"]["credentialSubject"];
            assert_eq!(subject["name"], "Alice");
            // Nobody else's key does.
            let mut forged = base.clone();
            forged["proof"]["verificationMethod"] = json!(format!("{did}#key-2"));
            let (status, _) = post(&office, "/credentials/derive", &asked(&forged)).await;
            assert_eq!(status, 422);
        }
    }
}

fn serve(listener: TcpListener, document: String) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let found = request.starts_with("GET /.well-known/did.json ");
            let (status, body) = if found {
                (200, document.as_str())
            } else {
                (404, "")
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
}

/// A schema that wants long names.
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
    place
}

fn credential(issuer: &str, name: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:alice", "name": name },
        "credentialSchema": { "id": SCHEMA, "type": "JsonSchema" },
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

async fn post(office: &Office, path: &str, asked: &Value) -> (u16, Value) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(asked.to_string().into_bytes());
    let answer = send(&office.router, request.unwrap()).await;
    (answer.status().as_u16(), body(&answer))
}
