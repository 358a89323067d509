//! did:web: which URL a DID means, and which DIDs mean none.

use did::{Did, DidError, Relationship, Resolution, resolve, web};
use keys::{Algorithm, SigningKey};
use proptest::prelude::*;
use serde_json::json;
use url::Url;

fn fetch(text: &str, dev: bool) -> Result<String, DidError> {
    match resolve(&Did::parse(text)?, dev)? {
        Resolution::Fetch(url) => Ok(url.to_string()),
        Resolution::Here(_) => unreachable!(),
    }
}

#[test]
fn examples_of_the_method_specification() {
    for (did, url) in [
        (
            "did:web:w3c-ccg.github.io",
            "https://w3c-ccg.github.io/.well-known/did.json",
        ),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        (
            "did:web:example.com%3A3000",
            "https://example.com:3000/.well-known/did.json",
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
        ),
    ] {
        for dev in [false, true] {
            assert_eq!(fetch(did, dev).unwrap(), url);
        }
    }
}

#[test]
fn loopback_is_http_in_development_and_refused_otherwise() {
    for (did, url) in [
        (
            "did:web:127.0.0.1%3A8080",
            "http://127.0.0.1:8080/.well-known/did.json",
        ),
        (
            "did:web:127.9.9.9%3A8080:issuer",
            "http://127.9.9.9:8080/issuer/did.json",
        ),
        (
            "did:web:localhost%3a8080",
            "http://localhost:8080/.well-known/did.json",
        ),
        ("did:web:localhost", "http://localhost/.well-known/did.json"),
    ] {
        assert_eq!(fetch(did, true).unwrap(), url);
        assert_eq!(fetch(did, false), Err(DidError::Host), "{did}");
    }
}

#[test]
fn addresses_and_local_names_are_refused() {
    for did in [
        "did:web:10.0.0.1",
        "did:web:192.168.1.1%3A8080",
        "did:web:169.254.169.254:latest",
        "did:web:8.8.8.8",
        "did:web:0.0.0.0",
        "did:web:2130706433",
        "did:web:127.1",
        "did:web:0x7f.1",
        "did:web:0177.0.0.1",
        "did:web:1.2.3.4.5",
        "did:web:intranet",
        "did:web:evil.localhost",
    ] {
        for dev in [false, true] {
            assert!(
                matches!(fetch(did, dev), Err(DidError::Host | DidError::Syntax)),
                "{did}"
            );
        }
    }
}

#[test]
fn malformed_places_are_refused() {
    for did in [
        "did:web:example.com::a",
        "did:web:example.com:a:",
        "did:web:example.com:..",
        "did:web:example.com:a:..:b",
        "did:web:example.com:.",
        "did:web:example.com:%2e%2e",
        "did:web:example.com:%2E.",
        "did:web:example.com:a%2Fb",
        "did:web:example.com:a%5cb",
        "did:web:example.com:a%00",
        "did:web:example.com:a%0d%0aHost",
        "did:web:example.com:%252e%252e",
        "did:web:example.com:a%3Fb%3A",
        "did:web:user%40example.com",
        "did:web:user%3Apass%40example.com",
        "did:web:example.com%40evil.com",
        "did:web:example.com%2Fevil",
        "did:web:example.com%3A",
        "did:web:example.com%3A0",
        "did:web:example.com%3A080",
        "did:web:example.com%3A65536",
        "did:web:example.com%3A+80",
        "did:web:example.com%3A80%3A80",
        "did:web:example.com%3A80%40evil.com",
        "did:web:%65xample.com",
        "did:web:example..com",
        "did:web:.example.com",
        "did:web:example.com.",
        "did:web:-example.com",
        "did:web:ex_ample.com",
        "did:web:%5B%3A%3A1%5D",
        "did:web:%E2%84%AA.com",
        "did:web:example.com?query",
        "did:web:example.com/path",
        "did:web:example.com#fragment",
        "did:web:",
        "did:web",
    ] {
        assert!(
            matches!(fetch(did, true), Err(DidError::Syntax | DidError::Host)),
            "{did}"
        );
    }
    let long = format!("did:web:{}.com", "a".repeat(64));
    assert_eq!(fetch(&long, true), Err(DidError::Syntax));
}

