//! At the verifier's own door, without a network.

use axum::Router;
use did::DidDocument;
use jiff::{SignedDuration, Timestamp};
use netcert::NetNumber;
use openid4vp::door::{DoorRequest, Freshness};
use openid4vp::wallet::{self, Holding, Settings};
use verifier::DoorRefused;

use crate::harness::{Shop, send};
use crate::issuer::Issuer;
use crate::net::{Epoch, Person};

struct Club {
    shop: Shop,
    epoch: Epoch,
}

impl Club {
    async fn open() -> Self {
        let issuer = Issuer::start();
        let epoch = Epoch::of(&issuer, 0);
        issuer.publish_epochs(&[&epoch]);
        let shop = Shop::of(issuer, |_| {}).await;
        shop.app.refresh_due().await;
        shop.issuer.asked();
        Self { shop, epoch }
    }

    async fn answer(&self, person: &Person, printed: bool) -> String {
        let app = &self.shop.app;
        let (code, _) = app.door_code("login", None, printed).unwrap();
        answer(&self.shop.router, &code, person, self.shop.now()).await
    }
}

/// What a wallet shows that kept the door's document from an earlier visit.
pub(crate) async fn answer(router: &Router, code: &str, person: &Person, now: Timestamp) -> String {
    let settings = Settings { dev_loopback: true };
    let request = DoorRequest::parse(code, settings).unwrap();
    let get = http::Request::get("/.well-known/did.json")
        .body(Vec::new())
        .unwrap();
    let document = send(router, get).await.into_body();
    let document = DidDocument::parse(&document, request.did()).unwrap();
    let door = request.authenticate(&document, now).unwrap();
    let candidates = [wallet::certificate_candidate("0", &person.certificate)];
    let selection = door.matches(&candidates).preferred().unwrap();
    let holding = Holding::Net {
        certificate: &person.certificate,
        secret: &person.secret,
        name_beside_number: false,
    };
    door.accept(&selection, &holding, &mut host::system_rng())
        .unwrap()
}

#[tokio::test]
async fn a_person_comes_in_once_with_one_code_and_nobody_is_asked() {
    let club = Club::open().await;
    let app = &club.shop.app;
    let person = Person::new(&club.epoch);
    let text = club.answer(&person, false).await;
    let checked = app.check(&text, "login", None, false).await.unwrap();
    assert_eq!(checked.freshness, Freshness::Fresh);
    let shown = checked.answer.credentials[0].pseudonym().unwrap().clone();
    assert_eq!(shown.first_visit, Some(true));
    // A picture of it, held up by the next one in the queue.
    let again = app.check(&text, "login", None, false).await.unwrap_err();
    assert!(matches!(again, DoorRefused::ShownBefore));
    // The same person with a fresh answer, known by now.
    let text = club.answer(&person, false).await;
    let checked = app.check(&text, "login", None, false).await.unwrap();
    let again = checked.answer.credentials[0].pseudonym().unwrap();
    assert_eq!(
        (again.first_visit, again.pseudonym),
        (Some(false), shown.pseudonym)
    );
    // Later, the answer is for no code that the door would still know.
    let late = club.answer(&person, false).await;
    club.shop.clock.advance(SignedDuration::from_secs(90));
    let refused = app.check(&late, "login", None, false).await.unwrap_err();
    assert!(matches!(refused, DoorRefused::Answer(_)));
    assert_eq!(club.shop.issuer.asked(), Vec::<String>::new());
}

/// One command shows the code, another one judges the answer: what they share is the key.
#[tokio::test]
async fn another_process_judges_what_this_one_showed() {
    let club = Club::open().await;
    let (other, _) = club.shop.second(|_| {}).await;
    let person = Person::new(&club.epoch);
    let text = club.answer(&person, false).await;
    let (one, two) = tokio::join!(
        club.shop.app.check(&text, "login", None, false),
        other.check(&text, "login", None, false),
    );
    assert!(one.is_ok() != two.is_ok(), "one of both takes it");
    assert_eq!(other.accounts(None, 10).await.unwrap().accounts.len(), 1);
}

#[tokio::test]
async fn a_code_on_paper_is_answered_by_anybody_and_said_to_be() {
    let club = Club::open().await;
    let app = &club.shop.app;
    let text = club.answer(&Person::new(&club.epoch), true).await;
    for first in [true, false] {
        let checked = app.check(&text, "login", None, true).await.unwrap();
        assert_eq!(checked.freshness, Freshness::Replayable);
        let shown = checked.answer.credentials[0].pseudonym().unwrap();
        assert_eq!(shown.first_visit, Some(first));
    }
    let refused = app.check(&text, "login", None, false).await.unwrap_err();
    assert!(matches!(refused, DoorRefused::Answer(_)));
}

#[tokio::test]
async fn a_blocked_number_stays_outside() {
    let club = Club::open().await;
    let app = &club.shop.app;
    let person = Person::new(&club.epoch);
    let text = club.answer(&person, false).await;
    let checked = app.check(&text, "login", None, false).await.unwrap();
    let number = &checked.answer.credentials[0]
        .pseudonym()
        .unwrap()
        .net_number;
    let number = NetNumber::parse(number).unwrap();
    app.block_account(&number, true).await.unwrap();
    let text = club.answer(&person, false).await;
    let refused = app.check(&text, "login", None, false).await.unwrap_err();
    assert!(matches!(refused, DoorRefused::Blocked));
}

#[tokio::test]
async fn a_door_needs_a_policy_that_asks_for_a_net_certificate() {
    let club = Club::open().await;
    let refused = club
        .shop
        .app
        .door_code("age-over-18", None, false)
        .unwrap_err();
    assert!(matches!(refused, DoorRefused::Door(_)));
    let refused = club.shop.app.door_code("none", None, false).unwrap_err();
    assert!(matches!(refused, DoorRefused::UnknownPolicy));
}
