//! Renewal Tickets that are no longer good.

use openid4vci::wallet::{IssuanceError, RedemptionError};
use serde_json::json;

use super::document;
use crate::harness::Office;
use crate::net_wallet::{Form, NetWallet, epochs, ticket};

#[tokio::test]
async fn revoking_is_refusing_to_renew() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let ticket = ticket(&grant);
    office.app.revoke(&offer.handle).await.unwrap();
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let listed = epochs(&office, &grant).await;
    let next = vec![listed.next];
    let refused = wallet
        .order(&office, &grant, Form::Renewal, next.clone())
        .await;
    assert_eq!(refused.unwrap_err(), IssuanceError::Denied);
    // Showing the document opens it again, for the same secret alone, and with the same number.
    let offer = office.enrol().await;
    let thief = NetWallet::new(&office);
    let refused = thief.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].state, "revoked");
    let offer = office.enrol().await;
    wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].state, "active");
    // Tokens from before stay refused.
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    // An offer that would open a revoked enrolment again is closed by revoking once more.
    office.app.revoke(&offer.handle).await.unwrap();
    let open = office.enrol().await;
    let grant = wallet.redeem(&office, &open).await;
    assert!(!office.app.revoke(&offer.handle).await.unwrap().already);
    let refused = wallet.order(&office, &grant, Form::Renewal, next).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::Denied);
}

#[tokio::test]
async fn tickets_with_older_claims_are_refused_once_newer_ones_took_effect() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let old = ticket(&grant);
    // The name changed; until the new offer is redeemed with the anchor, the old ticket is good.
    let offer = office.enrol().await;
    assert!(wallet.refresh(&office, &old).await.is_ok());
    let (grant, _) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    let refused = wallet.refresh(&office, &old).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let refused = wallet.rebind(&office, &old).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    assert!(wallet.refresh(&office, &ticket(&grant)).await.is_ok());
}

#[tokio::test]
async fn tampered_tickets_and_those_of_a_retired_key_are_refused_and_all_are_of_one_size() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let good = ticket(&grant);
    let long = document(&json!({
        "number": "LONG", "surname": "N".repeat(190), "given_names": "G".repeat(190)
    }));
    let long = office.app.enrol(&long).await.unwrap();
    let other = wallet.redeem(&office, &long).await;
    assert_eq!(ticket(&other).len(), good.len());
    let mut bytes = good.clone().into_bytes();
    for place in [0, 40, bytes.len() / 2, bytes.len() - 3] {
        let kept = bytes[place];
        bytes[place] = if kept == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes.clone()).unwrap();
        let refused = wallet.refresh(&office, &tampered).await;
        assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
        bytes[place] = kept;
    }
    // The key of the tickets was stolen, and is replaced: what it sealed opens no more.
    let replaced = office.app.rotate_secrets(issuer::Change::AtOnce).await;
    replaced.unwrap();
    let (_, router) = office.second(|_| {}).await;
    let office = Office { router, ..office };
    let refused = wallet.refresh(&office, &good).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
}
