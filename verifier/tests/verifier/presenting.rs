//! Presentations as they should be.

use openid4vp::verifier::{Failure, Phase};
use openid4vp::wallet::Authentication;
use serde_json::{Value, json};
use verifier::{ClientIdPrefix, FlowKind, Outcome, Wish};

use crate::harness::{Held, Shop, accept, json, open, send, token};

#[tokio::test]
async fn a_person_shows_to_be_over_18_and_nothing_else() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let request = open(&shop.router, created.link.expose()).await;
    assert_eq!(request.name(), Some("Example verifier"));
    assert_eq!(request.purpose(), Some("To make sure that you are over 18"));
    let Authentication::Did(did) = request.authentication() else {
        panic!("nobody vouches for the verifier")
    };
    assert_eq!(did.as_str(), shop.app.did());
    let reply = send(&shop.router, accept(request, &shop.person(1))).await;
    assert_eq!(reply.status(), 200, "{}", json(&reply));
    assert_eq!(json(&reply), json!({}));
    let progress = shop
        .app
        .progress(&created.id, &created.token)
        .await
        .unwrap();
    assert_eq!(progress.phase, Phase::Answered);
    let result = json(&shop.result(&created).await);
    assert_eq!(result["phase"], "answered");
    let credential = &result["answer"]["credentials"][0];
    assert_eq!(credential["issuer"], shop.issuer.base);
    assert_eq!(
        credential["claims"],
        json!([{"path": ["age_over_18"], "values": [true]}])
    );
}

#[tokio::test]
async fn a_person_says_who_she_is() {
    let shop = Shop::open().await;
    let created = shop.request("identity").await;
    assert_eq!(shop.present(&created, &shop.person(1)).await.status(), 200);
    let result = json(&shop.result(&created).await);
    let claims = result["answer"]["credentials"][0]["claims"]
        .as_array()
        .unwrap();
    let values: Vec<&Value> = claims.iter().map(|claim| &claim["values"][0]).collect();
    assert_eq!(values, ["Zdenka", "Quastenflosser", "1974-08-12"]);
}

#[tokio::test]
async fn a_w3c_credential_is_presented() {
    let shop = Shop::open().await;
    let created = shop.request("adult-jwt").await;
    let held = Held::adult(&shop.issuer);
    assert_eq!(shop.present(&created, &held).await.status(), 200);
    let result = json(&shop.result(&created).await);
    assert_eq!(result["answer"]["credentials"][0]["format"], "jwt_vc_json");
}

#[tokio::test]
async fn a_request_is_fetched_by_get_too() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let path = format!("/oid4vp/requests/{}", created.id);
    let get = http::Request::get(&path).body(Vec::new()).unwrap();
    let reply = send(&shop.router, get).await;
    assert_eq!(
        reply.headers()["content-type"],
        "application/oauth-authz-req+jwt"
    );
    assert_eq!(reply.headers()["cache-control"], "no-store");
    shop.present(&created, &shop.person(1)).await;
    let get = http::Request::get(&path).body(Vec::new()).unwrap();
    assert_eq!(send(&shop.router, get).await.status(), 410);
}

/// Session fixation (OpenID4VP 1.0, section 14.2).
#[tokio::test]
async fn on_the_same_device_the_result_needs_the_response_code() {
    let shop = Shop::with(|config| {
        let policy = &mut config.verifier.policies[1];
        policy.return_url = Some("https://shop.example/done?cart=7".parse().unwrap());
    })
    .await;
    let wish = Wish {
        flow: Some(FlowKind::SameDevice),
        language: Some("zh".to_owned()),
    };
    let created = shop.app.request("age-over-18", &wish).await.unwrap();
    let request = open(&shop.router, created.link.expose()).await;
    assert_eq!(request.purpose(), Some("确认您已年满 18 岁"));
    let reply = send(&shop.router, accept(request, &shop.person(1))).await;
    let target = json(&reply)["redirect_uri"].as_str().unwrap().to_owned();
    let code = target
        .strip_prefix("https://shop.example/done?cart=7&response_code=")
        .unwrap();

    let path = format!("/requests/{}/result", created.id);
    for body in [
        Value::Null,
        json!({"response_code": created.token.expose()}),
    ] {
        let reply = shop.ask("POST", &path, created.token.expose(), body).await;
        assert_eq!(reply.status(), 403);
    }
    let body = json!({"response_code": code});
    let reply = shop.ask("POST", &path, "wrong", body.clone()).await;
    assert_eq!(reply.status(), 404);
    let reply = shop
        .ask("POST", &path, created.token.expose(), body.clone())
        .await;
    assert_eq!(json(&reply)["phase"], "answered");
    let reply = shop.ask("POST", &path, created.token.expose(), body).await;
    assert_eq!(reply.status(), 410);
}

#[tokio::test]
async fn an_unsigned_request_travels_in_the_link() {
    let shop = Shop::with(|config| {
        config.verifier.policies[1].client_id_prefix = ClientIdPrefix::RedirectUri;
    })
    .await;
    let created = shop.request("age-over-18").await;
    assert!(!created.link.expose().contains("request_uri"));
    let request = open(&shop.router, created.link.expose()).await;
    assert_eq!(request.authentication(), &Authentication::Nobody);
    let reply = send(&shop.router, accept(request, &shop.person(1))).await;
    assert_eq!(reply.status(), 200);
    let fetched = http::Request::get(format!("/oid4vp/requests/{}", created.id));
    let reply = send(&shop.router, fetched.body(Vec::new()).unwrap()).await;
    assert_eq!(reply.status(), 410);
}

#[tokio::test]
async fn a_holder_declines() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    let request = open(&shop.router, created.link.expose()).await;
    let declined = request.decline().unwrap().request();
    let (mut head, body) = declined.into_parts();
    head.uri = head.uri.path().parse().unwrap();
    let reply = send(&shop.router, http::Request::from_parts(head, body)).await;
    assert_eq!(reply.status(), 200);
    let outcome = shop
        .app
        .result(&created.id, &created.token, None)
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Failed(Failure::HolderDeclined));
}

#[tokio::test]
async fn how_many_ended_how_is_counted_and_nothing_else() {
    let shop = Shop::open().await;
    let created = shop.request("age-over-18").await;
    shop.present(&created, &shop.person(1)).await;
    let mut request = http::Request::get("/metrics").body(Vec::new()).unwrap();
    let caller = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(caller));
    let told = send(&shop.router, request).await;
    let told = String::from_utf8(told.into_body()).unwrap();
    let counted = told
        .lines()
        .filter(|line| line.starts_with("pessoa_presentations_total"));
    let counted: Vec<&str> = counted.collect();
    assert_eq!(
        counted,
        ["pessoa_presentations_total{outcome=\"accepted\"} 1"]
    );
    assert!(!told.contains(&created.id));
}

#[tokio::test]
async fn a_command_in_another_process_sees_the_answer() {
    let shop = Shop::open().await;
    let (command, _) = shop.second(|_| {}).await;
    let created = command
        .request("age-over-18", &Wish::default())
        .await
        .unwrap();
    let waiting = {
        let (command, id, secret) = (
            command.clone(),
            created.id.clone(),
            token(created.token.expose()),
        );
        tokio::spawn(async move { command.answered(&id, &secret).await.unwrap() })
    };
    shop.present(&created, &shop.person(1)).await;
    assert_eq!(waiting.await.unwrap(), Phase::Answered);
    let outcome = command
        .result(&created.id, &created.token, None)
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Answered(_)));
}
