//! DIDs, DID URLs, and which key a foreign document yields.

#![expect(clippy::unwrap_used, reason = "tests")]

use did::{Did, DidDocument, DidError, DidUrl, Method, Relationship};
use keys::{Algorithm, KeyError, PublicKey, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "did:web:example.com";

fn public(byte: u8) -> PublicKey {
    SigningKey::from_secret(Algorithm::EdDsa, &[byte; 32])
        .unwrap()
        .public()
        .clone()
}

fn method(id: &str, key: &PublicKey) -> Value {
    json!({ "id": id, "type": "Multikey", "controller": ID, "publicKeyMultibase": key.multikey() })
}

fn key(document: &Value, url: &str, role: Relationship) -> Result<PublicKey, DidError> {
    let id = Did::parse(ID).unwrap();
    let document = DidDocument::parse(document.to_string().as_bytes(), &id)?;
    document.key(&DidUrl::parse(url).unwrap(), role)
}

fn assertion(document: &Value) -> Result<PublicKey, DidError> {
    key(document, "did:web:example.com#a", Relationship::Assertion)
}

#[test]
fn references_may_be_whole_or_relative_and_methods_embedded() {
    let whole = "did:web:example.com#a";
    for (named, listed) in [(whole, whole), ("#a", "#a"), (whole, "#a"), ("#a", whole)] {
        let document = json!({
            "id": ID,
            "verificationMethod": [method("#b", &public(2)), method(named, &public(1))],
            "assertionMethod": ["#b", listed],
        });
        assert_eq!(assertion(&document), Ok(public(1)));
    }
    let embedded = json!({ "id": ID, "assertionMethod": [method(whole, &public(1))] });
    assert_eq!(assertion(&embedded), Ok(public(1)));
}

#[test]
fn a_key_acts_only_in_the_roles_it_is_listed_for() {
    let methods = json!([method("#a", &public(1)), method("#b", &public(2))]);
    let document = json!({
        "id": ID, "verificationMethod": methods, "assertionMethod": ["#a"], "authentication": ["#b"],
    });
    let url = |fragment: &str| format!("{ID}#{fragment}");
    assert_eq!(
        key(&document, &url("a"), Relationship::Assertion),
        Ok(public(1))
    );
    assert_eq!(
        key(&document, &url("b"), Relationship::Authentication),
        Ok(public(2))
    );
    let (a, b) = (url("a"), url("b"));
    assert_eq!(
        key(&document, &a, Relationship::Authentication),
        Err(DidError::Relationship)
    );
    assert_eq!(
        key(&document, &b, Relationship::Assertion),
        Err(DidError::Relationship)
    );
    assert_eq!(
        key(&document, &url("c"), Relationship::Assertion),
        Err(DidError::Missing)
    );
    let unlisted = json!({ "id": ID, "verificationMethod": methods });
    assert_eq!(
        key(&unlisted, &a, Relationship::Assertion),
        Err(DidError::Relationship)
    );
    // A method embedded under one role is not one for the other.
    let embedded = json!({ "id": ID, "authentication": [method("#a", &public(1))] });
    assert_eq!(assertion(&embedded), Err(DidError::Missing));
    let dangling = json!({ "id": ID, "assertionMethod": ["#a"] });
    assert_eq!(assertion(&dangling), Err(DidError::Missing));
}

#[test]
fn a_strangers_key_is_refused() {
    let mut stranger = method("#a", &public(1));
    stranger["controller"] = json!("did:web:evil.example");
    let document = json!({ "id": ID, "verificationMethod": [stranger], "assertionMethod": ["#a"] });
    assert_eq!(assertion(&document), Err(DidError::Controller));
    let embedded = json!({ "id": ID, "assertionMethod": [stranger] });
    assert_eq!(assertion(&embedded), Err(DidError::Controller));
    // The reference names a key in somebody else's document.
    let foreign = json!({
        "id": ID,
        "verificationMethod": [method("did:web:evil.example#a", &public(1))],
        "assertionMethod": ["did:web:evil.example#a"],
    });
    assert_eq!(assertion(&foreign), Err(DidError::Missing));
    let url = "did:web:evil.example#a";
    assert_eq!(
        key(&foreign, url, Relationship::Assertion),
        Err(DidError::Id)
    );
}

#[test]
fn a_method_named_twice_is_ambiguous() {
    for second in ["#a", "did:web:example.com#a"] {
        let document = json!({
            "id": ID,
            "verificationMethod": [method("#a", &public(1)), method(second, &public(2))],
            "assertionMethod": ["#a"],
        });
        assert_eq!(assertion(&document), Err(DidError::Ambiguous));
    }
    let both = json!({
        "id": ID,
        "verificationMethod": [method("#a", &public(1))],
        "assertionMethod": [method("#a", &public(2))],
    });
    assert_eq!(assertion(&both), Err(DidError::Ambiguous));
}

#[test]
fn documents_of_others_are_refused() {
    let id = Did::parse(ID).unwrap();
    let parse = |json: &str| DidDocument::parse(json.as_bytes(), &id).err();
    assert_eq!(parse(r#"{"id":"did:web:example.com"}"#), None);
    for other in [
        "did:web:example.com:x",
        "did:web:example.com%3A443",
        "did:web:EXAMPLE.com",
    ] {
        assert_eq!(
            parse(&json!({ "id": other }).to_string()),
            Some(DidError::Id)
        );
    }
    for broken in [
        "",
        "{}",
        "[]",
        r#"{"id":"did:web:example.com","id":"did:web:example.com"}"#,
        r#"{"id":"did:example:123"}"#,
        r#"{"id":"did:web:example.com#a"}"#,
        r#"{"id":"did:web:example.com","assertionMethod":"did:web:example.com#a"}"#,
        r#"{"id":"did:web:example.com","verificationMethod":{}}"#,
    ] {
        assert!(
            matches!(parse(broken), Some(DidError::Document(_))),
            "{broken}"
        );
    }
    let huge = json!({ "id": ID, "service": "a".repeat(64 * 1024) }).to_string();
    assert_eq!(
        parse(&huge),
        Some(DidError::Document(strict_json::JsonError::Size))
    );
}

#[test]
fn kinds_of_methods() {
    let with = |kind: &str, members: Value| {
        let mut method = json!({ "id": "#a", "type": kind, "controller": ID });
        for (name, value) in members.as_object().unwrap() {
            method[name] = value.clone();
        }
        assertion(&json!({ "id": ID, "verificationMethod": [method], "assertionMethod": ["#a"] }))
    };
    let ours = public(1);
    let p256 = SigningKey::from_secret(Algorithm::Es256, &[1; 32])
        .unwrap()
        .public()
        .clone();
    let multibase = json!({ "publicKeyMultibase": ours.multikey() });
    let jwk = json!({ "publicKeyJwk": ours.jwk() });
    let malformed = Err(DidError::Key(KeyError::Malformed));
    assert_eq!(with("Multikey", multibase.clone()), Ok(ours.clone()));
    assert_eq!(
        with("Ed25519VerificationKey2020", multibase.clone()),
        Ok(ours.clone())
    );
    assert_eq!(with("JsonWebKey", jwk.clone()), Ok(ours.clone()));
    assert_eq!(with("JsonWebKey2020", jwk.clone()), Ok(ours.clone()));
    assert_eq!(with("Multikey", jwk.clone()), malformed);
    assert_eq!(with("JsonWebKey", multibase), malformed);
    let both = json!({ "publicKeyMultibase": ours.multikey(), "publicKeyJwk": ours.jwk() });
    assert_eq!(with("Multikey", both.clone()), malformed);
    assert_eq!(with("JsonWebKey", both), malformed);
    let other = json!({ "publicKeyMultibase": p256.multikey() });
    assert_eq!(with("Ed25519VerificationKey2020", other), malformed);
    assert_eq!(
        with("Ed25519VerificationKey2018", jwk.clone()),
        Err(DidError::Unsupported)
    );
    assert_eq!(
        with("EcdsaSecp256k1VerificationKey2019", jwk.clone()),
        Err(DidError::Unsupported)
    );
    let mut private = jwk;
    private["publicKeyJwk"]["d"] = json!("AAAA");
    assert_eq!(with("JsonWebKey", private), malformed);
    let rsa = json!({ "publicKeyJwk": { "kty": "RSA", "n": "AQAB", "e": "AQAB" } });
    assert_eq!(
        with("JsonWebKey", rsa),
        Err(DidError::Key(KeyError::Unsupported))
    );
}

#[test]
fn keys_that_are_not_asked_for_may_be_of_any_kind() {
    let document = json!({
        "@context": "https://www.w3.org/ns/did/v1",
        "id": ID,
        "alsoKnownAs": ["https://example.com"],
        "verificationMethod": [
            { "id": "#x", "type": "X", "controller": "did:ion:1", "publicKeyJwk": { "kty": "RSA" } },
            { "id": "did:ethr:0x1#y", "type": "Y", "controller": "", "blockchainAccountId": "eip155:1" },
            method("#a", &public(1)),
        ],
        "assertionMethod": ["#x", "did:ethr:0x1#y", "#a"],
        "keyAgreement": ["#x"],
        "service": [{ "id": "#s", "type": "LinkedDomains", "serviceEndpoint": "https://example.com" }],
    });
    assert_eq!(assertion(&document), Ok(public(1)));
}

#[test]
fn dids_are_read_exactly() {
    for (text, method) in [
        ("did:key:z6Mk", Method::Key),
        ("did:jwk:e30", Method::Jwk),
        ("did:web:a.b:c%20d", Method::Web),
    ] {
        let did = Did::parse(text).unwrap();
        assert_eq!((did.method(), did.to_string()), (method, text.to_owned()));
        assert_eq!(serde_json::from_value::<Did>(json!(text)).unwrap(), did);
    }
    for text in ["did:example:1", "did:ion:x", "did:key2:z", "did:webvh:x:y"] {
        assert_eq!(Did::parse(text), Err(DidError::Unsupported), "{text}");
    }
    for text in [
        "",
        "did",
        "did:",
        "did:key",
        "did:key:",
        "did::z",
        "key:z",
        "DID:key:z",
        "did:KEY:z",
        "did:key:z#",
        "did:key:z?a",
        "did:key:z/a",
        "did:key:z ",
        " did:key:z",
        "did:key:z%",
        "did:key:z%4",
        "did:key:z%4g",
        "did:key:z:",
        "did:key:é",
        "did:key:z\n",
        "did:web:a+b",
    ] {
        assert_eq!(Did::parse(text), Err(DidError::Syntax), "{text}");
    }
    let long = format!("did:key:{}", "z".repeat(2041));
    assert_eq!(Did::parse(&long), Err(DidError::Syntax));
}

#[test]
fn did_urls_name_a_method_and_nothing_else() {
    let url = DidUrl::parse("did:web:a.b#key-1").unwrap();
    assert_eq!(
        (url.did().as_str(), url.fragment()),
        ("did:web:a.b", "key-1")
    );
    assert_eq!(url.did().join("#key-1"), Ok(url.clone()));
    assert_eq!(url.did().join("did:web:a.b#key-1"), Ok(url.clone()));
    assert_eq!(serde_json::to_value(&url).unwrap(), "did:web:a.b#key-1");
    for text in [
        "did:web:a.b",
        "did:web:a.b#",
        "#a",
        "did:web:a.b/p#a",
        "did:web:a.b?q#a",
        "did:web:a.b#a#b",
        "did:web:a.b# ",
        "did:web:a.b#a%2",
        "did:web:a.b#\"",
    ] {
        assert_eq!(DidUrl::parse(text), Err(DidError::Syntax), "{text}");
    }
    assert_eq!(url.did().join("key-1"), Err(DidError::Syntax));
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(text in "did:(key|web|jwk|ion):[a-z0-9.:%_#/-]{0,30}") {
        if let Ok(did) = Did::parse(&text) {
            prop_assert_eq!(did.to_string(), text.clone());
        }
        if let Ok(url) = DidUrl::parse(&text) {
            prop_assert_eq!(url.to_string(), text);
        }
    }

    #[test]
    fn noise_is_refused(text in ".{0,60}", bytes: Vec<u8>) {
        prop_assert!(Did::parse(&text).is_err());
        prop_assert!(DidUrl::parse(&text).is_err());
        prop_assert!(DidDocument::parse(&bytes, &Did::parse(ID).unwrap()).is_err());
    }

    /// Whatever a document looks like, a key comes out only if the role lists it.
    #[test]
    fn only_listed_keys_come_out(listed in prop::collection::vec(0..6_usize, 0..4), asked in 0..6_usize) {
        let methods: Vec<Value> =
            (0..6_u8).map(|n| method(&format!("#k{n}"), &public(n + 1))).collect();
        let references: Vec<String> = listed.iter().map(|n| format!("#k{n}")).collect();
        let document = json!({
            "id": ID, "verificationMethod": methods, "assertionMethod": references,
        });
        let found = key(&document, &format!("{ID}#k{asked}"), Relationship::Assertion);
        prop_assert_eq!(found.is_ok(), listed.contains(&asked));
        if let Ok(found) = found {
            prop_assert_eq!(found, public(asked as u8 + 1));
        }
    }
}
