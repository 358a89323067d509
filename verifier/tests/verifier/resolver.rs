//! The DID resolver: for whoever asks, if the operator says so.

use http::{Request, Response};
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::harness::{Shop, send};

async fn get(shop: &Shop, path: &str, accept: &str) -> Response<Vec<u8>> {
    let request = Request::get(format!("/1.0/identifiers/{path}")).header("accept", accept);
    send(&shop.router, request.body(Vec::new()).unwrap()).await
}

fn body(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

async fn resolving() -> Shop {
    Shop::with(|config| config.verifier.resolve_dids = true).await
}

#[tokio::test]
async fn a_did_is_resolved_in_the_form_that_is_asked_for() {
    let shop = resolving().await;
    let key = SigningKey::from_secret(Algorithm::Es384, &[7; 48]).unwrap();
    let did = did::key::did(key.public()).to_string();
    let result = get(&shop, &did, "application/did-resolution").await;
    assert_eq!(result.status(), 200);
    assert_eq!(
        result.headers()["content-type"],
        "application/did-resolution"
    );
    let result = body(&result);
    assert_eq!(result["didDocument"]["id"], did);
    assert_eq!(
        result["didResolutionMetadata"]["contentType"],
        "application/did"
    );
    let plain = get(&shop, &did, "application/did").await;
    assert_eq!(plain.headers()["content-type"], "application/did");
    assert_eq!(body(&plain), result["didDocument"]);

    let multikey = key.public().multikey();
    let member = get(&shop, &format!("{did}%23{multikey}"), "application/did").await;
    assert_eq!(body(&member)["publicKeyMultibase"], multikey);
}

#[tokio::test]
async fn failures_have_their_statuses_and_types() {
    let shop = resolving().await;
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[7; 32]).unwrap();
    let did = did::key::did(key.public()).to_string();
    for (path, accept, status, kind) in [
        ("did:key:x", "*/*", 400, "INVALID_DID"),
        ("nonsense", "application/did", 400, "INVALID_DID"),
        (&format!("{did}%23"), "*/*", 400, "INVALID_DID_URL"),
        (&format!("{did}%23other"), "*/*", 404, "NOT_FOUND"),
        ("did:web:192.168.0.1", "*/*", 404, "NOT_FOUND"),
        (&did, "text/html", 406, "REPRESENTATION_NOT_SUPPORTED"),
        ("did:example:123", "*/*", 501, "METHOD_NOT_SUPPORTED"),
    ] {
        let answer = get(&shop, path, accept).await;
        assert_eq!(answer.status(), status, "{path}");
        let answer = body(&answer);
        let error = answer
            .get("didResolutionMetadata")
            .or_else(|| answer.get("dereferencingMetadata"))
            .unwrap()["error"]["type"]
            .clone();
        assert_eq!(
            error,
            json!(format!("https://www.w3.org/ns/did#{kind}")),
            "{path}"
        );
    }
    let older = r#"application/ld+json;profile="https://w3id.org/did-resolution""#;
    let answer = get(&shop, "did:example:123", older).await;
    assert_eq!(
        body(&answer)["didResolutionMetadata"]["error"],
        "methodNotSupported"
    );
}

#[tokio::test]
async fn nobody_is_served_unless_the_operator_says_so() {
    let shop = Shop::open().await;
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[7; 32]).unwrap();
    let did = did::key::did(key.public()).to_string();
    assert_eq!(get(&shop, &did, "*/*").await.status(), 404);
}
