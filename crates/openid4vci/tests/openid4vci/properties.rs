//! Whatever strangers send: no panic, no half-reading, and what we write we read.

use http::{HeaderMap, HeaderValue, Response};
use keys::token::BearerToken;
use keys::{Algorithm, base64url};
use openid4vci::issuer::Offer;
use openid4vci::messages::{
    AuthorizationServerMetadata, CredentialIssuerMetadata, CredentialOffer, CredentialRequest,
    Grants, OfferLink, PreAuthorizedCodeGrant, TokenRequest, TxCodeDescription,
};
use openid4vci::wallet::{Discovery, Options};
use proptest::prelude::*;
use serde_json::Value;

use crate::harness::{Host, Wallet, key, rng};

/// JSON of any shape, with the names that our parsers look for among the members.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::from("https://issuer.example")),
    ];
    let name = prop_oneof![
        Just("credential_issuer".to_owned()),
        Just("credential_endpoint".to_owned()),
        Just("credential_configurations_supported".to_owned()),
        Just("format".to_owned()),
        Just("credential_configuration_ids".to_owned()),
        Just("grants".to_owned()),
        Just("urn:ietf:params:oauth:grant-type:pre-authorized_code".to_owned()),
        Just("pre-authorized_code".to_owned()),
        Just("issuer".to_owned()),
        Just("proofs".to_owned()),
        Just("jwt".to_owned()),
        "[a-z]{1,6}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn answer(body: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder()
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_a_link_or_refused(text in "\\PC{0,200}") {
        let _ = OfferLink::parse(&text);
        let _ = Discovery::start(&text, Options::default());
    }

    #[test]
    fn any_json_in_a_link_is_an_offer_or_refused(offer in any_json()) {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("credential_offer", &offer.to_string());
        let _ = OfferLink::parse(&format!("openid-credential-offer://?{}", query.finish()));
    }

    #[test]
    fn links_that_we_write_we_read(
        issuer in "\\PC{0,30}",
        ids in prop::collection::vec("\\PC{0,20}", 0..4),
        code in "\\PC{0,40}",
        description in prop::option::of("\\PC{0,40}"),
    ) {
        let tx_code = TxCodeDescription { description, ..TxCodeDescription::default() };
        let offer = CredentialOffer {
            credential_issuer: issuer,
            credential_configuration_ids: ids,
            grants: Some(Grants {
                authorization_code: None,
                pre_authorized_code: Some(PreAuthorizedCodeGrant {
                    pre_authorized_code: BearerToken::from(code),
                    tx_code: Some(tx_code),
                    authorization_server: None,
                }),
            }),
        };
        let written = serde_json::to_value(&offer).unwrap();
        let link = OfferLink::ByValue(offer).link().unwrap();
        let Ok(OfferLink::ByValue(read)) = OfferLink::parse(&link) else {
            panic!("an offer by value")
        };
        prop_assert_eq!(serde_json::to_value(&read).unwrap(), written);
    }

    #[test]
    fn any_bytes_are_a_token_request_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = TokenRequest::parse(&bytes);
    }

    #[test]
    fn token_requests_that_we_write_we_read(
        code in "[^\u{fffd}]{1,60}",
        tx_code in prop::option::of("[^\u{fffd}]{1,12}"),
    ) {
        let request = TokenRequest::PreAuthorizedCode {
            pre_authorized_code: BearerToken::from(code.as_str()),
            tx_code: tx_code.as_deref().map(BearerToken::from),
            authorization_details: None,
        };
        let TokenRequest::PreAuthorizedCode { pre_authorized_code, tx_code: read, .. } =
            TokenRequest::parse(&request.form()).unwrap()
        else {
            panic!("a pre-authorized code")
        };
        prop_assert_eq!(pre_authorized_code.expose(), code);
        prop_assert_eq!(read.as_ref().map(BearerToken::expose), tx_code.as_deref());
    }

    #[test]
    fn any_json_is_a_message_or_refused(json in any_json()) {
        let _ = serde_json::from_value::<CredentialIssuerMetadata>(json.clone());
        let _ = serde_json::from_value::<AuthorizationServerMetadata>(json.clone());
        let _ = serde_json::from_value::<CredentialRequest>(json.clone());
        let _ = serde_json::from_value::<Offer>(json);
    }

    #[test]
    fn any_answer_is_taken_or_refused(body in prop_oneof![
        any_json().prop_map(|json| json.to_string().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
    ], status in 100_u16..600) {
        let (mut host, wallet) = (Host::new(), Wallet::new());
        let offer = host.offer(&["pid"], false);
        let mut response = answer(body);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        let start = || Discovery::start(offer.link.expose(), Options::default()).unwrap();
        let _ = start().receive(&response);
        let review = wallet.discover(&mut host, offer.link.expose()).unwrap();
        let _ = review.accept(None).unwrap().receive(&response, host.now);
        let grant = wallet.access(&mut host, &["pid"]);
        let holder = key(Algorithm::EdDsa);
        let order = || grant.order("pid", vec![holder.public().clone()]).unwrap();
        let _ = order().receive(&response);
        let nonce = host.send(order().request(&[&holder], &wallet.dpop, host.now, &mut rng()).unwrap());
        if let Ok(openid4vci::wallet::Progress::More(stage)) = order().receive(&nonce) {
            let _ = stage.receive(&response);
        }
    }

    #[test]
    fn any_header_and_body_is_a_call_or_refused(
        dpop in "[ -~]{0,200}",
        authorization in "[ -~]{0,200}",
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let host = Host::new();
        let mut headers = HeaderMap::new();
        headers.insert("dpop", HeaderValue::from_str(&dpop).unwrap());
        prop_assert!(host.issuer.token_call(&headers, &body, host.now).is_err());
        headers.insert("authorization", HeaderValue::from_str(&authorization).unwrap());
        prop_assert!(host.issuer.credential_call(&headers, &body, host.now).is_err());
        prop_assert!(host.issuer.notification_call(&headers, &body, host.now).is_err());
        prop_assert!(host.issuer.offer_id(&dpop).is_none());
    }

    #[test]
    fn any_proof_is_refused(
        header in any_json(),
        claims in any_json(),
        noise in "\\PC{0,100}",
        which in 0..3_u8,
    ) {
        let (mut host, wallet) = (Host::new(), Wallet::new());
        let grant = wallet.access(&mut host, &["pid"]);
        let holder = key(Algorithm::EdDsa);
        let stage = grant.order("pid", vec![holder.public().clone()]).unwrap();
        let nonce = host.send(stage.request(&[&holder], &wallet.dpop, host.now, &mut rng()).unwrap());
        let Ok(openid4vci::wallet::Progress::More(stage)) = stage.receive(&nonce) else {
            panic!("a nonce")
        };
        let request = stage.request(&[&holder], &wallet.dpop, host.now, &mut rng()).unwrap();
        let mut body: Value = serde_json::from_slice(request.body()).unwrap();
        let good = body["proofs"]["jwt"][0].as_str().unwrap().to_owned();
        let (signed_header, rest) = good.split_once('.').unwrap();
        let (signed_claims, signature) = rest.split_once('.').unwrap();
        let encoded = |json: &Value| base64url::encode(json.to_string());
        body["proofs"]["jwt"][0] = match which {
            0 => format!("{}.{signed_claims}.{signature}", encoded(&header)),
            1 => format!("{signed_header}.{}.{signature}", encoded(&claims)),
            _ => noise,
        }
        .into();
        let call = |body: &Value| {
            let body = serde_json::to_vec(body).unwrap();
            host.issuer.credential_call(request.headers(), &body, host.now)
        };
        prop_assert!(call(&body).is_err());
        body["proofs"]["jwt"][0] = good.into();
        prop_assert!(call(&body).is_ok());
    }
}
