//! Epochs that an issuer publishes, once and for everybody.

use std::sync::Arc;

use jiff::SignedDuration;
use keys::base64url;
use serde_json::json;
use verifier::{App, Config, Wish};

use super::{Club, Epoch, Person};
use crate::harness::{Shop, json, open, send};
use crate::issuer::Issuer;

/// *Attack*: the issuer publishes a second profile for an epoch, to find those who hold it.
#[tokio::test]
async fn a_second_profile_for_an_epoch_is_refused_and_shown() {
    let club = Club::open().await;
    let marked = Epoch::of(&club.shop.issuer, 0);
    club.shop.issuer.publish_epochs(&[&marked]);
    club.shop.app.refresh().await;
    let (_, reply) = club.visit(&Person::new(&marked)).await;
    assert_eq!(reply.status(), 503);
    assert_eq!(
        club.log_in(&Person::new(&club.epoch)).await["first_visit"],
        true
    );
    let get = http::Request::get("/net/profiles")
        .body(Vec::new())
        .unwrap();
    let published = json(&send(&club.shop.router, get).await);
    let [used, refused] = published["profiles"].as_array().unwrap().as_slice() else {
        panic!("{published}")
    };
    assert_eq!(used["hash"], base64url::encode(club.epoch.profile.hash()));
    assert!(used.get("refused").is_none());
    assert_eq!(refused["hash"], base64url::encode(marked.profile.hash()));
    assert!(refused["refused"].is_string());
    // A process that starts later, and sees the second one first, knows better.
    let (later, router) = club.shop.second(|_| {}).await;
    let created = later.request("login", &Wish::default()).await.unwrap();
    let request = open(&router, created.link.expose()).await;
    let reply = send(&router, Person::new(&marked).answer(request)).await;
    assert_eq!(reply.status(), 503);
}

/// What was fetched once is there after a restart, before anybody was asked.
#[tokio::test]
async fn epochs_outlast_a_restart() {
    let club = Club::open().await;
    club.shop.issuer.withdraw("/net/epochs");
    let config = Config::read(club.shop.place.path()).unwrap();
    let clock = Arc::new(club.shop.clock.clone());
    let app = App::open(config, clock).await.unwrap();
    let router = verifier::router(app.clone());
    let created = app.request("login", &Wish::default()).await.unwrap();
    let request = open(&router, created.link.expose()).await;
    let reply = send(&router, Person::new(&club.epoch).answer(request)).await;
    assert_eq!(reply.status(), 200);
}

#[tokio::test]
async fn an_issuer_that_offers_certificates_and_publishes_no_epoch_is_missing_something() {
    let issuer = Issuer::start();
    let later = Epoch::of(&issuer, 1);
    issuer.publish_epochs(&[&later]);
    let shop = Shop::of(issuer, |_| {}).await;
    shop.app.refresh_due().await;
    let why = shop.app.ready().await.unwrap_err();
    assert!(why.contains("the epoch profiles of"), "{why}");
    // The next epoch is kept already: it is there when it begins.
    shop.clock.advance(SignedDuration::from_hours(24 * 7));
    assert_eq!(shop.app.ready().await, Ok(()));
}

/// *Attack*: another issuer's profile, or one with a mark, in the place of the right one.
#[tokio::test]
async fn a_profile_is_the_issuers_own_and_canonical() {
    let issuer = Issuer::start();
    let epoch = Epoch::of(&issuer, 0);
    let foreign = Epoch::of(&Issuer::named("http://127.0.0.1:9"), 0);
    issuer.publish_epochs(&[&epoch]);
    let path = format!("/net/epochs/{}", epoch.profile.epoch());
    let marked = String::from_utf8(epoch.profile.canonical().to_vec()).unwrap();
    let marked = marked.replacen('{', "{ ", 1).into_bytes();
    for wrong in [foreign.profile.canonical().to_vec(), marked, b"{}".to_vec()] {
        issuer.publish(&path, wrong);
        let shop = Shop::of(Issuer::named(&issuer.base), |_| {}).await;
        shop.app.refresh_due().await;
        let get = http::Request::get("/net/profiles")
            .body(Vec::new())
            .unwrap();
        let published = json(&send(&shop.router, get).await);
        assert_eq!(published, json!({"profiles": []}));
    }
}
