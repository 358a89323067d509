//! did:key, from the identifier to a key that verifies.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use did::{Did, DidUrl, Relationship, Resolution};
use keys::Algorithm;
use ssi::dids::{DIDKey, DIDResolver as _};

use crate::fixture::{key, runtime};
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let [ed25519, p256] =
        [Algorithm::EdDsa, Algorithm::Es256].map(|algorithm| key(algorithm).public().clone());
    let point = *ed25519_bytes(&ed25519);
    let compressed = multikey_bytes(&p256);
    let row = |name, key: &keys::PublicKey, raw| {
        let text = did::key::verification_method(key).to_string();
        let theirs = did::key::did(key).to_string();
        let theirs = ssi::dids::DIDBuf::from_string(theirs).expect("a DID");
        let waiting = runtime();
        Row {
            name,
            ours: work(move || resolve(&text)),
            raw: Some(raw),
            peers: vec![against("ssi 0.16, the document alone", move || {
                waiting
                    .block_on(DIDKey.resolve(&theirs))
                    .expect("a document")
            })],
        }
    };
    vec![
        row(
            "did:key Ed25519: resolve",
            &ed25519,
            against("ed25519-dalek parse", move || {
                ed25519_dalek::VerifyingKey::from_bytes(&point).expect("a key")
            }),
        ),
        row(
            "did:key P-256: resolve",
            &p256,
            against("aws-lc-rs parse, compressed", move || {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &compressed).expect("a key")
            }),
        ),
    ]
}

fn resolve(text: &str) -> keys::PublicKey {
    let url = DidUrl::parse(text).expect("a DID URL");
    let did: &Did = url.did();
    let Resolution::Here(document) = did::resolve(did, false).expect("a did:key") else {
        panic!("a did:key")
    };
    document
        .key(&url, Relationship::Assertion)
        .expect("its key")
}

fn ed25519_bytes(key: &keys::PublicKey) -> Box<[u8; 32]> {
    let bytes = keys::base64url::decode(&key.jwk().x).expect("base64url");
    Box::new(bytes.try_into().expect("32 bytes"))
}

fn multikey_bytes(key: &keys::PublicKey) -> Vec<u8> {
    let jwk = key.jwk();
    let x = keys::base64url::decode(&jwk.x).expect("base64url");
    let y = keys::base64url::decode(&jwk.y.expect("a point")).expect("base64url");
    let sign = 2 | (y.last().expect("32 bytes") & 1);
    [vec![sign], x].concat()
}
