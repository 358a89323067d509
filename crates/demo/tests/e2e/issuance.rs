use crate::harness::{Town, code};

#[tokio::test]
async fn a_wallet_receives_what_the_issuer_offers() {
    let town = Town::open().await;
    let (_, holder) = town.enrolled_holder().await;
    let held: Vec<_> = holder
        .wallet
        .credentials()
        .iter()
        .map(|one| (one.name.as_str(), one.copies_left()))
        .collect();
    assert_eq!(held, [("Person", 10), ("Proof of majority", 10)]);
}

#[tokio::test]
async fn two_wallets_race_for_one_offer_and_one_wins() {
    let town = Town::open().await;
    let enrolled = town.enrol().await;
    let (mut one, mut two) = (town.holder("one"), town.holder("two"));
    let link = enrolled.link.expose();
    let reviews = tokio::join!(one.wallet.review_offer(link), two.wallet.review_offer(link));
    let (first, second) = tokio::join!(
        one.wallet.accept_offer(reviews.0.unwrap(), code(&enrolled)),
        two.wallet.accept_offer(reviews.1.unwrap(), code(&enrolled)),
    );
    assert_ne!(first.is_ok(), second.is_ok());
    let (winner, loser) = if first.is_ok() {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(winner.wallet.credentials().len(), 2);
    assert_eq!(winner.wallet.net_certificates().len(), 1);
    assert!(loser.wallet.credentials().is_empty());
    assert!(loser.wallet.net_certificates().is_empty());
    assert_eq!(loser.wallet.pending().count(), 0);
}

#[tokio::test]
async fn a_wrong_transaction_code_receives_nothing() {
    let town = Town::open().await;
    let enrolled = town.enrol().await;
    let mut thief = town.holder("thief");
    let review = thief.wallet.review_offer(enrolled.link.expose()).await;
    let right = enrolled.tx_code.as_ref().unwrap().expose();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let refused = thief
        .wallet
        .accept_offer(review.unwrap(), Some(wrong.to_owned().into()));
    assert!(refused.await.is_err());
    assert!(thief.wallet.credentials().is_empty());
}
