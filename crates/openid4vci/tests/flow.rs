//! Issuer and wallet against one another: the whole conversation, and where it stops.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod harness;

use http::{Response, StatusCode};

use harness::{Host, Wallet, key, rng};

use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use openid4vci::messages::{ErrorCode, NotificationEvent, OfferLink};
use openid4vci::wallet::{
    Discovery, DiscoveryError, Endpoint, ForeignKey, IssuanceError, Options, Progress,
    RedemptionError, Refill, ResponseError, ResponseFault,
};

fn keys(count: usize) -> Vec<SigningKey> {
    (0..count).map(|_| key(Algorithm::EdDsa)).collect()
}

fn refused(endpoint: Endpoint, code: ErrorCode) -> ResponseError {
    ResponseError {
        endpoint,
        fault: ResponseFault::Refused(code),
    }
}

fn json(status: u16, body: &serde_json::Value) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json; charset=utf-8")
        .body(body.to_string().into_bytes())
        .unwrap()
}

/// Lets the metadata list these names of algorithms for DPoP proofs and for key proofs.
fn listing(host: &mut Host, dpop: &[&str], proofs: &[&str]) {
    let mut server = serde_json::to_value(host.issuer.server_metadata()).unwrap();
    server["dpop_signing_alg_values_supported"] = dpop.into();
    let mut issuer = serde_json::to_value(host.issuer.metadata()).unwrap();
    let pid = &mut issuer["credential_configurations_supported"]["pid"];
    pid["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] = proofs.into();
    for (name, metadata) in [
        ("oauth-authorization-server", server),
        ("openid-credential-issuer", issuer),
    ] {
        let path = format!("/.well-known/{name}/tenant");
        host.overrides.insert(path, json(200, &metadata));
    }
}

#[test]
fn a_batch_is_issued_and_reported() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid", "pid-w3c"], true);
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    assert_eq!(review.issuer().identifier, "https://issuer.example/tenant");
    assert_eq!(review.issuer().host().as_deref(), Some("issuer.example"));
    assert_eq!(review.issuer().credentials.len(), 2);
    assert_eq!(
        review.tx_code().unwrap().description.as_deref(),
        Some("by letter")
    );

    let grant = wallet
        .redeem(&mut host, review, offer.tx_code.as_ref())
        .unwrap();
    assert!(host.offers.is_empty(), "a redeemed offer is gone");
    let batch = keys(4);
    let received = wallet.order(&mut host, &grant, "pid", &batch).unwrap();
    assert_eq!(received.credentials.len(), 4);
    let one = keys(1);
    let w3c = wallet.order(&mut host, &grant, "pid-w3c", &one).unwrap();
    assert_eq!(w3c.credentials.len(), 1);
    wallet.notify(
        &mut host,
        &grant,
        &received,
        NotificationEvent::CredentialAccepted,
    );
    assert_eq!(host.events, [NotificationEvent::CredentialAccepted]);
    assert!(
        host.log
            .iter()
            .all(|(_, url)| url.starts_with("https://issuer.example/"))
    );
}

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
fn debug_shows_no_bearer_value_of_the_wallet() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let offer = host.offer(&["pid"], false);
    let reference = offer.link.expose().rsplit("%2F").next().unwrap().to_owned();
    let stage = Discovery::start(offer.link.expose(), Options::default()).unwrap();
    let link = OfferLink::parse(offer.link.expose()).unwrap();
    let by_value = OfferLink::parse(offer.link_by_value.expose()).unwrap();
    let mut shown = format!("{stage:?} {link:?} {by_value:?} {offer:?}");
    let code = match by_value {
        OfferLink::ByValue(offer) => offer.grants.unwrap().pre_authorized_code.unwrap(),
        OfferLink::ByReference(_) => panic!("an offer by value"),
    };
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    shown += &format!("{review:?}");
    let grant = wallet.redeem(&mut host, review, None).unwrap();
    shown += &format!(
        "{grant:?} {:?}",
        grant.order("pid", keys(1).iter().map(|k| k.public().clone()).collect())
    );
    let refresh = grant.refresh_token().unwrap().expose();
    for secret in [&reference, code.pre_authorized_code.expose(), refresh] {
        assert!(secret.len() > 40 && !shown.contains(secret), "{shown}");
    }
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
fn what_was_not_offered_is_not_ordered() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let not_granted = wallet
        .order(&mut host, &grant, "pid-w3c", &keys(1))
        .unwrap_err();
    assert_eq!(not_granted, IssuanceError::NotGranted);
    for wrong in [0, 5] {
        let error = wallet
            .order(&mut host, &grant, "pid", &keys(wrong))
            .unwrap_err();
        assert_eq!(error, IssuanceError::Keys, "{wrong} keys");
    }
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

