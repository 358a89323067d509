//! Issuer and wallet against one another: the whole conversation, and where it stops.

mod metadata;
mod offers;
mod tokens;

use http::Response;
use keys::{Algorithm, SigningKey};
use openid4vci::messages::{ErrorCode, NotificationEvent, OfferLink};
use openid4vci::wallet::{
    Discovery, DiscoveryError, Endpoint, ForeignKey, IssuanceError, Options, ResponseError,
    ResponseFault,
};

use crate::harness::{Host, Wallet, key};

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
