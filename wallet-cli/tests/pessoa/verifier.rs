use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use did::DidUrl;
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded;

/// A verifier on loopback that takes one answer.
pub(crate) struct Verifier {
    listener: TcpListener,
    pub(crate) response_uri: String,
}

impl Verifier {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let response_uri = format!("http://{}/response", listener.local_addr().unwrap());
        Self {
            listener,
            response_uri,
        }
    }

    /// A link that nobody vouches for.
    pub(crate) fn unsigned(&self, name: &str, query: &Value) -> String {
        let client_id = format!("redirect_uri:{}", self.response_uri);
        let mut link = Url::parse("openid4vp://").unwrap();
        link.query_pairs_mut()
            .append_pair("client_id", &client_id)
            .append_pair("response_type", "vp_token")
            .append_pair("response_mode", "direct_post")
            .append_pair("response_uri", &self.response_uri)
            .append_pair("nonce", "n-0S6_WzA2Mj")
            .append_pair("dcql_query", &query.to_string())
            .append_pair("client_metadata", &json!({"client_name": name}).to_string());
        link.to_string()
    }

    /// A link with a request that is signed with a key of a did:jwk; also returns the DID.
    pub(crate) fn signed(&self, query: &Value) -> (String, String) {
        let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
        let method: DidUrl = did::jwk::verification_method(key.public());
        let client_id = format!("decentralized_identifier:{}", method.did());
        let link = self.link(&client_id, &method.to_string(), query, &key);
        (link, method.did().to_string())
    }

    /// A link with a request that is signed with a key of a did:web on this machine, and the thread
    /// that serves its document and takes one answer.
    pub(crate) fn web(self, query: &Value) -> (String, JoinHandle<Vec<(String, String)>>) {
        let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
        let port = self.listener.local_addr().unwrap().port();
        let did = format!("did:web:127.0.0.1%3A{port}");
        let method = format!("{did}#key-1");
        let document = json!({
            "@context": ["https://www.w3.org/ns/did/v1"], "id": did,
            "verificationMethod": [{"id": method, "type": "JsonWebKey", "controller": did,
                "publicKeyJwk": key.public().jwk()}],
            "authentication": [method], "assertionMethod": [method],
        });
        let link = self.link(
            &format!("decentralized_identifier:{did}"),
            &method,
            query,
            &key,
        );
        let listener = self.listener;
        let served = std::thread::spawn(move || {
            loop {
                let (request, body) = exchange(&listener, 200, |path| match path {
                    "/.well-known/did.json" => document.clone(),
                    _ => json!({}),
                });
                if request.starts_with("POST") {
                    return form_urlencoded::parse(&body).into_owned().collect();
                }
            }
        });
        (link, served)
    }

    fn link(&self, client_id: &str, method: &str, query: &Value, key: &SigningKey) -> String {
        let header = json!({"alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": method});
        let payload = json!({
            "client_id": client_id, "aud": "https://self-issued.me/v2",
            "response_type": "vp_token", "response_mode": "direct_post",
            "response_uri": self.response_uri, "nonce": "n-0S6_WzA2Mj", "dcql_query": query,
            "client_metadata": {"client_name": "Example Shop"},
        });
        let object = keys::jws::sign(&header, payload.to_string().as_bytes(), key).unwrap();
        let mut link = Url::parse("openid4vp://").unwrap();
        link.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("request", &object);
        link.to_string()
    }

    /// Takes one answer and replies to it. The thread gives the answer's form.
    pub(crate) fn take(self, status: u16, reply: &Value) -> JoinHandle<Vec<(String, String)>> {
        let reply = reply.clone();
        std::thread::spawn(move || {
            let (_, body) = exchange(&self.listener, status, |_| reply.clone());
            form_urlencoded::parse(&body).into_owned().collect()
        })
    }

    /// Whether anybody has come.
    pub(crate) fn was_left_alone(&self) -> bool {
        self.listener.set_nonblocking(true).unwrap();
        self.listener.accept().is_err()
    }
}

/// Takes one request, answers it, and gives its first line and its body.
fn exchange(
    listener: &TcpListener,
    status: u16,
    reply: impl FnOnce(&str) -> Value,
) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut first) = (0, String::new());
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let reply = reply(first.split(' ').nth(1).unwrap()).to_string();
    write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{reply}",
        reply.len()
    )
    .unwrap();
    (first, body)
}

/// Asks for one claim of a person.
pub(crate) fn query(claim: &str) -> Value {
    json!({"credentials": [{
        "id": "person", "format": "dc+sd-jwt",
        "meta": {"vct_values": ["urn:example:person"]},
        "claims": [{"path": [claim]}],
    }]})
}

/// Asks for a proof of majority.
pub(crate) fn adult_query() -> Value {
    json!({"credentials": [{
        "id": "adult", "format": "jwt_vc_json",
        "meta": {"type_values": [["AdultCredential"]]},
    }]})
}

/// Asks for these slots of a net certificate, and for a number or none.
pub(crate) fn net_query(slots: &[&str], number: bool) -> Value {
    let claims: Vec<Value> = slots
        .iter()
        .map(|slot| json!({"path": ["credentialSubject", slot]}))
        .collect();
    let meta = match number {
        true => json!({"pseudonym": {}}),
        false => json!({}),
    };
    json!({"credentials": [
        {"id": "net", "format": "net_certificate", "meta": meta, "claims": claims}
    ]})
}
