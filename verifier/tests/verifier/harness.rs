//! A verifier in a temporary folder, and a wallet that talks to its router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use credential::sd_jwt::{self, ClaimPath};
use credential::{Challenge, Credential, Format};
use did::DidDocument;
use host::{Clock as _, ManualClock};
use http::{Request, Response};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey, base64url};
use openid4vp::messages::{AuthorizationResponse, VpToken};
use openid4vp::wallet::{self, Authenticated, Holding, Settings, Step};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use verifier::{App, Config, Created, InitOptions, Wish};

use crate::issuer::Issuer;

pub(crate) fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// All claims of [`Held::person`] that are disclosed one by one.
pub(crate) const PERSON: [&str; 4] = ["given_name", "family_name", "birth_date", "age_over_18"];

/// A verifier that trusts one issuer, and has fetched what it publishes.
pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) clock: ManualClock,
    pub(crate) admin_token: String,
    pub(crate) issuer: Issuer,
    pub(crate) place: TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let shop = Self::of(Issuer::start(), change).await;
        shop.app.refresh_due().await;
        assert_eq!(shop.app.ready().await, Ok(()));
        shop.issuer.asked();
        shop
    }

    /// A verifier that has fetched nothing yet.
    pub(crate) async fn of(issuer: Issuer, change: impl FnOnce(&mut Config)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let options = InitOptions {
            trust: vec![issuer.base.clone()],
            ..InitOptions::default()
        };
        let init = verifier::init(place.path(), &options).unwrap();
        let mut config = read(&place);
        change(&mut config);
        let clock = ManualClock::at(now());
        let app = App::open(config, Arc::new(clock.clone())).await.unwrap();
        Self {
            router: verifier::router(app.clone()),
            app,
            clock,
            admin_token: init.admin_token.expose().to_owned(),
            issuer,
            place,
        }
    }

    /// Another process on the same folder and database.
    pub(crate) async fn second(&self, change: impl FnOnce(&mut Config)) -> (App, Router) {
        let mut config = read(&self.place);
        change(&mut config);
        let clock = Arc::new(self.clock.clone());
        let app = App::open(config, clock).await.unwrap();
        app.refresh_due().await;
        (app.clone(), verifier::router(app))
    }

    pub(crate) async fn request(&self, policy: &str) -> Created {
        self.app.request(policy, &Wish::default()).await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn person(&self, index: u64) -> Held {
        Held::person(&self.issuer, index, json!({}))
    }

    /// A presentation as a wallet would send it.
    pub(crate) async fn answer(&self, created: &Created, held: &Held) -> Request<Vec<u8>> {
        let request = open(&self.router, created.link.expose()).await;
        accept(request, held)
    }

    /// Presents, and returns what the verifier says.
    pub(crate) async fn present(&self, created: &Created, held: &Held) -> Response<Vec<u8>> {
        let answer = self.answer(created, held).await;
        send(&self.router, answer).await
    }

    /// What the request says.
    pub(crate) async fn parameters(&self, created: &Created) -> Value {
        parameters(&self.router, &created.id).await
    }

    /// Posts a form to where answers go.
    pub(crate) async fn post(&self, created: &Created, form: &[u8]) -> Response<Vec<u8>> {
        send(&self.router, answer_request(&created.id, form)).await
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Value,
    ) -> Response<Vec<u8>> {
        let body = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(body);
        send(&self.router, request.unwrap()).await
    }

    /// The result as a platform takes it over HTTP.
    pub(crate) async fn result(&self, created: &Created) -> Response<Vec<u8>> {
        let path = format!("/requests/{}/result", created.id);
        self.ask("POST", &path, created.token.expose(), Value::Null)
            .await
    }
}

/// What a wallet keeps of a credential.
pub(crate) struct Held {
    pub(crate) text: String,
    pub(crate) key: SigningKey,
    pub(crate) credential: Credential,
}

impl Held {
    pub(crate) fn person(issuer: &Issuer, index: u64, extra: Value) -> Self {
        Self::person_in(issuer, (0, index), extra)
    }

    pub(crate) fn person_in(issuer: &Issuer, place: (u32, u64), extra: Value) -> Self {
        let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
        let text = issuer.sd_jwt(&key, place, extra);
        let credential = issuer.verified(Format::SdJwtVc, &text);
        Self {
            text,
            key,
            credential,
        }
    }

    /// A person whose credential carries its issuer's certificate.
    pub(crate) fn certified(issuer: &Issuer, index: u64) -> Self {
        let mut by_metadata = Issuer::named(&issuer.base);
        let secret = issuer.key.expose_secret();
        by_metadata.key = SigningKey::from_secret(Algorithm::Es256, &secret).unwrap();
        let held = Self::person(&by_metadata, index, json!({}));
        let text = issuer.sd_jwt(&held.key, (0, index), json!({}));
        Self { text, ..held }
    }

