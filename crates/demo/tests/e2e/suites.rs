//! What W3C's public test suites assert, said in our words and asked of both services over HTTP.
//!
//! Each test is named after the statement that it holds. The suites drive the same addresses; what
//! they expect and do not get is in `docs/specifications.md`.

use credential::mechanism::{
    IssueOptions, Mechanism, MechanismKey, PresentOptions, Secured, derive,
};
use demo::stage::Platform;
use did::DidUrl;
use fetch::Client;
use host::Clock as _;
use http::{Request, Response};
use jiff::Timestamp;
use keys::jws;
use serde_json::{Map, Value, json};

use crate::harness::Town;

mod contexts;
mod data_model;
mod envelopes;
mod presentations;
mod proofs;
mod resolution;
mod selective;
mod status_lists;

pub(crate) const V2: &str = "https://www.w3.org/ns/credentials/v2";
pub(crate) const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";

/// An issuer and a verifier, configured as for the suites.
pub(crate) struct Services {
    pub(crate) town: Town,
    pub(crate) platform: Platform,
    client: Client,
    parties: Vec<Value>,
}

impl Services {
    pub(crate) async fn open() -> Self {
        let town = Town::with(|config| {
            // The suites ask more often than people do.
            config.service.limits.requests_per_minute = 0;
            config.issuer.vc_api = true;
            config.issuer.vc_api_for_test_suites = true;
        })
        .await;
        let platform = town
            .platform_with("suites", |config| {
                config.service.limits.requests_per_minute = 0;
                config.verifier.vc_api = true;
                config.verifier.vc_api_for_test_suites = true;
                config.verifier.resolve_dids = true;
            })
            .await;
        let client = Client::new(fetch::Options {
            dev_loopback: true,
            ..fetch::Options::default()
        });
        let mut services = Self {
            town,
            platform,
            client: client.unwrap(),
            parties: Vec::new(),
        };
        let listed = services
            .get(&services.at_issuer("/mechanisms"), "*/*")
            .await;
        services.parties = body(&listed)["mechanisms"].as_array().unwrap().clone();
        services
    }

    /// Issues as the suites do: with the issuer's name, unless the credential has one.
    pub(crate) async fn issue(&self, mechanism: &str, credential: &Value) -> (u16, Value) {
        self.issue_with(mechanism, credential, json!({})).await
    }

    pub(crate) async fn issue_with(
        &self,
        mechanism: &str,
        credential: &Value,
        options: Value,
    ) -> (u16, Value) {
        let mut credential = credential.clone();
        let own = self.party(mechanism)["issuer"].clone();
        match credential.get_mut("issuer") {
            None => credential["issuer"] = own,
            Some(Value::Object(issuer)) => {
                issuer.entry("id").or_insert(own);
            }
            Some(_) => {}
        }
        let asked = json!({"credential": credential, "options": options});
        let url = self.party(mechanism)["issue"].as_str().unwrap().to_owned();
        let answer = self.post(&url, &asked).await;
        let status = answer.status().as_u16();
        let mut answer = body(&answer);
        match status {
            201 => (status, answer["verifiableCredential"].take()),
            _ => (status, answer),
        }
    }

    /// Issues what has nothing wrong with it.
    pub(crate) async fn issued(&self, mechanism: &str, credential: &Value) -> Value {
        let (status, issued) = self.issue(mechanism, credential).await;
        assert_eq!(status, 201, "{mechanism}: {issued}: {credential}");
        issued
    }

    pub(crate) async fn verify(&self, credential: &Value) -> (u16, Value) {
        let asked = json!({"verifiableCredential": credential, "options": {"checks": ["proof"]}});
        let url = self.at_verifier("/credentials/verify");
        let answer = self.post(&url, &asked).await;
        (answer.status().as_u16(), body(&answer))
    }

