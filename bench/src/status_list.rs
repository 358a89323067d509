//! Status lists of 131,072 entries, one in a hundred revoked.

use std::io::Read as _;

use keys::base64url;
use status::{Bits, Status, StatusList};

use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let mut list = StatusList::new(Bits::One, ENTRIES);
    for index in (0..ENTRIES as u64).step_by(100) {
        // Spread as a keyed permutation spreads them.
        let place = index.wrapping_mul(0x9e37_79b1) % ENTRIES as u64;
        list.set(place, Status::INVALID).expect("an entry");
    }
    let encoded = list.encode();
    let compressed = base64url::decode(&encoded).expect("base64url");
    let mut place = 0;
    let looking = list.clone();
    vec![
        Row {
            name: "status list: decode 131,072 entries",
            ours: work(move || StatusList::decode(Bits::One, &encoded, ENTRIES).expect("a list")),
            raw: Some(
                against("zlib-ng (C) inflate alone", move || {
                    let mut bytes = Vec::with_capacity(ENTRIES / 8);
                    let mut decoder = flate2::read::ZlibDecoder::new(compressed.as_slice());
                    decoder.read_to_end(&mut bytes).expect("ZLIB");
                    bytes
                })
                .at_least(1.0 / 1.3),
            ),
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

const ENTRIES: usize = 131_072;