    pub(crate) fn adult(issuer: &Issuer) -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa, &mut host::system_rng());
        let text = issuer.vc_jwt(&key);
        let credential = issuer.verified(Format::JwtVcJson, &text);
        Self {
            text,
            key,
            credential,
        }
    }
}

impl Held {
    /// A presentation for these parameters that discloses these claims.
    pub(crate) fn present(&self, parameters: &Value, claims: &[&str]) -> String {
        let challenge = Challenge {
            audience: parameters["client_id"].as_str().unwrap().to_owned(),
            nonce: parameters["nonce"].as_str().unwrap().to_owned(),
        };
        self.bind(&challenge, claims, now())
    }

    pub(crate) fn bind(&self, challenge: &Challenge, claims: &[&str], at: Timestamp) -> String {
        bind(&self.text, &self.key, challenge, claims, at)
    }
}

/// A presentation that discloses these claims.
pub(crate) fn bind(
    credential: &str,
    key: &SigningKey,
    challenge: &Challenge,
    claims: &[&str],
    at: Timestamp,
) -> String {
    let paths = claims.iter().map(|&name| ClaimPath::of(name, []));
    let held = sd_jwt::Held::parse(credential).unwrap();
    let selected = held.select(&paths.collect::<Vec<_>>()).unwrap();
    selected.bind(key, challenge, at).unwrap()
}

/// What the request of a session says.
pub(crate) async fn parameters(router: &Router, id: &str) -> Value {
    let path = format!("/oid4vp/requests/{id}");
    let reply = send(router, Request::get(path).body(Vec::new()).unwrap()).await;
    let object = String::from_utf8(reply.into_body()).unwrap();
    let payload = object.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

/// The form of an answer.
pub(crate) fn body(parameters: &Value, query: &str, presentation: &str) -> String {
    let token = VpToken([(query.to_owned(), vec![presentation.into()])].into());
    let response = AuthorizationResponse::Presentation {
        state: parameters["state"].as_str().map(str::to_owned),
        vp_token: token,
    };
    response.encode()
}

pub(crate) fn answer_request(id: &str, form: &[u8]) -> Request<Vec<u8>> {
    Request::post(format!("/oid4vp/responses/{id}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", "203.0.113.9, 192.0.2.7")
        .body(form.to_vec())
        .unwrap()
}

/// Opens a link up to the consent screen.
pub(crate) async fn open(router: &Router, link: &str) -> Authenticated {
    let settings = Settings { dev_loopback: true };
    let mut step = wallet::open(link, settings, &mut host::system_rng(), now()).unwrap();
    loop {
        step = match step {
            Step::Consent(request) => return *request,
            Step::Fetch(fetching) => {
                let reply = send(router, relative(fetching.request())).await;
                fetching.receive(&reply, now()).unwrap()
            }
            Step::Resolve(resolving) => {
                let url = did::web::url(resolving.did(), true).unwrap();
                let asked = Request::get(url.path()).body(Vec::new()).unwrap();
                let reply = send(router, asked).await;
                let document = DidDocument::parse(reply.body(), resolving.did()).unwrap();
                resolving.receive(&document, now()).unwrap()
            }
            Step::Scopes(fetching) => {
                let reply = send(router, relative(fetching.request())).await;
                fetching.receive(&reply, None, now()).unwrap()
            }
        };
    }
}

/// Presents the preferred selection.
pub(crate) fn accept(request: Authenticated, held: &Held) -> Request<Vec<u8>> {
    let candidates = [wallet::candidate("0", &held.credential)];
    let selection = request.matches(&candidates).preferred().unwrap();
    let holding = |_: &str| {
        Some(Holding::Signed {
            credential: &held.text,
            key: Some(&held.key),
        })
    };
    let answering = request
        .accept(&selection, holding, &mut host::system_rng(), now())
        .unwrap();
    relative(answering.request())
}

pub(crate) async fn send(router: &Router, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let response = router
        .clone()
        .oneshot(request.map(Body::from))
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    Response::from_parts(head, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

pub(crate) fn json(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_else(|_| panic!("no JSON: {response:?}"))
}

pub(crate) fn token(text: &str) -> BearerToken {
    BearerToken::from(text)
}

/// The request as a server sees it behind its address.
pub(crate) fn relative(request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    let (mut head, body) = request.into_parts();
    head.uri = head.uri.path().parse().unwrap();
    Request::from_parts(head, body)
}

fn read(place: &TempDir) -> Config {
    let mut config = Config::read(place.path()).unwrap();
    config.service.limits.requests_per_minute = 0;
    config
}
