//! What may be asked for with a token.

use openid4vci::issuer::{CredentialError, TokenError};
use openid4vci::messages::ErrorCode;
use serde_json::json;

use super::{Rogue, code_of, form};

#[test]
fn credential_requests_that_break_a_rule_are_refused() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let proof = rogue.key_proof(|_, _| {});
    let proofs = json!({"jwt": [proof]});
    let five: Vec<_> = (0..5).map(|_| rogue.key_proof(|_, _| {})).collect();
    for (body, error, code) in [
        (
            json!({"proofs": proofs}),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!({"credential_configuration_id": "pid", "credential_identifier": "pid", "proofs": proofs}),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!([]),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!({"credential_configuration_id": "pid-w3c", "proofs": proofs}),
            CredentialError::UnknownConfiguration,
            ErrorCode::UnknownCredentialConfiguration,
        ),
        (
            json!({"credential_configuration_id": "else", "proofs": proofs}),
            CredentialError::UnknownConfiguration,
            ErrorCode::UnknownCredentialConfiguration,
        ),
        (
            json!({"credential_identifier": "pid", "proofs": proofs}),
            CredentialError::UnknownIdentifier,
            ErrorCode::UnknownCredentialIdentifier,
        ),
        (
            json!({"credential_configuration_id": "pid"}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"di_vp": [{}]}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof], "di_vp": []}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": []}}),
            CredentialError::ProofCount,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": five}}),
            CredentialError::ProofCount,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof, proof]}}),
            CredentialError::RepeatedKey,
            ErrorCode::InvalidProof,
        ),
        (
            json!({
                "credential_configuration_id": "pid",
                "proofs": proofs,
                "credential_response_encryption": {"jwk": {}, "enc": "A128GCM"}
            }),
            CredentialError::Encryption,
            ErrorCode::InvalidEncryptionParameters,
        ),
    ] {
        assert_eq!(rogue.credential(&tokens, &body), Err(error), "{body}");
        assert_eq!(code_of(error), (400, Some(code)));
    }
    assert_eq!(
        code_of(CredentialError::Denied),
        (400, Some(ErrorCode::CredentialRequestDenied))
    );
}

#[test]
fn duplicate_members_depth_and_size_are_refused() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = rogue.host.issuer.endpoints().credential.clone();
    let duplicate = br#"{"credential_configuration_id":"pid","credential_configuration_id":"pid"}"#;
    let deep = format!("{{\"proofs\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(70_000));
    for body in [
        &duplicate[..],
        deep.as_bytes(),
        large.as_bytes(),
        b"\xff",
        b"",
    ] {
        let headers = rogue.headers(&url, Some(&tokens.access_token));
        let error = rogue
            .host
            .issuer
            .credential_call(&headers, body, rogue.host.now)
            .unwrap_err();
        assert_eq!(error, CredentialError::Malformed);
    }
}

#[test]
fn authorization_details_select_and_are_answered() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid", "pid-w3c"], false);
    let details = r#"[{"type":"openid_credential","credential_configuration_id":"pid-w3c"}]"#;
    let tokens = rogue
        .redeem(&form(&code, &[("authorization_details", details)]))
        .unwrap();
    let granted = tokens.authorization_details.as_ref().unwrap();
    assert_eq!(granted.len(), 1);
    let identifier = granted[0].credential_identifiers.as_ref().unwrap()[0].clone();
    let proofs = json!({"jwt": [rogue.key_proof(|_, _| {})]});
    let by_identifier = json!({"credential_identifier": identifier, "proofs": proofs});
    assert_eq!(rogue.credential(&tokens, &by_identifier), Ok(1));
    let by_configuration = json!({"credential_configuration_id": "pid-w3c", "proofs": proofs});
    assert_eq!(
        rogue.credential(&tokens, &by_configuration),
        Err(CredentialError::Malformed)
    );
    let other = json!({"credential_identifier": "pid", "proofs": proofs});
    assert_eq!(
        rogue.credential(&tokens, &other),
        Err(CredentialError::UnknownIdentifier)
    );
}

#[test]
fn authorization_details_that_were_not_offered_are_refused() {
    let mut rogue = Rogue::new();
    for details in [
        r#"[{"type":"openid_credential","credential_configuration_id":"pid-w3c"}]"#,
        r#"[{"type":"payment","credential_configuration_id":"pid"}]"#,
        r#"[{"type":"openid_credential"}]"#,
        r#"[{"type":"openid_credential","credential_configuration_id":"pid","locations":["https://else.example"]}]"#,
        "[]",
    ] {
        let (code, _) = rogue.code(&["pid"], false);
        let error = rogue
            .redeem(&form(&code, &[("authorization_details", details)]))
            .unwrap_err();
        assert_eq!(error, TokenError::AuthorizationDetails, "{details}");
        assert_eq!(
            code_of(error),
            (400, Some(ErrorCode::InvalidAuthorizationDetails))
        );
    }
}
