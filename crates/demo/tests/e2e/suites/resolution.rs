//! DID Resolution 1.0 over HTTP, and what the suite of did:key asks in the older form.

use http::Response;
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::suites::{Services, body};

const RESULT: &str = "application/did-resolution";
const DEREFERENCED: &str = "application/did-url-dereferencing";
const OLDER: &str = r#"application/ld+json;profile="https://w3id.org/did-resolution""#;

struct Asking {
    services: Services,
    /// did:key and did:jwk.
    dids: Vec<String>,
}

impl Asking {
    async fn open() -> Self {
        let mut dids = Vec::new();
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384] {
            let key = SigningKey::generate(algorithm, &mut host::system_rng());
            dids.push(did::key::did(key.public()).to_string());
            dids.push(did::jwk::did(key.public()).to_string());
        }
        Self {
            services: Services::open().await,
            dids,
        }
    }

    async fn get(&self, path: &str, accept: &str) -> Response<Vec<u8>> {
        let url = self
            .services
            .at_verifier(&format!("/1.0/identifiers/{path}"));
        self.services.get(&url, accept).await
    }
}

fn media_type(answer: &Response<Vec<u8>>) -> &str {
    answer.headers()["content-type"].to_str().unwrap()
}

#[tokio::test]
async fn did_resolution_4_a_did_has_a_result_with_document_and_metadata() {
    let asking = Asking::open().await;
    for did in &asking.dids {
        let encoded = did.replace(':', "%3A");
        for (path, accept) in [(did, RESULT), (did, "*/*"), (&encoded, RESULT)] {
            let answer = asking.get(path, accept).await;
            assert_eq!(answer.status(), 200);
            let result = body(&answer);
            assert_eq!(result["didDocument"]["id"], **did);
            assert!(result["didDocumentMetadata"].is_object());
            let kind = result["didResolutionMetadata"]["contentType"]
                .as_str()
                .unwrap();
            assert_eq!(kind, "application/did");
            assert!(media_type(&answer).contains(kind));
        }
    }
}

#[tokio::test]
async fn did_resolution_10_1_accept_chooses_the_document_alone() {
    let asking = Asking::open().await;
    for did in &asking.dids {
        for accept in [
            "application/did",
            "application/did+json",
            "application/did+ld+json",
        ] {
            let answer = asking.get(did, accept).await;
            assert_eq!(answer.status(), 200, "{accept}");
            assert_eq!(body(&answer)["id"], **did);
            assert!(body(&answer).get("didResolutionMetadata").is_none());
        }
        let answer = asking.get(did, "application/x-unsupported-99999").await;
        assert_eq!(answer.status(), 406);
        assert_eq!(error(&answer), "REPRESENTATION_NOT_SUPPORTED");
    }
}

#[tokio::test]
async fn did_resolution_10_1_every_error_has_its_status_and_its_type() {
    let asking = Asking::open().await;
    for (path, status, kind) in [
        ("not-a-did", 400, "INVALID_DID"),
        ("did:example", 400, "INVALID_DID"),
        ("did:key:@", 400, "INVALID_DID"),
        (
            "did:unsupported:123456789abcdefghi",
            501,
            "METHOD_NOT_SUPPORTED",
        ),
        ("did:web:192.168.0.1", 404, "NOT_FOUND"),
    ] {
        let answer = asking.get(path, RESULT).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(error(&answer), kind, "{path}");
        let result = body(&answer);
        assert_eq!(result["didDocument"], Value::Null);
        assert!(result["didDocumentMetadata"].is_object());
    }
    let nothing = asking.get("", RESULT).await;
    assert_eq!(nothing.status(), 400);
}

/// DID Resolution 1.0, section 3: `versionTime`, of documents that never change.
#[tokio::test]
async fn did_resolution_3_a_version_time_is_utc_to_the_second() {
    let asking = Asking::open().await;
    for did in &asking.dids {
        for wrong in [
            "2025-10-07 12:30:45",
            "2025/10/07T12:30:45",
            "2025-13-07T12:30:45Z",
            "2025-10-32T12:30:45Z",
            "2025-10-07T25:00:00Z",
            "2025-10-07",
            "2025-10-07T12:30:45abc",
            "T12:30:45",
            "2025-10-07T00:00:00%2B02:00",
            "2025-10-07T00:00:00",
            "2025-10-07T00:00:00.123Z",
        ] {
            let path = format!("{did}?versionTime={}", wrong.replace(' ', "%20"));
            assert_eq!(asking.get(&path, RESULT).await.status(), 400, "{wrong}");
        }
        let path = format!("{did}?versionTime=2025-10-07T14:30:00Z");
        let answer = asking.get(&path, RESULT).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(body(&answer)["didDocument"]["id"], **did);
    }
}

#[tokio::test]
async fn did_resolution_10_1_a_fragment_is_dereferenced() {
    let asking = Asking::open().await;
    for did in &asking.dids {
        let document = body(&asking.get(did, "application/did").await);
        let id = document["verificationMethod"][0]["id"].as_str().unwrap();
        let fragment = id.split_once('#').unwrap().1;
        let answer = asking
            .get(&format!("{did}%23{fragment}"), DEREFERENCED)
            .await;
        assert_eq!(answer.status(), 200);
        let result = body(&answer);
        assert_eq!(result["content"], document["verificationMethod"][0]);
        assert!(result["contentMetadata"].is_object());
        let kind = result["dereferencingMetadata"]["contentType"]
            .as_str()
            .unwrap();
        assert!(media_type(&answer).contains(kind), "{kind}");
        let alone = asking
            .get(&format!("{did}%23{fragment}"), "application/json")
            .await;
        if alone.status() != 406 {
            assert!(body(&alone).get("dereferencingMetadata").is_none());
        }
    }
}

/// did:key 0.7, section 3.1, as its suite asks: with the codes of DID Resolution's drafts.
#[tokio::test]
async fn did_key_3_an_identifier_that_is_none_is_an_invalid_did() {
    let asking = Asking::open().await;
    let did = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b";
    let multibase = did.rsplit(':').next().unwrap();
    for wrong in [
        did.replacen("did:", "notDid:", 1),
        format!("did:key:-4:{multibase}"),
        format!("did:key:{}", &multibase[1..]),
        "did:key:@".to_owned(),
        // Two bytes less than an Ed25519 key has.
        "did:key:zGxAWiEMqcwJZs755rti6J5imx6aC6cmxyuvn8bQtWebX".to_owned(),
    ] {
        let answer = asking.get(&wrong, OLDER).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        let result = body(&answer);
        assert_eq!(
            result["didResolutionMetadata"]["error"], "invalidDid",
            "{wrong}"
        );
        for name in ["@context", "didDocument", "didDocumentMetadata"] {
            assert!(result.get(name).is_some(), "{name}");
        }
    }
    let answer = asking.get(did, OLDER).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(body(&answer)["didDocument"]["id"], did);
    let other = asking
        .get(&did.replacen(":key:", ":experimental:", 1), OLDER)
        .await;
    assert_eq!(
        body(&other)["didResolutionMetadata"]["error"],
        json!("methodNotSupported")
    );
}

fn error(answer: &Response<Vec<u8>>) -> String {
    let kind = body(answer)["didResolutionMetadata"]["error"]["type"].clone();
    let kind = kind.as_str().unwrap().to_owned();
    let name = kind.strip_prefix("https://www.w3.org/ns/did#");
    name.unwrap().to_owned()
}
