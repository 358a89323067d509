//! Who revokes is told until when what the wallet holds is good all the same.

use http::Request;

use crate::harness::{Office, json, send};
use crate::net_wallet::{Form, NetWallet, epochs};

#[tokio::test]
async fn a_revocation_names_the_end_of_the_last_certificate() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let last = certificates[1].profile();
    assert_eq!(last, &epochs(&office, &grant).await.next);
    let ends = last.schedule().ends(last.epoch()).unwrap();
    let path = format!("/admin/enrolments/{}/revoke", offer.handle);
    let request = Request::post(path)
        .header("authorization", format!("Bearer {}", office.admin_token))
        .body(Vec::new())
        .unwrap();
    let answer = send(&office.router, request).await;
    assert_eq!(json(&answer)["net_certificates_until"], ends.to_string());
    // The day is known when it is revoked, and not later.
    let again = office.app.revoke(&offer.handle).await.unwrap();
    assert!(again.already && again.net_certificates_until.is_none());

    // Nothing is said to who has none; leaving says it too.
    let other = office.app.enrol(&crate::harness::passport("OTHER")).await;
    let other = other.unwrap();
    let revoked = office.app.revoke(&other.handle).await.unwrap();
    assert_eq!(revoked.net_certificates_until, None);
    let offer = office.enrol().await;
    wallet.receive(&office, &offer, Form::First).await.unwrap();
    let left = office.app.withdraw(&offer.handle).await.unwrap();
    assert_eq!(left.net_certificates_until, Some(ends.to_string()));
}
