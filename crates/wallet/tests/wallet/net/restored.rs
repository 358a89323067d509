//! What brings the numbers back, and what may not make second ones.

use std::sync::Arc;

use keys::seed::Seed;
use netcert::{AnchorOpening, HolderSecret};
use vault::Cost;
use wallet::{NewVault, ReceiveError, Renewed, Wallet, WalletError};

use super::{holder, visit, week};
use crate::office::{Fault, Office};
use crate::person::{Person, passphrase, receive, settings};
use crate::platform::Platform;

#[tokio::test]
async fn words_and_a_backup_bring_the_numbers_to_a_second_device() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let (other, seed) = (
        Person::new(),
        Seed::from_words(&wallet.words().unwrap()).unwrap(),
    );
    let backup = other.file("backup");
    wallet.back_up(&backup).unwrap();
    let bytes = std::fs::read(&backup).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"ANNA"));

    let place = || NewVault {
        path: Box::leak(other.vault().into_boxed_path()),
        passphrase: Box::leak(Box::new(passphrase())),
        cost: Cost::insecure_for_tests(),
    };
    let clock = Arc::new(person.clock.clone());
    let stranger = Seed::generate(&mut host::system_rng());
    let refused = Wallet::restore(
        &place(),
        &stranger,
        Some(&backup),
        settings(),
        clock.clone(),
    );
    assert!(matches!(refused.err(), Some(WalletError::Vault(_))));
    let mut second = Wallet::restore(&place(), &seed, Some(&backup), settings(), clock).unwrap();
    assert_eq!(second.net_certificate(&id).unwrap().numbers().len(), 1);
    assert_eq!(visit(&person, &mut second, &office, &shop).await, before);
    // The ticket is bound to the new device's key, and the first device's stays good.
    person.clock.advance(week());
    assert!(matches!(second.renew(&id).await, Ok(Renewed::UpTo(_))));
    assert!(matches!(wallet.renew(&id).await, Ok(Renewed::UpTo(_))));
    assert_eq!(visit(&person, &mut second, &office, &shop).await, before);
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
}

#[tokio::test]
async fn words_and_the_document_bring_the_numbers_back_and_another_wallet_is_refused() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();

    let thief = Person::new();
    let mut other = thief.make_wallet();
    let refused = receive(&mut other, &office.offer("anna")).await;
    assert!(
        matches!(refused, Err(ReceiveError::AnotherSecret)),
        "{refused:?}"
    );
    assert!(other.net_certificates().is_empty());

    let again = Person::new();
    let place = NewVault {
        path: &again.vault(),
        passphrase: &passphrase(),
        cost: Cost::insecure_for_tests(),
    };
    let clock = Arc::new(person.clock.clone());
    let mut restored = Wallet::restore(&place, &seed, None, settings(), clock).unwrap();
    receive(&mut restored, &office.offer("anna")).await.unwrap();
    assert_eq!(visit(&person, &mut restored, &office, &shop).await, before);
    // A document that is shown again in the same wallet changes nothing either.
    receive(&mut restored, &office.offer("anna")).await.unwrap();
    assert_eq!(restored.net_certificates().len(), 1);
    assert_eq!(visit(&person, &mut restored, &office, &shop).await, before);
}

/// *Attack*: an Issuer keeps the anchor of a first receipt that it let fail, and holds it out later.
/// Of two anchors of one secret, it could find two numbers of one person by what they differ in.
#[tokio::test]
async fn one_secret_has_one_anchor() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();
    let secret = HolderSecret::derive(&seed, office.identifier(), 0);
    let rng = &mut host::system_rng();
    let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
    office.hold_out("anna", anchor, opening.seal(&secret, &anchor, rng));
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(
        matches!(refused, Err(ReceiveError::SecondAnchor)),
        "{refused:?}"
    );
    assert_eq!(wallet.net_certificates().len(), 1);
}

/// *Attack*: the Issuer lets a first receipt fail, and keeps its anchor: with that of the next one, it
/// would have two anchors of one secret.
#[tokio::test]
async fn an_interrupted_first_receipt_goes_on_with_the_same_anchor() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    office.err(Fault::Forgets);
    receive(&mut wallet, &office.offer("anna"))
        .await
        .unwrap_err();
    // The machine stops: what counts is what is in the vault.
    drop(wallet);
    let mut wallet = person.open_wallet();
    let pending = wallet.pending().next().unwrap().0.to_owned();
    office.err(Fault::LosesReply);
    wallet.refill(&pending).await.unwrap_err();
    drop(wallet);
    let mut wallet = person.open_wallet();
    office.err(Fault::None);
    let ids = wallet.refill(&pending).await.unwrap();
    assert_eq!(wallet.pending().count(), 0);
    let shop = Platform::open().await;
    let number = visit(&person, &mut wallet, &office, &shop).await;

    // What the Holder forgets is not forgotten by the Issuer.
    wallet.forget(&ids[0]).unwrap();
    office.lose("anna");
    receive(&mut wallet, &office.offer("anna")).await.unwrap();
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, number);
    let ordered = office.ordered();
    assert_eq!(ordered.len(), 4);
    assert!(ordered.windows(2).all(|pair| pair[0] == pair[1]));

    // An anchor that never led to a certificate is one all the same.
    let other = Person::new();
    let mut wallet = other.make_wallet();
    office.err(Fault::Forgets);
    receive(&mut wallet, &office.offer("berta"))
        .await
        .unwrap_err();
    office.err(Fault::None);
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();
    let secret = HolderSecret::derive(&seed, office.identifier(), 0);
    let rng = &mut host::system_rng();
    let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
    office.hold_out("berta", anchor, opening.seal(&secret, &anchor, rng));
    let refused = receive(&mut wallet, &office.offer("berta")).await;
    assert!(
        matches!(refused, Err(ReceiveError::SecondAnchor)),
        "{refused:?}"
    );
}
