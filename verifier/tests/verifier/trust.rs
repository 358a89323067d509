//! What is fetched from issuers, and when.

use http::Request;
use jiff::SignedDuration;
use serde_json::Value;
use service::Problem;
use verifier::TrustedIssuer;

use crate::harness::{Held, Shop, json, now, send};
use crate::issuer::Issuer;
use crate::net::Epoch;

async fn readyz(shop: &Shop) -> (u16, Value) {
    let reply = send(
        &shop.router,
        Request::get("/readyz").body(Vec::new()).unwrap(),
    )
    .await;
    let detail = match reply.status().as_u16() {
        200 => Value::Null,
        _ => json(&reply)["detail"].clone(),
    };
    (reply.status().as_u16(), detail)
}

#[tokio::test]
async fn a_verifier_is_ready_when_it_has_what_its_issuers_publish() {
    let issuer = Issuer::silent();
    let base = issuer.base.clone();
    let shop = Shop::of(issuer, |_| {}).await;
    let missing = |what: &str| (503, Value::from(format!("missing: {what} of {base}")));
    assert_eq!(readyz(&shop).await, missing("the keys"));
    shop.app.refresh_due().await;
    assert_eq!(readyz(&shop).await, missing("the keys"));
    shop.issuer.publish_keys();
    shop.issuer.publish_names(&[0, 1]);
    shop.issuer.publish_list(0, &[], now());
    shop.app.refresh_due().await;
    assert_eq!(readyz(&shop).await, missing("the status lists"));
    shop.issuer.publish_list(1, &[], now());
    shop.app.refresh_due().await;
    assert_eq!(readyz(&shop).await, (200, Value::Null));
}

#[tokio::test]
async fn an_answer_that_cannot_be_judged_yet_may_come_again() {
    let issuer = Issuer::silent();
    let shop = Shop::of(issuer, |_| {}).await;
    let (created, held) = (shop.request("age-over-18").await, shop.person(1));
    let answer = shop.answer(&created, &held).await;
    let reply = send(&shop.router, answer.clone()).await;
    assert_eq!(reply.status(), 503);
    assert_eq!(json(&reply)["error"], "temporarily_unavailable");
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
    // The keys come, and the list does not.
    shop.issuer.publish_keys();
    shop.app.refresh_due().await;
    shop.issuer.asked();
    assert_eq!(send(&shop.router, answer.clone()).await.status(), 503);
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
    shop.issuer.publish_names(&[0]);
    shop.issuer.publish_list(0, &[], now());
    shop.clock.advance(SignedDuration::from_secs(60));
    shop.app.refresh_due().await;
    assert_eq!(send(&shop.router, answer).await.status(), 200);
}

#[tokio::test]
async fn lists_are_renewed_before_they_are_old() {
    let shop = Shop::open().await;
    for _ in 0..28 {
        shop.clock.advance(SignedDuration::from_secs(10));
        shop.app.refresh_due().await;
        let lists = shop
            .issuer
            .asked()
            .into_iter()
            .filter(|path| path == "/status/0");
        let age = host::Clock::now(&shop.clock)
            .duration_since(now())
            .as_secs();
        assert_eq!(lists.count(), usize::from(age == 270), "{age}");
    }
}

#[tokio::test]
async fn a_new_list_is_found_before_anybody_presents() {
    let shop = Shop::open().await;
    shop.issuer.publish_list(1, &[], now());
    shop.issuer.publish_names(&[0, 1]);
    shop.clock.advance(SignedDuration::from_secs(60));
    shop.app.refresh_due().await;
    shop.issuer.asked();
    let held = Held::person_in(&shop.issuer, (1, 5), Value::Object(Default::default()));
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &held).await.status(), 200);
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn configured_lists_need_no_names() {
    let issuer = Issuer::start();
    issuer.withdraw("/status");
    issuer.withdraw("/.well-known/oauth-authorization-server");
    let list = issuer.list_uri(0);
    let shop = Shop::of(issuer, |config| {
        config.verifier.issuers[0].status_lists = Some(vec![list]);
    })
    .await;
    shop.app.refresh_due().await;
    assert_eq!(shop.app.ready().await, Ok(()));
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &shop.person(1)).await.status(), 200);
}

