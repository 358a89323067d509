//! JSON from strangers.

use serde_json::Value;
use strict_json::Limits;

use crate::fixture::ten_claims;
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    let text = serde_json::to_vec(&ten_claims()).expect("JSON");
    let (ours, theirs) = (text.clone(), text);
    vec![Row {
        name: "JSON: parse, duplicates refused",
        ours: work(move || strict_json::parse(&ours, Limits::default()).expect("JSON")),
        raw: Some(against("serde_json, duplicates accepted", move || {
            serde_json::from_slice::<Value>(&theirs).expect("JSON")
        })),
        peers: Vec::new(),
    }]
}
