//! Net certificates as wallets show them: whole answers at the Verifier's endpoint.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use did::{DidDocument, DidUrl};
use http::{Response, StatusCode};
use netcert::EpochProfile;
use openid4vp::messages::AuthorizationResponse;
use openid4vp::request::{REQUEST_OBJECT_MEDIA_TYPE, Signer};
use openid4vp::verifier::{
    Endpoints, Error, Identity, Requested, Session, Step, WalletQuestion, respond,
};
use openid4vp::wallet::{self, Authenticated, Holding, Settings};

use crate::Target;
use crate::doors::{certified, policy};
use crate::fixture::{Numbers, now, verifier};

pub(crate) const TARGETS: &[Target] = &[Target::new("net_authorization_response", answer, || {
    vec![SHOP.answer.clone()]
})];

/// The body of an answer: one that is believed shows what the wallet showed, as the number that it
/// has here.
fn answer(bytes: &[u8]) -> Option<()> {
    let response = AuthorizationResponse::parse(bytes).ok()?;
    let judge = |response| {
        let profiles = std::slice::from_ref(&SHOP.profile);
        let keys = SHOP
            .session()
            .receive(response, &mut Numbers::default(), now())?;
        let awaiting = keys.verify(&[], profiles, now())?;
        let unknown = |_: &_, _: &_| status::Answer::Unknown;
        ControlFlow::<Step, Step>::Continue(awaiting.judge(unknown, &mut Numbers::default(), now()))
    };
    let (ControlFlow::Break(step) | ControlFlow::Continue(step)) = judge(response);
    let status = respond(&step.reply).status();
    // A profile may be there after the next fetch.
    let later = matches!(step.reply, Err(Error::UnknownProfile));
    assert!(later || status == StatusCode::OK || status.is_client_error());
    step.reply.as_ref().ok()?;
    let stored = serde_json::to_vec(step.next.as_ref()?).expect("JSON");
    match serde_json::from_slice(&stored).expect("our own session") {
        Session::Answered(_) => {
            let numbers: Vec<_> = step.pseudonyms().collect();
            assert_eq!(numbers.len(), 1);
            let sent = AuthorizationResponse::parse(&SHOP.answer).expect("our own answer");
            let shown = AuthorizationResponse::parse(bytes).expect("it was read");
            assert_eq!(token(&shown), token(&sent));
            Some(())
        }
        // The wallet may say that there is no answer.
        Session::Failed(_) => Some(()),
        Session::Requested(_) | Session::Taken(_) => unreachable!("it was answered"),
    }
}

/// The `vp_token`, as everybody writes it.
fn token(response: &AuthorizationResponse) -> Option<serde_json::Value> {
    match response {
        AuthorizationResponse::Presentation { vp_token, .. } => serde_json::to_value(vp_token).ok(),
        AuthorizationResponse::Error { .. } => None,
    }
}

/// A shop that asks for an age and a number, and a wallet's answer.
struct Shop {
    stored: String,
    answer: Vec<u8>,
    profile: EpochProfile,
}

impl Shop {
    fn session(&self) -> Requested {
        requested(&self.stored)
    }
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let rng = &mut Numbers::default();
    let url = "https://club.example".parse().expect("an address");
    let did = did::web::did(&url).expect("a DID");
    let document = did::web::document(&did, &[("k", verifier().public().clone())]);
    let document = document.expect("a document");
    let method = did.url("k").expect("a method");
    let endpoints = Endpoints {
        request: "https://club.example/request".parse().expect("a URL"),
        response: "https://club.example/response".parse().expect("a URL"),
        dev_loopback: false,
    };
    let created = Requested::create(policy(), Identity::Did(&did), &endpoints, rng, now());
    let created = created.expect("a good policy");
    let stored = serde_json::to_string(&created.session).expect("JSON");
    let (profile, secret, certificate) = certified(rng);
    let request = consent(&created.link, &requested(&stored), &document, &method);
    let candidates = [wallet::certificate_candidate("0", &certificate)];
    let selection = request.matches(&candidates).preferred().expect("an answer");
    let holding = |_: &str| {
        Some(Holding::Net {
            certificate: &certificate,
            secret: &secret,
            name_beside_number: false,
        })
    };
    let answer = request.accept(&selection, holding, rng, now());
    Shop {
        answer: answer.expect("an answer").request().into_body(),
        stored,
        profile,
    }
});

fn requested(stored: &str) -> Requested {
    match serde_json::from_str(stored).expect("our own session") {
        Session::Requested(requested) => *requested,
        _ => unreachable!("nobody answered it"),
    }
}

/// Opens a link up to the consent screen.
fn consent(
    link: &str,
    session: &Requested,
    document: &DidDocument,
    method: &DidUrl,
) -> Authenticated {
    let key = verifier();
    let signer = Signer { key: &key, method };
    let mut step = wallet::open(link, SETTINGS, &mut Numbers::default(), now());
    loop {
        step = match step.expect("our own request") {
            wallet::Step::Consent(request) => return *request,
            wallet::Step::Fetch(fetching) => {
                let question = WalletQuestion::parse(fetching.request().body());
                let question = question.expect("our own wallet");
                let object = session.request_object(signer, &question, now());
                let response = Response::builder()
                    .header("content-type", REQUEST_OBJECT_MEDIA_TYPE)
                    .body(object.expect("an object").into_bytes());
                fetching.receive(&response.expect("a response"), now())
            }
            wallet::Step::Resolve(resolving) => resolving.receive(document, now()),
            wallet::Step::Scopes(_) => unreachable!("no scope was asked for"),
        };
    }
}

const SETTINGS: Settings = Settings {
    dev_loopback: false,
};
