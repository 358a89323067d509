//! From the desk to verified credentials.

use std::collections::BTreeSet;

use credential::{CredentialStatus, Format, KeySource, UnverifiedCredential};
use issuer::Identification;
use jiff::SignedDuration;
use openid4vci::messages::NotificationEvent;
use openid4vci::wallet::{Options, Progress, Refill};
use status::Status;

use crate::harness::{Office, Wallet, json, now, send};

#[tokio::test]
async fn a_person_receives_copies_that_verify_and_do_not_link() {
    let office = Office::open().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let received = wallet.order(&office.router, &grant, "person", 10).await;
    assert_eq!(received.credentials.len(), 10);
    let mut seen = [const { BTreeSet::new() }; 3];
    for text in &received.credentials {
        let copy = office.verify(Format::SdJwtVc, text).await.into_inner();
        assert_eq!(copy.claims["family_name"], "ERIKSSON");
        assert_eq!(copy.claims["given_name"], "ANNA MARIA");
        assert_eq!(copy.claims["birth_date"], "1974-08-12");
        assert_eq!(copy.claims["age_over_18"], true);
        assert_eq!(copy.claims["age_over_60"], false);
        assert_eq!(copy.types, ["http://127.0.0.1:8001/types/person"]);
        // Times are those of the day, for everybody.
        let day = "2026-11-21T00:00:00Z".parse().unwrap();
        assert_eq!(copy.claims["iat"], copy.claims["nbf"]);
        assert_eq!(copy.valid_from, Some(day));
        assert_eq!(
            copy.valid_until,
            Some(day + SignedDuration::from_hours(14 * 24))
        );
        seen[1].insert(copy.holder().unwrap().thumbprint());
        let status = copy.status;
        assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
        let [CredentialStatus::Token(place)] = status.as_slice() else {
            panic!("{status:?}")
        };
        seen[0].insert(place.index.to_string());
        let payload = text.split('.').nth(1).unwrap();
        let payload: serde_json::Value =
            serde_json::from_slice(&keys::base64url::decode(payload).unwrap()).unwrap();
        let digests = payload["_sd"].as_array().unwrap();
        assert_eq!(digests.len(), 16);
        let shown: BTreeSet<&str> = payload
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let plain = [
            "_sd", "_sd_alg", "cnf", "exp", "iat", "iss", "nbf", "status", "vct",
        ];
        assert_eq!(shown, BTreeSet::from(plain));
        seen[2].extend(digests.iter().map(ToString::to_string));
    }
    assert_eq!(seen.map(|all| all.len()), [10, 10, 160]);
}

#[tokio::test]
async fn a_w3c_credential_says_no_more_than_majority() {
    let office = Office::open().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let received = wallet.order(&office.router, &grant, "adult", 2).await;
    for text in &received.credentials {
        let copy = office.verify(Format::JwtVcJson, text).await.into_inner();
        assert_eq!(copy.types, ["VerifiableCredential", "AdultCredential"]);
        let mut subject = copy.claims["credentialSubject"]
            .as_object()
            .unwrap()
            .clone();
        assert!(subject.remove("id").is_some());
        assert_eq!(
            serde_json::Value::from(subject),
            serde_json::json!({"age_over_18": true})
        );
        let status = copy.status;
        assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
    }
}

#[tokio::test]
async fn the_key_is_found_in_each_configured_way() {
    for identification in [
        Identification::Did,
        Identification::JwtVcIssuer,
        Identification::X5c,
    ] {
        let office = Office::with(|config| config.issuer.identification = identification).await;
        let wallet = Wallet::new(now());
        let grant = wallet.redeem(&office.router, &office.enrol().await).await;
        for (format, configuration) in [(Format::SdJwtVc, "person"), (Format::JwtVcJson, "adult")] {
            let received = wallet.order(&office.router, &grant, configuration, 1).await;
            let text = &received.credentials[0];
            let source = UnverifiedCredential::parse(format, text)
                .unwrap()
                .key_source()
                .unwrap();
            match (identification, configuration) {
                (Identification::Did, _) => assert!(matches!(source, KeySource::Did(_))),
                (Identification::X5c, "person") => {
                    assert!(matches!(source, KeySource::X509 { .. }));
                }
                _ => assert!(matches!(source, KeySource::WellKnown { .. })),
            }
            let copy = office.verify(format, text).await.into_inner();
            let status = copy.status;
            assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
        }
    }
}

