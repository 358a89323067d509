//! Privacy invariants 3, 4 and 5 (`docs/threat-model.md`): whose number it is, and who keeps what.

use std::sync::Arc;

use demo::passport::Specimen;
use demo::stage::{Holder, Platform};
use demo::traces;
use fetch::Client;
use host::{Clock as _, ManualClock};
use issuer::Enrolled;
use jiff::SignedDuration;
use netcert::NetNumber;
use openid4vp::verifier::Failure;
use verifier::Outcome;
use wallet::{PresentError, ReceiveError, Wallet};

use crate::harness::{Town, code, log_in, number, refused, request};
use crate::privacy::jwt_payload;
use crate::tap::Tapped;

#[tokio::test]
async fn invariant_3_the_number_stays_through_renewal_restore_and_a_new_document() {
    // Months pass in a second, and the limit on requests knows no other clock than the machine's.
    let town = Town::with(|config| config.service.limits.burst = 1000).await;
    let platforms = [
        &town.platform("agora").await,
        &town.platform("bazaar").await,
    ];
    let (_, mut holder) = town.enrolled_holder().await;
    let known = numbers(platforms, &mut holder.wallet).await;
    assert_ne!(known[0], known[1]);
    assert_eq!(numbers(platforms, &mut holder.wallet).await, known);

    // The next epoch.
    town.later(&platforms, WEEK).await;
    let id = holder.wallet.net_certificates()[0].id.clone();
    holder.wallet.renew(&id).await.unwrap();
    assert_eq!(numbers(platforms, &mut holder.wallet).await, known);

    // A new device, with words and backup.
    let backup = town.place.path().join("backup");
    holder.wallet.back_up(&backup).unwrap();
    let vault = town.place.path().join("second-device");
    let mut second = holder.restored(&vault, Some(&backup)).unwrap();
    town.later(&platforms, WEEK).await;
    second.wallet.renew(&id).await.unwrap();
    assert_eq!(numbers(platforms, &mut second.wallet).await, known);

    // Words alone, and the document shown again.
    let vault = town.place.path().join("third-device");
    let mut third = holder.restored(&vault, None).unwrap();
    assert!(third.wallet.net_certificates().is_empty());
    receive(&mut third, &town.enrol().await).await.unwrap();
    assert_eq!(numbers(platforms, &mut third.wallet).await, known);

    // A new passport.
    let passport = Specimen::renewed("N00000001", town.clock.now()).unwrap();
    let enrolled = town.office.app.enrol(&passport.read().unwrap()).await;
    let enrolled = enrolled.unwrap();
    assert!(enrolled.again && enrolled.anchored);
    receive(&mut third, &enrolled).await.unwrap();
    assert_eq!(numbers(platforms, &mut third.wallet).await, known);
    for platform in platforms {
        assert_eq!(
            platform.app.accounts(None, 9).await.unwrap().accounts.len(),
            1
        );
    }
}

#[tokio::test]
async fn invariant_3_a_second_secret_for_the_same_document_is_refused() {
    let town = Town::open().await;
    let agora = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let known = number(&agora, &mut holder.wallet).await;
    let mut thief = town.holder("thief");
    let refused = receive(&mut thief, &town.enrol().await).await;
    assert!(matches!(refused, Err(ReceiveError::AnotherSecret)));
    assert!(thief.wallet.credentials().is_empty());
    assert!(thief.wallet.net_certificates().is_empty());
    // Whom it is about is not disturbed, neither now nor at the next renewal.
    town.later(&[&agora], WEEK).await;
    let id = holder.wallet.net_certificates()[0].id.clone();
    holder.wallet.renew(&id).await.unwrap();
    assert_eq!(number(&agora, &mut holder.wallet).await, known);
}

#[tokio::test]
async fn two_devices_that_come_for_the_first_time_at_once_have_one_account() {
    let town = Town::open().await;
    let agora = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let backup = town.place.path().join("backup");
    holder.wallet.back_up(&backup).unwrap();
    let vault = town.place.path().join("second-device");
    let mut second = holder.restored(&vault, Some(&backup)).unwrap();
    let (one, two) = tokio::join!(
        number(&agora, &mut holder.wallet),
        number(&agora, &mut second.wallet)
    );
    assert_eq!(one, two);
    let page = agora.app.accounts(None, 9).await.unwrap();
    assert_eq!(page.accounts.len(), 1);
    assert_eq!(page.accounts[0].net_number, one);
}

/// Bazaar shows Agora what the holder had shown to Bazaar, and the other way round.
#[tokio::test]
async fn invariant_4_what_was_shown_to_one_platform_is_worth_nothing_at_another() {
    let town = Town::open().await;
    let agora = Tapped::open(&town, "agora").await;
    let bazaar = town.platform("bazaar").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let created = agora.app.request("login", &verifier::Wish::default()).await;
    let review = holder
        .wallet
        .review_request(created.unwrap().link.expose())
        .await;
    holder.wallet.present(review.unwrap(), None).await.unwrap();
    let sent = agora.tap.take();
    let (_, body) = sent
        .iter()
        .find(|(head, _)| head.contains("/responses/"))
        .unwrap();
    let seen: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();

    // A relay asks with a request of Bazaar's, and hands over what Agora got.
    let created = request(&bazaar, "login").await;
    let client = Client::new(fetch::Options {
        dev_loopback: true,
        ..fetch::Options::default()
    });
    let client = client.unwrap();
    let link = url::Url::parse(created.link.expose()).unwrap();
    let (_, uri) = link
        .query_pairs()
        .find(|(name, _)| name == "request_uri")
        .unwrap();
    let fetched = axum::http::Request::get(uri.as_ref())
        .body(Vec::new())
        .unwrap();
    let object = client.send(fetched).await.unwrap().into_body();
    let asked = jwt_payload(std::str::from_utf8(&object).unwrap());
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(seen.iter().map(|(name, value)| match name.as_str() {
            "state" => ("state", asked["state"].as_str().unwrap()),
            name => (name, value.as_str()),
        }))
        .finish();
    let relayed = axum::http::Request::post(asked["response_uri"].as_str().unwrap())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .unwrap();
    assert_eq!(client.send(relayed).await.unwrap().status(), 400);
    let outcome = bazaar.app.result(&created.id, &created.token, None).await;
    assert_eq!(
        outcome.unwrap(),
        Outcome::Failed(Failure::CredentialRefused)
    );
    assert!(
        bazaar
            .app
            .accounts(None, 9)
            .await
            .unwrap()
            .accounts
            .is_empty()
    );
}

