//! The interface of W3C's test suites at the issuer.

use std::collections::BTreeMap;

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, Judgement, Mechanism, Unverified};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::harness::{Office, json, send};
use crate::weather::Weather;

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";

#[tokio::test]
async fn nobody_is_served_unless_the_operator_says_so() {
    let office = Office::open().await;
    for path in [
        "/credentials/issue",
        "/credentials/derive",
        "/presentations",
        "/mechanisms/bbs-2023/credentials/issue",
    ] {
        assert_eq!(
            post(&office, path, &json!({})).await.status(),
            404,
            "{path}"
        );
    }
    assert_eq!(office.get("/mechanisms").await.status(), 404);
    assert!(!office.place.path().join("keys/mechanisms.key").exists());
}

#[tokio::test]
async fn whoever_is_elsewhere_needs_a_token() {
    let office = Office::with(|config| {
        config.issuer.vc_api = true;
        config.service.listen = "0.0.0.0:8001".parse().unwrap();
    })
    .await;
    assert_eq!(office.get("/mechanisms").await.status(), 401);
    let refused = post(&office, "/credentials/issue", &json!({})).await;
    assert_eq!(refused.status(), 401);
    let listed = Request::get("/mechanisms")
        .header("authorization", format!("Bearer {}", office.admin_token))
        .body(Vec::new());
    let listed = send(&office.router, listed.unwrap()).await;
    assert_eq!(listed.status(), 200);
}

#[tokio::test]
async fn a_page_in_a_browser_on_the_same_machine_gets_nowhere() {
    let office = office().await;
    let rebound = Request::get("/mechanisms").header("host", "page.example:8001");
    let rebound = send(&office.router, rebound.body(Vec::new()).unwrap()).await;
    assert_eq!(rebound.status(), 403);
    let form = Request::post("/credentials/issue").header("content-type", "text/plain");
    let form = send(&office.router, form.body(b"{}".to_vec()).unwrap()).await;
    assert_eq!(form.status(), 415);
    let local = Request::get("/mechanisms").header("host", "localhost:8001");
    let local = send(&office.router, local.body(Vec::new()).unwrap()).await;
    assert_eq!(local.status(), 200);
}

#[tokio::test]
async fn every_mechanism_issues_by_its_own_key() {
    let office = office().await;
    let listed = json(&office.get("/mechanisms").await);
    let mechanisms = listed["mechanisms"].as_array().unwrap();
    let names: Vec<&str> = mechanisms
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let issuing = Mechanism::ALL.into_iter().filter(|one| one.issues());
    assert_eq!(names, issuing.map(Mechanism::name).collect::<Vec<_>>());
    let mut issuers: Vec<&str> = mechanisms
        .iter()
        .map(|one| one["issuer"].as_str().unwrap())
        .collect();
    for one in mechanisms {
        let credential = credential(one["issuer"].as_str().unwrap());
        let issued = post(
            &office,
            path(&one["issue"]),
            &json!({"credential": credential}),
        )
        .await;
        assert_eq!(issued.status(), 201, "{issued:?}");
        let mut secured = json(&issued)["verifiableCredential"].clone();
        if let Some(derive) = one.get("derive") {
            // A base proof is for the holder alone.
            let discloses = one["name"].as_str().unwrap().starts_with("vc-sd-jwt");
            assert_eq!(judge(&secured).is_verified(), discloses);
            let asked = json!({
                "verifiableCredential": secured,
                "options": {"selectivePointers": ["/issuer", "/credentialSubject/name"]},
            });
            let derived = post(&office, path(derive), &asked).await;
            assert_eq!(derived.status(), 201, "{derived:?}");
            secured = json(&derived)["verifiableCredential"].clone();
            let again = post(&office, "/credentials/derive", &asked).await;
            assert_eq!(again.status(), 201);
        }
        let judgement = judge(&secured);
        assert!(judgement.is_verified(), "{}: {judgement:?}", one["name"]);
        assert_eq!(judgement.mechanisms[0].name(), one["name"]);
        assert_eq!(judgement.document["issuer"], one["issuer"]);
        assert_eq!(judgement.document["credentialSubject"]["name"], "Alice");
    }
    issuers.sort_unstable();
    issuers.dedup();
    assert_eq!(issuers.len(), mechanisms.len());

    let (_, again) = office.second(|config| config.issuer.vc_api = true).await;
    let request = Request::get("/mechanisms").body(Vec::new()).unwrap();
    assert_eq!(json(&send(&again, request).await), listed);
}

