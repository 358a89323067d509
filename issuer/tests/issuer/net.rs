//! The net certificate: one person, one anchor, and what attackers do to get a second.

mod epochs;
mod orders;
mod persons;
mod restored;
mod tickets;

use evidence::CurrentDocument;
use jiff::SignedDuration;
use netcert::{Slot, SlotValue};
use openid4vci::wallet::Progress;
use serde_json::{Value, json};

use crate::harness::{Office, Wallet, json, now, send};
use crate::net_wallet::{Form, NetWallet, epochs, next_epoch, number, ticket};

/// A passport of the same person, of the same state unless changed.
fn document(change: &Value) -> CurrentDocument {
    let mut record = json!({
        "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
        "given_names": "Anna Maria", "nationality": "UTO", "birth_date": "1974-08-12",
        "sex": "F", "expires_on": "2032-04-15",
    });
    for (name, value) in change.as_object().unwrap() {
        record[name] = value.clone();
    }
    let record = serde_json::from_value(record).unwrap();
    let document = evidence::IdentityDocument::from_record(&record).unwrap();
    document.judge(now()).unwrap()
}

fn flag(certificate: &netcert::Certificate, slot: Slot) -> bool {
    certificate.slots().get(slot) == &SlotValue::Flag(true)
}

#[tokio::test]
async fn a_person_receives_two_epochs_and_renews_to_the_same_number() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    assert!(!offer.anchored);
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let [this, next] = &certificates[..] else {
        panic!("two epochs")
    };
    assert_eq!(this.profile().epoch() + 1, next.profile().epoch());
    assert!(flag(this, Slot::AgeOver18) && !flag(this, Slot::AgeOver60));
    assert!(!flag(this, Slot::Stable12Months));
    assert_eq!(
        this.slots().get(Slot::FamilyName),
        &SlotValue::Text("ERIKSSON".to_owned())
    );
    let known = number(&wallet, this);
    assert_eq!(number(&wallet, next), known);

    // Time passes; a compartment renews with ticket and key, and without the secret.
    let ticket = ticket(&grant);
    for _ in 0..3 {
        let listed = epochs(&office, &grant).await;
        office.clock.set(next_epoch(&listed.current));
        let grant = wallet.refresh(&office, &ticket).await.unwrap();
        assert_eq!(self::ticket(&grant), ticket, "the ticket is not rotated");
        let listed = epochs(&office, &grant).await;
        let ahead = wallet.order(&office, &grant, Form::Renewal, vec![listed.next.clone()]);
        let ahead = ahead.await.unwrap();
        assert_eq!(ahead[0].profile(), &listed.next);
        assert_eq!(number(&wallet, &ahead[0]), known);
    }
    // The other credentials are there beside it.
    let mut other = Wallet::new(office.now());
    other.dpop = wallet.dpop;
    let grant = grant_of(&office, &other, &ticket).await;
    other.order(&office.router, &grant, "person", 1).await;
}

async fn grant_of(
    office: &Office,
    wallet: &Wallet,
    ticket: &str,
) -> openid4vci::wallet::AccessGrant {
    let identifier = office.app.identifier();
    let ids = vec!["person".to_owned()];
    let options = crate::net_wallet::OPTIONS;
    let mut stage =
        openid4vci::wallet::Refill::start(identifier, identifier, ids, ticket.into(), options)
            .unwrap();
    loop {
        let rng = &mut host::system_rng();
        let request = stage.request(&wallet.dpop, office.now(), rng).unwrap();
        let response = send(&office.router, request).await;
        match stage.receive(&response, office.now()).unwrap() {
            Progress::Done(grant) => return grant,
            Progress::More(next) => stage = next,
        }
    }
}

/// A grant of the wallet that has the anchor, by a new offer.
async fn first_grant(office: &Office, wallet: &NetWallet) -> openid4vci::wallet::AccessGrant {
    let offer = office.enrol().await;
    let received = wallet.receive(office, &offer, Form::Renewal).await;
    received.unwrap().0
}