#[tokio::test]
async fn invariant_5_nobody_keeps_who_the_person_is() {
    let town = Town::open().await;
    let specimen = Specimen::of_doc_9303(town.clock.now()).unwrap();
    let found = |name: &str| {
        let folder = town.place.path().join(name);
        let search = traces::search(&folder, &specimen.recognizable()).unwrap();
        assert!(search.files > 2, "{search:?}");
        search.found
    };
    let [agora, bazaar] = [town.platform("agora").await, town.platform("bazaar").await];
    // Between enrolment and redemption.
    let enrolled = town.enrol().await;
    assert_eq!(found("issuer"), [""; 0].map(std::path::PathBuf::from));
    let mut holder = town.holder("holder");
    receive(&mut holder, &enrolled).await.unwrap();
    number(&agora, &mut holder.wallet).await;
    for name in ["issuer", "agora"] {
        assert!(found(name).is_empty(), "{name}");
    }
    // What is disclosed is kept until the platform takes it: the search would see it.
    let created = request(&bazaar, "identity").await;
    let review = holder.wallet.review_request(created.link.expose()).await;
    holder.wallet.present(review.unwrap(), None).await.unwrap();
    assert!(!found("bazaar").is_empty());
    let id = holder.wallet.net_certificates()[0].id.clone();
    town.later(&[&agora], WEEK).await;
    holder.wallet.renew(&id).await.unwrap();
    town.office.app.revoke(&enrolled.handle).await.unwrap();
    for name in ["issuer", "agora"] {
        assert!(found(name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_blocked_number_is_refused_here_and_unknown_elsewhere() {
    let town = Town::open().await;
    let platforms = [
        &town.platform("agora").await,
        &town.platform("bazaar").await,
    ];
    let (_, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    let known = numbers(platforms, wallet).await;
    let [agora, bazaar] = platforms;
    let here = NetNumber::parse(&known[0]).unwrap();
    agora.app.block_account(&here, true).await.unwrap();
    assert!(bazaar.app.block_account(&here, true).await.is_err());
    refused(agora, "login", wallet, Failure::Blocked).await;
    assert_eq!(number(bazaar, wallet).await, known[1]);
    // Without a number, nobody is known.
    log_in(agora, "age-over-18", wallet).await;
    agora.app.block_account(&here, false).await.unwrap();
    assert_eq!(number(agora, wallet).await, known[0]);
}

#[tokio::test]
async fn a_refused_renewal_ends_at_the_epoch_for_wallet_and_verifier() {
    let town = Town::open().await;
    let agora = town.platform("agora").await;
    let (enrolled, mut holder) = town.enrolled_holder().await;
    town.office.app.revoke(&enrolled.handle).await.unwrap();
    agora.app.refresh().await;
    let wallet = &mut holder.wallet;
    let id = wallet.net_certificates()[0].id.clone();
    wallet.renew(&id).await.unwrap_err();
    number(&agora, wallet).await;
    let end = wallet.net_certificates()[0].valid_until().unwrap();
    let left = town.clock.now().duration_until(end) - SignedDuration::from_secs(30);
    town.later(&[&agora], left).await;
    number(&agora, wallet).await;

    // A verifier whose clock is ahead judges by itself.
    let ahead = ManualClock::at(town.clock.now());
    let (folder, issuer) = (
        town.place.path().join("bazaar"),
        town.office.app.identifier(),
    );
    let bazaar = Platform::open(&folder, "bazaar", issuer, Arc::new(ahead.clone()), |_| {}).await;
    let bazaar = bazaar.unwrap();
    bazaar.app.refresh_due().await;
    bazaar.app.ready().await.unwrap();
    let created = request(&bazaar, "login").await;
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    ahead.advance(SignedDuration::from_secs(120));
    wallet.present(review, None).await.unwrap_err();
    let outcome = bazaar.app.result(&created.id, &created.token, None).await;
    assert_eq!(
        outcome.unwrap(),
        Outcome::Failed(Failure::CredentialRefused)
    );

    town.clock.advance(SignedDuration::from_secs(60));
    let created = request(&agora, "login").await;
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    let ended = wallet.present(review, None).await.unwrap_err();
    assert!(matches!(ended, PresentError::Expired { .. }), "{ended}");
}

async fn numbers(platforms: [&Platform; 2], wallet: &mut Wallet) -> [String; 2] {
    let [first, second] = platforms;
    [number(first, wallet).await, number(second, wallet).await]
}

async fn receive(holder: &mut Holder, enrolled: &Enrolled) -> Result<Vec<String>, ReceiveError> {
    let review = holder.wallet.review_offer(enrolled.link.expose()).await?;
    holder.wallet.accept_offer(review, code(enrolled)).await
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
