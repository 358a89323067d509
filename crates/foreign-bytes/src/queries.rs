//! DCQL: what a wallet selects must be what the verifier takes.

use dcql::{Candidate, DcqlQuery, Presented, formats, judge, match_candidates, messages};
use serde_json::json;
use strict_json::Limits;

use crate::Target;

pub(crate) const TARGETS: &[Target] =
    &[Target::new("dcql", dcql_query, queries).vectors(&["dcql/tests/vectors"])];

fn dcql_query(bytes: &[u8]) -> Option<()> {
    let wire = strict_json::from_slice::<messages::DcqlQuery>(bytes, Limits::default()).ok()?;
    let query = DcqlQuery::try_from(wire).ok()?;
    let written = messages::DcqlQuery::from(query.clone());
    assert_eq!(DcqlQuery::try_from(written).as_ref(), Ok(&query));
    answer(&query);
    Some(())
}

/// Answers the query as a wallet would, and judges the answer as a verifier would.
pub(crate) fn answer(query: &DcqlQuery) {
    let candidates = candidates();
    let matches = match_candidates(query, &candidates);
    let selection = matches.preferred();
    assert_eq!(selection.is_ok(), matches.answerable());
    let Ok(selection) = selection else { return };
    assert!(selection.answers(query));
    let presented: Vec<Presented> = selection
        .chosen()
        .iter()
        .map(|chosen| {
            let id = chosen.answer().candidate();
            let candidate = candidates.iter().find(|one| one.id == id);
            let candidate = candidate.expect("one of ours").clone();
            let places = if chosen.answer().whole() {
                Vec::new()
            } else {
                chosen.answer().places()
            };
            Presented {
                query: chosen.query().to_owned(),
                credential: candidate,
                disclosed: places,
            }
        })
        .collect();
    let judgement = judge(query, &presented).expect("what the wallet selected");
    assert_eq!(judgement.unasked, []);
    for answer in &judgement.answers {
        let one = presented.get(answer.presentation).expect("a position");
        for (_, values) in answer.values(&one.credential.claims) {
            assert!(!values.is_empty());
        }
    }
}

fn candidates() -> Vec<Candidate> {
    let claims = json!({
        "vct": "urn:example:person",
        "given_name": "Ada", "family_name": "Lovelace", "last_name": "Lovelace",
        "age_over_18": true, "height": 170, "ratio": 0.5, "nothing": null,
        "nationalities": ["GB", "FR"],
        "degrees": [{"type": "BSc", "year": 1999}, {"type": "MSc"}],
        "address": {"country": "GB", "locality": "London", "postal_code": "90210"},
    });
    let one = |id: &str, format: &str, types: &[&str], holder_bound| Candidate {
        id: id.to_owned(),
        format: format.to_owned(),
        types: types.iter().copied().map(str::to_owned).collect(),
        claims: claims.clone(),
        holder_bound,
        selective: format == formats::SD_JWT_VC,
        authority_key_ids: vec!["s9tIpPmhxdiuNkHMEWNpYim8S8Y".to_owned()],
    };
    vec![
        one("a", formats::SD_JWT_VC, &["urn:example:person"], true),
        one(
            "b",
            formats::SD_JWT_VC,
            &["https://credentials.example.com/identity_credential"],
            true,
        ),
        one("c", formats::SD_JWT_VC, &["urn:example:person"], false),
        one(
            "d",
            formats::JWT_VC_JSON,
            &["VerifiableCredential", "IDCredential"],
            true,
        ),
    ]
}

fn queries() -> Vec<Vec<u8>> {
    let person = json!({"vct_values": ["urn:example:person"]});
    let queries = [
        json!({"credentials": [{
            "id": "p", "format": "dc+sd-jwt", "meta": person, "multiple": true,
            "claims": [
                {"id": "a", "path": ["nationalities", null], "values": ["GB"]},
                {"id": "b", "path": ["degrees", 0, "type"]},
                {"id": "c", "path": ["age_over_18"], "values": [true]},
                {"id": "d", "path": ["degrees", null, "year"]},
            ],
            "claim_sets": [["a", "b"], ["c"], ["d"]],
            "trusted_authorities": [{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}],
        }]}),
        json!({
            "credentials": [
                {"id": "p", "format": "dc+sd-jwt", "meta": person,
                 "require_cryptographic_holder_binding": false,
                 "claims": [{"path": ["address", "country"]}, {"path": ["height"], "values": [170]}]},
                {"id": "w", "format": "jwt_vc_json",
                 "meta": {"type_values": [["IDCredential"]]}, "claims": [{"path": ["given_name"]}]},
            ],
            "credential_sets": [{"options": [["w"], ["p"]], "required": true}, {"options": [["p"]], "required": false}],
        }),
    ];
    queries.map(|query| query.to_string().into_bytes()).to_vec()
}
