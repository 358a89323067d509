//! JWS: what a stranger may send, and what is refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use keys::jws::{self, JwsError, UnverifiedJws};
use keys::{Algorithm, KeyError, NamedKey, PublicKey, SigningKey, base64url};
use proptest::prelude::*;
use serde_json::{Value, json};

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_secret(algorithm, &vec![3; algorithm.secret_length()]).unwrap()
}

/// Signs whatever text is given as header, without the care of `jws::sign`.
fn forge(header: &str, payload: &[u8], key: &SigningKey) -> String {
    let signed = format!(
        "{}.{}",
        base64url::encode(header),
        base64url::encode(payload)
    );
    let signature = base64url::encode(key.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn refusal(header: &str) -> JwsError {
    let key = key(Algorithm::EdDsa);
    UnverifiedJws::parse(&forge(header, b"{}", &key), 65536)
        .and_then(|jws| jws.verify(key.public(), &[]))
        .unwrap_err()
}

#[test]
fn signs_and_verifies_with_both_algorithms() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let header = json!({ "alg": algorithm, "typ": "vc+jwt", "kid": "#0", "iss": "x" });
        let text = jws::sign(&header, b"payload", &key).unwrap();
        let read = UnverifiedJws::parse(&text, 65536).unwrap();
        assert_eq!(read.unverified_payload(), b"payload");
        assert_eq!(read.header().kid.as_deref(), Some("#0"));
        let verified = read.verify(key.public(), &["vp+jwt", "vc+jwt"]).unwrap();
        assert_eq!(
            verified.header().other,
            *json!({ "iss": "x" }).as_object().unwrap()
        );
        let (header, payload) = verified.into_parts();
        assert_eq!(
            (header.alg, payload.as_slice()),
            (algorithm, b"payload".as_slice())
        );
    }
}

