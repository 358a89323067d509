//! Issuers' keys and lists: found, kept, renewed, and asked for no more often than that.

mod lists;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use credential::{CredentialStatus, IssuerKeyError, KeyReference, KeySource, StatusReference};
use did::{Did, DidUrl};
use fetch::resolve::{ResolveError, Resolver};
use fetch::{Client, Options};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use status::{Bits, Publication, Status, StatusList};
use url::Url;

/// An issuer's web server, with what it publishes and how often each page was asked for.
struct Issuer {
    base: String,
    key: SigningKey,
    pages: Arc<Mutex<HashMap<String, (String, usize)>>>,
}

impl Issuer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let pages = Arc::new(Mutex::new(HashMap::<String, (String, usize)>::new()));
        let served = pages.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default();
                let answer = match served.lock().unwrap().get_mut(path) {
                    Some((body, count)) => {
                        *count += 1;
                        let length = body.len();
                        format!(
                            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                        )
                    }
                    None => "HTTP/1.1 404 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                        .to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self {
            base,
            key: key(1),
            pages,
        }
    }

    fn publish(&self, path: &str, body: impl ToString) {
        let count = self.asked(path);
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), (body.to_string(), count));
    }

    fn withdraw(&self, path: &str) {
        self.pages.lock().unwrap().remove(path);
    }

    fn asked(&self, path: &str) -> usize {
        self.pages
            .lock()
            .unwrap()
            .get(path)
            .map_or(0, |(_, count)| *count)
    }

    fn did(&self) -> Did {
        did::web::did(&Url::parse(&self.base).unwrap()).unwrap()
    }

    fn publish_did(&self, fragment: &str, key: &SigningKey) {
        let document = did::web::document(&self.did(), &[(fragment, key.public().clone())]);
        self.publish(DID, serde_json::to_string(&document.unwrap()).unwrap());
    }

    fn by_did(&self, fragment: &str) -> KeySource {
        KeySource::Did(DidUrl::parse(&format!("{}#{fragment}", self.did())).unwrap())
    }

    fn by_metadata(&self) -> KeySource {
        KeySource::WellKnown {
            issuer: self.base.clone(),
            kid: None,
        }
    }

    fn list_uri(&self) -> Url {
        Url::parse(&format!("{}{LIST}", self.base)).unwrap()
    }

    fn reference(&self, index: u64) -> CredentialStatus {
        CredentialStatus::Token(StatusReference {
            uri: self.list_uri(),
            index,
        })
    }

    fn publish_list(&self, key: &SigningKey, revoked: &[u64], at: Timestamp) {
        let mut list = StatusList::new(Bits::One, 1 << 17);
        for index in revoked {
            list.set(*index, Status::INVALID).unwrap();
        }
        let issuer = self.did().to_string();
        let publication = Publication {
            list: &list,
            issuer: Some(&issuer),
            uri: &self.list_uri(),
            expires_at: Some(at + SignedDuration::from_hours(2)),
            time_to_live: Some(SignedDuration::from_mins(10)),
            key_reference: &KeyReference::KeyId(format!("{issuer}#key")),
        };
        self.publish(LIST, publication.sign(key, at).unwrap());
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_secret(Algorithm::EdDsa, &[number; 32]).unwrap()
}

fn resolver() -> Resolver {
    let options = Options {
        dev_loopback: true,
        ..Options::default()
    };
    Resolver::new(Client::new(options).unwrap(), Vec::new())
}

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn minutes(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

const DID: &str = "/.well-known/did.json";
const METADATA: &str = "/.well-known/jwt-vc-issuer";
const LIST: &str = "/status/1";

#[tokio::test]
async fn a_did_is_asked_for_once() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    let resolver = resolver();
    for minute in 0..5 {
        let found = resolver
            .issuer_key(&issuer.by_did("key"), minutes(minute))
            .await
            .unwrap();
        assert_eq!(found.signature_key(), Ok(issuer.key.public()));
        let document = resolver
            .did_document(&issuer.did(), minutes(minute))
            .await
            .unwrap();
        assert!(
            document
                .key(
                    &DidUrl::parse(&format!("{}#key", issuer.did())).unwrap(),
                    did::Relationship::Assertion
                )
                .is_ok()
        );
    }
    assert_eq!(issuer.asked(DID), 1);
}

#[tokio::test]
async fn many_callers_at_once_ask_once() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    let resolver = Arc::new(resolver());
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (resolver, source) = (resolver.clone(), issuer.by_did("key"));
            tokio::spawn(async move { resolver.issuer_key(&source, start()).await.is_ok() })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(issuer.asked(DID), 1);
}

