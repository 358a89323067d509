//! The method's own examples (`vectors/did-jwk/README.md`).

#![expect(clippy::unwrap_used, reason = "tests")]

use did::{Did, DidError, DidUrl, Relationship, Resolution, resolve};
use keys::{Algorithm, KeyError, SigningKey, base64url};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The code blocks under an example's heading: DID, DID URL, document.
fn example(heading: &str) -> [String; 3] {
    let text = include_str!("vectors/did-jwk/spec.md");
    let (_, example) = text.split_once(&format!("### {heading}\n")).unwrap();
    let mut blocks = example.split("```").skip(1).step_by(2).map(|block| {
        let (_, body) = block.split_once('\n').unwrap();
        body.trim().to_owned()
    });
    [(); 3].map(|()| blocks.next().unwrap())
}

fn did_of(jwk: &str) -> Did {
    Did::parse(&format!("did:jwk:{}", base64url::encode(jwk))).unwrap()
}

#[test]
fn p256_example() {
    let [did, url, document] = example("P-256");
    let expected: Value = serde_json::from_str(&document.replace("did:jwk:$", "did:jwk:")).unwrap();
    let did = Did::parse(&did).unwrap();
    let url = DidUrl::parse(&url).unwrap();
    let Resolution::Here(document) = resolve(&did, false).unwrap() else {
        unreachable!()
    };
    assert_eq!(serde_json::to_value(&document).unwrap(), expected);
    let key = document.key(&url, Relationship::Assertion).unwrap();
    assert_eq!(did::jwk::did(&key), did);
    assert_eq!(did::jwk::verification_method(&key), url);
}

#[test]
fn x25519_example() {
    let [did, url, document] = example("X25519");
    let expected: Value = serde_json::from_str(&document).unwrap();
    let (did, url) = (Did::parse(&did).unwrap(), DidUrl::parse(&url).unwrap());
    let Resolution::Here(document) = resolve(&did, false).unwrap() else {
        unreachable!()
    };
    assert_eq!(serde_json::to_value(&document).unwrap(), expected);
    let refusal = document.key(&url, Relationship::Assertion).unwrap_err();
    assert_eq!(refusal, DidError::Relationship);
    assert!(did::jwk::public_key(&did).is_err());
}

#[test]
fn a_key_for_agreement_must_be_whole_and_meant_for_it() {
    let x = "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08";
    for (jwk, expected) in [
        (
            json!({"kty": "OKP", "crv": "X25519", "x": x, "use": "sig"}),
            KeyError::Unusable,
        ),
        (
            json!({"kty": "OKP", "crv": "X25519", "x": "3p7b"}),
            KeyError::Malformed,
        ),
        (
            json!({"kty": "OKP", "crv": "X25519", "x": x, "d": x}),
            KeyError::Malformed,
        ),
    ] {
        let refusal = resolve(&did_of(&jwk.to_string()), false).unwrap_err();
        assert_eq!(refusal, DidError::Key(expected), "{jwk}");
    }
}

#[test]
fn a_p384_key_is_its_own_document() {
    let key = SigningKey::from_secret(Algorithm::Es384, &[1; 48]).unwrap();
    let did = did::jwk::did(key.public());
    let url = did::jwk::verification_method(key.public());
    let Resolution::Here(document) = resolve(&did, false).unwrap() else {
        unreachable!()
    };
    let read = document.key(&url, Relationship::Authentication).unwrap();
    assert_eq!(read, *key.public());
}

#[test]
fn there_are_two_examples() {
    let text = include_str!("vectors/did-jwk/spec.md");
    assert_eq!(text.matches("\n#### DID\n").count(), 2);
}

#[test]
fn a_key_for_signatures_agrees_on_none() {
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[1; 32]).unwrap();
    let mut jwk = serde_json::to_value(key.public().jwk()).unwrap();
    jwk["use"] = json!("sig");
    jwk["custom"] = json!({ "kept": true });
    let did = did_of(&jwk.to_string());
    let document = serde_json::to_value(did::jwk::document(&did).unwrap()).unwrap();
    assert_eq!(document.get("keyAgreement"), None);
    assert_eq!(document["verificationMethod"][0]["publicKeyJwk"], jwk);
}

#[test]
fn unfit_keys_are_refused() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let malformed = DidError::Key(KeyError::Malformed);
    let unsupported = DidError::Key(KeyError::Unsupported);
    let cases = [
        (
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","d":"{x}"}}"#),
            malformed,
        ),
        (
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}="}}"#),
            malformed,
        ),
        (
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","use":"enc"}}"#),
            DidError::Key(KeyError::Unusable),
        ),
        (
            r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_owned(),
            unsupported,
        ),
        (r#"{"kty":"oct","k":"AQAB"}"#.to_owned(), unsupported),
        ("[]".to_owned(), unsupported),
        ("null".to_owned(), unsupported),
        (
            format!(r#"{{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"{x}"}}"#),
            DidError::Document(strict_json::JsonError::Duplicate),
        ),
        (
            "{".to_owned(),
            DidError::Document(strict_json::JsonError::Syntax),
        ),
    ];
    for (jwk, expected) in cases {
        assert_eq!(
            resolve(&did_of(&jwk), false).unwrap_err(),
            expected,
            "{jwk}"
        );
    }
    let padded = Did::parse("did:jwk:e3%3D").unwrap();
    assert_eq!(resolve(&padded, false).unwrap_err(), DidError::Syntax);
}

proptest! {
    #[test]
    fn noise_does_not_resolve(bytes: Vec<u8>) {
        prop_assume!(!bytes.is_empty());
        let did = Did::parse(&format!("did:jwk:{}", base64url::encode(bytes))).unwrap();
        prop_assert!(resolve(&did, false).is_err());
    }

    #[test]
    fn any_key_comes_back(secret: [u8; 32], es256: bool) {
        let algorithm = if es256 { Algorithm::Es256 } else { Algorithm::EdDsa };
        let Ok(key) = SigningKey::from_secret(algorithm, &secret) else { return Ok(()) };
        for url in [did::jwk::verification_method(key.public()), did::key::verification_method(key.public())] {
            let Resolution::Here(document) = resolve(url.did(), false).unwrap() else { unreachable!() };
            let found = document.key(&url, Relationship::Authentication).unwrap();
            prop_assert_eq!(&found, key.public());
            // The document survives the wire.
            let json = serde_json::to_vec(&document).unwrap();
            let read = did::DidDocument::parse(&json, url.did()).unwrap();
            prop_assert_eq!(&read.key(&url, Relationship::Assertion).unwrap(), key.public());
        }
    }
}
