use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse as _;
use did::{Did, DidUrl};
use keys::mac::MacKey;
use keys::{Algorithm, SigningKey};
use netcert::{
    EpochProfile, Loopback, PresentationHeader, Pseudonym, PseudonymContext, Shown,
    VerifiedShowing, request_digest,
};
use openid4vp::door::{Door, DoorNonces};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::request::Signer;
use openid4vp::scopes::{NumberScope, NumberScopes, SCOPES_MEDIA_TYPE};
use serde_json::{Map, Value, json};
use url::Url;

/// A platform with a did:web on loopback, which judges what it is shown by its own lights.
#[derive(Clone)]
pub(crate) struct Platform {
    did: String,
    response_uri: String,
    key: Arc<SigningKey>,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    /// The list of scopes that is published, signed.
    scopes: Arc<Mutex<String>>,
    /// How often the DID document was fetched.
    fetched: Arc<AtomicUsize>,
}

impl Platform {
    pub(crate) async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let platform = Self {
            did: format!("did:web:127.0.0.1%3A{}", address.port()),
            response_uri: format!("http://{address}/response"),
            key: Arc::new(SigningKey::generate(
                Algorithm::Es256,
                &mut host::system_rng(),
            )),
            received: Arc::default(),
            scopes: Arc::default(),
            fetched: Arc::default(),
        };
        let router = Router::new()
            .fallback(async move |State(this): State<Self>, request: Request| {
                if request.uri().path() == "/.well-known/did.json" {
                    this.fetched.fetch_add(1, Ordering::Relaxed);
                    return axum::Json(this.document()).into_response();
                }
                if request.uri().path() == "/.well-known/net-number-scopes" {
                    let list = this.scopes.lock().unwrap().clone();
                    return ([("content-type", SCOPES_MEDIA_TYPE)], list).into_response();
                }
                let body = axum::body::to_bytes(request.into_body(), 1 << 20).await;
                this.received.lock().unwrap().push(body.unwrap().to_vec());
                axum::Json(json!({})).into_response()
            })
            .with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        platform
    }

    /// A signed request for these slots, and for a number or none.
    pub(crate) fn link(&self, slots: &[&str], number: bool) -> String {
        self.signed(self.parameters(slots, number))
    }

    fn signed(&self, parameters: Map<String, Value>) -> String {
        let header = json!({"alg": "ES256", "typ": "oauth-authz-req+jwt",
            "kid": format!("{}#key-1", self.did)});
        let payload = Value::Object(parameters).to_string();
        let object = keys::jws::sign(&header, payload.as_bytes(), &self.key).unwrap();
        let mut link = Url::parse("openid4vp://").unwrap();
        link.query_pairs_mut()
            .append_pair("client_id", &self.client_id())
            .append_pair("request", &object);
        link.to_string()
    }

    /// A signed request for these slots, and for a number in a scope.
    pub(crate) fn link_in(&self, slots: &[&str], scope: &str) -> String {
        let mut parameters = self.parameters(slots, true);
        parameters["dcql_query"]["credentials"][0]["meta"]["pseudonym"] = json!({"scope": scope});
        self.signed(parameters)
    }

    /// Publishes one scope with this purpose and period, signed at this moment.
    pub(crate) fn publish(&self, name: &str, period: Option<&str>, at: jiff::Timestamp) {
        let scope = NumberScope {
            name: name.to_owned(),
            purpose: name.to_owned(),
            period: period.map(str::to_owned),
        };
        let method = DidUrl::parse(&format!("{}#key-1", self.did)).unwrap();
        let signer = Signer {
            key: &self.key,
            method: &method,
        };
        let list = NumberScopes::new(vec![scope]).unwrap();
        *self.scopes.lock().unwrap() = list.sign(signer, at).unwrap();
    }

    /// How often it was asked who it is.
    pub(crate) fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }

    /// The only answer that came in, verified against the request that was made.
    pub(crate) fn judge(
        &self,
        slots: &[&str],
        number: bool,
        profile: &EpochProfile,
        now: jiff::Timestamp,
    ) -> VerifiedShowing {
        let body = {
            let mut received = self.received.lock().unwrap();
            assert_eq!(received.len(), 1);
            received.remove(0)
        };
        let AuthorizationResponse::Presentation { vp_token, .. } =
            AuthorizationResponse::parse(&body).unwrap()
        else {
            panic!("declined")
        };
        let token = serde_json::to_value(vp_token).unwrap();
        let did = Did::parse(&self.did).unwrap();
        let context = PseudonymContext::of_did_web(&did, Loopback::Allowed).unwrap();
        let header = PresentationHeader {
            nonce: "n-0S6_WzA2Mj",
            client_id: &self.client_id(),
            response_uri: &self.response_uri,
            request_digest: request_digest(&self.parameters(slots, number)).unwrap(),
        };
        Shown::from_json(&token["net"][0])
            .unwrap()
            .verify(profile, number.then_some(&context), &header, now)
            .unwrap()
    }

    /// The platform's own door, which asks for these slots and a number.
    pub(crate) fn door(&self, office: &str, slots: &[&str]) -> Door {
        let path = |slot: &&str| json!({"path": ["credentialSubject", slot]});
        let claims: Vec<_> = slots.iter().map(path).collect();
        let policy = json!({
            "name": "door", "issuers": [office], "flow": "cross_device", "ttl_seconds": 60,
            "query": {"credentials": [{"id": "net", "format": "net_certificate",
                "meta": {"pseudonym": {}},
                "claims": claims}]},
        });
        let policy = serde_json::from_value(policy).unwrap();
        let nonces = DoorNonces::new(MacKey::new(&[7; 32]));
        Door::new(policy, &Did::parse(&self.did).unwrap(), nonces, true).unwrap()
    }

    /// The code that a door shows.
    pub(crate) fn code(&self, door: &Door, now: jiff::Timestamp) -> String {
        let method = DidUrl::parse(&format!("{}#key-1", self.did)).unwrap();
        let signer = Signer {
            key: &self.key,
            method: &method,
        };
        door.code(signer, false, now).unwrap().0
    }

    /// What came in, byte for byte.
    pub(crate) fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn has_address(&self, address: &str) -> bool {
        self.response_uri.starts_with(&format!("{address}/"))
    }

    fn client_id(&self) -> String {
        format!("decentralized_identifier:{}", self.did)
    }

    fn parameters(&self, slots: &[&str], number: bool) -> Map<String, Value> {
        let claims: Vec<Value> = slots
            .iter()
            .map(|slot| json!({"path": ["credentialSubject", slot]}))
            .collect();
        let mut query = json!({"id": "net", "format": "net_certificate", "meta": {}});
        if !claims.is_empty() {
            query["claims"] = claims.into();
        }
        if number {
            query["meta"]["pseudonym"] = json!({});
        }
        let parameters = json!({
            "client_id": self.client_id(), "aud": "https://self-issued.me/v2",
            "response_type": "vp_token", "response_mode": "direct_post",
            "response_uri": self.response_uri, "nonce": "n-0S6_WzA2Mj",
            "dcql_query": {"credentials": [query]},
            "client_metadata": {"vp_formats_supported": {"net_certificate": {}}},
        });
        parameters.as_object().unwrap().clone()
    }

    fn document(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": self.did,
            "verificationMethod": [{
                "id": format!("{}#key-1", self.did), "type": "JsonWebKey",
                "controller": self.did, "publicKeyJwk": self.key.public().jwk(),
            }],
            "authentication": [format!("{}#key-1", self.did)],
            "assertionMethod": [format!("{}#key-1", self.did)],
        })
    }
}

/// The number in a showing.
pub(crate) fn number(showing: &VerifiedShowing) -> Pseudonym {
    *showing.pseudonym().unwrap()
}
