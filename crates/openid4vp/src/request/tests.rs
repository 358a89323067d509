use serde_json::json;

use super::*;

fn wire(change: Value) -> AuthorizationRequest {
    let mut wire = json!({
        "client_id": "redirect_uri:https://verifier.example/post",
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "nonce": "n-0S6_WzA2Mj",
        "dcql_query": { "credentials": [
            { "id": "a", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:a"] } }
        ] },
    });
    for (name, value) in change.as_object().unwrap() {
        wire[name] = value.clone();
    }
    serde_json::from_value(wire).unwrap()
}

fn fault(change: Value) -> RequestFault {
    Request::parse(wire(change), false).unwrap_err()
}

#[test]
fn takes_the_client_for_the_response_uri() {
    let request = Request::parse(wire(json!({})), false).unwrap();
    assert_eq!(
        request.response_uri().as_str(),
        "https://verifier.example/post"
    );
    let same = json!({ "response_uri": "https://verifier.example/post" });
    assert!(Request::parse(wire(same), false).is_ok());
    let other = json!({ "response_uri": "https://verifier.example/post/" });
    assert_eq!(fault(other), RequestFault::ResponseUriMismatch);
}

#[test]
fn refuses_addresses_that_are_not_https() {
    for address in [
        "http://verifier.example/post",
        "http://127.0.0.1/post",
        "https://user@verifier.example/post",
        "https://verifier.example/post#fragment",
    ] {
        let client = json!({ "client_id": format!("redirect_uri:{address}") });
        assert_eq!(fault(client), RequestFault::ResponseUri, "{address}");
    }
}

#[test]
fn permits_http_to_this_machine_in_development() {
    for (address, fine) in [
        ("http://127.0.0.1:8080/post", true),
        ("http://localhost/post", true),
        ("http://[::1]/post", true),
        ("http://192.168.0.1/post", false),
        ("http://localhost.example/post", false),
        ("ftp://localhost/post", false),
    ] {
        let client = json!({ "client_id": format!("redirect_uri:{address}") });
        assert_eq!(
            Request::parse(wire(client), true).is_ok(),
            fine,
            "{address}"
        );
    }
}

#[test]
fn wants_a_state_for_credentials_without_holder_binding() {
    let query = json!({ "dcql_query": { "credentials": [{
        "id": "a", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:a"] },
        "require_cryptographic_holder_binding": false,
    }] } });
    assert_eq!(fault(query.clone()), RequestFault::StateMissing);
    let mut query = query;
    query["state"] = json!("abc");
    assert!(Request::parse(wire(query), false).is_ok());
}

#[test]
fn reads_the_formats_that_the_verifier_says() {
    use keys::Algorithm::{EdDsa, Es256};
    let with = |formats: Value| {
        let metadata = json!({ "client_metadata": { "vp_formats_supported": formats } });
        Request::parse(wire(metadata), false).unwrap()
    };
    let silent = Request::parse(wire(json!({})), false).unwrap();
    assert!(silent.reads("dc+sd-jwt", "kb-jwt_alg_values", EdDsa));
    let request = with(json!({ "dc+sd-jwt": { "kb-jwt_alg_values": ["ES256"] } }));
    assert!(request.reads("dc+sd-jwt", "kb-jwt_alg_values", Es256));
    assert!(!request.reads("dc+sd-jwt", "kb-jwt_alg_values", EdDsa));
    assert!(!request.reads("jwt_vc_json", "alg_values", Es256));
    let request = with(json!({ "jwt_vc_json": { "alg_values": ["Ed25519"] } }));
    assert!(request.reads("jwt_vc_json", "alg_values", EdDsa));
}

/// A Verifier's words cannot imitate the wallet's.
#[test]
fn shows_a_verifiers_words_on_one_short_line() {
    let request = wire(json!({
        "client_metadata": { "client_name": "Shop\n\u{202e}knaB\u{200b} \u{7}x" },
        "purpose": "\u{200b}\u{2066}",
    }));
    let request = Request::parse(request, false).unwrap();
    assert_eq!(request.client_name(), Some("Shop knaB x"));
    assert_eq!(request.purpose(), None);
    let long = wire(json!({ "purpose": "x".repeat(1000) }));
    assert_eq!(
        Request::parse(long, false)
            .unwrap()
            .purpose()
            .unwrap()
            .len(),
        200
    );
}
