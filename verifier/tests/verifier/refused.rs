//! Answers that are refused: 4xx, a code on the wire, the reason in the result.

use credential::Challenge;
use http::Response;
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey, base64url};
use openid4vp::verifier::Phase;
use serde_json::{Value, json};
use verifier::Created;

use crate::harness::{Held, Shop, body, json, now};
use crate::issuer::Issuer;

const ADULT: [&str; 1] = ["age_over_18"];

/// Checks what the wallet is told, and what the platform learns.
async fn check(shop: &Shop, created: &Created, reply: Response<Vec<u8>>, failure: &str) {
    assert_eq!(reply.status(), 400);
    assert_eq!(json(&reply), json!({"error": "invalid_request"}));
    let result = json(&shop.result(created).await);
    assert_eq!(result, json!({"phase": "failed", "failure": failure}));
}

/// Sends a presentation that the test made of a good one.
async fn send(shop: &Shop, held: &Held, change: impl FnOnce(&str) -> String, failure: &str) {
    let created = shop.request("age-over-18").await;
    let parameters = shop.parameters(&created).await;
    let good = held.present(&parameters, &ADULT);
    let form = body(&parameters, "person", &change(&good));
    let reply = shop.post(&created, form.as_bytes()).await;
    check(shop, &created, reply, failure).await;
}

#[tokio::test]
async fn a_good_one_is_not() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let parameters = shop.parameters(&created).await;
    let form = body(
        &parameters,
        "person",
        &shop.person(1).present(&parameters, &ADULT),
    );
    assert_eq!(shop.post(&created, form.as_bytes()).await.status(), 200);
}

#[tokio::test]
async fn a_revoked_credential() {
    let shop = Shop::open().await;
    let held = shop.person(7);
    shop.issuer.publish_list(0, &[7], now());
    assert_eq!(shop.app.refresh().await.failed, Vec::<String>::new());
    send(&shop, &held, str::to_owned, "revoked").await;
    // Its neighbours are none the worse.
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &shop.person(8)).await.status(), 200);
}

#[tokio::test]
async fn a_credential_without_a_status_although_it_says_so() {
    let shop = Shop::open().await;
    send(
        &shop,
        &shop.person(1 << 20),
        str::to_owned,
        "status_missing",
    )
    .await;
}

#[tokio::test]
async fn an_expired_credential() {
    let shop = Shop::open().await;
    let end = now().as_second() + 10;
    let held = Held::person(&shop.issuer, 1, json!({"exp": end}));
    shop.clock.advance(SignedDuration::from_secs(11));
    send(&shop, &held, str::to_owned, "credential_refused").await;
}

#[tokio::test]
async fn a_credential_from_the_future() {
    let shop = Shop::open().await;
    let held = Held::person(&shop.issuer, 1, json!({"nbf": now().as_second() - 10}));
    shop.clock.set(now() - SignedDuration::from_mins(5));
    send(&shop, &held, str::to_owned, "credential_refused").await;
}

#[tokio::test]
async fn for_another_audience_nonce_or_time() {
    let shop = Shop::open().await;
    let held = shop.person(1);
    let challenge = |parameters: &Value, name: &str, wrong: &str| {
        let value = |own| {
            if name == own {
                wrong
            } else {
                parameters[own].as_str().unwrap()
            }
        };
        Challenge {
            audience: value("client_id").to_owned(),
            nonce: value("nonce").to_owned(),
        }
    };
    for (name, wrong, at) in [
        (
            "client_id",
            "decentralized_identifier:did:web:127.0.0.1%3A8003",
            now(),
        ),
        // Without the prefix it is somebody else.
        ("client_id", "did:web:127.0.0.1%3A8002", now()),
        ("nonce", "another", now()),
        ("", "", now() - SignedDuration::from_hours(24)),
        ("", "", now() + SignedDuration::from_hours(24)),
    ] {
        let created = shop.request("age-over-18").await;
        let parameters = shop.parameters(&created).await;
        let presentation = held.bind(&challenge(&parameters, name, wrong), &ADULT, at);
        let form = body(&parameters, "person", &presentation);
        let reply = shop.post(&created, form.as_bytes()).await;
        check(&shop, &created, reply, "credential_refused").await;
    }
}