#[tokio::test]
async fn a_revocation_counts_after_a_refresh_on_demand() {
    let shop = Shop::open().await;
    let held = shop.person(7);
    shop.issuer.publish_list(0, &[7], now());
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &held).await.status(), 200);
    let reply = shop
        .ask("POST", "/refresh", &shop.admin_token, Value::Null)
        .await;
    let expected = serde_json::json!({"lists": 1, "profiles": 0, "failed": []});
    assert_eq!(json(&reply), expected);
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &held).await.status(), 400);
}

#[tokio::test]
async fn what_cannot_be_fetched_is_named() {
    let shop = Shop::open().await;
    shop.issuer.withdraw("/status/0");
    let refreshed = shop.app.refresh().await;
    assert_eq!(refreshed.lists, 0);
    assert_eq!(refreshed.failed, [shop.issuer.list_uri(0).to_string()]);
    // What is kept stays in use.
    let created = shop.request("age-over-18").await;
    assert_eq!(shop.present(&created, &shop.person(1)).await.status(), 200);
    assert_eq!(Problem::Unavailable.status(), 503);
}

#[tokio::test]
async fn a_certificate_stands_for_keys_that_nobody_publishes() {
    let mut issuer = Issuer::silent();
    let anchor = issuer.certify();
    issuer.publish_list(0, &[3], now());
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("authority.pem");
    std::fs::write(&path, anchor).unwrap();
    let list = issuer.list_uri(0);
    let shop = Shop::of(issuer, |config| {
        config.verifier.issuers[0].x5c_anchors = Some(path);
        config.verifier.issuers[0].status_lists = Some(vec![list]);
    })
    .await;
    shop.app.refresh_due().await;
    assert_eq!(shop.app.ready().await, Ok(()));
    shop.issuer.asked();
    let created = shop.request("age-over-18").await;
    let good = Held::certified(&shop.issuer, 1);
    let reply = shop.present(&created, &good).await;
    assert_eq!(reply.status(), 200);
    let created = shop.request("age-over-18").await;
    let revoked = Held::certified(&shop.issuer, 3);
    assert_eq!(shop.present(&created, &revoked).await.status(), 400);
    assert_eq!(json(&shop.result(&created).await)["failure"], "revoked");
    // The same name under another authority.
    let mut forger = Issuer::named(&shop.issuer.base);
    forger.certify();
    let created = shop.request("age-over-18").await;
    let forged = Held::certified(&forger, 1);
    assert_eq!(shop.present(&created, &forged).await.status(), 400);
    assert_eq!(
        json(&shop.result(&created).await)["failure"],
        "credential_refused"
    );
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_without_certificates_is_refused() {
    let shop = Shop::open().await;
    let mut config = verifier::Config::read(shop.place.path()).unwrap();
    let file = shop.place.path().join("verifier.toml");
    config.verifier.issuers[0].x5c_anchors = Some(file);
    let refused = verifier::App::open(config, std::sync::Arc::new(shop.clock.clone())).await;
    assert!(
        matches!(refused, Err(verifier::OpenError::Anchors(_))),
        "{refused:?}"
    );
}

/// Somebody who is trusted by an address and by the DID on it has its epochs in one of the names:
/// under the other they are not taken, which is no reason to ask again at every round.
#[tokio::test]
async fn the_epochs_of_an_issuer_with_two_names_are_asked_for_on_schedule() {
    for (by_both, asked_again) in [(true, false), (false, true)] {
        let issuer = Issuer::start();
        issuer.publish_epochs(&[&Epoch::of(&issuer, 0), &Epoch::of(&issuer, 1)]);
        let host = issuer.base.strip_prefix("http://").unwrap();
        let mut by_did = TrustedIssuer::new(format!("did:web:{}", host.replace(':', "%3A")));
        by_did.status_lists = Some(Vec::new());
        let shop = Shop::of(issuer, |config| {
            let issuers = &mut config.verifier.issuers;
            if !by_both {
                issuers.clear();
                config.verifier.policies.clear();
            }
            issuers.push(by_did);
        });
        let shop = shop.await;
        shop.app.refresh_due().await;
        shop.issuer.asked();
        shop.app.refresh_due().await;
        let asked = shop.issuer.asked();
        let again = asked.iter().any(|path| path == "/net/epochs");
        assert_eq!(again, asked_again, "{asked:?}");
        // Only the address is somebody whose certificates are taken.
        let known = shop.app.refresh().await.profiles;
        assert_eq!(known, if by_both { 2 } else { 0 });
    }
}
