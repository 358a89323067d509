//! Requests that a wallet must not answer, and what it may say about them.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod parties;

use dcql::{Part, UnsupportedQuery};
use http::Response;
use keys::jws::{self, JwsError};
use keys::{Algorithm, SigningKey, base64url};
use openid4vp::ClientIdError;
use openid4vp::messages::FormError;
use openid4vp::request::RequestFault;
use openid4vp::verifier::{Created, WalletQuestion};
use openid4vp::wallet::{self, Error, LinkFault, Refusal, Step};
use parties::*;
use serde_json::{Value, json};
use strict_json::JsonError;

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

#[test]
fn links() {
    let open = |link: &str| wallet::open(link, SETTINGS, &mut rng(), now());
    let query = "&response_type=vp_token&response_mode=direct_post&nonce=n&dcql_query=%7B%7D";
    for (link, expected) in [
        ("nonsense", LinkFault::Syntax),
        (
            "openid-credential-offer://?credential_offer=x",
            LinkFault::Scheme,
        ),
        ("http://wallet.example/?client_id=a:b", LinkFault::Scheme),
        ("http://127.0.0.1/?client_id=a:b", LinkFault::Scheme),
        ("file:///etc/passwd", LinkFault::Scheme),
        ("https://example.org/", LinkFault::NotARequest),
        (
            "openid4vp://?request_uri=https%3A%2F%2Fv.example%2F1",
            LinkFault::NotARequest,
        ),
    ] {
        assert_eq!(
            refusal(open(link)).error(),
            &Error::Link(expected),
            "{link}"
        );
    }
    let did = "decentralized_identifier%3Adid%3Aweb%3Av.example";
    let uri = "redirect_uri%3Ahttps%3A%2F%2Fv.example%2Fpost";
    let by_reference = "request_uri=https%3A%2F%2Fv.example%2F1";
    for (parameters, expected) in [
        (format!("client_id={did}{query}"), RequestFault::Unsigned),
        (
            format!("client_id={uri}&{by_reference}"),
            RequestFault::Signed,
        ),
        (
            format!("client_id={uri}&request=a.b.c"),
            RequestFault::Signed,
        ),
        (
            format!("client_id={did}&{by_reference}&request=a.b.c"),
            RequestFault::Nested,
        ),
        (
            format!("client_id={did}&{by_reference}&request_uri_method=POST"),
            RequestFault::Method,
        ),
        (
            format!("client_id={did}&{by_reference}&request_uri_method=put"),
            RequestFault::Method,
        ),
        (
            format!("client_id={uri}{query}&request_uri_method=get"),
            RequestFault::Method,
        ),
        (
            format!("client_id={did}&request_uri=http%3A%2F%2Fv.example%2F1"),
            RequestFault::RequestUri,
        ),
        (
            format!("client_id={did}&request_uri=http%3A%2F%2F127.0.0.1%2F1"),
            RequestFault::RequestUri,
        ),
        (
            format!("client_id={did}&client_id={did}"),
            RequestFault::Form(FormError::Duplicate),
        ),
        (
            format!("client_id={did}&x={}", "y".repeat(70_000)),
            RequestFault::Form(FormError::Size),
        ),
        (
            "client_id=verifier".into(),
            RequestFault::ClientId(ClientIdError::PreRegistered),
        ),
        (
            "client_id=https%3A%2F%2Fv.example".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=invalid_scheme%3Ax".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=did%3Aweb%3Av.example".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=x509_san_dns%3Av.example".into(),
            RequestFault::ClientId(ClientIdError::X509SanDns),
        ),
        (
            "client_id=x509_hash%3Aabc".into(),
            RequestFault::ClientId(ClientIdError::X509Hash),
        ),
        (
            "client_id=origin%3Ahttps%3A%2F%2Fv.example".into(),
            RequestFault::ClientId(ClientIdError::Origin),
        ),
        (
            "client_id=verifier_attestation%3Av".into(),
            RequestFault::ClientId(ClientIdError::VerifierAttestation),
        ),
        (
            "client_id=openid_federation%3Ahttps%3A%2F%2Fv".into(),
            RequestFault::ClientId(ClientIdError::OpenidFederation),
        ),
        (
            "client_id=decentralized_identifier%3Adid%3Aexample%3A1".into(),
            RequestFault::ClientId(ClientIdError::Did(did::DidError::Unsupported)),
        ),
        (
            "client_id=redirect_uri%3Apost".into(),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            format!("client_id={uri}%0A%1B%5B2KMy%20Bank"),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            format!("client_id={uri}%E2%80%AE"),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            "client_id=redirect_uri%3Ahttps%3A%2F%2Fv.ex%D0%B0mple%2Fpost".into(),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
    ] {
        let link = format!("openid4vp://?{parameters}");
        assert_eq!(fault(open(&link)), expected, "{parameters}");
    }
}

/// The Holder decides whether the Verifier learns of a refusal; and only what a Verifier really
/// said can be reported, to where that Verifier wants it.
#[test]
fn only_a_genuine_request_can_be_reported() {
    let forge = Forge::new();
    let report = refusal(forge.with_payload(|payload| payload["transaction_data"] = json!(["x"])))
        .report()
        .unwrap();
    let request = report.request();
    let session = requested(&forge.created.session);
    assert!(session.link().starts_with("openid4vp://?"));
    assert_eq!(request.method(), "POST");
    assert!(
        request
            .uri()
            .to_string()
            .starts_with("https://verifier.example/oid4vp/response/")
    );
    let body = String::from_utf8(request.into_body()).unwrap();
    assert!(
        body.starts_with("error=invalid_transaction_data&state="),
        "{body}"
    );

    let report =
        refusal(forge.with_payload(|payload| payload["redirect_uri"] = json!("https://x")))
            .report()
            .unwrap();
    let body = String::from_utf8(report.request().into_body()).unwrap();
    assert!(body.starts_with("error=invalid_request&state="), "{body}");

    assert!(
        refusal(forge.with_header(|header| header["typ"] = json!("x")))
            .report()
            .is_none()
    );
    let expired = forge.with_payload(|payload| payload["exp"] = json!(1));
    assert!(refusal(expired).report().is_none());
    let nowhere = forge.with_payload(|payload| {
        payload["nonce"] = json!("");
        payload["response_uri"] = json!("http://verifier.example/post");
    });
    assert!(refusal(nowhere).report().is_none());
}

#[test]
fn a_selection_for_another_request_is_not_sent() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let modest = verifier.open(&verifier.create(adults(&issuer)));
    let curious = policy(&issuer, json!([{ "path": ["family_name"] }]));
    let curious = verifier.open(&verifier.create(curious));
    let held = [Held::sd_jwt(&issuer, json!({}))];
    let selection = curious.matches(&candidates(&held)).preferred().unwrap();
    let result = modest.accept(&selection, |_| None, &mut rng(), now());
    let Err(Error::Holding(fault)) = result else {
        panic!("{result:?}")
    };
    assert_eq!(fault, wallet::HoldingFault::OtherRequest);
}