#[tokio::test]
async fn a_new_key_is_found_but_inventing_one_does_not_make_requests() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    let resolver = resolver();
    resolver
        .issuer_key(&issuer.by_did("key"), start())
        .await
        .unwrap();
    issuer.publish_did("next", &key(2));
    for _ in 0..3 {
        let unknown = resolver
            .issuer_key(&issuer.by_did("next"), minutes(4))
            .await;
        assert!(matches!(
            unknown,
            Err(ResolveError::Key(IssuerKeyError::NoSuchKey))
        ));
    }
    assert_eq!(issuer.asked(DID), 1);
    let found = resolver
        .issuer_key(&issuer.by_did("next"), minutes(6))
        .await
        .unwrap();
    assert_eq!(found.signature_key().unwrap(), key(2).public());
    // The key that was taken out of the document is gone with it.
    assert!(
        resolver
            .issuer_key(&issuer.by_did("key"), minutes(7))
            .await
            .is_err()
    );
    assert_eq!(issuer.asked(DID), 2);
}

#[tokio::test]
async fn issuer_metadata_gives_the_key_here_or_elsewhere() {
    let issuer = Issuer::start();
    let jwk = serde_json::to_string(&issuer.key.public().jwk()).unwrap();
    let base = &issuer.base;
    issuer.publish(
        METADATA,
        format!(r#"{{"issuer":"{base}","jwks":{{"keys":[{jwk}]}}}}"#),
    );
    let here = resolver()
        .issuer_key(&issuer.by_metadata(), start())
        .await
        .unwrap();
    assert_eq!(here.signature_key(), Ok(issuer.key.public()));

    issuer.publish(
        METADATA,
        format!(r#"{{"issuer":"{base}","jwks_uri":"{base}/jwks"}}"#),
    );
    issuer.publish("/jwks", format!(r#"{{"keys":[{jwk}]}}"#));
    let resolver = resolver();
    for _ in 0..3 {
        let elsewhere = resolver
            .issuer_key(&issuer.by_metadata(), start())
            .await
            .unwrap();
        assert_eq!(elsewhere.signature_key(), Ok(issuer.key.public()));
    }
    assert_eq!(issuer.asked("/jwks"), 1);

    issuer.publish(
        METADATA,
        r#"{"issuer":"https://other.example","jwks":{"keys":[]}}"#,
    );
    let other = self::resolver()
        .issuer_key(&issuer.by_metadata(), start())
        .await;
    assert!(matches!(
        other,
        Err(ResolveError::Key(IssuerKeyError::OtherIssuer))
    ));
}

#[tokio::test]
async fn keys_that_need_nobody_ask_nobody() {
    let key = key(3);
    let source = KeySource::Did(did::key::verification_method(key.public()));
    let resolver = resolver();
    for _ in 0..2 {
        let found = resolver.issuer_key(&source, start()).await.unwrap();
        assert_eq!(found.signature_key().unwrap(), key.public());
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_permitted_is_told() {
    let issuer = Issuer::start();
    let missing = resolver().issuer_key(&issuer.by_did("key"), start()).await;
    assert!(matches!(missing, Err(ResolveError::Answered(status)) if status == 404));
    issuer.publish_did("key", &issuer.key);
    let strict = Resolver::new(Client::new(Options::default()).unwrap(), Vec::new());
    assert!(
        strict
            .issuer_key(&issuer.by_did("key"), start())
            .await
            .is_err()
    );
    assert!(
        strict
            .issuer_key(&issuer.by_metadata(), start())
            .await
            .is_err()
    );
    assert_eq!(issuer.asked(DID), 0);
}

#[tokio::test]
async fn a_kept_key_is_found_without_asking() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    let (resolver, source) = (resolver(), issuer.by_did("key"));
    let unknown = resolver.kept_key(&source, start());
    assert!(matches!(unknown, Err(ResolveError::NotKept)), "{unknown:?}");
    assert_eq!(issuer.asked(DID), 0);
    resolver.issuer_key(&source, start()).await.unwrap();
    for _ in 0..10 {
        let kept = resolver.kept_key(&source, minutes(30)).unwrap();
        assert_eq!(kept.signature_key(), Ok(issuer.key.public()));
    }
    let another = resolver.kept_key(&issuer.by_did("another"), minutes(30));
    assert!(matches!(another, Err(ResolveError::Key(_))), "{another:?}");
    let old = resolver.kept_key(&source, minutes(25 * 60));
    assert!(matches!(old, Err(ResolveError::NotKept)), "{old:?}");
    assert_eq!(issuer.asked(DID), 1);
}