#[tokio::test]
async fn the_plain_address_issues_with_the_default() {
    let office = office().await;
    let issuer = issuer(&office, "eddsa-rdfc-2022").await;
    let asked = json!({
        "credential": credential(&issuer),
        "options": {"credentialId": "urn:uuid:84ba9b4a-0c5a-4f0c-a1d5-6f4c6a1bf5a7"},
    });
    let issued = post(&office, "/credentials/issue", &asked).await;
    assert_eq!(issued.status(), 201);
    let proof = &json(&issued)["verifiableCredential"]["proof"];
    assert_eq!(proof["cryptosuite"], "eddsa-rdfc-2022");
    assert_eq!(proof["proofPurpose"], "assertionMethod");
    assert_eq!(proof["created"], "2026-11-21T10:00:00Z");
    let method = proof["verificationMethod"].as_str().unwrap();
    assert!(method.starts_with(&format!("{issuer}#")));
}

#[tokio::test]
async fn presentations_are_secured_for_their_holder() {
    let office = office().await;
    let issuer = issuer(&office, "eddsa-rdfc-2022").await;
    let asked = json!({"credential": credential(&issuer)});
    let issued = post(&office, "/credentials/issue", &asked).await;
    let proven = json(&issued)["verifiableCredential"].clone();
    let issuer = self::issuer(&office, "vc-jose-es256").await;
    let asked = json!({"credential": credential(&issuer)});
    let path = "/mechanisms/vc-jose-es256/credentials/issue";
    let issued = post(&office, path, &asked).await;
    let enveloped = json(&issued)["verifiableCredential"].clone();
    for (name, secured) in [
        ("eddsa-rdfc-2022", &proven),
        ("eddsa-rdfc-2022", &enveloped),
        ("ecdsa-jcs-2019-p384", &proven),
        ("vc-jose-es256", &enveloped),
    ] {
        let holder = self::issuer(&office, name).await;
        let asked = json!({
            "presentation": {
                "@context": [V2],
                "type": "VerifiablePresentation",
                "holder": holder,
                "verifiableCredential": [secured],
            },
            "options": {"challenge": "c", "domain": "d"},
        });
        let path = format!("/mechanisms/{name}/presentations");
        let presented = post(&office, &path, &asked).await;
        assert_eq!(presented.status(), 201, "{presented:?}");
        let presented = json(&presented)["verifiablePresentation"].clone();
        let judged = |challenge| {
            let expected = Expected {
                challenge: Some(challenge),
                domain: Some("d"),
            };
            let read = Unverified::from_value(presented.clone()).unwrap();
            read.verify(&[], &expected, Leniency::None, crate::harness::now())
        };
        assert!(judged("c").is_verified(), "{:?}", judged("c"));
        assert!(!judged("x").is_verified());
    }
    // In a token, credentials are enveloped.
    let asked = json!({"presentation": {
        "@context": [V2], "type": "VerifiablePresentation", "verifiableCredential": [proven],
    }});
    let refused = post(&office, "/mechanisms/vc-jose-es256/presentations", &asked).await;
    assert_eq!(refused.status(), 422);
    let other = json!({"presentation": {
        "@context": [V2], "type": "VerifiablePresentation", "holder": "did:example:other",
    }});
    let refused = post(&office, "/presentations", &other).await;
    assert_eq!(refused.status(), 422);
}

