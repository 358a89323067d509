use openid4vci::messages::NotificationEvent;
use openid4vci::wallet::{DiscoveryError, RedemptionError};
use wallet::{PresentError, ReceiveError};

use crate::issuer::{Issuer, Mischief};
use crate::person::{Person, with_credential};
use crate::verifier::{Manner, Verifier, query};

#[tokio::test]
async fn when_no_copy_is_left_nothing_is_shown_until_fresh_ones_are_fetched() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, id) = with_credential(&issuer).await;
    let verifier = Verifier::open(Manner::Accepts).await;
    let link = verifier.link(&query(&[&["age_over_18"]]));
    for _ in 0..3 {
        let review = wallet.review_request(&link).await.unwrap();
        wallet.present(review, None).await.unwrap();
    }
    issuer.requests();
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(review.asks()[0].options[0].copies_left, 0);
    let shown = &review.asks()[0].options[0];
    assert_eq!(shown.shared, [("age_over_18".to_owned(), true.into())]);
    let refused = wallet.present(review, None).await;
    assert!(matches!(refused, Err(PresentError::NoCopies { id: used }) if used == id));
    assert_eq!(verifier.received().len(), 3);
    assert!(issuer.requests().is_empty(), "no refill unasked");

    assert_eq!(wallet.refill(&id).await.unwrap(), [id.as_str()]);
    assert_eq!(wallet.credential(&id).unwrap().copies_left(), 3);
    assert_eq!(wallet.credentials().len(), 1);
    let review = wallet.review_request(&link).await.unwrap();
    wallet.present(review, None).await.unwrap();
}

#[tokio::test]
async fn a_refill_that_fails_changes_nothing() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (person, mut wallet, id) = with_credential(&issuer).await;
    for mischief in [Mischief::Down, Mischief::CopiesDiffer, Mischief::OtherType] {
        issuer.misbehave(mischief);
        assert!(wallet.refill(&id).await.is_err(), "{mischief:?}");
        assert_eq!(wallet.credential(&id).unwrap().copies_left(), 3);
    }
    drop(wallet);
    assert_eq!(
        person.open_wallet().credential(&id).unwrap().copies_left(),
        3
    );
}

#[tokio::test]
async fn a_renewed_ticket_is_kept_before_anything_is_ordered_with_it() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (person, mut wallet, id) = with_credential(&issuer).await;
    issuer.misbehave(Mischief::RenewsAndIsDown);
    assert!(wallet.refill(&id).await.is_err());
    drop(wallet);
    let mut wallet = person.open_wallet();
    issuer.token_requests();
    let _ = wallet.refill(&id).await;
    let requests = issuer.token_requests();
    assert!(
        requests[0].contains("refresh_token=renewed"),
        "{requests:?}"
    );
}

/// The ticket is for the server that gave it, whomever the issuer's metadata name by now.
#[tokio::test]
async fn a_ticket_is_shown_to_no_other_server() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, id) = with_credential(&issuer).await;
    issuer.misbehave(Mischief::NamesAnotherServer { too: true });
    wallet.refill(&id).await.unwrap();
    issuer.token_requests();
    issuer.misbehave(Mischief::NamesAnotherServer { too: false });
    let refused = wallet.refill(&id).await;
    assert!(
        matches!(
            refused,
            Err(ReceiveError::Redemption(RedemptionError::Discovery(
                DiscoveryError::AuthorizationServer
            )))
        ),
        "{refused:?}"
    );
    assert!(issuer.token_requests().is_empty());
}

/// An issuer that was taken over, or changed its mind, cannot put something else in the place of
/// what the holder accepted.
#[tokio::test]
async fn a_refill_brings_more_of_the_same_or_nothing() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (person, mut wallet, id) = with_credential(&issuer).await;
    for mischief in [Mischief::OffersAnotherType, Mischief::OtherSigner] {
        issuer.misbehave(mischief);
        let refused = wallet.refill(&id).await;
        assert!(
            matches!(refused, Err(ReceiveError::NotTheSame)),
            "{mischief:?}: {refused:?}"
        );
        assert_eq!(
            issuer.events().last(),
            Some(&NotificationEvent::CredentialFailure)
        );
    }
    drop(wallet);
    let wallet = person.open_wallet();
    let held = wallet.credential(&id).unwrap();
    assert_eq!(held.types, ["urn:example:person"]);
    assert_eq!(held.signed_by, issuer.did());
    assert_eq!(held.copies_left(), 3);
    assert_eq!(wallet.history().len(), 1);
}

#[tokio::test]
async fn an_unknown_credential_cannot_be_refilled() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, _id) = with_credential(&issuer).await;
    let refused = wallet.refill("zzzzz").await;
    assert!(matches!(refused, Err(ReceiveError::Wallet(_))));
}
