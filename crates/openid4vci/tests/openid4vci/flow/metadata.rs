//! What a wallet makes of an issuer's metadata.

use keys::Algorithm;
use openid4vci::wallet::DiscoveryError;

use super::{json, keys};
use crate::harness::{Host, Wallet, key};

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
