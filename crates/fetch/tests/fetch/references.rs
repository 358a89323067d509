//! What credentials refer to: at hand, or fetched by its digest, and by nothing else.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use credential::{DigestFault, ReferenceFault, SchemaFault};
use fetch::references::{Reference, References, Unusable};
use fetch::{Client, Options};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

const SCHEMA: &str =
    r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","required":["name"]}"#;
/// Of [`SCHEMA`], by `openssl dgst -sha384 -binary | base64`.
const DIGEST: &str = "sha384-pKXyJROs6y9DBhrh9qMk35UxwZO0N2IF+VuGQ0EjSOfKbZ07Zz2FkUmOdGS5+W28";

/// Serves a text to whoever asks, and counts them.
fn serve(text: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/schema.json", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let length = text.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

fn client() -> Client {
    let options = Options {
        dev_loopback: true,
        ..Options::default()
    };
    Client::new(options).unwrap()
}

fn schema(id: &str, content: Option<&str>, digest: Option<&str>) -> Reference {
    Reference {
        id: id.to_owned(),
        is_schema: true,
        content: content.map(|text| text.as_bytes().to_vec()),
        digest: digest.map(str::to_owned),
    }
}

fn credential(id: &str) -> Map<String, Value> {
    let credential = json!({ "credentialSchema": { "id": id, "type": "JsonSchema" } });
    credential.as_object().unwrap().clone()
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn what_is_missing_is_fetched_once() {
    let (url, asked) = serve(SCHEMA);
    let references =
        References::new(client(), vec![schema(&url, None, Some(DIGEST))], false).unwrap();
    // Nobody is asked because a credential comes.
    let unknown = references.known().judge(&credential(&url));
    assert_eq!(unknown, Ok(vec![url.clone()]));
    assert_eq!(references.missing(), std::slice::from_ref(&url));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert!(references.fetch_due(now()).await.is_empty());
    assert!(references.missing().is_empty());
    let judged = references.known().judge(&credential(&url));
    assert_eq!(judged, Err(ReferenceFault::Invalid));
    let mut named = credential(&url);
    named.insert("name".to_owned(), "x".into());
    assert_eq!(references.known().judge(&named), Ok(Vec::new()));
    references
        .fetch_due(now() + SignedDuration::from_hours(1))
        .await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn another_content_is_never_used_and_asked_for_now_and_then() {
    let (url, asked) = serve(r#"{"$schema":"https://json-schema.org/draft/2020-12/schema"}"#);
    let references =
        References::new(client(), vec![schema(&url, None, Some(DIGEST))], true).unwrap();
    for (minutes, count) in [(0, 1), (4, 1), (6, 2)] {
        let failed = references
            .fetch_due(now() + SignedDuration::from_mins(minutes))
            .await;
        assert_eq!(asked.load(Ordering::SeqCst), count);
        for error in failed {
            assert!(matches!(error.fault, Unusable::Digest(DigestFault::Other)));
            assert_eq!(error.id, url);
        }
    }
    let judged = references.known().judge(&credential(&url));
    assert_eq!(judged, Err(ReferenceFault::Unknown));
    // An address inside the network that this runs in is none.
    let inside = schema("http://10.0.0.1/schema.json", None, Some(DIGEST));
    let references = References::new(client(), vec![inside], false).unwrap();
    let failed = references.fetch_due(now()).await;
    assert!(matches!(failed[0].fault, Unusable::Fetch(_)));
}

#[test]
fn what_does_not_do_is_refused_at_once() {
    let refused = |all: Vec<Reference>| References::new(client(), all, false).unwrap_err().fault;
    let id = "https://a.example/schema.json";
    let good = || schema(id, Some(SCHEMA), Some(DIGEST));
    assert!(References::new(client(), vec![good()], false).is_ok());
    assert!(matches!(refused(vec![good(), good()]), Unusable::Twice));
    let undigested = schema(id, None, None);
    assert!(matches!(refused(vec![undigested]), Unusable::Undigested));
    let wrong = schema(id, Some("{}"), Some(DIGEST));
    assert!(matches!(
        refused(vec![wrong]),
        Unusable::Digest(DigestFault::Other)
    ));
    let malformed = schema(id, Some("{}"), None);
    assert!(matches!(
        refused(vec![malformed]),
        Unusable::Schema(SchemaFault::Malformed)
    ));
}
