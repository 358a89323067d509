//! OpenID4VP: what Verifiers ask, and what wallets answer.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use credential::{Format, IssuerKey, UnverifiedCredential};
use dcql::{Candidate, Selection};
use http::{Response, StatusCode};
use openid4vp::ClientId;
use openid4vp::messages::{AuthorizationResponse, Parameters};
use openid4vp::request::{REQUEST_OBJECT_MEDIA_TYPE, Signer};
use openid4vp::scopes::NumberScopes;
use openid4vp::verifier::{
    Endpoints, Flow, Identity, Policy, Requested, Session, Step, WalletQuestion, respond,
};
use openid4vp::wallet::{self, Answering, Authenticated, Fetching, Holding, Settings};
use serde_json::json;

use crate::Target;
use crate::credentials::{SD_JWT, VC_JWT, payload_of};
use crate::fixture::{Numbers, evidence, holder, issuer, method, now, text, verifier};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("request_link", request_link, || {
        vec![
            SIGNED.link.clone().into_bytes(),
            UNSIGNED.link.clone().into_bytes(),
        ]
    }),
    Target::new("client_id", client_id, || {
        vec![
            b"redirect_uri:https://verifier.example/r".to_vec(),
            format!("decentralized_identifier:{}", method(&verifier()).did()).into_bytes(),
        ]
    }),
    Target::new("request_object", request_object, || {
        vec![object_of(&SIGNED).into_bytes()]
    })
    .vectors(&["openid4vp/tests/vectors"]),
    Target::new("request_claims", request_claims, || {
        vec![payload_of(&object_of(&SIGNED))]
    })
    .vectors(&[
        "openid4vp/tests/vectors/openid4vp-1.0-examples/request",
        "dcql/tests/vectors/openid4vp-1.0-examples/request",
    ]),
    Target::new("wallet_question", wallet_question, || {
        vec![b"wallet_metadata=%7B%7D&wallet_nonce=qPmxiNFCR3QTm19POc8u".to_vec()]
    }),
    Target::new("authorization_response", authorization_response, answers),
    Target::new("direct_post_reply", direct_post_reply, || {
        vec![
            b"{}".to_vec(),
            br#"{"redirect_uri":"https://shop.example/done#response_code=x"}"#.to_vec(),
            br#"!{"error":"invalid_request"}"#.to_vec(),
        ]
    }),
];

/// A link of anything leads to consent, or to a fetch over https, or is refused.
fn request_link(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    match wallet::open(text, SETTINGS, &mut Numbers::default(), now()) {
        Ok(wallet::Step::Consent(request)) => decide(*request),
        Ok(wallet::Step::Fetch(fetching)) => {
            assert_eq!(fetching.request().uri().scheme_str(), Some("https"));
            Some(())
        }
        Ok(wallet::Step::Resolve(resolving)) => {
            let _ = resolving.did().to_string();
            Some(())
        }
        Ok(wallet::Step::Scopes(_)) => None,
        Err(refusal) => report(refusal),
    }
}

fn client_id(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let id = ClientId::parse(text).ok()?;
    assert_eq!(id.as_str(), text);
    let _ = id.prefix();
    Some(())
}

/// A Request Object as it comes: none but the Verifier's own is believed.
fn request_object(bytes: &[u8]) -> Option<()> {
    receive(bytes)
}

/// Claims to be signed here by the Verifier.
fn request_claims(bytes: &[u8]) -> Option<()> {
    let method = method(&verifier());
    let header = json!({"alg": "EdDSA", "typ": "oauth-authz-req+jwt", "kid": method});
    let object = keys::jws::sign(&header, bytes, &verifier()).expect("signed");
    receive(object.as_bytes())
}

fn receive(object: &[u8]) -> Option<()> {
    let response = Response::builder()
        .header("content-type", REQUEST_OBJECT_MEDIA_TYPE)
        .body(object.to_vec());
    match fetching().receive(&response.expect("a response"), now()) {
        Ok(wallet::Step::Consent(request)) => decide(*request),
        Ok(_) => None,
        Err(refusal) => report(refusal),
    }
}

