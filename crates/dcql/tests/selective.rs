//! W3C credentials of which the holder shows a part (`ecdsa-sd-2023`, `bbs-2023`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use dcql::{Candidate, ClaimPath, DcqlQuery, Presented, formats, judge, match_candidates};
use serde_json::{Value, json};

fn query(path: Value) -> DcqlQuery {
    let query = json!({"credentials": [{
        "id": "person",
        "format": "ldp_vc",
        "meta": {"type_values": [["PersonCredential"]]},
        "claims": [{"path": path}],
    }]});
    serde_json::from_value(query).unwrap()
}

fn candidate(claims: Value, selective: bool) -> Candidate {
    Candidate {
        id: "0".into(),
        format: formats::LDP_VC.into(),
        types: vec!["VerifiableCredential".into(), "PersonCredential".into()],
        claims,
        holder_bound: true,
        selective,
        authority_key_ids: Vec::new(),
    }
}

fn nationalities(some: Value) -> Value {
    json!({"credentialSubject": {"nationalities": some}})
}

/// An element that is shown alone stands at the front: who asked for the second one finds it, and
/// in a credential that goes as a whole nobody looks elsewhere.
#[test]
fn an_element_that_was_shown_alone_is_found() {
    let asked = query(json!(["credentialSubject", "nationalities", 1]));
    let held = candidate(nationalities(json!(["GB", "FR"])), true);
    let matches = match_candidates(&asked, std::slice::from_ref(&held));
    let answer = &matches.queries()[0].answers()[0];
    let places: Vec<String> = answer.places().iter().map(ClaimPath::to_string).collect();
    assert!(!answer.whole());
    assert_eq!(places, ["credentialSubject.nationalities[1]"]);
    let presented = |selective| Presented {
        query: "person".into(),
        credential: candidate(nationalities(json!(["FR"])), selective),
        disclosed: Vec::new(),
    };
    let judgement = judge(&asked, &[presented(true)]).unwrap();
    let shown = nationalities(json!(["FR"]));
    let values: Vec<_> = judgement.answers[0].values(&shown).collect();
    assert_eq!(values[0].1, [&json!("FR")]);
    assert!(judge(&asked, &[presented(false)]).is_err());
}
