//! Requests that a wallet must not answer, and what it may say about them.

mod links;
mod replies;

use dcql::{Part, UnsupportedQuery};
use http::Response;
use keys::jws::{self, JwsError};
use keys::{Algorithm, SigningKey, base64url};
use openid4vp::request::RequestFault;
use openid4vp::verifier::{Created, WalletQuestion};
use openid4vp::wallet::{self, Error, Refusal, Step};
use serde_json::{Value, json};
use strict_json::JsonError;

use crate::parties::*;

/// A Verifier with a session, whose Request Object the test may change.
struct Forge {
    verifier: Verifier,
    created: Created,
}

impl Forge {
    fn new() -> Self {
        let verifier = Verifier::new();
        let created = verifier.create(adults(&Issuer::new(Algorithm::EdDsa)));
        Self { verifier, created }
    }

    fn payload(&self) -> Value {
        let session = requested(&self.created.session);
        let question = WalletQuestion::default();
        let object = session
            .request_object(self.verifier.signer(), &question, now())
            .unwrap();
        let payload = object.split('.').nth(1).unwrap();
        serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
    }

    fn header(&self) -> Value {
        let method = self.verifier.method.to_string();
        json!({ "alg": "EdDSA", "typ": "oauth-authz-req+jwt", "kid": method })
    }

    fn sign(&self, header: &Value, payload: &[u8]) -> String {
        jws::sign(header, payload, &self.verifier.key).unwrap()
    }

    /// Hands the wallet any response; a GET, so that no nonce is expected.
    fn answer(&self, response: &Response<Vec<u8>>) -> Result<Step, Refusal> {
        let link = self.created.link.replace("&request_uri_method=post", "");
        let step = wallet::open(&link, SETTINGS, &mut rng(), now()).unwrap();
        let Step::Fetch(fetching) = step else {
            panic!("{step:?}")
        };
        fetching.receive(response, now())
    }

    fn with_payload(&self, change: impl Fn(&mut Value)) -> Result<Step, Refusal> {
        let mut payload = self.payload();
        change(&mut payload);
        let object = self.sign(&self.header(), payload.to_string().as_bytes());
        self.answer(&request_object(object))
    }

    fn with_header(&self, change: impl Fn(&mut Value)) -> Result<Step, Refusal> {
        let mut header = self.header();
        change(&mut header);
        let object = self.sign(&header, self.payload().to_string().as_bytes());
        self.answer(&request_object(object))
    }
}

fn refusal(result: Result<Step, Refusal>) -> Refusal {
    result.expect_err("it was accepted")
}