/// What a wallet does with a request that it understood.
fn decide(request: Authenticated) -> Option<()> {
    let _ = (
        request.name(),
        request.purpose(),
        request.verifier().to_string(),
    );
    assert_eq!(request.response_uri().scheme(), "https");
    crate::queries::answer(request.query());
    let Ok(selection) = request.matches(&candidates()).preferred() else {
        let _ = request.decline().map(|answering| answering.request());
        return None;
    };
    let answering = accept(request, &selection)?;
    assert_eq!(answering.request().uri().scheme_str(), Some("https"));
    Some(())
}

fn report(refusal: wallet::Refusal) -> Option<()> {
    let _ = refusal.error().to_string();
    if let Some(answering) = refusal.report() {
        assert_eq!(answering.request().uri().scheme_str(), Some("https"));
    }
    None
}

fn wallet_question(bytes: &[u8]) -> Option<()> {
    let _ = Parameters::parse(bytes);
    let question = WalletQuestion::parse(bytes).ok()?;
    let Session::Requested(session) = SIGNED.session() else {
        return None;
    };
    let (key, method) = (verifier(), method(&verifier()));
    let signer = Signer {
        key: &key,
        method: &method,
    };
    let object = session
        .request_object(signer, &question, now())
        .expect("an object");
    receive(object.as_bytes())
}

/// The body of an answer: read, judged, and never half-taken.
fn authorization_response(bytes: &[u8]) -> Option<()> {
    let response = AuthorizationResponse::parse(bytes).ok()?;
    let written = response.encode();
    let again = AuthorizationResponse::parse(written.as_bytes()).expect("our own answer");
    assert_eq!(again.encode(), written);
    let Session::Requested(session) = SIGNED.session() else {
        return None;
    };
    let judge = |keys: openid4vp::verifier::AwaitingKeys| {
        let found: Vec<IssuerKey> = keys
            .key_sources()
            .iter()
            .filter_map(|source| evidence(source, &issuer()))
            .collect();
        let awaiting = keys.verify(&found, &[], now())?;
        ControlFlow::<Step, Step>::Continue(awaiting.judge(
            |_, _| status::Answer::Fresh(status::Status::VALID),
            &mut Numbers::default(),
            now(),
        ))
    };
    let flow = match session.receive(response, &mut Numbers::default(), now()) {
        ControlFlow::Break(step) => ControlFlow::Break(step),
        ControlFlow::Continue(keys) => judge(keys),
    };
    let (ControlFlow::Break(step) | ControlFlow::Continue(step)) = flow;
    let status = respond(&step.reply).status();
    assert!(status == StatusCode::OK || status.is_client_error());
    if step.reply.is_ok() {
        assert!(step.next.is_some());
    }
    let stored = serde_json::to_vec(&step.next?).expect("JSON");
    let _: Session = serde_json::from_slice(&stored).expect("our own session");
    step.reply.ok().map(|_| ())
}

/// What the Verifier replies to the wallet's answer; with `!` before it, as an error.
fn direct_post_reply(bytes: &[u8]) -> Option<()> {
    let (status, body) = match bytes.split_first() {
        Some((b'!', body)) => (StatusCode::BAD_REQUEST, body),
        _ => (StatusCode::OK, bytes),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_vec())
        .expect("a response");
    let outcome = answering().receive(&response).ok()?;
    let _ = outcome.redirect_uri.map(|url| url.to_string());
    Some(())
}

/// A session of the Verifier's, and the link to it.
struct Asked {
    stored: String,
    link: String,
}

