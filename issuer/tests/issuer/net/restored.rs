//! What brings a number back, and what the Issuer keeps for it.

use http::Request;
use keys::seed::Seed;
use netcert::AnchorOpening;
use openid4vci::messages::ErrorCode;
use openid4vci::wallet::{RedemptionError, ResponseFault};

use crate::harness::{Office, json, now, send};
use crate::net_wallet::{Form, NetWallet, epochs, number, ticket};

#[tokio::test]
async fn words_and_document_restore_the_same_number() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (_, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);

    let words = wallet.seed.words();
    let mut restored = NetWallet::of(&office, Seed::from_words(&words).unwrap());
    let offer = office.enrol().await;
    let grant = restored.redeem(&office, &offer).await;
    let stored = restored.look_up(&office, &grant).await.unwrap().unwrap();
    let (secret, opening) = stored
        .sealed
        .unwrap()
        .open(&restored.seed, office.app.identifier(), &stored.anchor)
        .unwrap();
    (restored.secret, restored.opening, restored.anchor) = (secret, opening, stored.anchor);
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let ordered = restored
        .order(&office, &grant, Form::Renewal, profiles)
        .await;
    assert_eq!(number(&restored, &ordered.unwrap()[0]), known);
}

#[tokio::test]
async fn words_and_backup_bind_the_ticket_to_a_new_key() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let ticket = ticket(&grant);
    let wallet = wallet.on_new_device();
    // Without a proof, the new key gets nothing.
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    // Nor does another's secret.
    let thief = NetWallet::new(&office);
    let RedemptionError::Response(refused) = thief.rebind(&office, &ticket).await.unwrap_err()
    else {
        panic!("a refusal")
    };
    assert_eq!(
        refused.fault,
        ResponseFault::Refused(ErrorCode::InvalidProof)
    );
    let grant = wallet.rebind(&office, &ticket).await.unwrap();
    let bound = self::ticket(&grant);
    assert_ne!(bound, ticket);
    assert_eq!(bound.len(), ticket.len());
    let grant = wallet.refresh(&office, &bound).await.unwrap();
    let listed = epochs(&office, &grant).await;
    let renewed = wallet.order(&office, &grant, Form::Renewal, vec![listed.next]);
    assert_eq!(renewed.await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_anchor_is_given_to_the_token_of_its_enrolment_alone() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let grant = wallet.redeem(&office, &offer).await;
    assert!(wallet.look_up(&office, &grant).await.unwrap().is_none());
    let request = Request::get("/net/anchor").body(Vec::new()).unwrap();
    assert_eq!(send(&office.router, request).await.status(), 401);
    let stage = grant.anchor();
    let request = stage
        .request(&wallet.dpop, now(), &mut host::system_rng())
        .unwrap();
    assert_eq!(send(&office.router, request.clone()).await.status(), 404);
    let replayed = send(&office.router, request).await;
    assert_eq!(json(&replayed)["error"], "invalid_dpop_proof");
    office.app.revoke(&offer.handle).await.unwrap();
    assert!(wallet.look_up(&office, &grant).await.is_err());
}

/// The opening must not be replaced by one that fits another anchor: the box of the first stays.
#[tokio::test]
async fn the_sealed_opening_of_the_first_enrolment_stays() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let before = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    let listed = epochs(&office, &grant).await;
    let again = wallet.order(&office, &grant, Form::First, vec![listed.current]);
    again.await.unwrap();
    let after = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert_eq!(before.sealed, after.sealed);
    let (_, opening): (_, AnchorOpening) = after
        .sealed
        .unwrap()
        .open(&wallet.seed, office.app.identifier(), &after.anchor)
        .unwrap();
    assert!(opening.opens(&wallet.secret, &wallet.anchor));
}
