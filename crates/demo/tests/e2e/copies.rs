use std::sync::Arc;

use demo::stage::Platform;
use host::{Clock as _, ManualClock};
use jiff::SignedDuration;
use openid4vp::verifier::Failure;
use verifier::Outcome;
use wallet::PresentError;

use crate::harness::{Town, log_in, request};

#[tokio::test]
async fn when_no_copy_is_left_the_wallet_says_so_and_a_refill_helps() {
    let town = Town::with(|config| config.issuer.batch_size = 2).await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    let id = wallet.credentials()[0].id.clone();
    for _ in 0..2 {
        log_in(&platform, "age-over-18", wallet).await;
    }

    let created = request(&platform, "age-over-18").await;
    drop(platform.log.take());
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    assert_eq!(review.asks()[0].options[0].copies_left, 0);
    let fetched = platform.log.take().len();
    let empty = wallet.present(review, None).await.unwrap_err();
    assert!(matches!(empty, PresentError::NoCopies { id: which } if which == id));
    assert!(
        platform.log.take().is_empty(),
        "after {fetched} nothing was sent"
    );

    assert_eq!(wallet.refill(&id).await.unwrap(), [id.as_str()]);
    assert_eq!(wallet.credential(&id).unwrap().copies_left(), 2);
    log_in(&platform, "age-over-18", wallet).await;
    assert_eq!(wallet.credential(&id).unwrap().copies_left(), 1);
}

#[tokio::test]
async fn expired_copies_are_not_sent_and_a_refill_helps() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    town.clock.advance(SignedDuration::from_hours(15 * 24));
    // As both do on their schedules.
    town.office.app.publish_status().await.unwrap();
    platform.app.refresh().await;
    let created = request(&platform, "age-over-18").await;
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    let expired = wallet.present(review, None).await.unwrap_err();
    assert!(matches!(expired, PresentError::Expired { .. }), "{expired}");
    let id = wallet.credentials()[0].id.clone();
    wallet.refill(&id).await.unwrap();
    log_in(&platform, "age-over-18", wallet).await;
}

/// They expire between the holder's consent and the verifier's judgement.
#[tokio::test]
async fn a_verifier_refuses_expired_copies() {
    let town = Town::open().await;
    let (_, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    let expires = wallet.credentials()[0].valid_until.unwrap();
    town.clock.set(expires - SignedDuration::from_secs(30));
    town.office.app.publish_status().await.unwrap();
    let verifiers = ManualClock::at(town.clock.now());
    let folder = town.place.path().join("agora");
    let platform = Platform::open(
        &folder,
        "agora",
        town.office.app.identifier(),
        Arc::new(verifiers.clone()),
        |_| {},
    );
    let platform = platform.await.unwrap();
    platform.app.refresh_due().await;
    platform.app.ready().await.unwrap();
    let created = request(&platform, "age-over-18").await;
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    verifiers.advance(SignedDuration::from_secs(120));
    assert!(wallet.present(review, None).await.is_err());
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    let refused = Outcome::Failed(Failure::CredentialRefused);
    assert_eq!(outcome.unwrap(), refused);
}
