//! The interface of W3C's test suites at the verifier.

mod status;
mod storm;

use std::path::{Path, PathBuf};

use credential::mechanism::{
    IssueOptions, Mechanism, MechanismKey, PresentOptions, Secured, derive,
};
use did::DidUrl;
use http::{Request, Response};
use serde_json::{Map, Value, json};

use crate::harness::{Shop, json, now, send};
use crate::privacy::Log;

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";
const CREDENTIALS: &str = "/credentials/verify";
const PRESENTATIONS: &str = "/presentations/verify";

#[tokio::test]
async fn nobody_is_served_unless_the_operator_says_so() {
    let shop = Shop::open().await;
    for path in [CREDENTIALS, PRESENTATIONS] {
        assert_eq!(post(&shop, path, &json!({})).await.status(), 404);
    }
    let lenient_alone = Shop::with(|config| config.verifier.vc_api_for_test_suites = true).await;
    let answer = post(&lenient_alone, CREDENTIALS, &json!({})).await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn whoever_is_elsewhere_needs_a_token() {
    let shop = Shop::with(|config| {
        config.verifier.vc_api = true;
        config.service.listen = "0.0.0.0:8002".parse().unwrap();
    })
    .await;
    let party = Party::new(Mechanism::EddsaJcs2022);
    let asked = json!({"verifiableCredential": party.shown()});
    assert_eq!(post(&shop, CREDENTIALS, &asked).await.status(), 401);
    let request = Request::post(CREDENTIALS)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", shop.admin_token))
        .body(asked.to_string().into_bytes());
    let answer = send(&shop.router, request.unwrap()).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_page_in_a_browser_on_the_same_machine_gets_nowhere() {
    let shop = shop().await;
    for (name, value, status) in [
        ("host", "page.example:8002", 403),
        ("host", "127.0.0.1:8002", 415),
        ("content-type", "text/plain", 415),
    ] {
        let request = Request::post(CREDENTIALS).header(name, value);
        let request = request.body(b"{}".to_vec()).unwrap();
        assert_eq!(send(&shop.router, request).await.status(), status);
    }
}

#[tokio::test]
async fn every_mechanism_is_verified_and_none_is_fooled() {
    let shop = shop().await;
    for mechanism in issuing() {
        let secured = Party::new(mechanism).shown();
        let (status, verdict) = verify(&shop, &secured).await;
        assert_eq!(status, 200, "{mechanism}: {verdict}");
        assert_eq!(verdict["verified"], true);
        assert_eq!(verdict["mechanisms"], json!([mechanism.name()]));
        assert_eq!(verdict["problemDetails"], json!([]));
        // Any byte, over the wire: not verified, or what it said before.
        let text = secured.to_string();
        let step = if mechanism == Mechanism::Bbs2023 {
            41
        } else {
            11
        };
        for at in (0..text.len()).step_by(step) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x01;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let body = format!(
                r#"{{"verifiableCredential":{changed},"options":{{"returnCredential":true}}}}"#
            );
            let answer = post_bytes(&shop, CREDENTIALS, body.as_bytes()).await;
            let verdict = json(&answer);
            match answer.status().as_u16() {
                200 => {
                    let subject = &verdict["verifiedDocument"]["credentialSubject"];
                    assert_eq!(subject["name"], "Alice", "{mechanism}: {at}: {changed}");
                }
                400 | 422 => {
                    assert_eq!(verdict["verified"], false);
                    assert!(!verdict["problemDetails"].as_array().unwrap().is_empty());
                    assert!(verdict.get("verifiedDocument").is_none());
                }
                other => panic!("{mechanism}: {at}: {other}"),
            }
        }
    }
}

#[tokio::test]
async fn published_vectors_need_the_switch() {
    let strict = shop().await;
    let lenient = Shop::with(|config| {
        config.verifier.vc_api = true;
        config.verifier.vc_api_for_test_suites = true;
    })
    .await;
    for shop in [&strict, &lenient] {
        shop.clock.set("2025-06-01T00:00:00Z".parse().unwrap());
    }
    let mut seen = 0;
    for file in vectors() {
        let text = std::fs::read_to_string(&file).unwrap();
        let body = format!(r#"{{"verifiableCredential":{text}}}"#);
        let answer = post_bytes(&lenient, CREDENTIALS, body.as_bytes()).await;
        assert_eq!(answer.status(), 200, "{file:?}: {}", json(&answer));
        let answer = post_bytes(&strict, CREDENTIALS, body.as_bytes()).await;
        assert_eq!(answer.status(), 422, "{file:?}");
        let problem = &json(&answer)["problemDetails"][0];
        assert_eq!(
            problem["type"],
            "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
        );
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[tokio::test]
async fn the_switch_is_heard_in_the_log() {
    let log = Log::start();
    let heard = || String::from_utf8(log.read()).unwrap();
    let secured = Party::new(Mechanism::EddsaJcs2022).shown();
    verify(&shop().await, &secured).await;
    assert!(!heard().contains("ANYBODY"));
    let lenient = Shop::with(|config| {
        config.verifier.vc_api = true;
        config.verifier.vc_api_for_test_suites = true;
    });
    verify(&lenient.await, &secured).await;
    assert!(heard().contains("ERROR"));
    assert!(heard().contains("BELIEVE ANYBODY WHO SIGNS IN ANYBODY'S NAME"));
}

#[tokio::test]
async fn a_list_says_what_is_wrong() {
    let shop = shop().await;
    let party = Party::new(Mechanism::EddsaJcs2022);
    let mut changed = party.shown();
    changed["validFrom"] = json!("2020-01-01");
    let (status, verdict) = verify(&shop, &changed).await;
    assert_eq!(status, 422);
    let titles: Vec<&Value> = verdict["problemDetails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| &problem["title"])
        .collect();
    assert_eq!(
        titles,
        ["CRYPTOGRAPHIC_SECURITY_ERROR", "MALFORMED_VALUE_ERROR"]
    );

    let mut expired = party.credential();
    expired.insert("validUntil".to_owned(), json!("2026-11-21T09:59:59Z"));
    let (status, verdict) = verify(&shop, &party.issue(expired)).await;
    assert_eq!(status, 422);
    assert_eq!(verdict["problemDetails"][0]["title"], "RANGE_ERROR");
    let unsecured = Value::Object(party.credential());
    let (status, verdict) = verify(&shop, &unsecured).await;
    assert_eq!(status, 422);
    assert_eq!(
        verdict["problemDetails"][0]["detail"],
        "the sender must act: the proof is missing"
    );
}

#[tokio::test]
async fn presentations_are_verified_with_all_that_is_in_them() {
    let shop = shop().await;
    let credentials: Vec<Value> = issuing().map(|one| Party::new(one).shown()).collect();
    let holder = Party::new(Mechanism::EcdsaRdfc2019P256);
    let presentation = holder.presentation(json!({"verifiableCredential": credentials}));
    let signed = holder.present(presentation.clone());
    let ask = |presentation: &Value, options: Value| {
        let asked = json!({"verifiablePresentation": presentation, "options": options});
        let shop = &shop;
        async move {
            let answer = post(shop, PRESENTATIONS, &asked).await;
            (answer.status().as_u16(), json(&answer))
        }
    };
    let right = json!({"challenge": "c", "domain": "d", "checks": []});
    let (status, verdict) = ask(&signed, right.clone()).await;
    assert_eq!(status, 200, "{verdict}");
    assert_eq!(
        verdict["credentialResults"].as_array().unwrap().len(),
        credentials.len()
    );
    assert_eq!(ask(&signed, json!({})).await.0, 200);
    for (options, title) in [
        (json!({"challenge": "x"}), "INVALID_CHALLENGE_ERROR"),
        (json!({"domain": "x"}), "INVALID_DOMAIN_ERROR"),
    ] {
        let (status, verdict) = ask(&signed, options).await;
        assert_eq!(status, 422);
        assert_eq!(verdict["problemDetails"][0]["title"], title);
    }
    // Nobody signed: it is as good as its form and its credentials, and answers nothing.
    let unsigned = Value::Object(presentation);
    let (status, verdict) = ask(&unsigned, json!({})).await;
    assert_eq!(status, 200, "{verdict}");
    assert_eq!(ask(&unsigned, right).await.0, 422);
    let answer = post(&shop, PRESENTATIONS, &json!({"presentation": unsigned})).await;
    assert_eq!(answer.status(), 200);
    let mut bad = unsigned.clone();
    bad["holder"] = json!({"name": "nobody"});
    assert_eq!(ask(&bad, json!({})).await.0, 422);
    let mut bad = unsigned;
    bad["verifiableCredential"][3]["credentialSubject"]["name"] = json!("Mallory");
    let (status, verdict) = ask(&bad, json!({})).await;
    assert_eq!(status, 422);
    let detail = verdict["problemDetails"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("credential 3: "), "{detail}");
    assert_eq!(verdict["credentialResults"][3]["verified"], false);
    assert_eq!(verdict["credentialResults"][4]["verified"], true);
}

#[tokio::test]
async fn what_is_not_understood_is_no_verdict() {
    let shop = shop().await;
    let credential = Party::new(Mechanism::EddsaJcs2022).shown();
    let holder = Party::new(Mechanism::EddsaJcs2022);
    let presentation = holder.present(holder.presentation(json!({})));
    for (path, asked) in [
        (CREDENTIALS, json!({})),
        (CREDENTIALS, json!([])),
        (CREDENTIALS, json!({"verifiableCredential": 4})),
        (CREDENTIALS, json!({"verifiableCredential": "a.b.c"})),
        (CREDENTIALS, json!({"verifiableCredential": presentation})),
        (
            CREDENTIALS,
            json!({"verifiableCredential": credential, "more": 1}),
        ),
        (
            CREDENTIALS,
            json!({"verifiableCredential": credential, "options": {"whatever": 1}}),
        ),
        (PRESENTATIONS, json!({})),
        (PRESENTATIONS, json!({"verifiablePresentation": credential})),
        (
            PRESENTATIONS,
            json!({"verifiablePresentation": presentation, "presentation": presentation}),
        ),
        (
            PRESENTATIONS,
            json!({"verifiablePresentation": presentation, "options": {"challenge": 1}}),
        ),
    ] {
        let answer = post(&shop, path, &asked).await;
        assert_eq!(answer.status(), 400, "{path}: {asked}");
        let verdict = json(&answer);
        assert_eq!(verdict["verified"], false);
        assert_eq!(verdict["problemDetails"].as_array().unwrap().len(), 1);
    }
    let long = format!(r#"{{"verifiableCredential":"{}"}}"#, "x".repeat(1 << 20));
    let answer = post_bytes(&shop, CREDENTIALS, long.as_bytes()).await;
    assert_eq!(answer.status(), 413);
}

/// What a document names is not asked for: neither its contexts, schemas, terms and images, nor
/// whom it calls its issuer, unless that is a did:web.
#[tokio::test]
async fn nobody_is_asked_but_the_did_web_of_an_issuer() {
    let shop = shop().await;
    let web = &shop.issuer;
    web.asked();
    let party = Party::new(Mechanism::EddsaJcs2022);
    let there = |path: &str| format!("{}/{path}", web.base);
    let mut credential = party.credential();
    credential.insert("id".to_owned(), there("id").into());
    credential.insert(
        "credentialSchema".to_owned(),
        json!({"id": there("schema"), "type": "JsonSchema"}),
    );
    credential.insert(
        "termsOfUse".to_owned(),
        json!({"id": there("terms"), "type": "Terms"}),
    );
    let (_, verdict) = verify(&shop, &party.issue(credential)).await;
    assert_eq!(web.asked(), Vec::<String>::new(), "{verdict}");

    let mut foreign = party.credential();
    foreign.insert("@context".to_owned(), json!([V2, there("context")]));
    foreign.insert("proof".to_owned(), party.shown()["proof"].clone());
    let (status, _) = verify(&shop, &Value::Object(foreign)).await;
    assert_eq!(status, 422);
    let header = keys::base64url::encode(r#"{"alg":"ES256","typ":"vc+jwt","kid":"k"}"#);
    let mut claims = party.credential();
    claims.insert("issuer".to_owned(), web.base.as_str().into());
    let payload = keys::base64url::encode(Value::Object(claims).to_string());
    let token = format!("{header}.{payload}.{}", keys::base64url::encode([1; 64]));
    let (status, _) = verify(&shop, &json!(token)).await;
    assert_eq!(status, 422);
    assert_eq!(web.asked(), Vec::<String>::new());

    for (did, asked) in [
        ("did:web:192.168.0.1", 0),
        ("did:web:169.254.169.254", 0),
        ("did:web:localhost%3A1", 0),
        (
            &format!(
                "did:web:{}",
                web.base["http://".len()..].replace(':', "%3A")
            ),
            1,
        ),
    ] {
        let mut named = party.shown();
        named["issuer"] = did.into();
        named["proof"]["verificationMethod"] = format!("{did}#key").into();
        let (status, _) = verify(&shop, &named).await;
        assert_eq!(status, 422, "{did}");
        assert_eq!(web.asked().len(), asked, "{did}");
    }
}

struct Party {
    mechanism: Mechanism,
    key: MechanismKey,
    method: DidUrl,
}

impl Party {
    fn new(mechanism: Mechanism) -> Self {
        let kind = mechanism.key_kind();
        let key = MechanismKey::generate(kind, &mut host::system_rng()).unwrap();
        Self {
            mechanism,
            method: key.verification_method().unwrap(),
            key,
        }
    }

    fn credential(&self) -> Map<String, Value> {
        object(json!({
            "@context": [V2, EXAMPLES],
            "type": ["VerifiableCredential"],
            "issuer": self.method.did(),
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:alice", "name": "Alice"},
        }))
    }

    fn issue(&self, credential: Map<String, Value>) -> Value {
        let options = IssueOptions {
            verification_method: &self.method,
            created: Some(now()),
            mandatory: &[],
        };
        let rng = &mut host::system_rng();
        let secured = self.mechanism.issue(credential, &self.key, &options, rng);
        secured.unwrap().into_value()
    }

    /// A credential as its holder shows it.
    fn shown(&self) -> Value {
        let secured = self.issue(self.credential());
        if !self.mechanism.derives() {
            return secured;
        }
        let all = ["/issuer", "/validFrom", "/credentialSubject"].map(str::to_owned);
        let rng = &mut host::system_rng();
        Value::Object(derive(&object(secured), &all, b"", &[], rng).unwrap())
    }

    fn presentation(&self, more: Value) -> Map<String, Value> {
        let mut presentation = object(json!({
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "holder": self.method.did(),
        }));
        presentation.extend(object(more));
        presentation
    }

    fn present(&self, presentation: Map<String, Value>) -> Value {
        let options = PresentOptions {
            verification_method: &self.method,
            created: Some(now()),
            challenge: Some("c"),
            domain: Some("d"),
        };
        let presented = self.mechanism.present(presentation, &self.key, &options);
        presented.map(Secured::into_value).unwrap()
    }
}

fn issuing() -> impl Iterator<Item = Mechanism> {
    Mechanism::ALL.into_iter().filter(|one| one.issues())
}

/// Signed documents that W3C publishes.
fn vectors() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/credential/tests/vectors");
    let sets = ["w3c-vc-di-bbs", "w3c-vc-di-ecdsa", "w3c-vc-di-eddsa"];
    let all = sets.iter().flat_map(|set| files(&root.join(set)));
    all.filter(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.starts_with("signed") || name.starts_with("derivedRevealDocument")
    })
    .collect()
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let inner = std::fs::read_dir(path).unwrap();
    inner
        .flat_map(|inner| files(&inner.unwrap().path()))
        .collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

async fn shop() -> Shop {
    Shop::with(|config| config.verifier.vc_api = true).await
}

async fn verify(shop: &Shop, secured: &Value) -> (u16, Value) {
    let answer = post(shop, CREDENTIALS, &json!({"verifiableCredential": secured})).await;
    (answer.status().as_u16(), json(&answer))
}

async fn post(shop: &Shop, path: &str, body: &Value) -> Response<Vec<u8>> {
    post_bytes(shop, path, body.to_string().as_bytes()).await
}

async fn post_bytes(shop: &Shop, path: &str, body: &[u8]) -> Response<Vec<u8>> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(body.to_vec())
        .unwrap();
    send(&shop.router, request).await
}
