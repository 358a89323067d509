use vault::VaultError;
use wallet::{PresentError, WalletError};

use crate::issuer::Issuer;
use crate::person::{Person, receive};
use crate::verifier::{Manner, Verifier, query};

#[tokio::test]
async fn damaged_copies_are_not_shown_and_hide_nothing_else() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    for _ in 0..10 {
        receive(&mut wallet, &issuer.offer(&["person"]))
            .await
            .unwrap();
    }
    drop(wallet);
    let mut file = std::fs::read(person.vault()).unwrap();
    *file.last_mut().unwrap() ^= 1;
    std::fs::write(person.vault(), &file).unwrap();

    let mut wallet = person.open_wallet();
    let left = wallet.credentials().iter().map(|held| held.copies_left());
    assert_eq!(left.collect::<Vec<_>>(), [3; 10]);
    let verifier = Verifier::open(Manner::Accepts).await;
    let link = verifier.link(&query(&[&["given_name"]]));
    let refused = wallet.review_request(&link).await.err();
    assert!(matches!(
        refused,
        Some(PresentError::Wallet(WalletError::Vault(
            VaultError::Damaged { .. }
        )))
    ));
    let id = wallet.credentials()[0].id.clone();
    assert!(matches!(
        wallet.forget(&id),
        Err(WalletError::Vault(VaultError::Damaged { .. }))
    ));
    assert_eq!(std::fs::read(person.vault()).unwrap(), file);
    // A backup has no copies, and needs none.
    wallet.back_up(&person.file("backup")).unwrap();
    assert!(verifier.received().is_empty());
}
