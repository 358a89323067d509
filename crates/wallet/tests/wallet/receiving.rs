use openid4vci::messages::NotificationEvent;
use openid4vci::wallet::RedemptionError;
use wallet::{Event, ReceiveError};

use crate::issuer::{Issuer, Mischief};
use crate::person::{Person, receive, receive_with};

#[tokio::test]
async fn credentials_arrive_in_one_time_copies_and_survive_in_the_vault() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    let ids = receive(&mut wallet, &issuer.offer(&["person", "adult"])).await;
    assert_eq!(ids.unwrap().len(), 2);
    drop(wallet);

    let wallet = person.open_wallet();
    let [held, adult] = wallet.credentials() else {
        panic!("{} credentials", wallet.credentials().len())
    };
    assert_eq!((held.copies_left(), adult.copies_left()), (3, 3));
    assert_eq!(
        (held.name.as_str(), held.issuer_name.as_str()),
        ("person", "Utopia")
    );
    assert_eq!(
        (&held.issuer, &held.signed_by),
        (&issuer.identifier, &issuer.did())
    );
    assert!(held.refillable() && held.id != adult.id);
    assert_eq!(wallet.pending().count(), 0);
    let received = |entry: &wallet::HistoryEntry| matches!(entry.event, Event::Received { .. });
    assert_eq!(
        wallet
            .history()
            .iter()
            .filter(|entry| received(entry))
            .count(),
        2
    );
    assert_eq!(issuer.events(), [NotificationEvent::CredentialAccepted; 2]);
}

#[tokio::test]
async fn before_consent_only_public_documents_are_fetched() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let wallet = person.make_wallet();
    let review = wallet
        .review_offer(&issuer.offer(&["person"]))
        .await
        .unwrap();
    assert_eq!(wallet.issuer_name(review.issuer()), "Utopia");
    drop(review);
    let asked = issuer.requests();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(
        asked
            .iter()
            .all(|path| path.starts_with("/offers/") || path.starts_with("/.well"))
    );
    assert!(wallet.history().is_empty());
}

#[tokio::test]
async fn a_wrong_transaction_code_loses_nothing_but_an_attempt() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    let (link, code) = issuer.offer_with_code(&["person"]);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = receive_with(&mut wallet, &link, wrong).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::Redemption(RedemptionError::InvalidGrant))
    ));
    // One that cannot be right is not even sent.
    issuer.requests();
    let malformed = receive_with(&mut wallet, &link, "12").await;
    assert!(matches!(
        malformed,
        Err(ReceiveError::Redemption(RedemptionError::TxCodeForm))
    ));
    assert!(!issuer.requests().contains(&"/token".to_owned()));
    assert_eq!(
        receive_with(&mut wallet, &link, &code).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn what_was_granted_and_did_not_arrive_is_fetched_later() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    issuer.misbehave(Mischief::Down);
    let link = issuer.offer(&["person", "adult"]);
    assert!(receive(&mut wallet, &link).await.is_err());
    assert!(wallet.credentials().is_empty());
    drop(wallet);

    // The machine stops here, and the offer is used up.
    let mut wallet = person.open_wallet();
    assert!(wallet.review_offer(&link).await.is_err());
    let pending: Vec<_> = wallet
        .pending()
        .map(|(id, issuer)| (id.to_owned(), issuer.to_owned()))
        .collect();
    let [(id, name)] = &pending[..] else {
        panic!("{pending:?}")
    };
    assert_eq!(name, "Utopia");
    // Still down: nothing is lost.
    assert!(wallet.refill(id).await.is_err());
    assert_eq!(wallet.pending().count(), 1);

    issuer.misbehave(Mischief::None);
    assert_eq!(wallet.refill(id).await.unwrap().len(), 2);
    drop(wallet);
    let wallet = person.open_wallet();
    assert_eq!(
        (wallet.credentials().len(), wallet.pending().count()),
        (2, 0)
    );
}

#[tokio::test]
async fn what_is_pending_can_be_forgotten() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    issuer.misbehave(Mischief::Down);
    assert!(
        receive(&mut wallet, &issuer.offer(&["person"]))
            .await
            .is_err()
    );
    let id = wallet.pending().next().unwrap().0.to_owned();
    wallet.forget(&id).unwrap();
    drop(wallet);
    assert_eq!(person.open_wallet().pending().count(), 0);
}

#[tokio::test]
async fn copies_that_could_mark_the_holder_are_refused() {
    for (mischief, expected) in [
        (
            Mischief::CopiesDiffer,
            "the issuer sent copies that say different things",
        ),
        (
            Mischief::OtherType,
            "the issuer sent another credential than it offered",
        ),
        (
            Mischief::StealsTheCopies,
            "a credential is bound to a key that was not ordered for it",
        ),
    ] {
        let person = Person::new();
        let issuer = Issuer::open(&person.clock).await;
        let mut wallet = person.make_wallet();
        issuer.misbehave(mischief);
        let refused = receive(&mut wallet, &issuer.offer(&["person"])).await;
        assert_eq!(refused.unwrap_err().to_string(), expected);
        assert!(wallet.credentials().is_empty(), "{mischief:?}");
        assert_eq!(issuer.events(), [NotificationEvent::CredentialFailure]);
    }
}

#[tokio::test]
async fn a_name_that_all_copies_bear_is_a_claim_and_the_name_of_a_key_is_not() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    issuer.misbehave(Mischief::NamesTheHolder);
    receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    let named: Vec<_> = wallet
        .credentials()
        .iter()
        .map(|held| held.claims.get("sub").cloned())
        .collect();
    assert_eq!(named, [None, Some("person-4711".into())]);
    let says = wallet.credentials()[1].statements();
    assert!(says.contains(&("sub".to_owned(), "person-4711".into())));
}