#[test]
fn the_wallet_takes_no_more_than_it_ordered() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let one = |credential: serde_json::Value| serde_json::json!({"credential": credential});
    let body = |credentials: Vec<serde_json::Value>| {
        json(200, &serde_json::json!({"credentials": credentials}))
    };
    for (response, error) in [
        (
            body(vec![one("a.b.c~".into()), one("a.b.d~".into())]),
            IssuanceError::Count,
        ),
        (body(vec![]), IssuanceError::Count),
        (body(vec![one("a.b.c".into())]), IssuanceError::Format),
        (
            body(vec![one(serde_json::json!({"proof": 1}))]),
            IssuanceError::Format,
        ),
        (
            json(202, &serde_json::json!({"transaction_id": "x"})),
            IssuanceError::Deferred,
        ),
        (
            json(200, &serde_json::json!({"transaction_id": "x"})),
            IssuanceError::Deferred,
        ),
        (
            json(
                400,
                &serde_json::json!({"error": "credential_request_denied"}),
            ),
            IssuanceError::Denied,
        ),
    ] {
        host.overrides
            .insert("/tenant/credential".to_owned(), response);
        assert_eq!(
            wallet
                .order(&mut host, &grant, "pid", &keys(1))
                .unwrap_err(),
            error
        );
    }
    let twice = body(vec![one("a.b.c~".into()), one("a.b.c~".into())]);
    host.overrides
        .insert("/tenant/credential".to_owned(), twice);
    let error = wallet
        .order(&mut host, &grant, "pid", &keys(2))
        .unwrap_err();
    assert_eq!(error, IssuanceError::Duplicate);
}

/// Appendix A.1.2: the metadata name contexts and suites, and credentials are objects.
#[test]
fn a_credential_with_a_data_integrity_proof_is_an_object() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let metadata = serde_json::to_value(host.issuer.metadata()).unwrap();
    let told = &metadata["credential_configurations_supported"]["pid-ldp"];
    assert_eq!(told["format"], "ldp_vc");
    let suites = &told["credential_signing_alg_values_supported"];
    assert_eq!(
        *suites,
        serde_json::json!(["ecdsa-rdfc-2019", "ecdsa-sd-2023", "bbs-2023"])
    );
    let definition = serde_json::json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "Pid"],
    });
    assert_eq!(told["credential_definition"], definition);

    let grant = wallet.access(&mut host, &["pid-ldp"]);
    let batch = keys(2);
    let received = wallet.order(&mut host, &grant, "pid-ldp", &batch).unwrap();
    assert_eq!(received.types, ["VerifiableCredential", "Pid"]);
    for (text, key) in received.credentials.iter().zip(&batch) {
        let object: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(object["holder"], key.public().thumbprint());
        assert_eq!(object["bound"], "did", "the key goes by its did:key");
    }
    let text = serde_json::json!({"credentials": [{"credential": received.credentials[0]}]});
    let string = json(200, &text);
    host.overrides
        .insert("/tenant/credential".to_owned(), string);
    let refused = wallet.order(&mut host, &grant, "pid-ldp", &keys(1));
    assert_eq!(refused.unwrap_err(), IssuanceError::Format);
}