fn fault(result: Result<Step, Refusal>) -> RequestFault {
    match refusal(result).error() {
        Error::Request(fault) => fault.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_forge_makes_good_requests() {
    let forge = Forge::new();
    assert!(forge.with_payload(|_| {}).is_ok());
    assert!(forge.with_header(|_| {}).is_ok());
}

#[test]
fn parameters_of_a_signed_request() {
    let forge = Forge::new();
    let now = now().as_second();
    for (name, value, expected) in [
        (
            "client_id",
            json!("decentralized_identifier:did:web:a.example"),
            RequestFault::ClientIdMismatch,
        ),
        ("client_id", Value::Null, RequestFault::ClientIdMismatch),
        (
            "aud",
            json!("https://other.example"),
            RequestFault::Audience,
        ),
        (
            "aud",
            json!(["https://other.example"]),
            RequestFault::Audience,
        ),
        ("aud", json!(7), RequestFault::Audience),
        ("exp", json!(now - 61), RequestFault::Expired),
        ("iat", json!(now + 61), RequestFault::NotYetValid),
        ("nbf", json!(now + 61), RequestFault::NotYetValid),
        ("request", json!("x.y.z"), RequestFault::Nested),
        (
            "request_uri",
            json!("https://verifier.example/again"),
            RequestFault::Nested,
        ),
        ("response_type", json!("code"), RequestFault::ResponseType),
        (
            "response_type",
            json!("vp_token id_token"),
            RequestFault::ResponseType,
        ),
        ("response_type", Value::Null, RequestFault::ResponseType),
        (
            "response_mode",
            json!("fragment"),
            RequestFault::ResponseMode,
        ),
        (
            "response_mode",
            json!("direct_post.jwt"),
            RequestFault::ResponseMode,
        ),
        ("response_mode", Value::Null, RequestFault::ResponseMode),
        (
            "redirect_uri",
            json!("https://verifier.example/cb"),
            RequestFault::RedirectUri,
        ),
        (
            "response_uri",
            json!("http://verifier.example/post"),
            RequestFault::ResponseUri,
        ),
        (
            "response_uri",
            json!("javascript:alert(1)"),
            RequestFault::ResponseUri,
        ),
        ("response_uri", Value::Null, RequestFault::ResponseUri),
        ("nonce", Value::Null, RequestFault::Nonce),
        ("nonce", json!(""), RequestFault::Nonce),
        ("nonce", json!("a b"), RequestFault::Nonce),
        ("state", json!("a&b"), RequestFault::State),
        ("dcql_query", Value::Null, RequestFault::QueryMissing),
        (
            "dcql_query",
            json!({ "credentials": [] }),
            RequestFault::Query(UnsupportedQuery::Empty(Part::Credentials)),
        ),
        (
            "scope",
            json!("com.example.id"),
            RequestFault::QueryAndScope,
        ),
        (
            "transaction_data",
            json!(["e30"]),
            RequestFault::TransactionData,
        ),
        ("transaction_data", json!([]), RequestFault::TransactionData),
    ] {
        let changed = forge.with_payload(|payload| match &value {
            Value::Null => {
                payload.as_object_mut().unwrap().remove(name);
            }
            value => payload[name] = value.clone(),
        });
        assert_eq!(fault(changed), expected, "{name} {value}");
    }
    let by_scope = forge.with_payload(|payload| {
        payload.as_object_mut().unwrap().remove("dcql_query");
        payload["scope"] = json!("com.example.id");
    });
    assert_eq!(fault(by_scope), RequestFault::Scope);
}

/// What the text tells a wallet to ignore, or leaves open.
#[test]
fn parameters_that_do_not_matter() {
    let forge = Forge::new();
    let now = now().as_second();
    for (name, value) in [
        ("iss", json!("somebody else")),
        ("unknown", json!({ "a": [1] })),
        ("verifier_info", json!([{ "format": "jwt", "data": "x" }])),
        ("aud", json!(["x", "https://self-issued.me/v2"])),
        ("exp", json!(now - 59)),
        ("exp", json!(1.8e9 + 0.5)),
        ("iat", json!(now + 59)),
        ("state", json!("a".repeat(64))),
        ("nonce", json!("a".repeat(43))),
        ("wallet_nonce", json!("nobody asked")),
    ] {
        let changed = forge.with_payload(|payload| payload[name] = value.clone());
        assert!(changed.is_ok(), "{name} {value}: {:?}", changed.err());
    }
    for name in ["aud", "exp", "iat", "state", "client_metadata", "purpose"] {
        let changed = forge.with_payload(|payload| {
            payload.as_object_mut().unwrap().remove(name);
        });
        assert!(changed.is_ok(), "{name}: {:?}", changed.err());
    }
}

#[test]
fn the_header_of_a_signed_request() {
    let forge = Forge::new();
    let other = Verifier::new().method.to_string();
    for (name, value, expected) in [
        ("typ", json!("jwt"), RequestFault::Jws(JwsError::Type)),
        ("typ", Value::Null, RequestFault::Jws(JwsError::Type)),
        ("kid", json!(other), RequestFault::KeyId),
        (
            "kid",
            json!("did:web:verifier.example#k"),
            RequestFault::KeyId,
        ),
        ("kid", json!("key-1"), RequestFault::KeyId),
        (
            "kid",
            json!("#other"),
            RequestFault::Did(did::DidError::Missing),
        ),
        ("kid", Value::Null, RequestFault::KeyId),
        (
            "crit",
            json!(["exp"]),
            RequestFault::Jws(JwsError::Critical),
        ),
        ("b64", json!(false), RequestFault::Jws(JwsError::Critical)),
    ] {
        let changed = forge.with_header(|header| match &value {
            Value::Null => {
                header.as_object_mut().unwrap().remove(name);
            }
            value => header[name] = value.clone(),
        });
        assert_eq!(fault(changed), expected, "{name} {value}");
    }
}

#[test]
fn the_signature_of_a_request() {
    let forge = Forge::new();
    let object = forge.sign(&forge.header(), forge.payload().to_string().as_bytes());
    let parts: Vec<&str> = object.split('.').collect();
    let stranger = SigningKey::generate(Algorithm::EdDsa, &mut rng());
    let payload = forge.payload().to_string();
    let by_stranger = jws::sign(&forge.header(), payload.as_bytes(), &stranger).unwrap();
    let unsecured = base64url::encode(
        json!({ "alg": "none", "typ": "oauth-authz-req+jwt", "kid": forge.verifier.method })
            .to_string(),
    );
    let confused = base64url::encode(
        json!({ "alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": forge.verifier.method })
            .to_string(),
    );
    let mut changed = forge.payload();
    changed["response_uri"] = json!("https://thief.example/post");
    let changed = base64url::encode(changed.to_string());
    for (text, expected) in [
        (by_stranger, JwsError::Signature),
        (
            format!("{}.{changed}.{}", parts[0], parts[2]),
            JwsError::Signature,
        ),
        (
            format!("{unsecured}.{}.", parts[1]),
            JwsError::AlgorithmUnsupported,
        ),
        (
            format!("{confused}.{}.{}", parts[1], parts[2]),
            JwsError::AlgorithmMismatch,
        ),
        (format!("{}.{}", parts[0], parts[1]), JwsError::Malformed),
        (String::new(), JwsError::Malformed),
        ("x".repeat(64 * 1024 + 1), JwsError::Size),
    ] {
        let found = fault(forge.answer(&request_object(text)));
        assert_eq!(found, RequestFault::Jws(expected));
    }
}

#[test]
fn json_that_two_parsers_may_read_in_two_ways() {
    let forge = Forge::new();
    let payload = forge.payload().to_string();
    let twice = payload.replacen('{', r#"{"nonce":"x","#, 1);
    let deep = payload.replacen(
        '{',
        &format!(r#"{{"deep":{}{},"#, "[".repeat(40), "]".repeat(40)),
        1,
    );
    for (payload, expected) in [(twice, JsonError::Duplicate), (deep, JsonError::Depth)] {
        let object = forge.sign(&forge.header(), payload.as_bytes());
        let found = fault(forge.answer(&request_object(object)));
        assert_eq!(found, RequestFault::Json(expected));
    }
    let object = forge.sign(&forge.header(), b"[]");
    let found = fault(forge.answer(&request_object(object)));
    assert!(matches!(found, RequestFault::Json(_)));
}

#[test]
fn responses_that_are_not_request_objects() {
    let forge = Forge::new();
    let object = forge.sign(&forge.header(), forge.payload().to_string().as_bytes());
    let reply = |status: u16, content_type: &str| {
        Response::builder()
            .status(status)
            .header("content-type", content_type)
            .body(object.clone().into_bytes())
            .unwrap()
    };
    let fine = "application/oauth-authz-req+jwt; charset=utf-8";
    assert!(forge.answer(&reply(200, fine)).is_ok());
    assert_eq!(
        fault(forge.answer(&reply(404, fine))),
        RequestFault::Unavailable(404)
    );
    assert_eq!(
        fault(forge.answer(&reply(302, fine))),
        RequestFault::Unavailable(302)
    );
    assert_eq!(
        fault(forge.answer(&reply(200, "text/html"))),
        RequestFault::ContentType
    );
}

/// The answer to another wallet's question (section 5.10.1).
#[test]
fn a_wallet_nonce_has_to_come_back() {
    let forge = Forge::new();
    for answer in [None, Some("other")] {
        let step = wallet::open(&forge.created.link, SETTINGS, &mut rng(), now()).unwrap();
        let Step::Fetch(fetching) = step else {
            panic!("{step:?}")
        };
        let mut payload = forge.payload();
        if let Some(answer) = answer {
            payload["wallet_nonce"] = json!(answer);
        }
        let object = forge.sign(&forge.header(), payload.to_string().as_bytes());
        let found = fault(fetching.receive(&request_object(object), now()));
        assert_eq!(found, RequestFault::WalletNonce);
    }
}
