//! A wallet that crashes between receiving and keeping begins anew, and nobody gets a second anchor.

use netcert::AnchorOpening;
use openid4vci::wallet::IssuanceError;
use store::{Record, Store};

use crate::harness::{Office, now};
use crate::net_wallet::{Form, NetWallet, epochs, number};
use crate::once::{Schema, postgres, sqlite};

/// The anchors that the issuer knows.
#[derive(serde::Deserialize, serde::Serialize)]
struct Anchor {
    handle: String,
}

impl Record for Anchor {
    const KIND: &'static str = "known_anchor";
}

async fn anchors(store: &Store) -> u64 {
    store.count::<Anchor>(now()).await.unwrap()
}

type Offices = (Office, issuer::App, axum::Router);

/// The wallet kept its words, and at most the opening or the token.
async fn a_first_order_is_repeated((office, _, _): Offices) {
    let offer = office.enrol().await;
    let mut wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &offer).await;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    // The answer is lost.
    let lost = wallet.request(&office, &grant, Form::First, profiles.clone());
    let lost = crate::harness::send(&office.router, lost.await).await;
    assert_eq!(lost.status(), 200);
    let store = office.store().await;
    assert_eq!(anchors(&store).await, 1);

    // The opening was kept before the order was sent: the same order is accepted, with fresh proofs.
    let first = wallet.order(&office, &grant, Form::First, profiles.clone());
    let known = number(&wallet, &first.await.unwrap()[0]);
    assert_eq!(anchors(&store).await, 1);

    // The opening was lost: another of the same secret is another anchor, and is refused by name.
    let kept = wallet.opening;
    let (anchor, opening) = AnchorOpening::create(&wallet.secret, &mut host::system_rng()).unwrap();
    (wallet.anchor, wallet.opening) = (anchor, opening);
    let refused = wallet.order(&office, &grant, Form::First, profiles.clone());
    assert_eq!(refused.await.unwrap_err(), IssuanceError::AnotherAnchor);
    // The issuer has kept the first, sealed for the words.
    let stored = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    let domain = office.app.identifier();
    let sealed = stored.sealed.unwrap();
    let opened = sealed.open(&wallet.seed, domain, &stored.anchor).unwrap();
    (wallet.anchor, (wallet.secret, wallet.opening)) = (stored.anchor, opened);
    assert!(kept.opens(&wallet.secret, &wallet.anchor));
    let again = wallet.order(&office, &grant, Form::First, profiles);
    assert_eq!(number(&wallet, &again.await.unwrap()[0]), known);

    // The token was lost too: the desk makes a new offer for the same enrolment.
    let offer = office.enrol().await;
    assert!(offer.again && offer.anchored);
    let (_, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    assert_eq!(number(&wallet, &certificates[0]), known);
    assert_eq!(anchors(&store).await, 1);
}

#[tokio::test]
async fn a_first_order_is_repeated_on_sqlite() {
    a_first_order_is_repeated(sqlite().await).await;
}

#[tokio::test]
async fn a_first_order_is_repeated_on_postgres() {
    let schema = Schema::fresh().await;
    a_first_order_is_repeated(postgres(&schema).await).await;
    schema.remove().await;
}

/// Sent to two processes at the same instant, as by a wallet that has lost patience: both answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_order_is_repeated_at_once() {
    let (office, _, other) = sqlite().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current];
    let one = wallet.request(&office, &grant, Form::First, profiles.clone());
    let one = one.await;
    let two = wallet.request(&office, &grant, Form::First, profiles).await;
    let (one, two) = tokio::join!(
        crate::harness::send(&office.router, one),
        crate::harness::send(&other, two)
    );
    assert_eq!((one.status().as_u16(), two.status().as_u16()), (200, 200));
    assert_eq!(anchors(&office.store().await).await, 1);
}