/// Requests and metadata say that this name is read, too (RFC 9864, section 2.2).
#[test]
fn the_fully_specified_name_of_ed25519_is_read() {
    let ours = key(Algorithm::EdDsa);
    let verify = |key: &SigningKey| {
        let text = forge(r#"{"alg":"Ed25519"}"#, b"{}", key);
        let read = UnverifiedJws::parse(&text, 65536).unwrap();
        read.verify(key.public(), &[]).map(|_| ())
    };
    assert_eq!(verify(&ours), Ok(()));
    let other = key(Algorithm::Es256);
    assert_eq!(verify(&other), Err(JwsError::AlgorithmMismatch));
}

#[test]
fn a_key_signs_under_the_name_that_the_reader_knows() {
    let ours = key(Algorithm::EdDsa);
    for (known, alg) in [
        (&["Ed25519"][..], Some("Ed25519")),
        (&["Ed25519", "EdDSA"], Some("EdDSA")),
        (&["ES256", "Ed448"], None),
    ] {
        let named = NamedKey::known_as(&ours, |name| known.contains(&name));
        assert_eq!(named.map(|named| named.alg()), alg, "{known:?}");
    }
    let named = NamedKey::known_as(&ours, |name| name == "Ed25519").unwrap();
    let text = jws::sign(&json!({ "alg": named.alg() }), b"{}", named.key()).unwrap();
    let read = UnverifiedJws::parse(&text, 65536).unwrap();
    assert!(read.verify(named.public(), &[]).is_ok());
    assert_eq!(NamedKey::from(&ours).alg(), "EdDSA");
    let other = jws::sign(&json!({ "alg": "Ed25519" }), b"{}", &key(Algorithm::Es256));
    assert_eq!(other.unwrap_err(), KeyError::AlgorithmMismatch);
}

#[test]
fn signing_under_another_algorithm_is_refused() {
    let key = key(Algorithm::EdDsa);
    for header in [
        json!({}),
        json!({ "alg": "ES256" }),
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": null }),
        json!([]),
    ] {
        let refusal = jws::sign(&header, b"", &key).unwrap_err();
        assert_eq!(refusal, KeyError::AlgorithmMismatch, "{header}");
    }
}

#[test]
fn unsupported_algorithms_are_refused() {
    for alg in [
        "none", "NONE", "nOnE", "HS256", "HS512", "RS256", "PS256", "ES512", "ES256K", "ed25519",
        "Ed448", "",
    ] {
        let header = json!({ "alg": alg }).to_string();
        assert_eq!(refusal(&header), JwsError::AlgorithmUnsupported, "{alg}");
    }
}

#[test]
fn an_unsecured_token_is_refused_with_and_without_signature() {
    let signed = format!(
        "{}.{}",
        base64url::encode(r#"{"alg":"none"}"#),
        base64url::encode("{}")
    );
    for signature in [String::new(), base64url::encode([0; 64])] {
        let refusal = UnverifiedJws::parse(&format!("{signed}.{signature}"), 1024).unwrap_err();
        assert_eq!(refusal, JwsError::AlgorithmUnsupported);
    }
}

/// The classic: a keyed hash whose key is the public key.
#[test]
fn a_public_key_is_no_mac_key() {
    let key = key(Algorithm::Es256);
    let header = base64url::encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", base64url::encode("{}"));
    let secrets = [
        serde_json::to_vec(&key.public().jwk()).unwrap(),
        key.public().multikey().into_bytes(),
    ];
    for secret in secrets {
        let mac = keys::mac::MacKey::new(&keys::sha256(&secret)).tag(signed.as_bytes());
        for tag in [mac.to_vec(), [mac, mac].concat()] {
            let token = format!("{signed}.{}", base64url::encode(tag));
            let verified =
                UnverifiedJws::parse(&token, 1024).and_then(|jws| jws.verify(key.public(), &[]));
            assert_eq!(verified.unwrap_err(), JwsError::AlgorithmUnsupported);
        }
    }
}

#[test]
fn the_algorithm_belongs_to_the_key() {
    for (named, other) in [
        (Algorithm::EdDsa, Algorithm::Es256),
        (Algorithm::Es256, Algorithm::EdDsa),
    ] {
        let header = json!({ "alg": named }).to_string();
        let text = forge(&header, b"{}", &key(other));
        let read = UnverifiedJws::parse(&text, 1024).unwrap();
        let refusal = read.verify(key(other).public(), &[]).unwrap_err();
        assert_eq!(refusal, JwsError::AlgorithmMismatch);
    }
}

#[test]
fn extensions_are_refused() {
    for header in [
        r#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#,
        r#"{"alg":"EdDSA","crit":[]}"#,
        r#"{"alg":"EdDSA","crit":null}"#,
        r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"EdDSA","b64":false}"#,
        r#"{"alg":"EdDSA","b64":true}"#,
    ] {
        assert_eq!(refusal(header), JwsError::Critical, "{header}");
    }
}

#[test]
fn malformed_headers_are_refused() {
    for header in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"typ":"JWT"}"#,
        r#"{"alg":1}"#,
        r#"{"alg":["EdDSA"]}"#,
        r#"{"alg":"EdDSA","alg":"EdDSA"}"#,
        r#"{"alg":"none","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","\u0061lg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","kid":"a","kid":"b"}"#,
        r#"{"alg":"EdDSA","x":{"y":1,"y":1}}"#,
        r#"{"alg":"EdDSA","kid":1}"#,
        r#"{"alg":"EdDSA","typ":null}"#,
        r#"{"alg":"EdDSA","cty":{}}"#,
        r#"{"alg":"EdDSA","jwk":{}}"#,
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}}"#,
        r#"{"alg":"EdDSA","x5c":[]}"#,
        r#"{"alg":"EdDSA","x5c":"AAAA"}"#,
        r#"{"alg":"EdDSA","x5c":["A"]}"#,
        r#"{"alg":"EdDSA","x5c":["-_-_"]}"#,
        r#"{"alg":"EdDSA","x5c":["AAAA","AAAA","AAAA","AAAA","AAAA","AAAA","AAAA","AAAA","AAAA"]}"#,
        r#"{"alg":"EdDSA""#,
        r#"{"alg":"EdDSA"}{"alg":"EdDSA"}"#,
    ] {
        assert_eq!(refusal(header), JwsError::Header, "{header}");
    }
    let deep = format!(
        r#"{{"alg":"EdDSA","x":{}{}}}"#,
        "[".repeat(40),
        "]".repeat(40)
    );
    assert_eq!(refusal(&deep), JwsError::Header);
}

#[test]
fn certificates_and_keys_in_the_header_are_read() {
    let key = key(Algorithm::Es256);
    let jwk = key.public().jwk();
    let header = json!({ "alg": "ES256", "x5c": ["AAECAw==", "/+8="], "jwk": jwk });
    let read = UnverifiedJws::parse(&forge(&header.to_string(), b"", &key), 4096).unwrap();
    assert_eq!(
        read.header().x5c,
        Some(vec![vec![0, 1, 2, 3], vec![0xff, 0xef]])
    );
    let named = PublicKey::from_jwk(read.header().jwk.as_ref().unwrap()).unwrap();
    assert_eq!(named, *key.public());
}

#[test]
fn the_compact_form_is_exact() {
    let key = key(Algorithm::EdDsa);
    let good = forge(r#"{"alg":"EdDSA"}"#, b"ab", &key);
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        unreachable!()
    };
    for bad in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{signature}."),
        format!(".{header}.{payload}.{signature}"),
        format!("{header}.{payload}.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{signature}=="),
        format!("{header}. {payload}.{signature}"),
        format!("{header}.{payload}.{signature}\n"),
        format!(
            "{header}.{}.{signature}",
            payload.replace('W', "X").replace('I', "J")
        ),
        format!("{header}.{payload}.{}", &signature[..80]),
        format!("{header}.{payload}.{signature}AAAA"),
        format!("{header}.+/+/.{signature}"),
        format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#),
    ] {
        let refusal = UnverifiedJws::parse(&bad, 4096).unwrap_err();
        assert!(
            matches!(refusal, JwsError::Malformed | JwsError::Header),
            "{bad}"
        );
    }
}

