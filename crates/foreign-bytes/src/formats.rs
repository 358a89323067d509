//! JSON, keys, signatures, identifiers and machine-readable zones.

use std::sync::LazyLock;

use did::{Did, DidDocument, DidUrl, Relationship, Resolution};
use evidence::{IdentityDocument, Record, td3};
use keys::jws::UnverifiedJws;
use keys::seal::SealingKey;
use keys::seed::Seed;
use keys::{Algorithm, Jwk, PublicKey, base64url};
use serde_json::{Value, json};
use strict_json::Limits;

use crate::Target;
use crate::fixture::{Numbers, issuer, key, method, now, stranger, text};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("json", json_text, || {
        vec![br#"{"a":[1,{"b":null}],"c":"\u00e4"}"#.to_vec()]
    })
    .vectors(&["dcql/tests/vectors", "openid4vci/tests/vectors"]),
    Target::new("jws", jws, jws_seeds).vectors(&["credential/tests/vectors/sd-jwt-rfc9901"]),
    Target::new("jwk", jwk, jwk_seeds).vectors(&["did/tests/vectors"]),
    Target::new("multikey", multikey, multikey_seeds),
    Target::new("spki", spki, spki_seeds),
    Target::new("base64url", base64, || vec![b"_-8AAQ".to_vec()]),
    Target::new("sealed", sealed, || vec![SEALED.clone()]),
    Target::new("seed_words", seed_words, || {
        vec![Seed::from_entropy(&[7; 32]).words().as_bytes().to_vec()]
    }),
    Target::new("did", did_text, did_seeds),
    Target::new("did_document", did_document, did_documents)
        .vectors(&["did/tests/vectors/did-key"]),
    Target::new("td3", machine_readable_zone, || vec![zone().into_bytes()]),
    Target::new("document_record", record, || {
        vec![RECORD.as_bytes().to_vec()]
    }),
];

/// What we accept, serde_json accepts as the same value; and it survives writing.
fn json_text(bytes: &[u8]) -> Option<()> {
    let value = strict_json::parse(bytes, Limits::default()).ok()?;
    let lax: Value = serde_json::from_slice(bytes).expect("what the strict accept, the lax do");
    assert_eq!(value, lax);
    let written = serde_json::to_vec(&value).expect("JSON");
    if written.len() <= Limits::default().max_bytes {
        let again = strict_json::parse(&written, Limits::default());
        assert_eq!(again, Ok(value));
    }
    Some(())
}

/// No signature is believed under a key that never signed.
fn jws(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let jws = UnverifiedJws::parse(text, 16 * 1024).ok()?;
    let typ = jws.header().typ.clone().unwrap_or_default();
    if let Some(jwk) = &jws.header().jwk {
        let _ = PublicKey::from_jwk(jwk);
    }
    assert!(jws.verify(stranger().public(), &[&typ]).is_err());
    let jws = UnverifiedJws::parse(text, 16 * 1024).expect("it was one before");
    let _ = jws.verify(issuer().public(), &[&typ]);
    Some(())
}

fn jws_seeds() -> Vec<Vec<u8>> {
    let sign = |header: Value, key: &keys::SigningKey| {
        let signed = keys::jws::sign(&header, br#"{"iss":"x"}"#, key).expect("signed");
        signed.into_bytes()
    };
    let p256 = key(Algorithm::Es256, 4);
    vec![
        sign(json!({"alg": "EdDSA", "typ": "JWT", "kid": "a"}), &issuer()),
        sign(
            json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": p256.public().jwk()}),
            &p256,
        ),
        sign(json!({"alg": "ES256", "x5c": ["MAA="], "cty": "x"}), &p256),
        b"eyJhbGciOiJub25lIn0.e30.".to_vec(),
    ]
}

/// A key that was taken is written so that it is taken again as the same.
fn jwk(bytes: &[u8]) -> Option<()> {
    let jwk = strict_json::from_slice::<Jwk>(bytes, Limits::default()).ok()?;
    let key = PublicKey::from_jwk(&jwk).ok()?;
    assert_eq!(PublicKey::from_jwk(&key.jwk()).as_ref(), Ok(&key));
    same_multikey(&key);
    let thumbprint = base64url::decode(&key.thumbprint());
    assert_eq!(thumbprint.map(|hash| hash.len()), Ok(32));
    Some(())
}

fn jwk_seeds() -> Vec<Vec<u8>> {
    let jwk = |algorithm| serde_json::to_vec(&key(algorithm, 4).public().jwk()).expect("JSON");
    Algorithm::ALL.map(jwk).to_vec()
}

/// There is one way to write a key.
fn multikey(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let key = PublicKey::from_multikey(text).ok()?;
    assert_eq!(key.multikey(), text);
    assert_eq!(PublicKey::from_jwk(&key.jwk()), Ok(key));
    Some(())
}

fn multikey_seeds() -> Vec<Vec<u8>> {
    let multikey = |algorithm| key(algorithm, 4).public().multikey().into_bytes();
    Algorithm::ALL.map(multikey).to_vec()
}

fn spki(bytes: &[u8]) -> Option<()> {
    same_multikey(&PublicKey::from_spki(bytes).ok()?);
    Some(())
}

fn same_multikey(key: &PublicKey) {
    assert_eq!(PublicKey::from_multikey(&key.multikey()).as_ref(), Ok(key));
}

fn spki_seeds() -> Vec<Vec<u8>> {
    let decode = |hex: &str, jwk: Jwk| {
        let mut der = base64url::decode(hex).expect("base64url");
        der.extend(base64url::decode(&jwk.x).expect("a coordinate"));
        der.extend(base64url::decode(&jwk.y.unwrap_or_default()).expect("a coordinate"));
        der
    };
    vec![
        // SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING }
        decode("MCowBQYDK2VwAyEA", key(Algorithm::EdDsa, 4).public().jwk()),
        // SEQUENCE { SEQUENCE { OID ecPublicKey, OID prime256v1 } BIT STRING 04 … }
        decode(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
            key(Algorithm::Es256, 4).public().jwk(),
        ),
    ]
}

/// There is one way to write bytes.
fn base64(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let decoded = base64url::decode(text).ok()?;
    assert_eq!(base64url::encode(decoded), text);
    Some(())
}

/// Nothing opens but what was sealed, in its place.
fn sealed(bytes: &[u8]) -> Option<()> {
    let key = SealingKey::new(&[7; 32]);
    assert!(key.open(b"there", bytes).is_err());
    let opened = key.open(b"here", bytes).ok()?;
    assert_eq!(bytes, SEALED.as_slice());
    assert_eq!(opened.as_slice(), b"what was sealed");
    Some(())
}

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    SealingKey::new(&[7; 32]).seal(b"here", b"what was sealed", &mut Numbers::default())
});

