//! Which documents are one person's.

use issuer::{EnrolError, Likeness};
use jiff::SignedDuration;
use netcert::{Slot, SlotValue};
use openid4vci::wallet::{IssuanceError, RedemptionError};
use serde_json::json;

use super::document;
use crate::harness::Office;
use crate::net_wallet::{Form, NetWallet, epochs, number, ticket};

#[tokio::test]
async fn a_new_document_of_somebody_alike_needs_the_anchor() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let first = office.enrol().await;
    let (_, certificates) = wallet.receive(&office, &first, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);
    let renewed = document(&json!({"number": "NEW1"}));
    let offer = office.app.enrol(&renewed).await.unwrap();
    assert_eq!(offer.handle, first.handle);
    assert!(offer.anchored);
    // Another wallet does not get it, and the new document is not theirs.
    let stranger = NetWallet::new(&office);
    let refused = stranger.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    assert!(matches!(
        office.app.holder(renewed.get()).await,
        Err(issuer::RevokeError::Unknown)
    ));
    // The wallet with the anchor does: the number stays, and the document is known from now on.
    let offer = office.app.enrol(&renewed).await.unwrap();
    let (_, certificates) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &certificates[0]), known);
    assert_eq!(
        office.app.holder(renewed.get()).await.unwrap(),
        first.handle
    );
    assert_eq!(
        certificates[0].slots().get(Slot::DocumentNumber),
        &SlotValue::Text("NEW1".to_owned())
    );
    // Another person who only looks alike: the desk says so, and there are two from then on.
    let twin = document(&json!({"number": "TWIN"}));
    let other = office
        .app
        .enrol_as(&twin, &Likeness::Different)
        .await
        .unwrap();
    assert_ne!(other.handle, first.handle);
    let own = NetWallet::new(&office);
    let received = own.receive(&office, &other, Form::First).await;
    assert_ne!(number(&own, &received.unwrap().1[0]), known);
    // A third document could be either's: only the desk knows.
    let third = document(&json!({"number": "THIRD"}));
    let Err(EnrolError::Alike(both)) = office.app.enrol(&third).await else {
        panic!("ambiguous")
    };
    assert_eq!(both.len(), 2);
    let same = Likeness::Same(other.handle.clone());
    let offer = office.app.enrol_as(&third, &same).await.unwrap();
    assert_eq!(offer.handle, other.handle);
    // What the desk says does not make up for the anchor.
    let refused = wallet.receive(&office, &offer, Form::Renewal).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    let offer = office.app.enrol_as(&third, &same).await.unwrap();
    assert!(own.receive(&office, &offer, Form::Renewal).await.is_ok());
}

#[tokio::test]
async fn somebody_alike_without_an_anchor_is_for_the_desk_to_decide() {
    let office = Office::open().await;
    let first = office.enrol().await;
    let renewed = document(&json!({"number": "NEW1"}));
    let Err(EnrolError::Alike(alike)) = office.app.enrol(&renewed).await else {
        panic!("ambiguous")
    };
    assert_eq!(alike, std::slice::from_ref(&first.handle));
    let same = Likeness::Same(first.handle.clone());
    let offer = office.app.enrol_as(&renewed, &same).await.unwrap();
    assert_eq!(offer.handle, first.handle);
    let wallet = NetWallet::new(&office);
    wallet.receive(&office, &offer, Form::First).await.unwrap();
    assert_eq!(
        office.app.holder(renewed.get()).await.unwrap(),
        first.handle
    );
}

#[tokio::test]
async fn the_number_of_the_person_finds_a_renewed_passport_for_certain() {
    let office = Office::open().await;
    let old = document(&json!({"personal_number": "ZE184226B"}));
    let new = document(&json!({"personal_number": "ZE184226B", "number": "NEW1",
        "surname": "Silva", "given_names": "Joana"}));
    let first = office.app.enrol(&old).await.unwrap();
    let again = office.app.enrol(&new).await.unwrap();
    assert_eq!((again.handle, again.again), (first.handle, true));
    // A document that is one person's by its number and another's by theirs is nobody's.
    let other = document(&json!({"number": "OTHER", "surname": "Mallory"}));
    office.app.enrol(&other).await.unwrap();
    let mixed = document(&json!({"number": "OTHER", "personal_number": "ZE184226B"}));
    let refused = office.app.enrol(&mixed).await;
    assert!(matches!(refused, Err(EnrolError::TwoEnrolments)));
}

#[tokio::test]
async fn whoever_withdraws_is_known_again() {
    let office = Office::with(|config| config.issuer.withdrawal_days = 30).await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);
    let left = office.app.withdraw(&offer.handle).await.unwrap();
    assert_eq!((left.until.as_str(), left.already), ("2026-12-21", false));
    assert!(office.app.withdraw(&offer.handle).await.unwrap().already);
    let refused = wallet.refresh(&office, &ticket(&grant)).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let listed = office.app.enrolments(None, 10).await.unwrap().enrolments;
    assert_eq!(
        (listed[0].state, &listed[0].enrolled_on),
        ("withdrawn", &None)
    );
    // Neither at once, nor with another document, nor with another secret.
    for number in ["L898902C3", "NEW1"] {
        let refused = office
            .app
            .enrol(&document(&json!({"number": number})))
            .await;
        assert!(
            matches!(refused, Err(EnrolError::CoolingDown(_))),
            "{number}"
        );
    }
    office.clock.advance(SignedDuration::from_hours(30 * 24));
    let offer = office.enrol().await;
    let second = NetWallet::new(&office);
    let refused = second.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    // The box is gone; who has kept the opening comes back to the same number.
    let offer = office.enrol().await;
    let grant = wallet.redeem(&office, &offer).await;
    let stored = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert!(stored.anchor == wallet.anchor && stored.sealed.is_none());
    let listed = epochs(&office, &grant).await;
    let back = wallet
        .order(&office, &grant, Form::First, vec![listed.current])
        .await;
    assert_eq!(number(&wallet, &back.unwrap()[0]), known);
    let stored = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert!(stored.sealed.is_some(), "the box is kept again");
}