/// `Zh` and `Zg` decode to the same byte in a lax decoder: one signature, two texts.
#[test]
fn stray_bits_are_refused() {
    let key = key(Algorithm::EdDsa);
    let good = forge(r#"{"alg":"EdDSA"}"#, b"f", &key);
    assert!(UnverifiedJws::parse(&good, 4096).is_ok());
    let stray = good.replace(".Zg.", ".Zh.");
    assert_ne!(good, stray);
    assert_eq!(
        UnverifiedJws::parse(&stray, 4096).unwrap_err(),
        JwsError::Malformed
    );
    let last = good.chars().last().unwrap();
    let next = char::from_u32(u32::from(last) + 1).unwrap();
    let stray = format!("{}{next}", &good[..good.len() - 1]);
    assert_eq!(
        UnverifiedJws::parse(&stray, 4096).unwrap_err(),
        JwsError::Malformed
    );
}

#[test]
fn size_is_limited() {
    let key = key(Algorithm::EdDsa);
    let text = forge(r#"{"alg":"EdDSA"}"#, &[b'a'; 300], &key);
    assert!(UnverifiedJws::parse(&text, text.len()).is_ok());
    assert_eq!(
        UnverifiedJws::parse(&text, text.len() - 1).unwrap_err(),
        JwsError::Size
    );
}

#[test]
fn the_type_is_what_the_verifier_expects() {
    let key = key(Algorithm::EdDsa);
    let judge = |typ: Value, expected: &[&str]| {
        let mut header = json!({ "alg": "EdDSA" });
        if !typ.is_null() {
            header["typ"] = typ;
        }
        let text = forge(&header.to_string(), b"{}", &key);
        UnverifiedJws::parse(&text, 4096)
            .unwrap()
            .verify(key.public(), expected)
            .err()
    };
    for same in [
        "vc+jwt",
        "VC+JWT",
        "application/vc+jwt",
        "Application/VC+jwt",
    ] {
        assert_eq!(judge(json!(same), &["vc+jwt"]), None, "{same}");
        assert_eq!(judge(json!(same), &["application/vc+jwt"]), None, "{same}");
    }
    for other in [
        "JWT",
        "vp+jwt",
        "vc+jwt ",
        "",
        "text/vc+jwt",
        "application/",
    ] {
        assert_eq!(
            judge(json!(other), &["vc+jwt"]),
            Some(JwsError::Type),
            "{other}"
        );
    }
    assert_eq!(judge(Value::Null, &["vc+jwt"]), Some(JwsError::Type));
    assert_eq!(judge(Value::Null, &[]), None);
    assert_eq!(judge(json!("anything"), &[]), None);
}

#[test]
fn errors_and_debug_texts_carry_no_payload() {
    let key = key(Algorithm::EdDsa);
    let other = SigningKey::from_secret(Algorithm::EdDsa, &[4; 32]).unwrap();
    let text = forge(r#"{"alg":"EdDSA","kid":"secret-name"}"#, b"secret", &key);
    let error = UnverifiedJws::parse(&text, 4096)
        .unwrap()
        .verify(other.public(), &[])
        .unwrap_err();
    assert_eq!(error, JwsError::Signature);
    assert!(!format!("{error} {error:?}").contains("secret"));
    let read = UnverifiedJws::parse(&text, 4096).unwrap();
    assert_eq!(format!("{read:?}"), "UnverifiedJws { alg: EdDsa, .. }");
    let verified = read.verify(key.public(), &[]).unwrap();
    assert_eq!(format!("{verified:?}"), "VerifiedJws { alg: EdDsa, .. }");
}

proptest! {
    #[test]
    fn any_payload_survives(payload: Vec<u8>, es256: bool) {
        let algorithm = if es256 { Algorithm::Es256 } else { Algorithm::EdDsa };
        let key = key(algorithm);
        let text = jws::sign(&json!({ "alg": algorithm }), &payload, &key).unwrap();
        let verified = UnverifiedJws::parse(&text, 65536).unwrap().verify(key.public(), &[]).unwrap();
        prop_assert_eq!(verified.payload(), payload);
    }

    #[test]
    fn any_changed_character_is_refused(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.-]") {
        let key = key(Algorithm::EdDsa);
        let good = forge(r#"{"alg":"EdDSA","typ":"JWT","kid":"k"}"#, b"{\"a\":1}", &key);
        let at = at.index(good.len());
        let mut bad = good.clone();
        bad.replace_range(at..=at, &with);
        prop_assume!(bad != good);
        let verified = UnverifiedJws::parse(&bad, 4096).and_then(|jws| jws.verify(key.public(), &[]));
        prop_assert!(verified.is_err());
    }

    #[test]
    fn noise_is_refused(text in ".{0,200}", header in "[ -~]{0,60}") {
        prop_assert!(UnverifiedJws::parse(&text, 4096).is_err());
        let token = forge(&header, b"", &key(Algorithm::EdDsa));
        if let Ok(read) = UnverifiedJws::parse(&token, 4096) {
            prop_assert_eq!(read.header().alg, Algorithm::EdDsa);
        }
    }
}