/// The wallet could not read such a credential: nobody fetches a context.
#[test]
fn unknown_contexts_and_suites_are_not_offered() {
    let wallet = Wallet::new();
    let path = "/.well-known/openid-credential-issuer/tenant";
    let offered = |member: &str, value: serde_json::Value| {
        let mut host = Host::new();
        let offer = host.offer(&["pid-ldp"], false);
        let mut metadata = serde_json::to_value(host.issuer.metadata()).unwrap();
        let told = &mut metadata["credential_configurations_supported"]["pid-ldp"];
        *told.pointer_mut(member).unwrap() = value;
        host.overrides.insert(path.to_owned(), json(200, &metadata));
        wallet.discover(&mut host, offer.link.expose()).map(drop)
    };
    let contexts = "/credential_definition/@context";
    let suites = "/credential_signing_alg_values_supported";
    for known in [
        "bbs-2023",
        "ecdsa-rdfc-2019",
        "ecdsa-sd-2023",
        "eddsa-rdfc-2022",
    ] {
        let listed = serde_json::json!(["x", known]);
        assert_eq!(offered(suites, listed), Ok(()), "{known}");
    }
    for (member, value, error) in [
        (
            contexts,
            serde_json::json!(["https://a.example"]),
            DiscoveryError::Unsupported,
        ),
        (
            contexts,
            serde_json::json!([{"@vocab": "https://a.example/"}]),
            DiscoveryError::Unsupported,
        ),
        (contexts, serde_json::Value::Null, DiscoveryError::Metadata),
        (
            suites,
            serde_json::json!(["Ed25519Signature2018"]),
            DiscoveryError::Unsupported,
        ),
    ] {
        assert_eq!(offered(member, value.clone()), Err(error), "{value}");
    }
}

#[test]
fn credentials_are_matched_with_the_keys_that_were_ordered() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = wallet.access(&mut host, &["pid"]);
    let batch = keys(2);
    let received = wallet.order(&mut host, &grant, "pid", &batch).unwrap();
    let (first, second) = (batch[0].public(), batch[1].public());
    assert_eq!(
        received.owners(&[Some(second), Some(first)]),
        Ok(vec![Some(1), Some(0)])
    );
    assert_eq!(
        received.owners(&[Some(first), Some(first)]),
        Err(ForeignKey)
    );
    assert_eq!(
        received.owners(&[Some(key(Algorithm::EdDsa).public())]),
        Err(ForeignKey)
    );
    assert_eq!(received.owners(&[None]), Err(ForeignKey));
}

#[test]
fn metadata_that_lie_are_not_used() {
    let wallet = Wallet::new();
    let issuer_path = "/.well-known/openid-credential-issuer/tenant";
    let server_path = "/.well-known/oauth-authorization-server/tenant";
    let with = |path: &str, member: &str, value: serde_json::Value| {
        let mut host = Host::new();
        let offer = host.offer(&["pid"], false);
        let mut metadata = if path == issuer_path {
            serde_json::to_value(host.issuer.metadata()).unwrap()
        } else {
            serde_json::to_value(host.issuer.server_metadata()).unwrap()
        };
        metadata[member] = value;
        host.overrides.insert(path.to_owned(), json(200, &metadata));
        wallet.discover(&mut host, offer.link.expose()).unwrap_err()
    };
    let cases = [
        (
            issuer_path,
            "credential_issuer",
            "https://issuer.example/".into(),
            DiscoveryError::IssuerMismatch,
        ),
        (
            issuer_path,
            "credential_endpoint",
            "http://issuer.example/c".into(),
            DiscoveryError::EndpointAddress,
        ),
        (
            issuer_path,
            "nonce_endpoint",
            "http://127.0.0.1/n".into(),
            DiscoveryError::EndpointAddress,
        ),
        (
            issuer_path,
            "authorization_servers",
            serde_json::json!(["http://as.example"]),
            DiscoveryError::Identifier,
        ),
        (
            issuer_path,
            "authorization_servers",
            serde_json::json!([]),
            DiscoveryError::AuthorizationServer,
        ),
        (
            issuer_path,
            "credential_configurations_supported",
            serde_json::json!({}),
            DiscoveryError::UnknownConfiguration,
        ),
        (
            issuer_path,
            "batch_credential_issuance",
            serde_json::json!({"batch_size": 1}),
            DiscoveryError::Metadata,
        ),
        (
            issuer_path,
            "credential_response_encryption",
            serde_json::json!({"alg_values_supported": ["ECDH-ES"], "enc_values_supported": ["A128GCM"], "encryption_required": true}),
            DiscoveryError::Encryption,
        ),
        (
            server_path,
            "issuer",
            "https://issuer.example".into(),
            DiscoveryError::AuthorizationServer,
        ),
        (
            server_path,
            "token_endpoint",
            "http://issuer.example/t".into(),
            DiscoveryError::EndpointAddress,
        ),
        (
            server_path,
            "token_endpoint",
            serde_json::Value::Null,
            DiscoveryError::Grant,
        ),
        (
            server_path,
            "grant_types_supported",
            serde_json::json!(["authorization_code"]),
            DiscoveryError::Grant,
        ),
        (
            server_path,
            "pre-authorized_grant_anonymous_access_supported",
            false.into(),
            DiscoveryError::Grant,
        ),
    ];
    for (path, member, value, error) in cases {
        assert_eq!(with(path, member, value), error, "{member}");
    }
}

