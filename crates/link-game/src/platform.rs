//! A Platform with its Verifier, as it is.

use std::ops::ControlFlow;

use did::{DidDocument, DidUrl};
use http::Response;
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use netcert::{EpochProfile, Slot};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::request::{REQUEST_OBJECT_MEDIA_TYPE, Signer};
use openid4vp::verifier::{
    Created, Endpoints, Flow, Identity, Policy, Requested, Session, WalletQuestion,
};
use serde_json::json;

use crate::issuer::ISSUER;
use crate::numbers::Numbers;

/// A Platform, known by its did:web.
pub(crate) struct Platform {
    key: SigningKey,
    method: DidUrl,
    document: DidDocument,
    endpoints: Endpoints,
}

/// What a Platform asks for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) slots: &'static [Slot],
    pub(crate) number: bool,
}

impl Platform {
    pub(crate) fn at(url: &str, numbers: &mut Numbers) -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa, numbers);
        let did = did::web::did(&url.parse().expect("a URL")).expect("a did:web");
        let keys = [("k", key.public().clone())];
        let under = |path: &str| format!("{url}/{path}").parse().expect("a URL");
        Self {
            document: did::web::document(&did, &keys).expect("a document"),
            method: did.url("k").expect("a DID URL"),
            endpoints: Endpoints {
                request: under("request"),
                response: under("response"),
                dev_loopback: false,
            },
            key,
        }
    }

    pub(crate) fn document(&self) -> &DidDocument {
        &self.document
    }

    /// The identifier that pseudonyms are bound to.
    pub(crate) fn did(&self) -> &did::Did {
        self.method.did()
    }

    /// Asks a visitor.
    pub(crate) fn ask(
        &self,
        wanted: &Wanted,
        at: Timestamp,
        numbers: &mut Numbers,
    ) -> (Created, Requested) {
        let claims: Vec<_> = wanted
            .slots
            .iter()
            .map(|slot| json!({"path": ["credentialSubject", slot.name()]}))
            .collect();
        let meta = match wanted.number {
            true => json!({"pseudonym": {}}),
            false => json!({}),
        };
        let query = json!({"credentials": [{
            "id": "person", "format": netcert::FORMAT, "meta": meta, "claims": claims,
        }]});
        let policy = Policy {
            name: "login".to_owned(),
            client_name: None,
            purpose: None,
            query: serde_json::from_value(query).expect("a query"),
            issuers: vec![ISSUER.to_owned()],
            query_issuers: Default::default(),
            cryptosuites: Vec::new(),
            scopes: Default::default(),
            flow: Flow::CrossDevice,
            ttl_seconds: 300,
            accept_stale_status: false,
            refused_messages: Vec::new(),
        };
        let identity = Identity::Did(self.did());
        let created = Requested::create(policy, identity, &self.endpoints, numbers, at);
        let created = created.expect("a lawful policy");
        let stored = serde_json::to_value(&created.session).expect("JSON");
        let Ok(Session::Requested(requested)) = serde_json::from_value(stored) else {
            unreachable!("it was just created")
        };
        (created, *requested)
    }

    /// Hands the request object out.
    pub(crate) fn hand_out(
        &self,
        requested: &Requested,
        question: &[u8],
        at: Timestamp,
    ) -> Response<Vec<u8>> {
        let question = WalletQuestion::parse(question).expect("a question");
        let signer = Signer {
            key: &self.key,
            method: &self.method,
        };
        let object = requested.request_object(signer, &question, at);
        Response::builder()
            .header("content-type", REQUEST_OBJECT_MEDIA_TYPE)
            .body(object.expect("a request object").into_bytes())
            .expect("a response")
    }

    /// Whether the Verifier believes an answer.
    pub(crate) fn believes(
        requested: Requested,
        answer: &[u8],
        profiles: &[EpochProfile],
        at: Timestamp,
        numbers: &mut Numbers,
    ) -> bool {
        let answer = AuthorizationResponse::parse(answer).expect("an answer");
        let step = || {
            let awaiting = requested.receive(answer, numbers, at)?;
            let awaiting = awaiting.verify(&[], profiles, at)?;
            ControlFlow::Break(awaiting.judge(|_, _| unreachable!("no status"), numbers, at))
        };
        let ControlFlow::<_, std::convert::Infallible>::Break(step) = step();
        step.reply.is_ok() && matches!(step.next, Some(Session::Answered(_)))
    }
}