fn seed_words(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let seed = Seed::from_words(text).ok()?;
    let again = Seed::from_words(&seed.words()).expect("our own words");
    assert_eq!(seed.expose_entropy(), again.expose_entropy());
    Some(())
}

/// An identifier is read and written letter by letter; what resolves here resolves to itself.
fn did_text(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    if let Ok(url) = DidUrl::parse(text) {
        assert_eq!(url.to_string(), text);
        assert_eq!(DidUrl::parse(&url.to_string()), Ok(url));
    }
    let did = Did::parse(text).ok()?;
    assert_eq!(did.to_string(), text);
    for dev_loopback in [false, true] {
        match did::resolve(&did, dev_loopback) {
            Ok(Resolution::Here(document)) => {
                assert_eq!(document.id(), &did);
                let written = serde_json::to_vec(&document).expect("JSON");
                let read = DidDocument::parse(&written, &did).expect("our own document");
                for method in read.verification_methods() {
                    let url = DidUrl::parse(method.id()).expect("our own method");
                    let _ = read.key(&url, Relationship::Assertion);
                }
            }
            Ok(Resolution::Fetch(url)) => {
                assert!(url.scheme() == "https" || (dev_loopback && url.scheme() == "http"));
                assert!(url.has_host() && url.password().is_none() && url.fragment().is_none());
            }
            Err(_) => {}
        }
    }
    Some(())
}

fn did_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<String> = vec![
        "did:web:issuer.example".to_owned(),
        "did:web:127.0.0.1%3A8080:tenant#key-1".to_owned(),
    ];
    for algorithm in Algorithm::ALL {
        let key = key(algorithm, 4);
        seeds.push(method(&key).to_string());
        seeds.push(did::key::did(key.public()).to_string());
        seeds.push(did::jwk::did(key.public()).to_string());
    }
    seeds.into_iter().map(String::into_bytes).collect()
}

fn did_document(bytes: &[u8]) -> Option<()> {
    let did = Did::parse("did:web:issuer.example").expect("a DID");
    let document = DidDocument::parse(bytes, &did).ok()?;
    assert_eq!(document.id(), &did);
    for name in ["key-1", "key-2"] {
        let url = did.url(name).expect("a DID URL");
        for role in [Relationship::Assertion, Relationship::Authentication] {
            let _ = document.key(&url, role);
        }
    }
    let written = serde_json::to_vec(&document).expect("JSON");
    if written.len() <= Limits::default().max_bytes {
        assert!(DidDocument::parse(&written, &did).is_ok());
    }
    Some(())
}

fn did_documents() -> Vec<Vec<u8>> {
    let did = Did::parse("did:web:issuer.example").expect("a DID");
    let [one, two] = [1, 2].map(|seed| key(Algorithm::Es256, seed).public().clone());
    let document = did::web::document(&did, &[("key-1", one), ("key-2", two)]).expect("a document");
    vec![serde_json::to_vec(&document).expect("JSON")]
}

/// A zone that we read, we write so that the same document is read again.
fn machine_readable_zone(bytes: &[u8]) -> Option<()> {
    let zone = text(bytes)?;
    let document = td3::parse(zone, now()).ok()?;
    same_zone(&document);
    let _ = document.judge(now());
    Some(())
}

fn record(bytes: &[u8]) -> Option<()> {
    let record = strict_json::from_slice::<Record>(bytes, Limits::default()).ok()?;
    let document = IdentityDocument::from_record(&record).ok()?;
    let _ = td3::compose(&document);
    let _ = document.judge(now());
    Some(())
}

/// What the zone says survives; a full birth date's century may not, when a hundred years passed.
fn same_zone(document: &IdentityDocument) {
    let zone = td3::compose(document).expect("it came from a passport");
    let again = td3::parse(&zone, now()).expect("our own zone");
    assert_eq!(again.number(), document.number());
    assert_eq!(again.surname(), document.surname());
    assert_eq!(again.given_names(), document.given_names());
    assert_eq!(again.birth_date(), document.birth_date());
    assert_eq!(again.expires_on(), document.expires_on());
    assert_eq!(again.personal_number(), document.personal_number());
}

fn zone() -> String {
    let record = strict_json::from_slice::<Record>(RECORD.as_bytes(), Limits::default());
    let document = IdentityDocument::from_record(&record.expect("a record")).expect("a document");
    td3::compose(&document).expect("a passport")
}

const RECORD: &str = r#"{
  "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
  "given_names": "Anna Maria", "nationality": "UTO", "birth_date": "1974-08-12", "sex": "F",
  "expires_on": "2032-04-15", "personal_number": "ZE184226B"
}"#;
