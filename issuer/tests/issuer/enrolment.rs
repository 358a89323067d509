//! Offers, transaction codes, and documents that come again.

use http::Request;
use jiff::SignedDuration;

use crate::harness::{Office, Wallet, ZONE, json, now, passport, send};

#[tokio::test]
async fn a_zone_and_a_record_of_one_document_are_one_enrolment() {
    let office = Office::open().await;
    let zone = evidence::td3::parse(ZONE, now())
        .unwrap()
        .judge(now())
        .unwrap();
    let first = office.app.enrol(&zone).await.unwrap();
    assert!(!first.again);
    let second = office.app.enrol(&passport("L898902C3")).await.unwrap();
    assert!(second.again);
    assert_eq!(first.handle, second.handle);
    let other = office.app.enrol(&passport("L898902C4")).await.unwrap();
    assert_ne!(first.handle, other.handle);
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments.len(), 2);
    assert_eq!(
        page.enrolments[0].enrolled_on.as_deref(),
        Some("2026-11-21")
    );
}

#[tokio::test]
async fn a_new_offer_closes_the_one_before() {
    let office = Office::open().await;
    let (first, second) = (office.enrol().await, office.enrol().await);
    let wallet = Wallet::new(now());
    let code = first.tx_code.as_ref().unwrap().expose();
    let review = wallet.review(&office.router, &first.link_by_value).await;
    let redemption = review.accept(Some(code.into())).unwrap();
    let request = redemption
        .request(&wallet.dpop, now(), &mut host::system_rng())
        .unwrap();
    let refused = send(&office.router, request).await;
    assert_eq!(json(&refused)["error"], "invalid_grant");
    wallet.redeem(&office.router, &second).await;
}

#[tokio::test]
async fn a_transaction_code_may_be_tried_so_often() {
    let office = Office::with(|config| config.issuer.transaction_code_attempts = 3).await;
    let enrolled = office.enrol().await;
    let right = enrolled.tx_code.as_ref().unwrap().expose();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let wallet = Wallet::new(now());
    let right = wallet.token_request(&office.router, &enrolled, right).await;
    for _ in 0..3 {
        let request = wallet.token_request(&office.router, &enrolled, wrong).await;
        let refused = send(&office.router, request).await;
        assert_eq!(refused.status(), 400);
        assert_eq!(json(&refused)["error"], "invalid_grant");
    }
    let refused = send(&office.router, right).await;
    assert_eq!(json(&refused)["error"], "invalid_grant");
}

#[tokio::test]
async fn an_offer_expires() {
    let office = Office::open().await;
    let enrolled = office.enrol().await;
    let code = enrolled.tx_code.as_ref().unwrap().expose();
    office.clock.advance(SignedDuration::from_hours(24));
    let wallet = Wallet::new(office.now());
    let review = wallet.review(&office.router, &enrolled.link_by_value).await;
    let redemption = review.accept(Some(code.into())).unwrap();
    let request = redemption
        .request(&wallet.dpop, office.now(), &mut host::system_rng())
        .unwrap();
    let refused = send(&office.router, request).await;
    assert_eq!(json(&refused)["error"], "invalid_grant");
    assert!(office.app.purge().await.unwrap() > 0);
}

#[tokio::test]
async fn a_revoked_enrolment_opens_again_and_its_old_tokens_stay_refused() {
    let office = Office::open().await;
    let wallet = Wallet::new(now());
    let enrolled = office.enrol().await;
    let grant = wallet.redeem(&office.router, &enrolled).await;
    wallet.order(&office.router, &grant, "person", 3).await;
    assert_eq!(office.app.revoke(&enrolled.handle).await.unwrap().copies, 3);
    assert!(office.app.revoke(&enrolled.handle).await.unwrap().already);
    for reopened in [false, true] {
        if reopened {
            let again = office.enrol().await;
            assert_eq!(again.handle, enrolled.handle);
        }
        let keys = [crate::harness::holder_key()];
        let request = wallet
            .credential_request(&office.router, &grant, "person", &keys)
            .await;
        let refused = send(&office.router, request).await;
        assert_eq!(json(&refused)["error"], "credential_request_denied");
    }
}

#[tokio::test]
async fn revoking_closes_the_open_offer() {
    let office = Office::open().await;
    let enrolled = office.enrol().await;
    let wallet = Wallet::new(now());
    let code = enrolled.tx_code.as_ref().unwrap().expose();
    let request = wallet.token_request(&office.router, &enrolled, code).await;
    office
        .app
        .revoke_document(passport("L898902C3").get())
        .await
        .unwrap();
    let refused = send(&office.router, request).await;
    assert_eq!(json(&refused)["error"], "invalid_grant");
}

#[tokio::test]
async fn hostile_requests_are_the_senders_fault() {
    let office = Office::open().await;
    let huge = vec![b'a'; 70_000];
    let deep = [b"[".repeat(5_000), b"]".repeat(5_000)].concat();
    for path in ["/token", "/credential", "/notification"] {
        for body in [
            &b""[..],
            b"\xff\xfe",
            b"{",
            b"{\"a\":1,\"a\":2}",
            &huge,
            &deep,
        ] {
            let request = Request::post(path).body(body.to_vec()).unwrap();
            let answer = send(&office.router, request).await;
            assert!(
                answer.status().is_client_error(),
                "{path}: {}",
                answer.status()
            );
        }
    }
    for path in [
        "/offers/x",
        "/offers/%FF",
        "/status/-1",
        "/status/4294967296",
        "/status/7",
    ] {
        let answer = office.get(path).await;
        assert!(
            answer.status().is_client_error(),
            "{path}: {}",
            answer.status()
        );
    }
}
