//! At a door, without a network.

use jiff::SignedDuration;
use wallet::{Acquaintance, Allowances, Event, PresentError};

use super::{ADULT, holder, visit};
use crate::office::Office;
use crate::person::Person;
use crate::platform::Platform;

#[tokio::test]
async fn a_door_is_answered_without_a_network_once_the_platform_is_known() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let club = Platform::open().await;
    let door = club.door(&office.identifier, ADULT);
    let code = club.code(&door, person.now());
    let unknown = wallet
        .review_door(&code, false, Allowances::default())
        .await;
    assert!(matches!(unknown.err(), Some(PresentError::DoorUnknown)));
    let online = visit(&person, &mut wallet, &office, &club).await;
    let mut wallet = {
        drop(wallet);
        person.open_wallet()
    };
    office.requests();
    let review = wallet
        .review_door(&code, false, Allowances::default())
        .await;
    let review = review.unwrap();
    let option = &review.options()[0];
    assert_eq!(option.shared, [("age_over_18".to_owned(), true.into())]);
    let number = option.net.as_ref().unwrap().number.as_ref().unwrap();
    assert!(matches!(number.acquaintance, Acquaintance::Same { .. }));
    assert_eq!(number.number, netcert::NetNumber::of(&online));
    let answer = wallet.answer_door(review, None).unwrap();
    let curious = club.door(&office.identifier, &["nationality"]);
    let code = club.code(&curious, person.now());
    let review = wallet.review_door(&code, false, Allowances::default());
    let refused = wallet.answer_door(review.await.unwrap(), None);
    assert!(matches!(refused, Err(PresentError::FewBesideNumber)));
    assert!(answer.text.len() <= 2300, "{}", answer.text.len());
    let profile = office.profile(office.epoch());
    let known = |hash| (profile.hash() == hash).then(|| profile.clone());
    let judged = door
        .judge(&answer.text, false, known, person.now())
        .unwrap();
    let shown = judged.answer.credentials[0].pseudonym().unwrap();
    assert_eq!(
        shown.net_number,
        netcert::NetNumber::of(&online).to_string()
    );
    assert!(office.requests().is_empty() && club.received().is_empty());
    assert!(matches!(
        wallet.history().last().unwrap().event,
        Event::Presented {
            number: Some(_),
            ..
        }
    ));
}

/// *Attack*: somebody has a key that the platform has replaced, and stands at its door.
#[tokio::test]
async fn whose_door_it_is_has_to_be_learnt_again() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let club = Platform::open().await;
    visit(&person, &mut wallet, &office, &club).await;
    let (door, seen_at) = (club.door(&office.identifier, ADULT), person.now());
    let fetched = club.fetched();
    let allowances = Allowances::default;
    person.clock.advance(wallet::DOOR_MEMORY);
    wallet.renew(&id).await.unwrap();
    let code = club.code(&door, person.now());
    wallet
        .review_door(&code, false, allowances())
        .await
        .unwrap();
    assert_eq!(club.fetched(), fetched);

    person.clock.advance(SignedDuration::from_secs(1));
    let code = club.code(&door, person.now());
    let outdated = wallet.review_door(&code, false, allowances()).await;
    assert!(
        matches!(outdated.err(), Some(PresentError::DoorOutdated { seen_at: at }) if at == seen_at)
    );
    // It is asked for although one is kept, and kept once the holder has answered.
    let review = wallet.review_door(&code, true, allowances()).await.unwrap();
    assert_eq!(club.fetched(), fetched + 1);
    wallet.answer_door(review, None).unwrap();
    wallet.review_door(&code, true, allowances()).await.unwrap();
    assert_eq!(club.fetched(), fetched + 2);
    drop(wallet);
    let wallet = person.open_wallet();
    wallet
        .review_door(&code, false, allowances())
        .await
        .unwrap();
    assert_eq!(club.fetched(), fetched + 2);
}
