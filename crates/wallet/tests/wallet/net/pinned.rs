//! What an Issuer or a Platform may not tell one person alone.

use jiff::SignedDuration;
use openid4vci::wallet::EpochError;
use openid4vp::request::RequestFault;
use openid4vp::scopes::ScopesFault;
use wallet::{NetFault, PresentError, ReceiveError, Renewed, ScopesChange};

use super::{ADULT, holder, week};
use crate::office::{Fault, Office};
use crate::person::{Person, receive};
use crate::platform::Platform;

#[tokio::test]
async fn whatever_could_mark_the_holder_is_refused() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    office.err(Fault::Marks);
    let mut wallet = person.make_wallet();
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Certificate(_)))
    ));
    assert!(wallet.net_certificates().is_empty());

    office.err(Fault::None);
    let id = receive(&mut wallet, &office.offer("anna")).await.unwrap();
    office.err(Fault::SecondProfiles);
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Pin(
            netcert::PinError::SecondProfile
        )))
    ));
    person.clock.advance(week());
    let refused = wallet.renew(&id[0]).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Pin(
            netcert::PinError::SecondProfile
        )))
    ));
}

/// *Attack*: one wallet is shown an old list, and goes on showing an epoch that all others have left.
#[tokio::test]
async fn an_old_list_of_epochs_is_refused_and_the_clock_to_look_at_is_named() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    // The epoch before is still good, and its list would be a list of good epochs.
    let begun = office.profile(office.epoch() + 1).valid_from();
    person.clock.set(begun + SignedDuration::from_hours(1));
    let epoch = office.epoch();
    for fault in [Fault::OldList, Fault::OldClock] {
        office.err(fault);
        let stranger = Person::new();
        stranger.clock.set(person.now());
        let mut other = stranger.make_wallet();
        let refused = [
            wallet.renew(&id).await.unwrap_err(),
            receive(&mut other, &office.offer("berta"))
                .await
                .unwrap_err(),
        ];
        for error in refused {
            match (fault, error) {
                (
                    Fault::OldList,
                    ReceiveError::Epochs(EpochError::NotCurrent { listed, expected }),
                ) => assert_eq!((listed + 1, expected), (epoch, Some(epoch))),
                (
                    Fault::OldClock,
                    ReceiveError::Epochs(EpochError::Clock {
                        listed,
                        expected,
                        ahead,
                    }),
                ) => assert_eq!((listed + 2, expected, ahead), (epoch, Some(epoch), false)),
                (_, other) => panic!("{other:?}"),
            }
        }
        assert!(other.net_certificates().is_empty());
    }
    office.err(Fault::None);
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::UpTo(epoch + 1));
}

/// *Attack*: a platform has a list of purposes for each person, or goes back to an old one.
#[tokio::test]
async fn a_list_of_scopes_is_pinned_and_its_change_is_shown() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let forum = Platform::open().await;
    let link = forum.link_in(ADULT, "jury");
    let start = person.now();
    let change = |review: &wallet::RequestReview| {
        let option = review.chosen(None).unwrap()[0];
        let number = option.net.as_ref().unwrap().number.as_ref().unwrap();
        number.change.clone()
    };
    let rollback = |refused: Option<PresentError>| {
        let Some(PresentError::Presentation(openid4vp::wallet::Error::Request(fault))) = refused
        else {
            panic!("{refused:?}")
        };
        assert_eq!(fault, RequestFault::Scopes(ScopesFault::Rollback));
    };
    forum.publish("jury", Some("2026-11"), start);
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    wallet.present(review, None).await.unwrap();

    // Another list that is no newer is one of two.
    forum.publish("jury", Some("2026-12"), start);
    rollback(wallet.review_request(&link).await.err());
    // The same list, signed again, is the same.
    person.clock.advance(SignedDuration::from_hours(1));
    forum.publish("jury", Some("2026-11"), person.now());
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    wallet.present(review, None).await.unwrap();
    forum.publish(
        "jury",
        Some("2026-12"),
        start + SignedDuration::from_mins(30),
    );
    rollback(wallet.review_request(&link).await.err());

    // A newer one is shown as what it is, and counts once the holder has agreed.
    drop(wallet);
    let mut wallet = person.open_wallet();
    person.clock.advance(SignedDuration::from_hours(1));
    let changed_at = person.now();
    forum.publish("jury", Some("2026-12"), changed_at);
    let review = wallet.review_request(&link).await.unwrap();
    let before = Some(("jury".to_owned(), Some("2026-11".to_owned())));
    assert_eq!(change(&review), Some(ScopesChange { before }));
    let declined = wallet.review_request(&link).await.unwrap();
    wallet.decline(declined).await.unwrap();
    wallet.present(review, None).await.unwrap();
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    forum.publish("jury", Some("2026-11"), start);
    rollback(wallet.review_request(&link).await.err());

    forum.publish(
        "jury",
        Some("2027-01"),
        changed_at + SignedDuration::from_hours(1),
    );
    let refused = wallet.review_request(&link).await.err();
    let Some(PresentError::Presentation(openid4vp::wallet::Error::Request(fault))) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(fault, RequestFault::Scopes(ScopesFault::Future));
}
