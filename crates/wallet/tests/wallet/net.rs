//! Net certificates, from the first receipt to a wallet that was lost.

mod consent;
mod door;
mod pinned;
mod renewal;
mod restored;
mod routes;

use jiff::SignedDuration;
use netcert::{Pseudonym, Slot};
use wallet::{Event, Wallet};

use crate::office::Office;
use crate::person::{Person, receive};
use crate::platform::{Platform, number};

const ADULT: &[&str] = &["age_over_18"];

/// Shows an age and a number, and has the platform judge them.
async fn visit(person: &Person, wallet: &mut Wallet, office: &Office, to: &Platform) -> Pseudonym {
    let review = wallet.review_request(&to.link(ADULT, true)).await.unwrap();
    let epoch = review.chosen(None).unwrap()[0].net.as_ref().unwrap().epoch;
    wallet.present(review, None).await.unwrap();
    let showing = to.judge(ADULT, true, &office.profile(epoch), person.now());
    assert!(showing.slots().is_true(Slot::AgeOver18));
    number(&showing)
}

async fn holder(office: &Office, person: &Person) -> (Wallet, String) {
    let mut wallet = person.make_wallet();
    let ids = receive(&mut wallet, &office.offer("anna")).await.unwrap();
    let [id] = &ids[..] else { panic!("{ids:?}") };
    (wallet, id.clone())
}

fn week() -> SignedDuration {
    SignedDuration::from_hours(7 * 24)
}

#[tokio::test]
async fn each_platform_sees_a_number_of_its_own_and_the_same_at_every_visit() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let (shop, bank) = (Platform::open().await, Platform::open().await);
    office.requests();
    let first = visit(&person, &mut wallet, &office, &shop).await;
    let other = visit(&person, &mut wallet, &office, &bank).await;
    assert_ne!(first, other);
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, first);
    // Invariant 1: the issuer hears nothing of it.
    assert_eq!(office.requests(), Vec::<String>::new());
    let numbers = wallet.net_certificate(&id).unwrap().numbers();
    assert_eq!(numbers.len(), 2);
    let told = wallet.history().iter().filter(|entry| {
        matches!(&entry.event, Event::Presented { number: Some(number), .. }
            if *number == netcert::NetNumber::of(&first).to_string())
    });
    assert_eq!(told.count(), 2);
}
