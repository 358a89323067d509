//! What platforms ask.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};
use service::RequestLog;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;
use verifier::Created;

use crate::harness::{Shop, json, send};

#[tokio::test]
async fn a_platform_creates_polls_and_takes() {
    let shop = Shop::open().await;
    let body = json!({"policy": "age-over-18", "language": "zh", "qr": "svg"});
    let created = shop.ask("POST", "/requests", &shop.admin_token, body).await;
    assert_eq!(created.status(), 200);
    let created = json(&created);
    assert!(
        created["link"]
            .as_str()
            .unwrap()
            .starts_with("openid4vp://?client_id=")
    );
    assert!(created["qr"].as_str().unwrap().starts_with("<svg"));
    assert_eq!(created["expires_at"], "2026-11-21T10:05:00Z");
    let path = format!("/requests/{}", created["id"].as_str().unwrap());
    let secret = created["result_token"].as_str().unwrap();
    let progress = json(&shop.ask("GET", &path, secret, Value::Null).await);
    assert_eq!(
        progress,
        json!({"phase": "requested", "expires_at": "2026-11-21T10:05:00Z"})
    );
    let take = format!("{path}/result");
    let early = shop.ask("POST", &take, secret, json!({})).await;
    assert_eq!(early.status(), 409);
    assert_eq!(json(&early)["detail"], "the request was not answered yet");

    shop.clock.advance(SignedDuration::from_secs(301));
    let late = shop.ask("GET", &path, secret, Value::Null).await;
    assert_eq!(late.status(), 404);
    assert_eq!(shop.app.purge().await.unwrap(), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    for (method, path) in [
        ("POST", "/requests".to_owned()),
        ("GET", "/policies".to_owned()),
        ("POST", "/refresh".to_owned()),
        ("GET", format!("/requests/{}", created.id)),
        ("GET", format!("/requests/{}/events", created.id)),
        ("POST", format!("/requests/{}/result", created.id)),
    ] {
        let request = Request::builder().method(method).uri(&path);
        let reply = send(&shop.router, request.body(Vec::new()).unwrap()).await;
        assert_eq!(reply.status(), 401, "{method} {path}");
    }
    // The operator's token is not that of a session, nor the other way round.
    let path = format!("/requests/{}", created.id);
    let reply = shop.ask("GET", &path, &shop.admin_token, Value::Null).await;
    assert_eq!(reply.status(), 404);
    let body = json!({"policy": "age-over-18"});
    let reply = shop
        .ask("POST", "/requests", created.token.expose(), body)
        .await;
    assert_eq!(reply.status(), 401);
}

#[tokio::test]
async fn a_wrong_wish_is_told() {
    let shop = Shop::open().await;
    for (body, status, detail) in [
        (
            json!({"policy": "none"}),
            422,
            "there is no policy of this name",
        ),
        (
            json!({"policy": "identity", "flow": "same-device"}),
            422,
            "the same-device flow needs a return_url",
        ),
        (json!({"policy": "identity", "flow": "telepathy"}), 400, ""),
        (json!({"policy": "identity", "query": {}}), 400, ""),
    ] {
        let reply = shop
            .ask("POST", "/requests", &shop.admin_token, body.clone())
            .await;
        assert_eq!(reply.status(), status, "{body}");
        let said = json(&reply)["detail"].as_str().unwrap().to_owned();
        assert!(
            said.contains(detail) && !said.contains("telepathy"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn the_policies_are_listed() {
    let shop = Shop::open().await;
    let reply = json(
        &shop
            .ask("GET", "/policies", &shop.admin_token, Value::Null)
            .await,
    );
    let names: Vec<&Value> = reply["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| &policy["name"])
        .collect();
    assert_eq!(names, ["adult-jwt", "age-over-18", "identity", "login"]);
    assert_eq!(
        reply["policies"][1]["query"]["credentials"][0]["id"],
        "person"
    );
}

#[tokio::test]
async fn events_tell_when_somebody_answers_and_end() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let request = Request::get(format!("/requests/{}/events", created.id))
        .header(
            "authorization",
            format!("Bearer {}", created.token.expose()),
        )
        .body(Body::empty());
    let reply = shop.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/event-stream");
    let mut events = reply.into_body().into_data_stream();
    let mut next = async || {
        let event = tokio::time::timeout(Duration::from_secs(5), events.next())
            .await
            .unwrap();
        event.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
    };
    assert_eq!(next().await.unwrap(), "event: phase\ndata: requested\n\n");
    shop.present(&created, &shop.person(1)).await;
    assert_eq!(next().await.unwrap(), "event: phase\ndata: answered\n\n");
    assert_eq!(next().await, None);
}

/// Whoever waits longer connects again. The runtime's clock jumps to the next thing that waits for it.
#[tokio::test]
async fn events_last_a_quarter_of_an_hour_and_make_room_then() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    tokio::time::pause();
    let watch = async || {
        let request = Request::get(format!("/requests/{}/events", created.id))
            .header(
                "authorization",
                format!("Bearer {}", created.token.expose()),
            )
            .body(Body::empty());
        let reply = shop.router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(reply.status(), 200);
        reply.into_body().into_data_stream()
    };
    // More, one after the other, than may watch at once.
    for _ in 0..5 {
        let begun = tokio::time::Instant::now();
        let events: Vec<String> = watch()
            .await
            .map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
            .collect()
            .await;
        let lasted = begun.elapsed().as_secs();
        assert!((900..=901).contains(&lasted), "{lasted} s");
        let (first, others) = events.split_first().unwrap();
        assert_eq!(first, "event: phase\ndata: requested\n\n");
        // A proxy in between drops what is silent for long.
        assert!(others.len() >= 900 / 30, "{}", others.len());
        assert!(others.iter().all(|event| event == ":\n\n"), "{others:?}");
    }
}

/// Every watcher costs the database a look each second.
#[tokio::test]
async fn few_may_watch_one_request_at_once() {
    let shop = Shop::open().await;
    let (created, other) = (
        shop.request("age-over-18").await,
        shop.request("age-over-18").await,
    );
    let watch = async |created: &Created| {
        let request = Request::get(format!("/requests/{}/events", created.id))
            .header(
                "authorization",
                format!("Bearer {}", created.token.expose()),
            )
            .body(Body::empty());
        shop.router.clone().oneshot(request.unwrap()).await.unwrap()
    };
    let mut watching = Vec::new();
    for _ in 0..4 {
        let reply = watch(&created).await;
        assert_eq!(reply.status(), 200);
        watching.push(reply);
    }
    let refused = watch(&created).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(watch(&other).await.status(), 200);
    // Who leaves makes room.
    watching.pop();
    let room = async {
        while watch(&created).await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), room)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_document_and_the_description_are_served() {
    let shop = Shop::open().await;
    let get = |path: &str| send(&shop.router, Request::get(path).body(Vec::new()).unwrap());
    let document = get("/.well-known/did.json").await;
    assert_eq!(document.headers()["content-type"], "application/did+json");
    assert_eq!(json(&document)["id"], "did:web:127.0.0.1%3A8002");
    let description = json(&get("/openapi.json").await);
    for path in [
        "/requests",
        "/requests/{id}/events",
        "/oid4vp/responses/{id}",
    ] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
    assert_eq!(get("/healthz").await.status(), 200);
    assert_eq!(get("/readyz").await.status(), 200);
}

#[tokio::test]
async fn the_routes_are_below_the_path_of_the_address() {
    let shop = Shop::with(|config| {
        config.service.public_url = "http://127.0.0.1:8002/forum".parse().unwrap();
    })
    .await;
    let document = Request::get("/forum/did.json").body(Vec::new()).unwrap();
    let document = send(&shop.router, document).await;
    assert_eq!(json(&document)["id"], "did:web:127.0.0.1%3A8002:forum");
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &shop.person(1)).await.status(), 200);
}

#[tokio::test]
async fn notes_have_routes_and_nothing_of_the_session() {
    let shop = Shop::open().await;
    let log = RequestLog::new();
    let router = verifier::router(shop.app.clone().noting_requests(log.clone()));
    let created = shop.request("age-over-18").await;
    let path = format!("/oid4vp/requests/{}", created.id);
    send(&router, Request::get(path).body(Vec::new()).unwrap()).await;
    assert_eq!(log.take(), ["GET /oid4vp/requests/{id}"]);
}
