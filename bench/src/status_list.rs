//! Status lists of 131,072 entries, one in a hundred revoked.

use std::io::Read as _;

use credential::{IssuerKey, KeyReference};
use did::Resolution;
use jiff::SignedDuration;
use keys::{Algorithm, base64url};
use status::{Bits, Publication, Status, StatusList, UnverifiedStatusListToken};
use url::Url;

use crate::fixture::{key, now};
use crate::harness::{Row, against, work};
use crate::vc_jwt::raw_p256;

pub fn rows() -> Vec<Row> {
    let mut list = StatusList::new(Bits::One, ENTRIES);
    for index in (0..ENTRIES as u64).step_by(100) {
        // Spread as a keyed permutation spreads them.
        let place = index.wrapping_mul(0x9e37_79b1) % ENTRIES as u64;
        list.set(place, Status::INVALID).expect("an entry");
    }
    let encoded = list.encode();
    let compressed = base64url::decode(&encoded).expect("base64url");
    let inflate = {
        let compressed = compressed.clone();
        move || inflate(&compressed)
    };
    let (_, mut check) = raw_p256();
    let inflate_too = inflate.clone();
    let verify = token(&list);
    let mut place = 0;
    let looking = list.clone();
    vec![
        Row {
            name: "status list: decode 131,072 entries",
            ours: work(move || StatusList::decode(Bits::One, &encoded, ENTRIES).expect("a list")),
            raw: Some(against("zlib-ng (C) inflate alone", inflate).at_least(1.0 / 1.3)),
            peers: Vec::new(),
        },
        Row {
            name: "Status List Token ES256: verify and decode, issuer's key kept",
            ours: verify,
            raw: Some(against("aws-lc-rs verify and zlib-ng inflate", move || {
                check();
                inflate_too()
            })),
            peers: Vec::new(),
        },
        Row {
            name: "status list: look up one entry",
            ours: work(move || {
                place = (place + 7919) % ENTRIES as u64;
                looking.get(place)
            }),
            raw: None,
            peers: Vec::new(),
        },
    ]
}

fn inflate(compressed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ENTRIES / 8);
    let mut decoder = flate2::read::ZlibDecoder::new(compressed);
    decoder.read_to_end(&mut bytes).expect("ZLIB");
    bytes
}

/// Verifying a token as a Verifier does that fetched it anew.
fn token(list: &StatusList) -> crate::harness::Work {
    let signing = key(Algorithm::Es256);
    let method = did::key::verification_method(signing.public());
    let uri: Url = "https://issuer.example/status/1".parse().expect("a URL");
    let publication = Publication {
        list,
        issuer: None,
        uri: &uri,
        expires_at: Some(now() + SignedDuration::from_hours(24)),
        time_to_live: Some(SignedDuration::from_mins(15)),
        key_reference: &KeyReference::KeyId(method.to_string()),
    };
    let text = publication.sign(&signing, now()).expect("signed");
    let parse = |text: &str| UnverifiedStatusListToken::parse(text, 1 << 20).expect("a token");
    let did = method.did().to_string();
    let source = parse(&text).key_source(&did).expect("a source");
    let Resolution::Here(document) = did::resolve(method.did(), false).expect("a did:key") else {
        panic!("a did:key")
    };
    let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
    work(move || parse(&text).verify(&uri, &issuer, now()).expect("valid"))
}

const ENTRIES: usize = 131_072;