#[tokio::test]
async fn what_does_not_do_is_refused_by_name() {
    let office = office().await;
    let issuer = issuer(&office, "eddsa-rdfc-2022").await;
    let with = |member: &str, value: Value| {
        let mut credential = credential(&issuer);
        credential[member] = value;
        json!({ "credential": credential })
    };
    let good = credential(&issuer);
    for (asked, status, title) in [
        (json!({}), 400, "PARSING_ERROR"),
        (json!([]), 400, "PARSING_ERROR"),
        (json!({"credential": "none"}), 400, "PARSING_ERROR"),
        (json!({"credential": good, "more": 1}), 400, "PARSING_ERROR"),
        (
            json!({"credential": good, "options": {"whatever": 1}}),
            400,
            "UNKNOWN_OPTION_PROVIDED",
        ),
        (
            json!({"credential": good, "options": {"mandatoryPointers": ["/issuer"]}}),
            422,
            "PROOF_GENERATION_ERROR",
        ),
        (
            json!({"credential": good, "options": {"mandatoryPointers": vec![""; 257]}}),
            400,
            "MALFORMED_VALUE_ERROR",
        ),
        (
            with("issuer", json!("did:example:other")),
            422,
            "PROOF_GENERATION_ERROR",
        ),
        (with("issuer", json!(null)), 422, "MALFORMED_VALUE_ERROR"),
        (
            with("@context", json!([EXAMPLES, V2])),
            422,
            "MALFORMED_VALUE_ERROR",
        ),
        (with("type", json!("Person")), 422, "MALFORMED_VALUE_ERROR"),
        (
            with("validFrom", json!("2026")),
            422,
            "MALFORMED_VALUE_ERROR",
        ),
        (
            with("credentialSubject", json!({})),
            422,
            "MALFORMED_VALUE_ERROR",
        ),
        (with("unknownTerm", json!("x")), 201, ""),
        (
            with("@context", json!([V2, "https://elsewhere.example/context"])),
            422,
            "PROOF_TRANSFORMATION_ERROR",
        ),
    ] {
        let answer = post(&office, "/credentials/issue", &asked).await;
        assert_eq!(answer.status(), status, "{asked}: {answer:?}");
        if status == 201 {
            continue;
        }
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem = json(&answer);
        assert_eq!(problem["title"], title, "{asked}");
        assert!(problem["type"].as_str().unwrap().ends_with(title));
        assert_eq!(problem["status"], status);
    }
    let twice = br#"{"credential": {}, "credential": {}}"#;
    assert_eq!(
        post_bytes(&office, "/credentials/issue", twice)
            .await
            .status(),
        400
    );
    let unknown = json!({"credential": good});
    let path = "/mechanisms/Ed25519Signature2020/credentials/issue";
    assert_eq!(post(&office, path, &unknown).await.status(), 404);
    let asked = json!({"verifiableCredential": good, "options": {}});
    let path = "/mechanisms/bbs-2023/credentials/derive";
    assert_eq!(post(&office, path, &asked).await.status(), 422);
    assert_eq!(
        post(&office, "/credentials/derive", &asked).await.status(),
        422
    );
}

#[tokio::test]
async fn whatever_comes_no_request_fails_the_service() {
    let answers = storm(std::time::Duration::from_secs(3)).await;
    assert!(answers.values().sum::<usize>() > 50, "{answers:?}");
}

/// As long as the issue demands; `cargo nextest run -p issuer --run-ignored only a_minute`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn whatever_comes_for_a_minute_no_request_fails_the_service() {
    let answers = storm(std::time::Duration::from_secs(60)).await;
    println!("answers by status: {answers:?}");
    // What is left whole by chance is done, so that the rest is refused for what was changed.
    for status in [201, 400] {
        assert!(answers.contains_key(&status), "{answers:?}");
    }
}

