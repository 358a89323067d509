//! Links, offers and Transaction Codes.

use http::StatusCode;
use keys::token::BearerToken;
use openid4vci::wallet::{DiscoveryError, Endpoint, RedemptionError, ResponseError, ResponseFault};

use crate::harness::{Host, Wallet};

#[test]
fn a_link_by_value_needs_no_request_for_the_offer() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], false);
    let review = wallet
        .discover(&mut host, offer.link_by_value.expose())
        .unwrap();
    assert_eq!(host.log.len(), 2);
    assert!(wallet.redeem(&mut host, review, None).is_ok());
}

#[test]
fn an_offer_is_redeemed_once() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], false);
    let first = wallet.discover(&mut host, offer.link.expose()).unwrap();
    let second = wallet.discover(&mut host, offer.link.expose()).unwrap();
    wallet.redeem(&mut host, first, None).unwrap();
    let error = wallet.redeem(&mut host, second, None).unwrap_err();
    assert_eq!(error, RedemptionError::InvalidGrant);
    let gone = wallet.discover(&mut host, offer.link.expose()).unwrap_err();
    let fault = ResponseFault::Status(StatusCode::NOT_FOUND);
    assert_eq!(
        gone,
        DiscoveryError::Response(ResponseError {
            endpoint: Endpoint::Offer,
            fault
        })
    );
}

#[test]
fn wrong_transaction_codes_close_the_offer() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], true);
    let right = offer.tx_code.as_ref().unwrap();
    let wrong = if right.expose() == "000000" {
        "000001"
    } else {
        "000000"
    };
    for attempts_left in [2, 1, 0] {
        let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
        let wrong = BearerToken::from(wrong);
        let error = wallet.redeem(&mut host, review, Some(&wrong)).unwrap_err();
        assert_eq!(error, RedemptionError::InvalidGrant);
        let reason = format!("the transaction code is wrong ({attempts_left} attempts left)");
        assert_eq!(host.last_error.as_deref(), Some(reason.as_str()));
    }
    assert!(host.offers.is_empty());
}

#[test]
fn a_right_transaction_code_after_a_wrong_one_is_accepted() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], true);
    let right = offer.tx_code.as_ref().unwrap();
    let wrong = BearerToken::from(if right.expose() == "000000" {
        "000001"
    } else {
        "000000"
    });
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    wallet.redeem(&mut host, review, Some(&wrong)).unwrap_err();
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    assert!(wallet.redeem(&mut host, review, Some(right)).is_ok());
}

#[test]
fn a_transaction_code_that_cannot_be_right_is_not_sent() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], true);
    let sent = host.log.len();
    for (code, error) in [
        (Some("12345"), RedemptionError::TxCodeForm),
        (Some("abcdef"), RedemptionError::TxCodeForm),
        (Some(""), RedemptionError::TxCodeForm),
        (None, RedemptionError::TxCodeMissing),
    ] {
        let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
        let refused = review.accept(code.map(BearerToken::from)).unwrap_err();
        assert_eq!(refused, error);
    }
    assert!(
        host.log
            .iter()
            .skip(sent)
            .all(|(method, _)| method == http::Method::GET)
    );
    let plain = host.offer(&["pid"], false);
    let review = wallet.discover(&mut host, plain.link.expose()).unwrap();
    let unexpected = review
        .accept(Some(BearerToken::from("123456")))
        .unwrap_err();
    assert_eq!(unexpected, RedemptionError::TxCodeUnexpected);
}

#[test]
fn an_offer_expires() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], false);
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    host.wait(24 * 3600);
    let error = wallet.redeem(&mut host, review, None).unwrap_err();
    assert_eq!(error, RedemptionError::InvalidGrant);
    assert!(host.offers.is_empty());
}

#[test]
fn offers_that_this_wallet_cannot_take_are_named() {
    let wallet = Wallet::new();
    let mut host = Host::new();
    let link = |offer: serde_json::Value| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("credential_offer", &offer.to_string());
        format!("openid-credential-offer://?{}", query.finish())
    };
    let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    let offer = |issuer: &str, ids: &[&str], code: &str| {
        link(serde_json::json!({
            "credential_issuer": issuer,
            "credential_configuration_ids": ids,
            "grants": {grant: {"pre-authorized_code": code}}
        }))
    };
    for (link, error) in [
        (
            offer("http://issuer.example", &["pid"], "x"),
            DiscoveryError::Identifier,
        ),
        (
            offer("https://issuer.example?a", &["pid"], "x"),
            DiscoveryError::Identifier,
        ),
        (
            offer("https://issuer.example", &[], "x"),
            DiscoveryError::Offer,
        ),
        (
            offer("https://issuer.example", &["pid", "pid"], "x"),
            DiscoveryError::Offer,
        ),
        (
            offer("https://issuer.example", &["pid"], ""),
            DiscoveryError::Offer,
        ),
        (
            link(serde_json::json!({
                "credential_issuer": "https://issuer.example",
                "credential_configuration_ids": ["pid"],
                "grants": {"authorization_code": {}}
            })),
            DiscoveryError::NoPreAuthorizedCode,
        ),
        (
            "openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fissuer.example%2Fo"
                .into(),
            DiscoveryError::EndpointAddress,
        ),
    ] {
        assert_eq!(
            wallet.discover(&mut host, &link).unwrap_err(),
            error,
            "{link}"
        );
    }
    assert!(host.log.is_empty(), "nothing was sent");
}