    pub(crate) async fn verify_presentation(
        &self,
        presentation: &Value,
        options: Value,
    ) -> (u16, Value) {
        let asked = json!({"verifiablePresentation": presentation, "options": options});
        let url = self.at_verifier("/presentations/verify");
        let answer = self.post(&url, &asked).await;
        (answer.status().as_u16(), body(&answer))
    }

    /// Expects that the verifier believes it.
    pub(crate) async fn believed(&self, why: &str, credential: &Value) {
        let (status, verdict) = self.verify(credential).await;
        assert_eq!(status, 200, "{why}: {verdict}: {credential}");
        assert_eq!(verdict["verified"], true);
    }

    /// Expects a refusal that says why: the suites take 400 and 422 alike.
    pub(crate) async fn refused(&self, why: &str, credential: &Value) {
        let (status, verdict) = self.verify(credential).await;
        assert!(matches!(status, 400 | 422), "{why}: {status}: {credential}");
        assert_eq!(verdict["verified"], false, "{why}");
        assert!(
            is_problem(&verdict["problemDetails"][0]),
            "{why}: {verdict}"
        );
    }

    pub(crate) async fn presentation_believed(&self, why: &str, presentation: &Value) {
        let (status, verdict) = self
            .verify_presentation(presentation, json!({"checks": []}))
            .await;
        assert_eq!(status, 200, "{why}: {verdict}: {presentation}");
    }

    pub(crate) async fn presentation_refused(&self, why: &str, presentation: &Value) {
        let (status, verdict) = self
            .verify_presentation(presentation, json!({"checks": []}))
            .await;
        assert!(
            matches!(status, 400 | 422),
            "{why}: {status}: {presentation}"
        );
        assert!(
            is_problem(&verdict["problemDetails"][0]),
            "{why}: {verdict}"
        );
    }

    /// Expects that each is issued and believed.
    pub(crate) async fn accepts(&self, credentials: &[(&str, Value)]) {
        for (why, credential) in credentials {
            let issued = self.issued(WITH, credential).await;
            self.believed(why, &issued).await;
        }
    }

    /// Expects that none is issued.
    pub(crate) async fn rejects(&self, credentials: &[(&str, Value)]) {
        for (why, credential) in credentials {
            let (status, answer) = self.issue(WITH, credential).await;
            assert!(matches!(status, 400 | 422), "{why}: {status}: {answer}");
            assert!(is_problem(&answer), "{why}: {answer}");
        }
    }

    /// What the issuer says of itself and a mechanism.
    pub(crate) fn party(&self, mechanism: &str) -> &Value {
        let mut named = self.parties.iter().filter(|one| one["name"] == mechanism);
        named.next().unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.town.clock.now()
    }

    pub(crate) fn at_issuer(&self, path: &str) -> String {
        let base = self.town.office.app.identifier();
        format!("{}{path}", base.trim_end_matches('/'))
    }

    pub(crate) fn at_verifier(&self, path: &str) -> String {
        let base = self.platform.app.public_url();
        format!("{}{path}", base.trim_end_matches('/'))
    }

    pub(crate) async fn get(&self, url: &str, accept: &str) -> Response<Vec<u8>> {
        let request = Request::get(url).header("accept", accept);
        let answer = self.client.send(request.body(Vec::new()).unwrap());
        answer.await.unwrap()
    }

    pub(crate) async fn post(&self, url: &str, asked: &Value) -> Response<Vec<u8>> {
        let request = Request::post(url)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(asked.to_string().into_bytes());
        self.client.send(request.unwrap()).await.unwrap()
    }
}

/// Somebody whom the services do not know: an issuer, or a holder, with a key of the suite's own.
pub(crate) struct Stranger {
    mechanism: Mechanism,
    key: MechanismKey,
    pub(crate) method: DidUrl,
    now: Timestamp,
}

impl Stranger {
    pub(crate) fn new(mechanism: Mechanism, now: Timestamp) -> Self {
        let key = MechanismKey::generate(mechanism.key_kind(), &mut host::system_rng()).unwrap();
        Self {
            mechanism,
            method: key.verification_method().unwrap(),
            key,
            now,
        }
    }

