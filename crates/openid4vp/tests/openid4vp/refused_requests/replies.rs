//! What a wallet sends of a refusal or a selection, and what it takes for an answer.

use http::Response;
use keys::Algorithm;
use openid4vp::wallet::{self, Error};
use serde_json::json;

use super::{Forge, refusal};
use crate::parties::*;

/// The Holder decides whether the Verifier learns of a refusal; and only what a Verifier really
/// said can be reported, to where that Verifier wants it.
#[test]
fn only_a_genuine_request_can_be_reported() {
    let forge = Forge::new();
    let report = refusal(forge.with_payload(|payload| payload["transaction_data"] = json!(["x"])))
        .report()
        .unwrap();
    let request = report.request();
    let session = requested(&forge.created.session);
    assert!(session.link().starts_with("openid4vp://?"));
    assert_eq!(request.method(), "POST");
    assert!(
        request
            .uri()
            .to_string()
            .starts_with("https://verifier.example/oid4vp/response/")
    );
    let body = String::from_utf8(request.into_body()).unwrap();
    assert!(
        body.starts_with("error=invalid_transaction_data&state="),
        "{body}"
    );

    let report =
        refusal(forge.with_payload(|payload| payload["redirect_uri"] = json!("https://x")))
            .report()
            .unwrap();
    let body = String::from_utf8(report.request().into_body()).unwrap();
    assert!(body.starts_with("error=invalid_request&state="), "{body}");

    assert!(
        refusal(forge.with_header(|header| header["typ"] = json!("x")))
            .report()
            .is_none()
    );
    let expired = forge.with_payload(|payload| payload["exp"] = json!(1));
    assert!(refusal(expired).report().is_none());
    let nowhere = forge.with_payload(|payload| {
        payload["nonce"] = json!("");
        payload["response_uri"] = json!("http://verifier.example/post");
    });
    assert!(refusal(nowhere).report().is_none());
}

#[test]
fn a_selection_for_another_request_is_not_sent() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let modest = verifier.open(&verifier.create(adults(&issuer)));
    let curious = policy(&issuer, json!([{ "path": ["family_name"] }]));
    let curious = verifier.open(&verifier.create(curious));
    let held = [Held::sd_jwt(&issuer, json!({}))];
    let selection = curious.matches(&candidates(&held)).preferred().unwrap();
    let result = modest.accept(&selection, |_| None, &mut rng(), now());
    let Err(Error::Holding(fault)) = result else {
        panic!("{result:?}")
    };
    assert_eq!(fault, wallet::HoldingFault::OtherRequest);
}

#[test]
fn a_reply_that_sends_the_holder_astray_is_refused() {
    let verifier = Verifier::new();
    let issuer = Issuer::new(Algorithm::EdDsa);
    let reply = |status: u16, content_type: &str, body: &str| {
        let answering = verifier
            .open(&verifier.create(adults(&issuer)))
            .decline()
            .unwrap();
        let response = Response::builder()
            .status(status)
            .header("content-type", content_type)
            .body(body.as_bytes().to_vec())
            .unwrap();
        answering.receive(&response)
    };
    let json = "application/json";
    assert!(reply(200, json, "{}").unwrap().redirect_uri.is_none());
    assert!(reply(200, json, r#"{"redirect_uri":"https://v.example/#code"}"#).is_ok());
    for body in [
        r#"{"redirect_uri":"javascript:alert(1)"}"#,
        r#"{"redirect_uri":"file:///etc/passwd"}"#,
        r#"{"redirect_uri":"http://v.example/"}"#,
        r#"{"redirect_uri":"/relative"}"#,
        r#"{"redirect_uri":"https://a.example","redirect_uri":"https://b.example"}"#,
        "not json",
    ] {
        assert_eq!(reply(200, json, body), Err(Error::Reply), "{body}");
    }
    assert_eq!(reply(200, "text/html", "{}"), Err(Error::Reply));
    let refused = reply(400, json, r#"{"error":"invalid_request"}"#).unwrap_err();
    let code = openid4vp::messages::ErrorCode::InvalidRequest;
    assert_eq!(
        refused,
        Error::Refused {
            status: 400,
            code: Some(code)
        }
    );
}
