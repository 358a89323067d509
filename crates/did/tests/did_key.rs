//! The method's own vectors (`vectors/did-key/README.md`).

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use did::{Did, DidError, DidUrl, Relationship, Resolution, resolve};
use keys::{Algorithm, Jwk, KeyError, PublicKey, SigningKey, base64url};
use serde_json::{Value, json};

macro_rules! files {
    ($($name:ident: $file:literal;)*) => {
        $(#[test]
        fn $name() {
            run($file);
        })*

        #[test]
        fn every_file_is_run() {
            let run: BTreeSet<String> = [$($file,)* "README.md"].map(str::to_owned).into();
            let there = std::fs::read_dir(folder()).unwrap();
            let there: BTreeSet<String> =
                there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(run, there);
        }
    };
}

files! {
    bls12381: "bls12381.json";
    ed25519_x25519: "ed25519-x25519.json";
    nist_curves: "nist-curves.json";
    rsa: "rsa.json";
    secp256k1: "secp256k1.json";
    x25519: "x25519.json";
}

fn run(file: &str) {
    let text = std::fs::read(folder().join(file)).unwrap();
    let vectors: Value = serde_json::from_slice(&text).unwrap();
    // One file wraps its documents once more.
    let vectors = vectors
        .get("didDocument")
        .unwrap_or(&vectors)
        .as_object()
        .unwrap();
    assert!(!vectors.is_empty());
    for (text, vector) in vectors {
        let did = Did::parse(text).unwrap();
        let starts = |prefix: &str| text.starts_with(&format!("did:key:{prefix}"));
        if ["z6Mk", "zDn", "z82L"].into_iter().any(starts) {
            resolves(&did, vector);
        } else if starts("zUC7") || starts("z6LS") {
            names_a_key_that_is_not_ours(&did, vector);
        } else {
            let refusal = resolve(&did, false).unwrap_err();
            assert_eq!(refusal, DidError::Key(KeyError::Unsupported), "{did}");
        }
    }
}

fn resolves(did: &Did, vector: &Value) {
    let Resolution::Here(document) = resolve(did, false).unwrap() else {
        unreachable!()
    };
    assert_eq!(document.id(), did);
    let expected = &vector["didDocument"];
    let url = DidUrl::parse(expected["assertionMethod"][0].as_str().unwrap()).unwrap();
    assert_eq!(expected["authentication"][0], url.to_string());
    let key = document.key(&url, Relationship::Assertion).unwrap();
    assert_eq!(
        document.key(&url, Relationship::Authentication).unwrap(),
        key
    );
    assert_eq!(did::key::did(&key), *did);
    assert_eq!(did::key::verification_method(&key), url);

    let method = &expected["verificationMethod"][0];
    assert_eq!(method["id"], url.to_string());
    assert_eq!(key, published(method), "{did}");
    if let Some(seed) = vector["seed"].as_str().filter(|seed| seed.len() == 64) {
        let seed: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&seed[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let signer = SigningKey::from_secret(Algorithm::EdDsa, &seed).unwrap();
        assert_eq!(*signer.public(), key);
    }
}

/// Keys of BBS signatures, and for agreement alone: the document names them for the same roles.
fn names_a_key_that_is_not_ours(did: &Did, vector: &Value) {
    let Resolution::Here(document) = resolve(did, false).unwrap() else {
        unreachable!()
    };
    let expected = vector.get("didDocument").unwrap_or(vector);
    let written = serde_json::to_value(&document).unwrap();
    for role in [
        "assertionMethod",
        "authentication",
        "capabilityDelegation",
        "capabilityInvocation",
        "keyAgreement",
    ] {
        assert_eq!(written.get(role), expected.get(role), "{did} {role}");
    }
    let (method, published) = (
        &written["verificationMethod"][0],
        &expected["verificationMethod"][0],
    );
    assert_eq!(method["id"], published["id"]);
    assert_eq!(method["type"], "Multikey");
    let text = method["publicKeyMultibase"].as_str().unwrap();
    let (_, bytes) = keys::read_multikey(text).unwrap();
    match published["publicKeyBase58"].as_str() {
        Some(text) => assert_eq!(bs58::encode(bytes).into_string(), text),
        None => assert_eq!(base64url::encode(bytes), published["publicKeyJwk"]["x"]),
    }

    let url = DidUrl::parse(published["id"].as_str().unwrap()).unwrap();
    let refusal = document.key(&url, Relationship::Assertion).unwrap_err();
    let expected = match expected.get("assertionMethod") {
        None => DidError::Relationship,
        Some(_) => DidError::Key(KeyError::Unsupported),
    };
    assert_eq!(refusal, expected);
    assert_eq!(
        did::key::public_key(did),
        Err(DidError::Key(KeyError::Unsupported))
    );
}

/// The key as the vector publishes it: base58 of its bytes, or a JWK.
fn published(method: &Value) -> PublicKey {
    if let Some(text) = method["publicKeyBase58"].as_str() {
        let bytes = bs58::decode(text).into_vec().unwrap();
        let code = match bytes.len() {
            33 => [0x80, 0x24],
            49 => [0x81, 0x24],
            _ => [0xed, 0x01],
        };
        let multikey = bs58::encode([code.as_slice(), &bytes].concat()).into_string();
        return PublicKey::from_multikey(&format!("z{multikey}")).unwrap();
    }
    let jwk: Jwk = serde_json::from_value(method["publicKeyJwk"].clone()).unwrap();
    PublicKey::from_jwk(&jwk).unwrap()
}

#[test]
fn the_document_has_one_multikey_for_all_signing() {
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[1; 32]).unwrap();
    let did = did::key::did(key.public());
    let url = did::key::verification_method(key.public());
    let document = serde_json::to_value(did::key::document(&did).unwrap()).unwrap();
    let expected = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [{
            "id": url,
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.public().multikey(),
        }],
        "assertionMethod": [url],
        "authentication": [url],
        "capabilityDelegation": [url],
        "capabilityInvocation": [url],
    });
    assert_eq!(document, expected);
}

#[test]
fn what_is_no_key_does_not_resolve() {
    for text in [
        "did:key:x",
        "did:key:z",
        "did:key:z6Mk",
        "did:key:zzzz:zzzz",
        "did:key:z%36Mk",
    ] {
        assert!(
            matches!(
                resolve(&Did::parse(text).unwrap(), true),
                Err(DidError::Key(_))
            ),
            "{text}"
        );
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/did-key")
}
