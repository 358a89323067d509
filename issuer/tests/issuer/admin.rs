//! The admin API.

use http::Request;
use serde_json::{Value, json};

use crate::harness::{Office, ZONE, json, send};

async fn ask(office: &Office, method: &str, path: &str, body: Value) -> http::Response<Vec<u8>> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", office.admin_token))
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .unwrap();
    send(&office.router, request).await
}

#[tokio::test]
async fn enrol_list_and_revoke() {
    let office = Office::open().await;
    let enrolled = ask(&office, "POST", "/admin/enrolments", json!({"mrz": ZONE})).await;
    assert_eq!(enrolled.status(), 200);
    let enrolled = json(&enrolled);
    assert!(
        enrolled["offer"]
            .as_str()
            .unwrap()
            .starts_with("openid-credential-offer://")
    );
    assert_eq!(enrolled["transaction_code"].as_str().unwrap().len(), 6);
    let handle = enrolled["handle"].as_str().unwrap();
    let listed = json(&ask(&office, "GET", "/admin/enrolments?limit=5", json!(null)).await);
    assert_eq!(
        listed,
        json!({"enrolments": [
            {"handle": handle, "state": "active", "anchored": false,
             "enrolled_on": "2026-11-21", "copies": 0}
        ]})
    );
    let path = format!("/admin/enrolments/{handle}/revoke");
    let revoked = json(&ask(&office, "POST", &path, json!({})).await);
    assert_eq!(
        revoked,
        json!({"handle": handle, "copies": 0, "already": false})
    );
    let revoked = ask(
        &office,
        "POST",
        "/admin/documents/revoke",
        json!({"mrz": ZONE}),
    )
    .await;
    assert_eq!(json(&revoked)["already"], true);
}

#[tokio::test]
async fn a_specimen_is_for_trying_out() {
    let office = Office::with(|config| config.service.dev = false).await;
    let enrol = |zone| ask(&office, "POST", "/admin/enrolments", json!({"mrz": zone}));
    let refused = enrol(ZONE.to_owned()).await;
    assert_eq!(refused.status(), 422);
    let detail = json(&refused)["detail"].to_string();
    let desk = "the desk must see the person's own document";
    assert!(detail.contains(desk), "{detail}");
    let enrolled = enrol(ZONE.replace("UTO", "SWE")).await;
    assert_eq!(enrolled.status(), 200);
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments.len(), 1);
}

#[tokio::test]
async fn without_the_token_nothing_is_done() {
    let office = Office::open().await;
    for (method, path) in [
        ("GET", "/admin/enrolments"),
        ("POST", "/admin/enrolments"),
        ("POST", "/admin/enrolments/7k2m-q9rt-0xwe-5hc3/revoke"),
        ("POST", "/admin/documents/revoke"),
    ] {
        for authorization in [None, Some("Bearer wrong"), Some("Basic x")] {
            let mut request = Request::builder().method(method).uri(path);
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let answer = send(&office.router, request.body(Vec::new()).unwrap()).await;
            assert_eq!(answer.status(), 401, "{method} {path}");
        }
    }
    assert!(
        office
            .app
            .enrolments(None, 10)
            .await
            .unwrap()
            .enrolments
            .is_empty()
    );
}

#[tokio::test]
async fn a_bad_document_is_told_without_being_repeated() {
    let office = Office::open().await;
    let slipped = ZONE.replace("7408122", "7408123");
    let expired = ZONE.replace("3204153", "2204156").replace("<16", "<18");
    for (body, status) in [
        (json!({"mrz": slipped}), 422),
        (json!({"mrz": expired}), 422),
        (json!({"mrz": "ERIKSSON"}), 422),
        (json!({"record": {"surname": "Eriksson"}}), 400),
        (
            json!({"mrz": ZONE, "record": null, "other": "ERIKSSON"}),
            400,
        ),
        (json!({}), 400),
    ] {
        let answer = ask(&office, "POST", "/admin/enrolments", body.clone()).await;
        assert_eq!(answer.status(), status, "{body}");
        let text = String::from_utf8(answer.into_body()).unwrap();
        assert!(!text.to_uppercase().contains("ERIKSSON"), "{text}");
    }
    let unknown = "/admin/enrolments/7k2m-q9rt-0xwe-5hc3/revoke";
    assert_eq!(ask(&office, "POST", unknown, json!({})).await.status(), 404);
    assert_eq!(
        ask(
            &office,
            "POST",
            "/admin/documents/revoke",
            json!({"mrz": ZONE})
        )
        .await
        .status(),
        404
    );
}