#[test]
fn a_reply_that_sends_the_holder_astray_is_refused() {
    let verifier = Verifier::new();
    let issuer = Issuer::new(Algorithm::EdDsa);
    let reply = |status: u16, content_type: &str, body: &str| {
        let answering = verifier
            .open(&verifier.create(adults(&issuer)))
            .decline()
            .unwrap();
        let response = Response::builder()
            .status(status)
            .header("content-type", content_type)
            .body(body.as_bytes().to_vec())
            .unwrap();
        answering.receive(&response)
    };
    let json = "application/json";
    assert!(reply(200, json, "{}").unwrap().redirect_uri.is_none());
    assert!(reply(200, json, r#"{"redirect_uri":"https://v.example/#code"}"#).is_ok());
    for body in [
        r#"{"redirect_uri":"javascript:alert(1)"}"#,
        r#"{"redirect_uri":"file:///etc/passwd"}"#,
        r#"{"redirect_uri":"http://v.example/"}"#,
        r#"{"redirect_uri":"/relative"}"#,
        r#"{"redirect_uri":"https://a.example","redirect_uri":"https://b.example"}"#,
        "not json",
    ] {
        assert_eq!(reply(200, json, body), Err(Error::Reply), "{body}");
    }
    assert_eq!(reply(200, "text/html", "{}"), Err(Error::Reply));
    let refused = reply(400, json, r#"{"error":"invalid_request"}"#).unwrap_err();
    let code = openid4vp::messages::ErrorCode::InvalidRequest;
    assert_eq!(
        refused,
        Error::Refused {
            status: 400,
            code: Some(code)
        }
    );
}
