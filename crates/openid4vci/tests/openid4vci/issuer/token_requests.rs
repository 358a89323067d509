//! What redeems a code.

use openid4vci::issuer::TokenError;
use openid4vci::messages::{ErrorCode, TokenRequestError};

use super::{Rogue, code_of, form};

#[test]
fn token_requests_that_break_a_rule_are_refused() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid"], false);
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
    for (body, error, wire) in [
        (
            String::new(),
            TokenRequestError::Missing("grant_type"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=".into(),
            TokenRequestError::Missing("grant_type"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=authorization_code&code=x".into(),
            TokenRequestError::GrantType,
            ErrorCode::UnsupportedGrantType,
        ),
        (
            grant.into(),
            TokenRequestError::Missing("pre-authorized_code"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=refresh_token".into(),
            TokenRequestError::Missing("refresh_token"),
            ErrorCode::InvalidRequest,
        ),
        (
            form(&code, &[("tx_code", "1"), ("tx_code", "2")]),
            TokenRequestError::Repeated,
            ErrorCode::InvalidRequest,
        ),
        (
            form(&code, &[("client_secret", "x")]),
            TokenRequestError::ClientAuthentication,
            ErrorCode::InvalidClient,
        ),
        (
            form(&code, &[("authorization_details", "{")]),
            TokenRequestError::AuthorizationDetails,
            ErrorCode::InvalidAuthorizationDetails,
        ),
        (
            format!("{grant}&pre-authorized_code=%ff"),
            TokenRequestError::Encoding,
            ErrorCode::InvalidRequest,
        ),
        (
            "x".repeat(70_000),
            TokenRequestError::TooLong,
            ErrorCode::InvalidRequest,
        ),
    ] {
        let refused = rogue.token_call(body.as_bytes()).unwrap_err();
        assert_eq!(refused, TokenError::Request(error));
        assert_eq!(code_of(refused), (400, Some(wire)));
    }
    // Parameters that no text names are ignored (section 6.1).
    assert!(
        rogue
            .token_call(form(&code, &[("client_id", "w"), ("x", "y")]).as_bytes())
            .is_ok()
    );
}

#[test]
fn transaction_codes_are_expected_or_not() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid"], true);
    let missing = rogue.redeem(&form(&code, &[])).unwrap_err();
    assert_eq!(missing, TokenError::TxCodeMissing);
    assert_eq!(code_of(missing), (400, Some(ErrorCode::InvalidRequest)));
    let wrong = rogue
        .redeem(&form(&code, &[("tx_code", "wrong")]))
        .unwrap_err();
    assert_eq!(wrong, TokenError::TxCode { attempts_left: 2 });
    assert_eq!(code_of(wrong), (400, Some(ErrorCode::InvalidGrant)));
    let (code, _) = rogue.code(&["pid"], false);
    let unexpected = rogue
        .redeem(&form(&code, &[("tx_code", "123456")]))
        .unwrap_err();
    assert_eq!(unexpected, TokenError::TxCodeUnexpected);
    assert_eq!(code_of(unexpected), (400, Some(ErrorCode::InvalidRequest)));
}
