//! The encodings of the draft's examples and its appendix of test vectors.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use keys::base64url;
use keys::jws::UnverifiedJws;
use serde::Deserialize;
use status::{Bits, Status, StatusList};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    cases: Vec<Case>,
    jwt: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    example: String,
    form: String,
    statuses: BTreeMap<u64, u8>,
    byte_array: Option<Vec<u8>>,
    status_list: Option<Wire>,
    cbor_hex: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    bits: u64,
    lst: String,
}

impl Case {
    /// `bits` and the compressed list. Of CBOR, only the map that holds the two is unpacked here:
    /// Status List Tokens in CWT are not part of this suite.
    fn wire(&self) -> Wire {
        match (self.form.as_str(), &self.status_list, &self.cbor_hex) {
            ("json", Some(Wire { bits, lst }), None) => Wire {
                bits: *bits,
                lst: lst.clone(),
            },
            ("cbor", None, Some(hex)) => from_cbor(&unhex(hex)),
            _ => panic!("{}: unknown form", self.example),
        }
    }
}

#[test]
fn every_case_decodes_to_its_statuses_and_back() {
    let vectors = vectors();
    assert_eq!(vectors.cases.len(), 11);
    for case in vectors.cases {
        let name = format!("{} ({})", case.example, case.form);
        let wire = case.wire();
        let bits = Bits::from_number(wire.bits).unwrap();
        let list = StatusList::decode(bits, &wire.lst, 1 << 20).unwrap();
        let per_byte = 8 / u64::from(bits.number());
        if let Some(bytes) = &case.byte_array {
            assert_eq!(
                list.entries(),
                bytes.len() * usize::try_from(per_byte).unwrap()
            );
            for index in 0..list.entries() as u64 {
                let byte = bytes[usize::try_from(index / per_byte).unwrap()];
                let shift = index % per_byte * u64::from(bits.number());
                let mask = ((1_u16 << bits.number()) - 1) as u8;
                assert_eq!(
                    list.get(index),
                    Some(Status(byte >> shift & mask)),
                    "{name}"
                );
            }
        } else {
            assert_eq!(list.entries(), 1 << 20, "{name}");
            for index in 0..list.entries() as u64 {
                let expected = case.statuses.get(&index).copied().unwrap_or_default();
                assert_eq!(list.get(index), Some(Status(expected)), "{name}: {index}");
            }
            let mut made = StatusList::new(bits, 1 << 20);
            for (index, status) in &case.statuses {
                made.set(*index, Status(*status)).unwrap();
            }
            assert_eq!(made, list, "{name}");
        }
        // Compressors differ; what they compress does not.
        assert_eq!(
            StatusList::decode(bits, &list.encode(), 1 << 20),
            Ok(list),
            "{name}"
        );
    }
}

#[test]
fn the_token_is_read() {
    let token = UnverifiedJws::parse(&vectors().jwt, 1 << 16).unwrap();
    assert!(token.header().is_type("statuslist+jwt"));
    assert_eq!(token.header().kid.as_deref(), Some("12"));
    // The draft does not give the key: only the claims can be checked.
    let claims: serde_json::Value = serde_json::from_slice(token.unverified_payload()).unwrap();
    let list = &claims["status_list"];
    let bits = Bits::from_number(list["bits"].as_u64().unwrap()).unwrap();
    let list = StatusList::decode(bits, list["lst"].as_str().unwrap(), 2).unwrap();
    let statuses: Vec<u8> = (0..16).map(|index| list.get(index).unwrap().0).collect();
    assert_eq!(statuses, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
}

fn vectors() -> Vectors {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/token-status-list");
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(names, ["vectors.json"]);
    serde_json::from_slice(&fs::read(folder.join("vectors.json")).unwrap()).unwrap()
}

/// `{"bits": uint, "lst": bytes}`, in this order.
fn from_cbor(bytes: &[u8]) -> Wire {
    let rest = bytes.strip_prefix(b"\xa2\x64bits").unwrap();
    let (bits, rest) = rest.split_first().unwrap();
    let rest = rest.strip_prefix(b"\x63lst").unwrap();
    let (length, content) = match rest {
        [head @ 0x40..=0x57, content @ ..] => (usize::from(head - 0x40), content),
        [0x58, length, content @ ..] => (usize::from(*length), content),
        [0x59, high, low, content @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), content)
        }
        _ => panic!("not bytes"),
    };
    assert_eq!(content.len(), length);
    Wire {
        bits: u64::from(*bits),
        lst: base64url::encode(content),
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