#[test]
fn a_peer_is_given_the_name_of_the_algorithm_that_it_lists() {
    let wallet = Wallet {
        dpop: key(Algorithm::EdDsa),
        ..Wallet::new()
    };
    // RFC 9864 made two names for one algorithm.
    for (listed, name) in [
        (&["Ed25519"][..], "Ed25519"),
        (&["EdDSA"], "EdDSA"),
        (&["Ed25519", "ES256", "EdDSA"], "EdDSA"),
    ] {
        let mut host = Host::new();
        listing(&mut host, listed, listed);
        let grant = wallet.access(&mut host, &["pid"]);
        wallet.order(&mut host, &grant, "pid", &keys(2)).unwrap();
        // The token's proof; then the credential's, and one for each key.
        assert_eq!(host.algorithms, [name; 4], "{listed:?}");
    }
}

#[test]
fn a_key_that_the_peer_does_not_list_signs_nothing() {
    let wallet = Wallet {
        dpop: key(Algorithm::EdDsa),
        ..Wallet::new()
    };
    let mut host = Host::new();
    listing(&mut host, &["ES256"], &["Ed25519"]);
    let offer = host.offer(&["pid"], false);
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    assert!(wallet.redeem(&mut host, review, None).is_err());

    let mut host = Host::new();
    listing(&mut host, &["Ed25519"], &["ES256"]);
    let grant = wallet.access(&mut host, &["pid"]);
    assert!(wallet.order(&mut host, &grant, "pid", &keys(1)).is_err());
    assert_eq!(host.algorithms, ["Ed25519"], "the token's proof alone");
}

#[test]
fn answers_must_be_json_of_reasonable_size() {
    let wallet = Wallet::new();
    let mut host = Host::new();
    let offer = host.offer(&["pid"], false);
    let path = "/.well-known/openid-credential-issuer/tenant".to_owned();
    let fault = |host: &mut Host| match wallet.discover(host, offer.link.expose()).unwrap_err() {
        DiscoveryError::Response(error) => error.fault,
        other => panic!("{other}"),
    };
    let html = Response::builder()
        .header("content-type", "text/html")
        .body(b"{}".to_vec());
    host.overrides.insert(path.clone(), html.unwrap());
    assert_eq!(fault(&mut host), ResponseFault::ContentType);
    let huge = serde_json::json!({"credential_issuer": "x".repeat(600 * 1024)});
    host.overrides.insert(path.clone(), json(200, &huge));
    assert_eq!(
        fault(&mut host),
        ResponseFault::Json(strict_json::JsonError::Size)
    );
    let mut twice = json(200, &serde_json::Value::Null);
    *twice.body_mut() = br#"{"credential_issuer":"a","credential_issuer":"b"}"#.to_vec();
    host.overrides.insert(path, twice);
    assert_eq!(
        fault(&mut host),
        ResponseFault::Json(strict_json::JsonError::Duplicate)
    );
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

#[test]
fn development_on_loopback_works_over_http() {
    let mut host = Host::at("http://127.0.0.1:8080");
    let offer = host.offer(&["pid"], false);
    let strict = Wallet::new();
    let error = strict.discover(&mut host, offer.link.expose()).unwrap_err();
    assert_eq!(error, DiscoveryError::EndpointAddress);
    let mut wallet = Wallet::new();
    wallet.options.allow_http_loopback = true;
    let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
    let grant = wallet.redeem(&mut host, review, None).unwrap();
    assert!(wallet.order(&mut host, &grant, "pid", &keys(1)).is_ok());
}