#[test]
fn a_base_url_has_its_did() {
    for (url, did) in [
        ("https://example.com", "did:web:example.com"),
        ("https://example.com/", "did:web:example.com"),
        ("https://EXAMPLE.com:443/a/b/", "did:web:example.com:a:b"),
        (
            "https://example.com:8443/issuer",
            "did:web:example.com%3A8443:issuer",
        ),
        ("http://127.0.0.1:8080", "did:web:127.0.0.1%3A8080"),
        ("http://localhost:3000/x", "did:web:localhost%3A3000:x"),
        (
            "https://bücher.example/a%20b",
            "did:web:xn--bcher-kva.example:a%20b",
        ),
    ] {
        assert_eq!(web::did(&Url::parse(url).unwrap()).unwrap().as_str(), did);
    }
    for url in [
        "https://user@example.com",
        "https://:pass@example.com",
        "https://example.com?q",
        "https://example.com#f",
        "https://example.com/a//b",
        "https://example.com/a:b",
        "https://example.com/a~b",
        "http://[::1]:8080",
        "data:text/plain,x",
    ] {
        assert_eq!(
            web::did(&Url::parse(url).unwrap()),
            Err(DidError::Syntax),
            "{url}"
        );
    }
}

#[test]
fn the_document_is_found_again() {
    let signer = SigningKey::from_secret(Algorithm::Es256, &[1; 32]).unwrap();
    let other = SigningKey::from_secret(Algorithm::EdDsa, &[2; 32]).unwrap();
    let did = Did::parse("did:web:example.com").unwrap();
    let keys = [
        ("key-1", signer.public().clone()),
        ("key-2", other.public().clone()),
    ];
    let document = web::document(&did, &keys).unwrap();
    for (fragment, key) in &keys {
        let url = did.url(fragment).unwrap();
        assert_eq!(document.key(&url, Relationship::Assertion).unwrap(), *key);
        assert_eq!(
            document.key(&url, Relationship::Authentication).unwrap(),
            *key
        );
    }
    let json = serde_json::to_value(&document).unwrap();
    assert_eq!(
        json["assertionMethod"],
        json!(["did:web:example.com#key-1", "did:web:example.com#key-2"])
    );
    assert_eq!(json["verificationMethod"][0]["type"], "Multikey");
    let twice = [
        ("a", signer.public().clone()),
        ("a", other.public().clone()),
    ];
    assert_eq!(
        web::document(&did, &twice).unwrap_err(),
        DidError::Ambiguous
    );
    let broken = [("a#b", signer.public().clone())];
    assert_eq!(web::document(&did, &broken).unwrap_err(), DidError::Syntax);
}

proptest! {
    #[test]
    fn whatever_resolves_stays_on_its_host(specific in "[a-zA-Z0-9.:%_-]{1,40}", dev: bool) {
        let text = format!("did:web:{specific}");
        if let Ok(url) = fetch(&text, dev) {
            let url = Url::parse(&url).unwrap();
            prop_assert!(url.path().ends_with("/did.json"));
            prop_assert!(!url.path().contains(".."));
            prop_assert!(url.username().is_empty() && url.query().is_none());
            let host = url.host_str().unwrap().to_owned();
            prop_assert!(specific.to_ascii_lowercase().starts_with(&host));
            match url.scheme() {
                "https" => prop_assert!(url.domain().is_some_and(|name| name.contains('.'))),
                _ => prop_assert!(dev && (host == "localhost" || host.starts_with("127."))),
            }
        }
    }

    #[test]
    fn bases_and_dids_agree(host in "[a-z]{1,8}\\.[a-z]{2,5}", port in prop::option::of(1..=65535_u16), path in "(/[a-zA-Z0-9_-]{1,6}){0,3}") {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let base = Url::parse(&format!("https://{host}{port}{path}")).unwrap();
        let did = web::did(&base).unwrap();
        let root = if path.is_empty() { "/.well-known" } else { path.as_str() };
        let expected = Url::parse(&format!("https://{host}{port}{root}/did.json")).unwrap();
        prop_assert_eq!(fetch(did.as_str(), false).unwrap(), expected.to_string());
    }
}
