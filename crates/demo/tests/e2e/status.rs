use openid4vp::verifier::Failure;

use crate::harness::{Town, log_in, refused};

#[tokio::test]
async fn revoked_is_refused_once_the_list_was_fetched() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (enrolled, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    log_in(&platform, "age-over-18", wallet).await;
    let revocation = town.office.app.revoke(&enrolled.handle).await.unwrap();
    assert_eq!(revocation.copies, 20);
    // The verifier asks for no status because somebody presents: it still has the old list.
    log_in(&platform, "age-over-18", wallet).await;
    let refreshed = platform.app.refresh().await;
    assert!(refreshed.lists == 3 && refreshed.failed.is_empty());
    for policy in ["age-over-18", "adult-jwt"] {
        refused(&platform, policy, wallet, Failure::Revoked).await;
    }
}

#[tokio::test]
async fn a_revoked_person_gets_no_new_copies() {
    let town = Town::open().await;
    let (enrolled, mut holder) = town.enrolled_holder().await;
    town.office.app.revoke(&enrolled.handle).await.unwrap();
    let id = holder.wallet.credentials()[0].id.clone();
    assert!(holder.wallet.refill(&id).await.is_err());
    assert_eq!(holder.wallet.credential(&id).unwrap().copies_left(), 10);
}

#[tokio::test]
async fn another_person_is_not_touched_by_a_revocation() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let specimen =
        demo::passport::Specimen::of_somebody_else("P00000042", host::Clock::now(&town.clock));
    let other = specimen.unwrap().read().unwrap();
    let other = town.office.app.enrol(&other).await.unwrap();
    town.office.app.revoke(&other.handle).await.unwrap();
    platform.app.refresh().await;
    log_in(&platform, "age-over-18", &mut holder.wallet).await;
}