#[tokio::test]
async fn flags_are_those_of_the_epochs_beginning_in_legal_time() {
    // The epoch after the next begins on 2026-11-30T00:00Z, in Kiribati's legal time the same day
    // at 14:00; a child completes 14 years on 30 November.
    let child = document(&json!({"number": "CHILD", "birth_date": "2012-11-30"}));
    for (zone, [this, next]) in [("+00:00", [false, true]), ("-01:00", [false, false])] {
        let office = Office::with(|config| {
            config.issuer.net_certificate.time_zone = zone.to_owned();
        })
        .await;
        office.clock.set("2026-11-23T10:00:00Z".parse().unwrap());
        let wallet = NetWallet::new(&office);
        let offer = office.app.enrol(&child).await.unwrap();
        let (_, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
        let flags = [&certificates[0], &certificates[1]].map(|one| flag(one, Slot::AgeOver14));
        assert_eq!(flags, [this, next], "{zone}");
    }
}

#[tokio::test]
async fn a_number_is_stable_after_twelve_months() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    office.clock.advance(SignedDuration::from_hours(24 * 364));
    let grant = wallet.refresh(&office, &ticket(&grant)).await.unwrap();
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let renewed = wallet.order(&office, &grant, Form::Renewal, profiles).await;
    let flags: Vec<bool> = renewed
        .unwrap()
        .iter()
        .map(|one| flag(one, Slot::Stable12Months))
        .collect();
    // Enrolled on 21 November 2026; these epochs begin on 15 and 22 November 2027.
    assert_eq!(flags, [false, true]);
}

#[tokio::test]
async fn metadata_offer_the_net_certificate_first() {
    let office = Office::open().await;
    let metadata = json(&office.get("/.well-known/openid-credential-issuer").await);
    let net = &metadata["credential_configurations_supported"]["net"];
    assert_eq!(net["format"], "net_certificate");
    assert_eq!(
        net["cryptographic_binding_methods_supported"],
        json!(["net_anchor"])
    );
    assert_eq!(
        net["proof_types_supported"],
        json!({"net_anchor": {"proof_signing_alg_values_supported": ["BBS_BLS12381_SHA256"]}})
    );
    assert_eq!(
        net["credential_definition"],
        json!({"type": ["VerifiableCredential", "NetCertificate"]})
    );
    assert_eq!(
        net["net_certificate"],
        json!({"profile": netcert::PROFILE, "epochs": "http://127.0.0.1:8001/net/epochs"})
    );
    let offer = office.enrol().await;
    let link = offer.link_by_value.expose();
    let (net, person) = (
        link.find("%22net%22").unwrap(),
        link.find("%22person%22").unwrap(),
    );
    assert!(net < person);
    let without = Office::with(|config| config.issuer.net_certificate.enabled = false).await;
    assert_eq!(without.get("/net/epochs").await.status(), 404);
    let metadata = json(&without.get("/.well-known/openid-credential-issuer").await);
    assert!(
        metadata["credential_configurations_supported"]
            .get("net")
            .is_none()
    );
}

/// A kill between redeeming and ordering loses nothing: the token is still good, and the first
/// order can be repeated.
#[tokio::test]
async fn what_was_begun_is_finished_by_another_process() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let request = wallet
        .request(&office, &grant, Form::First, profiles.clone())
        .await;
    office.app.close().await;
    assert_eq!(send(&office.router, request).await.status(), 503);
    let (app, router) = office.second(|_| {}).await;
    let office = Office {
        app,
        router,
        ..office
    };
    let first = wallet
        .order(&office, &grant, Form::First, profiles.clone())
        .await
        .unwrap();
    office.app.close().await;
    let (app, router) = office.second(|_| {}).await;
    let office = Office {
        app,
        router,
        ..office
    };
    let again = wallet
        .order(&office, &grant, Form::First, profiles)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &first[0]), number(&wallet, &again[0]));
}