#[tokio::test]
async fn a_refill_brings_copies_with_new_indexes_up_to_the_limit() {
    let office = Office::with(|config| config.issuer.max_copies = 15).await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    wallet.order(&office.router, &grant, "person", 10).await;
    let ticket = keys::token::BearerToken::from(grant.refresh_token().unwrap().expose());
    let options = Options {
        allow_http_loopback: true,
    };
    let identifier = office.app.identifier();
    let (server, person) = (grant.authorization_server(), vec!["person".to_owned()]);
    let mut stage = Refill::start(identifier, server, person, ticket, options).unwrap();
    let grant = loop {
        let request = stage
            .request(&wallet.dpop, now(), &mut host::system_rng())
            .unwrap();
        let response = send(&office.router, request).await;
        match stage.receive(&response, now()).unwrap() {
            Progress::Done(grant) => break grant,
            Progress::More(next) => stage = next,
        }
    };
    assert_eq!(
        wallet
            .order(&office.router, &grant, "person", 5)
            .await
            .credentials
            .len(),
        5
    );
    let keys = [crate::harness::holder_key()];
    let request = wallet
        .credential_request(&office.router, &grant, "person", &keys)
        .await;
    let refused = send(&office.router, request).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(json(&refused)["error"], "credential_request_denied");
}

#[tokio::test]
async fn a_notification_is_taken() {
    let office = Office::open().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let received = wallet.order(&office.router, &grant, "person", 1).await;
    let notification = grant
        .notify(&received, NotificationEvent::CredentialAccepted)
        .unwrap();
    let request = notification
        .request(&wallet.dpop, now(), &mut host::system_rng())
        .unwrap();
    let again = request.clone();
    assert_eq!(send(&office.router, request).await.status(), 204);
    let replayed = send(&office.router, again).await;
    assert_eq!(replayed.status(), 401);
    assert_eq!(json(&replayed)["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn the_documents_are_public_and_say_where_they_are() {
    let office = Office::open().await;
    let metadata = office.get("/.well-known/openid-credential-issuer").await;
    assert_eq!(metadata.headers()["cache-control"], "public, max-age=300");
    assert_eq!(
        json(&metadata)["credential_issuer"],
        "http://127.0.0.1:8001"
    );
    assert_eq!(
        json(&metadata)["batch_credential_issuance"]["batch_size"],
        10
    );
    let server = office.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(
        json(&server)["token_endpoint"],
        "http://127.0.0.1:8001/token"
    );
    let kind = office.get("/types/person").await;
    assert_eq!(json(&kind)["vct"], "http://127.0.0.1:8001/types/person");
    assert_eq!(office.get("/types/other").await.status(), 404);
    let did = office.get("/.well-known/did.json").await;
    assert_eq!(json(&did)["id"], office.app.did());
    assert_eq!(office.get("/readyz").await.status(), 200);
}

#[tokio::test]
async fn every_described_path_is_served() {
    let office = Office::open().await;
    let api = json(&office.get("/openapi.json").await);
    for (path, methods) in api["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        for method in methods.as_object().unwrap().keys() {
            let request = http::Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .body(Vec::new())
                .unwrap();
            let response = send(&office.router, request).await;
            assert!(!response.status().is_server_error(), "{method} {path}");
            assert_ne!(response.status(), 405, "{method} {path}");
            let served = response.status() != 404
                || response.headers()["content-type"] == "application/problem+json";
            assert!(served, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_issuer_below_a_path_serves_there() {
    let office = Office::with(|config| {
        config.service.public_url = "http://127.0.0.1:8001/town".parse().unwrap();
    })
    .await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let received = wallet.order(&office.router, &grant, "person", 1).await;
    let copy = office
        .verify(Format::SdJwtVc, &received.credentials[0])
        .await
        .into_inner();
    assert_eq!(copy.issuer, "http://127.0.0.1:8001/town");
    let status = copy.status;
    assert_eq!(status[0].list().path(), "/town/status/0");
    assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
    assert_eq!(office.get("/town/types/person").await.status(), 200);
    assert_eq!(office.get("/town/did.json").await.status(), 200);
}

#[tokio::test]
async fn requests_are_noted_by_their_routes_alone() {
    let office = Office::open().await;
    let log = service::RequestLog::new();
    let router = issuer::router(office.app.clone().noting_requests(log.clone()));
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&router, &office.enrol().await).await;
    wallet.order(&router, &grant, "person", 1).await;
    let expected = [
        "GET /offers/{reference}",
        "GET /.well-known/openid-credential-issuer",
        "GET /.well-known/oauth-authorization-server",
        "POST /token",
        "POST /nonce",
        "POST /credential",
    ];
    assert_eq!(log.take(), expected);
    assert!(log.take().is_empty());
}
