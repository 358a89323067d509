//! Tokens and nonces, while they are good and afterwards.

use http::StatusCode;
use keys::Algorithm;
use keys::token::BearerToken;
use openid4vci::messages::ErrorCode;
use openid4vci::wallet::{Endpoint, IssuanceError, Options, Progress, RedemptionError, Refill};

use super::{json, keys, refused};
use crate::harness::{Host, Wallet, key, rng};

#[test]
fn an_access_token_expires_and_a_refill_follows() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    host.wait(600);
    let error = wallet
        .order(&mut host, &grant, "pid", &keys(1))
        .unwrap_err();
    assert_eq!(error, IssuanceError::AccessToken);

    let refill = |host: &mut Host| {
        let token = BearerToken::from(grant.refresh_token().unwrap().expose());
        let issuer = &grant.issuer().identifier;
        let server = grant.authorization_server();
        let pid = vec!["pid".to_owned()];
        let mut stage = Refill::start(issuer, server, pid, token, Options::default()).unwrap();
        loop {
            let request = stage.request(&wallet.dpop, host.now, &mut rng()).unwrap();
            let response = host.send(request);
            match stage.receive(&response, host.now)? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok::<_, RedemptionError>(grant),
            }
        }
    };
    let fresh = refill(&mut host).unwrap();
    assert!(fresh.refresh_token().is_some(), "the refresh token is kept");
    assert_eq!(
        wallet
            .order(&mut host, &fresh, "pid", &keys(2))
            .unwrap()
            .credentials
            .len(),
        2
    );
    host.revoked = true;
    assert_eq!(
        refill(&mut host).unwrap_err(),
        RedemptionError::InvalidGrant
    );
    let denied = wallet
        .order(&mut host, &fresh, "pid", &keys(1))
        .unwrap_err();
    assert_eq!(denied, IssuanceError::Denied);
}

#[test]
fn tokens_are_bound_to_the_wallets_key() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let thief = Wallet::new();
    let error = thief.order(&mut host, &grant, "pid", &keys(1)).unwrap_err();
    assert_eq!(error, IssuanceError::AccessToken);
    assert_eq!(
        host.last_error.as_deref(),
        Some("the access token is bound to another key")
    );
}

#[test]
fn a_request_that_is_replayed_is_refused() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let holder = key(Algorithm::EdDsa);
    let stage = grant.order("pid", vec![holder.public().clone()]).unwrap();
    let nonce = host.send(
        stage
            .request(&[&holder], &wallet.dpop, host.now, &mut rng())
            .unwrap(),
    );
    let Ok(Progress::More(stage)) = stage.receive(&nonce) else {
        panic!("a nonce")
    };
    let request = stage
        .request(&[&holder], &wallet.dpop, host.now, &mut rng())
        .unwrap();
    assert_eq!(host.send(request.clone()).status(), StatusCode::OK);
    let replayed = host.send(request);
    assert_eq!(replayed.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        host.last_error.as_deref(),
        Some("the DPoP proof was already used")
    );

    // With a fresh DPoP proof, the c_nonce is still spent.
    let again = stage
        .request(&[&holder], &wallet.dpop, host.now, &mut rng())
        .unwrap();
    let again = host.send(again);
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    assert_eq!(again.body(), br#"{"error":"invalid_nonce"}"#);
    // The wallet then fetches another one by itself, once.
    let Ok(Progress::More(stage)) = stage.receive(&again) else {
        panic!("another round")
    };
    let nonce = host.send(
        stage
            .request(&[&holder], &wallet.dpop, host.now, &mut rng())
            .unwrap(),
    );
    let Ok(Progress::More(stage)) = stage.receive(&nonce) else {
        panic!("a nonce")
    };
    let error = stage.receive(&again).unwrap_err();
    let refused = refused(Endpoint::Credential, ErrorCode::InvalidNonce);
    assert_eq!(error, IssuanceError::Response(refused));
}

#[test]
fn an_expired_nonce_is_renewed_without_asking() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let holder = key(Algorithm::Es256);
    let mut stage = grant.order("pid", vec![holder.public().clone()]).unwrap();
    let mut rounds = 0;
    let received = loop {
        let request = stage
            .request(&[&holder], &wallet.dpop, host.now, &mut rng())
            .unwrap();
        let response = host.send(request);
        rounds += 1;
        match stage.receive(&response).unwrap() {
            Progress::More(next) => stage = next,
            Progress::Done(received) => break received,
        }
        if rounds == 1 {
            host.wait(300);
        }
    };
    assert_eq!((rounds, received.credentials.len()), (4, 1));
}

#[test]
fn a_server_may_ask_for_a_dpop_nonce_once() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], false);
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    let mut demand = json(400, &serde_json::json!({"error": "use_dpop_nonce"}));
    demand
        .headers_mut()
        .insert("dpop-nonce", "fresh".parse().unwrap());
    let stage = review.accept(None).unwrap();
    let Ok(Progress::More(stage)) = stage.receive(&demand, host.now) else {
        panic!("a retry")
    };
    let request = stage.request(&wallet.dpop, host.now, &mut rng()).unwrap();
    let proof = request
        .headers()
        .get("dpop")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let payload = keys::base64url::decode(proof.split('.').nth(1).unwrap()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["nonce"], "fresh");
    assert!(request.headers().get("dpop").unwrap().is_sensitive());
    let error = stage.receive(&demand, host.now).unwrap_err();
    let refused = refused(Endpoint::Token, ErrorCode::UseDpopNonce);
    assert_eq!(error, RedemptionError::Response(refused));
}
