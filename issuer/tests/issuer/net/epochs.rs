//! Epochs and what is published of them.

use std::sync::Arc;

use http::Request;
use issuer::{App, Config, EpochsError, OpenError};
use netcert::{PinError, ProfilePins};

use crate::harness::{Office, json, read, send};

/// Epochs of another length have other numbers, so that none is published twice; wallets refuse them
/// all the same.
#[tokio::test]
async fn the_calendar_of_epochs_holds_for_good() {
    let office = Office::open().await;
    let changes: [fn(&mut Config); 3] = [
        |config| config.issuer.net_certificate.epoch_days = 14,
        |config| config.issuer.net_certificate.epoch_days = 1,
        |config| config.issuer.net_certificate.time_zone = "+01:00".to_owned(),
    ];
    for change in changes {
        let mut config = read(office.place.path());
        change(&mut config);
        let refused = App::open(config, Arc::new(office.clock.clone())).await;
        assert!(matches!(
            refused,
            Err(OpenError::Epochs(EpochsError::Calendar(_)))
        ));
    }
    let _again = office.second(|_| {}).await;
}

#[tokio::test]
async fn a_profile_is_published_once_and_one_epoch_ahead() {
    let office = Office::open().await;
    let list = office.get("/net/epochs").await;
    assert_eq!(list.headers()["cache-control"], "public, max-age=300");
    let list = json(&list);
    let current = list["current"].as_u64().unwrap();
    let paths: Vec<String> = list["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|url| {
            url.as_str()
                .unwrap()
                .strip_prefix("http://127.0.0.1:8001")
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [current, current + 1].map(|epoch| format!("/net/epochs/{epoch}"));
    assert_eq!(paths, expected);
    let mut pins = ProfilePins::default();
    let mut seen = Vec::new();
    for path in &paths {
        let answer = office.get(path).await;
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let profile = netcert::EpochProfile::parse(answer.body()).unwrap();
        pins.accept(&profile, office.now()).unwrap();
        seen.push(answer.into_body());
    }
    let beyond = format!("/net/epochs/{}", current + 2);
    assert_eq!(office.get(&beyond).await.status(), 404);
    assert_eq!(office.get("/net/epochs/-1").await.status(), 400);
    // Another process, and a restart, publish the same.
    let (other, router) = office.second(|_| {}).await;
    for (path, known) in paths.iter().zip(&seen) {
        let request = Request::get(path).body(Vec::new()).unwrap();
        assert_eq!(send(&router, request).await.body(), known);
    }
    other.close().await;
    // A configuration that would make a second profile is refused when the issuer starts.
    let mut config = crate::harness::read(office.place.path());
    config.issuer.net_certificate.time_zone = "+01:00".to_owned();
    let refused = App::open(config, std::sync::Arc::new(office.clock.clone())).await;
    assert!(refused.unwrap_err().to_string().contains("is published"));
    // And one from an issuer that equivocates, by the wallet.
    let key = netcert::EpochKey::generate(&mut host::system_rng()).unwrap();
    let first = netcert::EpochProfile::parse(&seen[0]).unwrap();
    let second =
        netcert::EpochProfile::new(first.issuer(), first.schedule(), current, "+00:00", &key);
    assert_eq!(
        pins.accept(&second.unwrap(), office.now()),
        Err(PinError::SecondProfile)
    );
    let context = office.get("/contexts/net-certificate/v1").await;
    assert_eq!(context.body(), netcert::CONTEXT_DOCUMENT.as_bytes());
}
