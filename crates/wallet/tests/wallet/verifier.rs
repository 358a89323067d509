use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse as _;
use openid4vp::messages::AuthorizationResponse;
use serde_json::{Value, json};
use url::Url;

/// A verifier on loopback that keeps what it is sent, byte for byte.
#[derive(Clone)]
pub(crate) struct Verifier {
    response_uri: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// What a verifier answers.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Takes what it is sent.
    Accepts,
    /// Takes it, and says something that nobody understands.
    Mumbles,
    /// Refuses it.
    Refuses,
}

impl Verifier {
    pub(crate) async fn open(manner: Manner) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let verifier = Self {
            response_uri: format!("http://{}/response", listener.local_addr().unwrap()),
            received: Arc::default(),
        };
        let router = Router::new()
            .fallback(
                async move |State(verifier): State<Self>, request: Request| {
                    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await;
                    let mut received = verifier.received.lock().unwrap();
                    received.push(body.unwrap().to_vec());
                    match manner {
                        Manner::Accepts => axum::Json(json!({})).into_response(),
                        Manner::Mumbles => "hm".into_response(),
                        Manner::Refuses => (
                            axum::http::StatusCode::BAD_REQUEST,
                            axum::Json(json!({"error": "invalid_request"})),
                        )
                            .into_response(),
                    }
                },
            )
            .with_state(verifier.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        verifier
    }

    /// A request by value, which nobody vouches for.
    pub(crate) fn link(&self, query: &Value) -> String {
        let mut link = Url::parse("openid4vp://").unwrap();
        link.query_pairs_mut()
            .append_pair("client_id", &format!("redirect_uri:{}", self.response_uri))
            .append_pair("response_type", "vp_token")
            .append_pair("response_mode", "direct_post")
            .append_pair("response_uri", &self.response_uri)
            .append_pair("nonce", "n-0S6_WzA2Mj")
            .append_pair("dcql_query", &query.to_string());
        link.to_string()
    }

    /// What came in.
    pub(crate) fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().clone()
    }

    /// The presentations of the only answer that came in, by query.
    pub(crate) fn presentations(&self) -> Value {
        let received = self.received();
        let [body] = &received[..] else {
            panic!("{} answers", received.len())
        };
        match AuthorizationResponse::parse(body).unwrap() {
            AuthorizationResponse::Presentation { vp_token, .. } => {
                serde_json::to_value(vp_token).unwrap()
            }
            AuthorizationResponse::Error { error, .. } => panic!("{error:?}"),
        }
    }
}

/// Asks for these claims of a person.
pub(crate) fn query(claims: &[&[&str]]) -> Value {
    let claims: Vec<Value> = claims.iter().map(|path| json!({"path": path})).collect();
    json!({"credentials": [{
        "id": "person", "format": "dc+sd-jwt",
        "meta": {"vct_values": ["urn:example:person"]}, "claims": claims,
    }]})
}
