//! A wallet of format 2, which an earlier program wrote, and what becomes of it.

use keys::base64url;
use serde_json::json;
use wallet::Wallet;

use crate::person::Person;
use crate::verifier::{Manner, Verifier, query};

/// The words of the wallet that was kept.
const WORDS: &str = "hunt damage move brief inhale window faculty battle guide volume gain million \
    bicycle illness energy tip switch young circle toy ozone dial retire flame";

fn person() -> Person {
    let person = Person::new();
    std::fs::copy("tests/vectors/format-2/wallet.vault", person.vault()).unwrap();
    person
}

fn copies_left(wallet: &Wallet) -> Vec<(&str, usize)> {
    let held = wallet.credentials().iter();
    held.map(|held| (held.id.as_str(), held.copies_left()))
        .collect()
}

#[tokio::test]
async fn what_was_kept_is_there_and_can_be_shown() {
    let person = person();
    let before = std::fs::read(person.vault()).unwrap();
    let mut wallet = person.open_wallet();
    assert_eq!(*wallet.words().unwrap(), WORDS);
    assert_eq!(copies_left(&wallet), [("b2dzm", 2), ("b95w9", 3)]);
    assert_eq!(wallet.history().len(), 3);
    assert_eq!(std::fs::read(person.vault()).unwrap(), before);

    let mut shown = Vec::new();
    for left in [1, 0] {
        let verifier = Verifier::open(Manner::Accepts).await;
        let link = verifier.link(&query(&[&["given_name"]]));
        let review = wallet.review_request(&link).await.unwrap();
        assert_eq!(review.chosen(None).unwrap()[0].id, "b2dzm");
        wallet.present(review, None).await.unwrap();
        shown.push(verifier.presentations()["person"][0].clone());
        // Written in the format of today, and read from it.
        drop(wallet);
        assert_eq!(
            std::fs::read(person.vault()).unwrap()[..10],
            *b"PESSOAVT\0\x02"
        );
        wallet = person.open_wallet();
        assert_eq!(copies_left(&wallet), [("b2dzm", left), ("b95w9", 3)]);
    }
    assert_ne!(shown[0], shown[1]);
    assert_eq!(*wallet.words().unwrap(), WORDS);
}

#[tokio::test]
async fn each_credential_keeps_its_own_copies_when_another_goes() {
    let person = person();
    let mut wallet = person.open_wallet();
    wallet.forget("b2dzm").unwrap();
    for left in [2, 1] {
        let verifier = Verifier::open(Manner::Accepts).await;
        let asked = json!({"credentials": [{
            "id": "adult", "format": "jwt_vc_json",
            "meta": {"type_values": [["AdultCredential"]]},
        }]});
        let review = wallet.review_request(&verifier.link(&asked)).await.unwrap();
        wallet.present(review, None).await.unwrap();
        let shown = verifier.presentations()["adult"][0].to_string();
        let payload = shown.split('.').nth(1).unwrap();
        let payload = String::from_utf8(base64url::decode(payload).unwrap()).unwrap();
        assert!(payload.contains("VerifiablePresentation"), "{payload}");
        // First without closing the vault, then from what was saved.
        assert_eq!(copies_left(&wallet), [("b95w9", left)]);
        drop(wallet);
        wallet = person.open_wallet();
        assert_eq!(copies_left(&wallet), [("b95w9", left)]);
    }
}