impl Asked {
    fn new(identity: Identity<'_>) -> Self {
        let policy = Policy {
            name: "adults".into(),
            client_name: Some("Example Shop".into()),
            purpose: Some("To sell you wine".into()),
            query: serde_json::from_value(json!({"credentials": [
                {
                    "id": "person", "format": "dc+sd-jwt",
                    "meta": {"vct_values": ["urn:example:person"]},
                    "claims": [{"path": ["age_over_18"], "values": [true]}],
                },
                {
                    "id": "w3c", "format": "jwt_vc_json",
                    "meta": {"type_values": [["PersonCredential"]]},
                },
            ]}))
            .expect("a query"),
            issuers: vec![method(&issuer()).did().to_string()],
            query_issuers: BTreeMap::new(),
            cryptosuites: Vec::new(),
            flow: Flow::CrossDevice,
            ttl_seconds: 300,
            accept_stale_status: false,
            refused_messages: Vec::new(),
            scopes: NumberScopes::default(),
        };
        let endpoints = Endpoints {
            request: "https://verifier.example/request".parse().expect("a URL"),
            response: "https://verifier.example/response".parse().expect("a URL"),
            dev_loopback: false,
        };
        let numbers = &mut Numbers::default();
        let created = Requested::create(policy, identity, &endpoints, numbers, now());
        let created = created.expect("a good policy");
        Self {
            stored: serde_json::to_string(&created.session).expect("JSON"),
            link: created.link,
        }
    }

    fn session(&self) -> Session {
        serde_json::from_str(&self.stored).expect("our own session")
    }
}

static SIGNED: LazyLock<Asked> =
    LazyLock::new(|| Asked::new(Identity::Did(method(&verifier()).did())));
static UNSIGNED: LazyLock<Asked> = LazyLock::new(|| Asked::new(Identity::ResponseUri));

fn fetching() -> Fetching {
    // By GET, so that the same object fits every fetch.
    let link = SIGNED.link.replace("&request_uri_method=post", "");
    match wallet::open(&link, SETTINGS, &mut Numbers::default(), now()) {
        Ok(wallet::Step::Fetch(fetching)) => *fetching,
        _ => unreachable!("our own link says where the request is"),
    }
}

fn object_of(asked: &Asked) -> String {
    let Session::Requested(session) = asked.session() else {
        return String::new();
    };
    let (key, method) = (verifier(), method(&verifier()));
    let signer = Signer {
        key: &key,
        method: &method,
    };
    let object = session.request_object(signer, &WalletQuestion::default(), now());
    object.expect("an object")
}

fn consent() -> Authenticated {
    let response = Response::builder()
        .header("content-type", REQUEST_OBJECT_MEDIA_TYPE)
        .body(object_of(&SIGNED).into_bytes())
        .expect("a response");
    match fetching().receive(&response, now()) {
        Ok(wallet::Step::Consent(request)) => *request,
        _ => unreachable!("our own request needs nothing more"),
    }
}

fn answering() -> Answering {
    consent().decline().expect("a refusal to send")
}

/// A presentation as asked for, and the Holder's refusal.
fn answers() -> Vec<Vec<u8>> {
    let request = consent();
    let selection = request.matches(&candidates()).preferred();
    let answer = accept(request, &selection.expect("an answer")).expect("an answer");
    vec![
        answer.request().into_body(),
        answering().request().into_body(),
    ]
}

/// The Holder's credentials, by the names of their formats.
fn held() -> [(Format, &'static str); 2] {
    [
        (Format::SdJwtVc, SD_JWT.as_str()),
        (Format::JwtVcJson, VC_JWT.as_str()),
    ]
}

fn candidates() -> Vec<Candidate> {
    let candidate = |(format, text): (Format, &str)| {
        let unverified = UnverifiedCredential::parse(format, text).expect("our own");
        let source = unverified.key_source().expect("our own");
        let key = evidence(&source, &issuer()).expect("our own");
        let verified = unverified.verify(&key, now()).expect("our own");
        wallet::candidate(format.name(), verified.get())
    };
    held().map(candidate).into()
}

fn accept(request: Authenticated, selection: &Selection) -> Option<Answering> {
    let holder = holder();
    let holding = |id: &str| {
        let (_, credential) = held().into_iter().find(|(format, _)| format.name() == id)?;
        Some(Holding::Signed {
            credential,
            key: Some(&holder),
        })
    };
    let accepted = request.accept(selection, holding, &mut Numbers::default(), now());
    accepted.ok()
}

const SETTINGS: Settings = Settings {
    dev_loopback: false,
};
