//! From one epoch to the next.

use std::sync::Arc;

use jiff::SignedDuration;
use wallet::{Event, LockedRenewal, NetFault, PresentError, ReceiveError, Renewed, Wallet, Which};

use super::{ADULT, holder, visit, week};
use crate::office::{Fault, Office};
use crate::person::{Person, settings};
use crate::platform::Platform;

#[tokio::test]
async fn all_wallets_switch_at_one_instant_and_the_number_stays() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let epoch = office.epoch();
    let next = office.profile(epoch + 1);
    let switch = next.switch_at().unwrap();
    let shown = |wallet: &Wallet| {
        let held = wallet.net_certificate(&id).unwrap();
        held.shown_epoch(person.now())
    };
    assert_eq!(shown(&wallet), Some(epoch));
    person.clock.set(switch - SignedDuration::from_secs(1));
    assert_eq!(shown(&wallet), Some(epoch));
    person.clock.set(switch);
    assert_eq!(shown(&wallet), Some(epoch + 1));
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::UpTo(epoch + 2));
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::Already);
    person.clock.advance(week());
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
}

#[tokio::test]
async fn a_timer_renews_a_locked_wallet_and_what_came_is_unblinded_later() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    wallet.renew_by_itself().unwrap();
    let mut due = wallet.net_certificate(&id).unwrap().renewal_due.unwrap();
    let first_epoch = office.epoch();
    drop(wallet);
    let open = || {
        let clock = Arc::new(person.clock.clone());
        LockedRenewal::open(&person.vault(), settings(), clock)
            .unwrap()
            .unwrap()
    };
    // Invariant 7: the file says nothing without its key, nor does it hold the secret.
    let file = std::fs::read(person.vault().with_extension("vault.renewal")).unwrap();
    for known in [&b"ANNA"[..], office.identifier.as_bytes(), b"refresh_token"] {
        assert!(!file.windows(known.len()).any(|window| window == known));
    }
    for round in 0..3 {
        if round == 0 {
            person.clock.set(due - SignedDuration::from_secs(1));
            assert!(open().run(Which::Due).await.unwrap().is_empty());
        }
        person.clock.set(due);
        let reports = open().run(Which::Due).await.unwrap();
        let outcome = reports[0].outcome.as_ref().unwrap();
        assert_eq!(*outcome, Renewed::UpTo(first_epoch + 2 + round));
        assert!(open().run(Which::Due).await.unwrap().is_empty());
        // The next moment lies in the next epoch; at its end it has surely come.
        due = office.profile(first_epoch + 3 + round).valid_from() - SignedDuration::from_secs(1);
    }
    let mut wallet = person.open_wallet();
    let collected = wallet.collect().unwrap();
    assert_eq!(
        (collected.renewed, collected.refused.len()),
        (vec![id.clone()], 0)
    );
    assert!(wallet.collect().unwrap().renewed.is_empty());
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
    wallet.stop_renewing_by_itself().unwrap();
    assert!(!wallet.renews_by_itself());
}

#[tokio::test]
async fn a_refused_renewal_ends_with_the_epoch() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    wallet.renew_by_itself().unwrap();
    office.revoke("anna");
    person
        .clock
        .advance(week() + SignedDuration::from_hours(12));
    let clock = Arc::new(person.clock.clone());
    let mut locked = LockedRenewal::open(&person.vault(), settings(), clock)
        .unwrap()
        .unwrap();
    let told = locked.run(Which::Due).await.unwrap();
    assert!(told[0].outcome.is_err());
    assert!(locked.run(Which::Due).await.unwrap().is_empty());
    drop(locked);
    wallet.collect().unwrap();
    assert!(wallet.net_certificate(&id).unwrap().refused_at.is_some());
    let refused = wallet.renew(&id).await;
    assert!(matches!(refused, Err(ReceiveError::Redemption(_))));
    let held = wallet.net_certificate(&id).unwrap();
    assert!(held.refused_at.is_some() && !held.expired(person.now()));
    assert_eq!(held.renewal_due, None);
    person.clock.advance(week());
    person.clock.advance(SignedDuration::from_hours(25));
    assert!(wallet.net_certificate(&id).unwrap().expired(person.now()));
    let review = wallet
        .review_request(&shop.link(ADULT, true))
        .await
        .unwrap();
    assert!(review.chosen(None).unwrap()[0].expired);
    let refused = wallet.present(review, None).await;
    assert!(matches!(refused, Err(PresentError::Expired { .. })));
    assert!(shop.received().is_empty());
}

/// *Attack*: a timer was shown a profile and no certificate; when the vault opens, another one is
/// shown for the same epoch.
#[tokio::test]
async fn what_only_the_timer_saw_is_pinned_all_the_same() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    wallet.renew_by_itself().unwrap();
    drop(wallet);
    person.clock.advance(week());
    let locked = async || {
        let clock = Arc::new(person.clock.clone());
        let locked = LockedRenewal::open(&person.vault(), settings(), clock);
        let reports = locked.unwrap().unwrap().run(Which::All).await;
        reports.unwrap().remove(0).outcome
    };
    office.err(Fault::LosesReply);
    assert!(matches!(locked().await, Err(ReceiveError::Issuance(_))));
    // Whatever is installed anew.
    let mut wallet = person.open_wallet();
    wallet.renew_by_itself().unwrap();
    office.err(Fault::SecondNext);
    let refused = wallet.renew(&id).await;
    let second = |refused: &Result<Renewed, ReceiveError>| {
        let pin = netcert::PinError::SecondProfile;
        matches!(refused, Err(ReceiveError::NetFault(NetFault::Pin(fault))) if *fault == pin)
    };
    assert!(second(&refused), "{refused:?}");
    let evidence = |wallet: &Wallet| {
        let told = wallet.history().iter();
        told.filter(|entry| matches!(entry.event, Event::TwoProfiles { .. }))
            .count()
    };
    assert_eq!(evidence(&wallet), 1);
    drop(wallet);

    // What the timer itself finds out comes into the history, once.
    office.err(Fault::SecondProfiles);
    assert!(second(&locked().await));
    let mut wallet = person.open_wallet();
    let conflicts = wallet.collect().unwrap().conflicts;
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(conflicts[0].epoch, office.epoch());
    assert!(wallet.collect().unwrap().conflicts.is_empty());
    drop(wallet);
    assert_eq!(evidence(&person.open_wallet()), 2);
}
