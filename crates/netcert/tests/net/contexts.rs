//! What a pseudonym is bound to has one spelling.

use did::{Did, DidDocument};
use netcert::{ContextError, Loopback, PseudonymContext, Scope};

fn did_web(text: &str) -> Result<PseudonymContext, ContextError> {
    let did = Did::parse(text).map_err(|_| ContextError::Identity)?;
    PseudonymContext::of_did_web(&did, Loopback::Refused)
}

fn dns(name: &str) -> Result<PseudonymContext, ContextError> {
    PseudonymContext::of_x509_san_dns(name, &format!("https://{name}/response"))
}

fn origin(text: &str) -> Result<PseudonymContext, ContextError> {
    PseudonymContext::of_origin(text, Loopback::Refused)
}

#[test]
fn hosts_have_one_spelling() {
    assert!(did_web("did:web:shop.example").is_ok());
    assert!(did_web("did:web:xn--bcher-kva.example").is_ok());
    for host in [
        "Shop.example",
        "SHOP.EXAMPLE",
        "shop.example.",
        ".shop.example",
        "shop..example",
        "shop",
        "localhost",
        "shop.localhost",
        "-shop.example",
        "shop-.example",
        "shop_1.example",
        "*.example",
        "192.0.2.1",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "shop.example.1",
        // A label that decodes to nothing, to an upper-case letter, or to plain ASCII.
        "xn--.example",
        "xn--a.example",
        "xn--abc-.example",
        "xn--BCHER-kva.example",
    ] {
        let refused = did_web(&format!("did:web:{host}"));
        assert!(refused.is_err(), "did:web:{host}");
        assert!(dns(host).is_err(), "{host}");
        assert!(origin(&format!("https://{host}")).is_err(), "{host}");
    }
    // Letters beyond ASCII come as A-labels or not at all.
    for host in ["bücher.example", "ѕhop.example", "shop。example"] {
        assert!(did_web(&format!("did:web:{host}")).is_err());
        assert!(dns(host).is_err());
        assert!(origin(&format!("https://{host}")).is_err());
    }
    let long = format!("{}.example", "a".repeat(64));
    assert_eq!(did_web(&format!("did:web:{long}")), Err(ContextError::Host));
}

#[test]
fn names_are_shown_as_dns_has_them() {
    // Cyrillic letters among Latin ones look like "apple".
    let context = did_web("did:web:xn--pple-43d.com").unwrap();
    assert_eq!(context.host(), "xn--pple-43d.com");
    assert_eq!(context.to_string(), "xn--pple-43d.com");
}

#[test]
fn ports_have_one_spelling() {
    assert!(did_web("did:web:shop.example%3A8443").is_ok());
    for port in [
        "%3A443",
        "%3a8443",
        "%3A08443",
        "%3A0x20",
        "%3A65536",
        "%3A",
        "%3A8443%3A1",
    ] {
        assert_eq!(
            did_web(&format!("did:web:shop.example{port}")),
            Err(ContextError::Port),
            "{port}"
        );
    }
    for port in [":443", ":08443", ":", ":+1", ":65536"] {
        assert_eq!(
            origin(&format!("https://shop.example{port}")),
            Err(ContextError::Port)
        );
    }
    assert!(origin("https://shop.example:8443").is_ok());
    assert_ne!(
        did_web("did:web:shop.example%3A8443").unwrap().id(),
        did_web("did:web:shop.example").unwrap().id()
    );
}

#[test]
fn paths_are_never_decoded() {
    let context = did_web("did:web:host.example:tenants:shop-1.a_B").unwrap();
    assert!(context.shares_host());
    assert_eq!(context.to_string(), "host.example/tenants/shop-1.a_B");
    for path in [
        ":.", ":..", ":a:..", ":a%2Fb", ":%61", ":a%3Ab", ":%2e%2e", "::a",
    ] {
        assert_eq!(
            did_web(&format!("did:web:host.example{path}")),
            Err(ContextError::Path),
            "{path}"
        );
    }
    let ids = [
        "did:web:host.example:a:b",
        "did:web:host.example:ab",
        "did:web:host.example:a",
        "did:web:host.example:A",
        "did:web:host.example",
        "did:web:a.host.example",
        "did:web:host.example%3A8443:a",
    ]
    .map(|did| did_web(did).unwrap().id());
    for (place, id) in ids.iter().enumerate() {
        assert!(!ids[..place].contains(id));
    }
}

/// The key of a request comes from a document that says it is this DID's.
#[test]
fn a_documents_id_has_to_be_the_did() {
    let did = Did::parse("did:web:shop.example").unwrap();
    let other = r#"{"id": "did:web:evil.example"}"#;
    assert!(DidDocument::parse(other.as_bytes(), &did).is_err());
    let case = r#"{"id": "did:web:SHOP.example"}"#;
    assert!(DidDocument::parse(case.as_bytes(), &did).is_err());
}