/// Sends what was changed at random for this long, and counts the answers by their status.
async fn storm(time: std::time::Duration) -> BTreeMap<u16, usize> {
    let office = office().await;
    let issuer = issuer(&office, "ecdsa-sd-2023").await;
    let issue = json!({
        "credential": credential(&issuer),
        "options": {"mandatoryPointers": ["/issuer", "/credentialSubject/name"]},
    });
    let path = "/mechanisms/ecdsa-sd-2023/credentials/issue";
    let base = json(&post(&office, path, &issue).await);
    let derive = json!({
        "verifiableCredential": base["verifiableCredential"],
        "options": {"selectivePointers": ["/credentialSubject"]},
    });
    let present = json!({
        "presentation": {"@context": [V2], "type": ["VerifiablePresentation"],
            "verifiableCredential": [base["verifiableCredential"]]},
        "options": {"challenge": "c", "domain": "d"},
    });
    let watched = json!({
        "credential": credential(&self::issuer(&office, "eddsa-jcs-2022").await),
        "options": {"credentialId": "urn:example:1", "statusPurposes": ["suspension"]},
    });
    let path = "/mechanisms/eddsa-jcs-2022/credentials/issue";
    assert_eq!(post(&office, path, &watched).await.status(), 201);
    let change = json!({
        "credentialId": "urn:example:1",
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "suspension",
            "statusListIndex": "0",
        },
        "status": true,
    });
    let mut targets = vec![
        (path.to_owned(), watched),
        ("/credentials/status".to_owned(), change.clone()),
        ("/credentials/issue".to_owned(), issue.clone()),
        ("/credentials/derive".to_owned(), derive.clone()),
        ("/presentations".to_owned(), present.clone()),
    ];
    for mechanism in Mechanism::ALL {
        let at = |path: &str| format!("/mechanisms/{mechanism}{path}");
        let mut own = issue.clone();
        if mechanism.issues() {
            own["credential"]["issuer"] = self::issuer(&office, mechanism.name()).await.into();
        }
        targets.push((at("/credentials/issue"), own));
        targets.push((at("/credentials/derive"), derive.clone()));
        targets.push((at("/presentations"), present.clone()));
        targets.push((at("/credentials/status"), change.clone()));
    }
    let description = serde_json::to_value(issuer::openapi()).unwrap();
    let mut weather = Weather::new(0x5eed);
    let start = std::time::Instant::now();
    let mut answers = BTreeMap::new();
    while start.elapsed() < time {
        let (path, seed) = weather.pick(&targets).clone();
        let body = weather.change(&seed);
        let answer = post_bytes(&office, &path, &body).await;
        let status = answer.status().as_u16();
        let shown = String::from_utf8_lossy(&body);
        assert!(status < 500, "{path}: {status}: {shown}");
        let described = match path.strip_prefix("/mechanisms/") {
            None => path.clone(),
            Some(rest) => format!(
                "/mechanisms/{{mechanism}}/{}",
                rest.split_once('/').unwrap().1
            ),
        };
        let known = &description["paths"][&described]["post"]["responses"];
        assert!(
            known.get(status.to_string()).is_some(),
            "{path}: {status}: {shown}"
        );
        if !answer.body().is_empty() {
            let _: Value = json(&answer);
        }
        *answers.entry(status).or_default() += 1;
    }
    answers
}

pub(crate) async fn office() -> Office {
    Office::with(|config| config.issuer.vc_api = true).await
}

pub(crate) async fn issuer(office: &Office, mechanism: &str) -> String {
    let listed = json(&office.get("/mechanisms").await);
    let all = listed["mechanisms"].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == mechanism).unwrap();
    one["issuer"].as_str().unwrap().to_owned()
}

pub(crate) fn credential(issuer: &str) -> Value {
    json!({
        "@context": [V2, EXAMPLES],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:alice", "name": "Alice", "alumniOf": "A School"},
    })
}

pub(crate) fn judge(secured: &Value) -> Judgement {
    let read = Unverified::from_value(secured.clone()).unwrap();
    let now = crate::harness::now();
    read.verify(&[], &Expected::default(), Leniency::None, now)
}

/// The path of an address.
fn path(url: &Value) -> &str {
    url.as_str()
        .unwrap()
        .strip_prefix("http://127.0.0.1:8001")
        .unwrap()
}

pub(crate) async fn post(office: &Office, path: &str, body: &Value) -> Response<Vec<u8>> {
    post_bytes(office, path, body.to_string().as_bytes()).await
}

async fn post_bytes(office: &Office, path: &str, body: &[u8]) -> Response<Vec<u8>> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(body.to_vec())
        .unwrap();
    send(&office.router, request).await
}
