//! Project Wycheproof: edge cases of signatures and JOSE (`vectors/wycheproof/README.md`).

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use keys::jws::UnverifiedJws;
use keys::{Jwk, KeyError, PublicKey};
use serde_json::Value;

/// One test per file, and one that fails if a file has no test.
macro_rules! files {
    ($($name:ident: $judge:expr, $tests:literal;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(run(stringify!($name), $judge), $tests);
        })*

        #[test]
        fn every_file_is_run() {
            let run: BTreeSet<String> =
                [$(concat!(stringify!($name), ".json").to_owned(),)* "README.md".to_owned()].into();
            let there = std::fs::read_dir(folder()).unwrap();
            let there: BTreeSet<String> =
                there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(run, there);
        }
    };
}

files! {
    ecdsa_secp256k1_sha256_p1363_test: refuses_the_key, 252;
    ecdsa_secp256r1_sha256_p1363_test: judges_signatures, 262;
    ecdsa_secp384r1_sha384_p1363_test: judges_signatures, 280;
    ecdsa_secp521r1_sha512_p1363_test: refuses_the_key, 318;
    ed25519_test: judges_signatures, 151;
    hkdf_sha256_test: derives, 86;
    json_web_crypto_test: judges_jose, 83;
    json_web_key_test: judges_jose, 26;
    json_web_signature_test: judges_jose, 401;
    x25519_jwk_test: refuses_x25519, 531;
}

fn judges_signatures(group: &Value, test: &Value) {
    let key = PublicKey::from_spki(&hex(&group["publicKeyDer"])).unwrap();
    if group["publicKeyJwk"].is_object() {
        let jwk: Jwk = serde_json::from_value(group["publicKeyJwk"].clone()).unwrap();
        assert_eq!(PublicKey::from_jwk(&jwk).unwrap(), key);
    }
    assert_eq!(PublicKey::from_multikey(&key.multikey()).unwrap(), key);
    let verdict = key.verify(&hex(&test["msg"]), &hex(&test["sig"]));
    assert_eq!(verdict.is_ok(), test["result"] == "valid", "{test}");
}

fn refuses_the_key(group: &Value, _: &Value) {
    let refusal = PublicKey::from_spki(&hex(&group["publicKeyDer"])).unwrap_err();
    assert_eq!(refusal, KeyError::Unsupported);
    if group["publicKeyJwk"].is_object() {
        let jwk: Jwk = serde_json::from_value(group["publicKeyJwk"].clone()).unwrap();
        assert_eq!(
            PublicKey::from_jwk(&jwk).unwrap_err(),
            KeyError::Unsupported
        );
    }
}

fn refuses_x25519(_: &Value, test: &Value) {
    // A few keys are of another curve on purpose.
    let key = serde_json::from_value(test["public"].clone())
        .map_err(|_| KeyError::Malformed)
        .and_then(|jwk: Jwk| PublicKey::from_jwk(&jwk));
    assert!(key.is_err() || test["public"]["crv"] != "X25519", "{test}");
}

fn derives(_: &Value, test: &Value) {
    let hkdf = hkdf::Hkdf::<sha2::Sha256>::new(Some(&hex(&test["salt"])), &hex(&test["ikm"]));
    let mut okm = vec![0; usize::try_from(test["size"].as_u64().unwrap()).unwrap()];
    let derived = hkdf.expand(&hex(&test["info"]), &mut okm);
    assert_eq!(derived.is_ok(), test["result"] == "valid", "{test}");
    if derived.is_ok() {
        assert_eq!(okm, hex(&test["okm"]), "{test}");
    }
}

/// A token is good if one of the group's keys, judged as we judge keys, verifies it.
fn judges_jose(group: &Value, test: &Value) {
    // The private half carries all the restrictions on use; its secrets must not be read.
    let keys = match &group["private"]["keys"] {
        Value::Array(keys) => keys.clone(),
        _ => vec![group["private"].clone()],
    };
    // The JSON serialization is passed as its text: it must not be taken for a compact one.
    let token = [&test["jws"], &test["jwe"]]
        .into_iter()
        .find(|token| !token.is_null())
        .unwrap();
    let token = token
        .as_str()
        .map_or_else(|| token.to_string(), str::to_owned);
    let accepted = keys.iter().any(|key| {
        let secret = key.get("d").is_some() || key.get("k").is_some();
        let read = serde_json::from_value::<Jwk>(key.clone()).is_ok();
        assert!(!(secret && read), "a private key was read");
        verifies(&public_half(key), &token)
    });
    let mut curves = keys.iter().map(|key| &key["crv"]);
    let spoken = curves.any(|curve| curve == "P-256" || curve == "P-384") && test["jwe"].is_null();
    let expected = test["result"] == "valid" && spoken;
    assert_eq!(accepted, expected, "{test}");
}

fn verifies(key: &Value, token: &str) -> bool {
    let Ok(jwk) = serde_json::from_value::<Jwk>(key.clone()) else {
        return false;
    };
    let Ok(key) = PublicKey::from_jwk(&jwk) else {
        return false;
    };
    let Ok(jws) = UnverifiedJws::parse(token, 64 * 1024) else {
        return false;
    };
    jws.verify(&key, &[]).is_ok()
}

fn public_half(key: &Value) -> Value {
    let mut key = key.clone();
    let members = key.as_object_mut().unwrap();
    for secret in ["d", "k", "p", "q", "dp", "dq", "qi"] {
        members.remove(secret);
    }
    if let Some(operations) = members.get_mut("key_ops") {
        let text = operations.to_string().replace("sign", "verify");
        *operations = serde_json::from_str(&text).unwrap();
    }
    key
}

/// Runs all tests of a file and returns their number.
fn run(name: &str, judge: fn(&Value, &Value)) -> usize {
    let text = std::fs::read(folder().join(format!("{name}.json"))).unwrap();
    let file: Value = serde_json::from_slice(&text).unwrap();
    let mut count = 0;
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            judge(group, test);
            count += 1;
        }
    }
    assert_eq!(count, file["numberOfTests"].as_u64().unwrap() as usize);
    count
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wycheproof")
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap().as_bytes();
    text.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