#[test]
fn only_lasting_identities_have_contexts() {
    let of = |client_id: &str| {
        PseudonymContext::of_client_id(
            client_id,
            "https://shop.example/response",
            Loopback::Refused,
        )
    };
    assert!(of("decentralized_identifier:did:web:shop.example").is_ok());
    assert!(of("x509_san_dns:shop.example").is_ok());
    for client_id in [
        "redirect_uri:https://shop.example/response",
        "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk",
        "decentralized_identifier:did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "decentralized_identifier:did:web:",
        "decentralized_identifier:did:ion:abc",
        "decentralized_identifier:https://shop.example",
        "did:web:shop.example",
        "verifier_attestation:shop",
        "openid_federation:https://shop.example",
        "origin:https://shop.example",
        "https://shop.example",
        "shop.example",
        "",
    ] {
        assert_eq!(of(client_id), Err(ContextError::Identity), "{client_id}");
    }
}

#[test]
fn an_x509_name_is_where_the_response_goes() {
    let of = PseudonymContext::of_x509_san_dns;
    assert!(of("shop.example", "https://shop.example:8443/r").is_ok());
    for uri in [
        "https://evil.example/r",
        "https://www.shop.example/r",
        "https://shop.example.evil.example/r",
        "https://shop.example@evil.example/r",
        "https://shop.example./r",
        "http://shop.example/r",
        "shop.example",
        "",
    ] {
        assert_eq!(
            of("shop.example", uri),
            Err(ContextError::ResponseUri),
            "{uri}"
        );
    }
    // A wildcard in a certificate is no name.
    assert!(of("*.shop.example", "https://*.shop.example/r").is_err());
}

#[test]
fn kinds_and_scopes_are_kept_apart() {
    let did = did_web("did:web:shop.example").unwrap();
    let scope = |purpose, period| Scope::new(purpose, period).unwrap();
    let ids = [
        did.id(),
        dns("shop.example").unwrap().id(),
        origin("https://shop.example").unwrap().id(),
        did.clone().within(scope("votes", None)).id(),
        did.clone().within(scope("votes", Some("2026"))).id(),
        did.clone().within(scope("votes2026", None)).id(),
        did.clone().within(scope("reviews", None)).id(),
    ];
    for (place, id) in ids.iter().enumerate() {
        assert!(!ids[..place].contains(id));
    }
    for purpose in ["", "Votes", "a b", "ü", "a/b", &"a".repeat(65)] {
        assert_eq!(Scope::new(purpose, None), Err(ContextError::Scope));
        assert_eq!(Scope::new("votes", Some(purpose)), Err(ContextError::Scope));
    }
}

#[test]
fn loopback_is_for_development_and_says_so() {
    let did = Did::parse("did:web:127.0.0.1%3A8080").unwrap();
    assert_eq!(
        PseudonymContext::of_did_web(&did, Loopback::Refused),
        Err(ContextError::Host)
    );
    let context = PseudonymContext::of_did_web(&did, Loopback::Allowed).unwrap();
    assert!(context.is_loopback());
    assert_eq!(context.to_string(), "127.0.0.1:8080");
    assert!(PseudonymContext::of_origin("http://localhost:8080", Loopback::Allowed).is_ok());
    for (text, loopback) in [
        ("http://localhost:8080", Loopback::Refused),
        ("http://shop.example", Loopback::Allowed),
        ("https://localhost", Loopback::Allowed),
        ("https://shop.example/", Loopback::Refused),
        ("https://user@shop.example", Loopback::Refused),
        ("null", Loopback::Refused),
    ] {
        assert!(
            PseudonymContext::of_origin(text, loopback).is_err(),
            "{text}"
        );
    }
    assert!(!did_web("did:web:shop.example").unwrap().is_loopback());
}

/// Fixed, so that no later version changes anybody's number.
#[test]
fn the_bytes_are_as_specified() {
    let context = did_web("did:web:host.example%3A8443:a").unwrap();
    let context = context.within(Scope::new("votes", Some("2026")).unwrap());
    let mut expected = Vec::new();
    let fields: [&[u8]; 5] = [
        b"pessoa-ctx-v1",
        b"did_web",
        b"host.example",
        b"8443",
        &[0, 0, 0, 0, 0, 0, 0, 1],
    ];
    for field in fields.iter().copied().chain([&b"a"[..], b"votes", b"2026"]) {
        expected.extend((field.len() as u64).to_be_bytes());
        expected.extend(field);
    }
    assert_eq!(context.id(), expected);
}