    pub(crate) fn did(&self) -> String {
        self.method.did().to_string()
    }

    pub(crate) fn issue(&self, credential: &Value, mandatory: &[&str]) -> Value {
        let mut credential = object(credential);
        credential.insert("issuer".to_owned(), self.did().into());
        let mandatory: Vec<String> = mandatory.iter().map(|one| (*one).to_owned()).collect();
        let options = IssueOptions {
            verification_method: &self.method,
            created: Some(self.now),
            mandatory: &mandatory,
        };
        let rng = &mut host::system_rng();
        let secured = self.mechanism.issue(credential, &self.key, &options, rng);
        secured.map(Secured::into_value).unwrap()
    }

    /// Signs the credentials that have no proof, then the presentation.
    pub(crate) fn present(&self, presentation: &Value) -> Value {
        let mut presentation = object(presentation);
        if let Some(Value::Array(credentials)) = presentation.get_mut("verifiableCredential") {
            for credential in credentials {
                let envelope = credential["type"] == "EnvelopedVerifiableCredential";
                if credential.get("proof").is_none() && !envelope {
                    *credential = self.issue(credential, &[]);
                }
            }
        }
        let options = PresentOptions {
            verification_method: &self.method,
            created: Some(self.now),
            challenge: Some("u7ciYV1vD2vVmDUGrdOZzZg"),
            domain: None,
        };
        let secured = self.mechanism.present(presentation, &self.key, &options);
        secured.map(Secured::into_value).unwrap()
    }
}

impl Stranger {
    /// A `vp+jwt` around whatever is handed over, which honest software would not make.
    pub(crate) fn sign(&self, presentation: &Value) -> Value {
        let MechanismKey::Signing(key) = &self.key else {
            panic!("a key of signatures")
        };
        let kid = self.method.to_string();
        let header = json!({"alg": key.algorithm().name(), "typ": "vp+jwt", "kid": kid});
        let mut claims = presentation.clone();
        claims["iss"] = self.did().into();
        let token = jws::sign(&header, claims.to_string().as_bytes(), key).unwrap();
        json!({
            "@context": V2,
            "id": format!("data:application/vp+jwt,{token}"),
            "type": "EnvelopedVerifiablePresentation",
        })
    }
}

/// Discloses what pointers lead to.
pub(crate) fn disclosed(base: &Value, pointers: &[&str]) -> Value {
    let pointers: Vec<String> = pointers.iter().map(|one| (*one).to_owned()).collect();
    let rng = &mut host::system_rng();
    derive(&object(base), &pointers, b"", &[], rng)
        .unwrap()
        .into()
}

/// The least credential there is, with these members.
pub(crate) fn credential(members: Value) -> Value {
    let mut credential = json!({
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "did:example:subject"},
    });
    for (name, value) in object(&members) {
        credential[name] = value;
    }
    credential
}

/// The least presentation there is, with these members.
pub(crate) fn presentation(members: Value) -> Value {
    let mut presentation = json!({"@context": [V2], "type": ["VerifiablePresentation"]});
    for (name, value) in object(&members) {
        presentation[name] = value;
    }
    presentation
}

pub(crate) fn without(mut value: Value, name: &str) -> Value {
    assert!(value.as_object_mut().unwrap().remove(name).is_some());
    value
}

pub(crate) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(crate) fn body(answer: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(answer.body()).unwrap()
}

/// Problem details (RFC 9457) with a type from a vocabulary.
fn is_problem(value: &Value) -> bool {
    let kind = value["type"].as_str().unwrap_or_default();
    kind.starts_with("https://www.w3.org/") || kind.starts_with("https://w3id.org/security#")
}

/// The mechanism whose address the suite of the data model is pointed at: it reads linked data.
const WITH: &str = "eddsa-rdfc-2022";
