//! DCQL: what a wallet finds among its credentials, and what a verifier says to the answer.

use dcql::{Candidate, DcqlQuery, Presented, formats, judge, match_candidates, messages};
use serde_json::{Value, json};

use crate::fixture::ten_claims;
use crate::harness::{Row, work};

pub fn rows() -> Vec<Row> {
    let query: messages::DcqlQuery = serde_json::from_value(json!({"credentials": [{
        "id": "person", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:example:person"]},
        "claims": [
            {"path": ["age_over_18"], "values": [true]},
            {"path": ["nationality"]},
            {"path": ["birth_date"]},
        ],
    }]}))
    .expect("a query");
    let query = DcqlQuery::try_from(query).expect("a query");
    let candidates: Vec<Candidate> = (0..10).map(candidate).collect();
    let selection = match_candidates(&query, &candidates)
        .preferred()
        .expect("an answer");
    let answer = selection.chosen().first().expect("one").answer();
    let presented = vec![Presented {
        query: "person".to_owned(),
        credential: candidates.first().expect("one").clone(),
        disclosed: answer.places(),
    }];
    let same = query.clone();
    vec![
        Row {
            name: "DCQL: match ten credentials, three claims",
            ours: work(move || {
                match_candidates(&query, &candidates)
                    .preferred()
                    .expect("an answer")
            }),
            raw: None,
            peers: Vec::new(),
        },
        Row {
            name: "DCQL: judge a presentation, three claims",
            ours: work(move || judge(&same, &presented).expect("it answers")),
            raw: None,
            peers: Vec::new(),
        },
    ]
}

fn candidate(number: usize) -> Candidate {
    Candidate {
        id: number.to_string(),
        format: formats::SD_JWT_VC.to_owned(),
        types: vec!["urn:example:person".to_owned()],
        claims: Value::Object(ten_claims()),
        holder_bound: true,
        selective: true,
        authority_key_ids: Vec::new(),
    }
}