#[tokio::test]
async fn replayed() {
    let shop = Shop::open().await;
    let held = shop.person(1);
    let created = shop.request("age-over-18").await;
    let parameters = shop.parameters(&created).await;
    let form = body(&parameters, "person", &held.present(&parameters, &ADULT));
    assert_eq!(shop.post(&created, form.as_bytes()).await.status(), 200);
    let again = shop.post(&created, form.as_bytes()).await;
    assert_eq!(
        (again.status().as_u16(), &json(&again)["error"]),
        (400, &json!("invalid_request"))
    );
    // The first answer stands.
    assert_eq!(json(&shop.result(&created).await)["phase"], "answered");
    let taken = shop.post(&created, form.as_bytes()).await;
    assert_eq!(taken.status(), 400);

    // In another session of the same verifier.
    let other = shop.request("age-over-18").await;
    let parameters = shop.parameters(&other).await;
    let old = form
        .split("vp_token=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let form = format!(
        "state={}&vp_token={old}",
        parameters["state"].as_str().unwrap()
    );
    let reply = shop.post(&other, form.as_bytes()).await;
    check(&shop, &other, reply, "credential_refused").await;
}

#[tokio::test]
async fn too_late() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let answer = shop.answer(&created, &shop.person(1)).await;
    shop.clock.advance(SignedDuration::from_secs(300));
    let reply = crate::harness::send(&shop.router, answer).await;
    assert_eq!(reply.status(), 400);
    assert!(
        shop.app
            .progress(&created.id, &created.token)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn tampered() {
    let shop = Shop::open().await;
    let held = shop.person(1);
    let zeros = base64url::encode([1; 64]);
    for change in [
        // The issuer's signature.
        |text: &str, zeros: &str| {
            let (jwt, rest) = text.split_once('~').unwrap();
            format!("{}.{zeros}~{rest}", jwt.rsplit_once('.').unwrap().0)
        },
        // The holder's signature.
        |text: &str, zeros: &str| format!("{}.{zeros}", text.rsplit_once('.').unwrap().0),
        // No signature: `alg: none`.
        |text: &str, _: &str| {
            let header = base64url::encode(r#"{"alg":"none","typ":"dc+sd-jwt"}"#);
            format!("{header}.{}", text.split_once('.').unwrap().1)
        },
        // Another algorithm under the same key.
        |text: &str, _: &str| {
            let header = base64url::encode(r#"{"alg":"HS256","typ":"dc+sd-jwt"}"#);
            format!("{header}.{}", text.split_once('.').unwrap().1)
        },
        // An extension that nobody knows.
        |text: &str, _: &str| {
            let header = r#"{"alg":"ES256","typ":"dc+sd-jwt","crit":["x"],"x":1}"#;
            format!(
                "{}.{}",
                base64url::encode(header),
                text.split_once('.').unwrap().1
            )
        },
        // A claim that the issuer did not say.
        |text: &str, _: &str| {
            let (head, binding) = text.rsplit_once('~').unwrap();
            let more = base64url::encode(r#"["salt","age_over_21",true]"#);
            format!("{head}~{more}~{binding}")
        },
        // No proof by the holder.
        |text: &str, _: &str| format!("{}~", text.rsplit_once('~').unwrap().0),
        |_: &str, _: &str| "x".to_owned(),
        |_: &str, _: &str| "~".repeat(20_000),
    ] {
        send(
            &shop,
            &held,
            |good| change(good, &zeros),
            "credential_refused",
        )
        .await;
    }
}

#[tokio::test]
async fn somebody_elses_credential() {
    let shop = Shop::open().await;
    let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
    let thief = Held {
        key,
        ..shop.person(1)
    };
    send(&shop, &thief, str::to_owned, "credential_refused").await;
}

#[tokio::test]
async fn from_an_issuer_that_nobody_trusts() {
    let shop = Shop::open().await;
    let other = Issuer::start();
    let mut held = Held::person(&other, 1, json!({"vct": shop.issuer.person()}));
    send(&shop, &held, str::to_owned, "issuer_not_trusted").await;
    assert_eq!(other.asked(), Vec::<String>::new());
    // In the name of the trusted one.
    let forger = Issuer::named(&shop.issuer.base);
    held.text = forger.sd_jwt(&held.key, (0, 1), json!({}));
    send(&shop, &held, str::to_owned, "credential_refused").await;
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_does_not_answer() {
    let shop = Shop::open().await;
    // Nothing disclosed, another type, and not over 18.
    let created = shop.request("age-over-18").await;
    let parameters = shop.parameters(&created).await;
    let silent = body(
        &parameters,
        "person",
        &shop.person(1).present(&parameters, &[]),
    );
    let reply = shop.post(&created, silent.as_bytes()).await;
    check(&shop, &created, reply, "not_an_answer").await;
    let dog = Held::person(&shop.issuer, 1, json!({"vct": "urn:example:dog"}));
    send(&shop, &dog, str::to_owned, "not_an_answer").await;
    let child = Held::person(&shop.issuer, 1, json!({"age_over_18": false}));
    send(&shop, &child, str::to_owned, "not_an_answer").await;
}

/// Whoever cannot read the request must not be able to end the session.
#[tokio::test]
async fn noise_leaves_the_session_waiting() {
    let shop = Shop::open().await;
    let held = shop.person(1);
    let created = shop.request("age-over-18").await;
    let parameters = shop.parameters(&created).await;
    let good = body(&parameters, "person", &held.present(&parameters, &ADULT));
    let state = parameters["state"].as_str().unwrap();
    let deep = format!("state={state}&vp_token={}", "[".repeat(1000));
    let twice = r#"{"person":["x"],"person":["y"]}"#;
    let twice = format!("state={state}&vp_token={}", twice.replace('"', "%22"));
    for form in [
        "",
        "state=1",
        "vp_token={}",
        &good.replace(state, "another"),
        &format!("{good}&state={state}"),
        &deep,
        &twice,
        "\u{0}%ff%",
    ] {
        let reply = shop.post(&created, form.as_bytes()).await;
        assert_eq!(
            json(&reply),
            json!({"error": "invalid_request"}),
            "{form:.60}"
        );
        assert_eq!(reply.status(), 400, "{form:.60}");
    }
    let large = vec![b'x'; 65_537];
    assert_eq!(shop.post(&created, &large).await.status(), 413);
    assert_eq!(shop.post(&created, good.as_bytes()).await.status(), 200);
}

#[tokio::test]
async fn sessions_that_never_were() {
    let shop = Shop::open().await;
    let reply = crate::harness::send(
        &shop.router,
        crate::harness::answer_request("AAAAAAAAAAAAAAAAAAAAAA", b"state=1&vp_token=%7B%7D"),
    );
    assert_eq!(reply.await.status(), 400);
    for (path, status) in [
        ("/oid4vp/requests/AAAAAAAAAAAAAAAAAAAAAA", 410),
        ("/oid4vp/requests/%00%ff", 400),
    ] {
        let get = http::Request::get(path).body(Vec::new()).unwrap();
        let reply = crate::harness::send(&shop.router, get).await;
        assert_eq!(reply.status(), status, "{path}");
    }
}

#[tokio::test]
async fn a_wallet_nonce_that_is_none() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    for (form, status) in [
        ("wallet_nonce=", 400),
        ("wallet_nonce=a&wallet_nonce=b", 400),
        ("wallet_nonce=%00", 400),
        ("wallet_nonce=good", 200),
        ("", 200),
    ] {
        let post = http::Request::post(format!("/oid4vp/requests/{}", created.id))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.as_bytes().to_vec());
        let reply = crate::harness::send(&shop.router, post.unwrap()).await;
        assert_eq!(reply.status(), status, "{form}");
    }
    let progress = shop
        .app
        .progress(&created.id, &created.token)
        .await
        .unwrap();
    let expires: Timestamp = progress.expires_at;
    assert_eq!(
        (progress.phase, expires),
        (Phase::Requested, created.expires_at)
    );
}
