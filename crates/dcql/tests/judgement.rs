//! What a verifier makes of presentations, and that it always agrees with the wallet.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use dcql::{
    Candidate, ClaimPath, Component, DcqlQuery, Mismatch, Presented, Shortfall, formats, judge,
    match_candidates,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn query(credential: Value) -> DcqlQuery {
    serde_json::from_value(json!({ "credentials": [credential] })).unwrap()
}

fn pid(extra: Value) -> DcqlQuery {
    let mut credential = json!({
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": ["urn:pid"] },
        "claims": [{ "path": ["age_over_18"], "values": [true] }]
    });
    for (name, value) in extra.as_object().unwrap() {
        credential[name] = value.clone();
    }
    query(credential)
}

fn path(value: Value) -> ClaimPath {
    serde_json::from_value(value).unwrap()
}

fn presented(claims: Value, disclosed: &[Value]) -> Presented {
    Presented {
        query: "pid".into(),
        credential: Candidate {
            id: "0".into(),
            format: formats::SD_JWT_VC.into(),
            types: vec!["urn:pid".into()],
            claims,
            holder_bound: true,
            selective: true,
            authority_key_ids: vec!["s9tIpPmhxdiuNkHMEWNpYim8S8Y".into()],
        },
        disclosed: disclosed.iter().cloned().map(path).collect(),
    }
}

fn mismatch(query: &DcqlQuery, presented: Presented) -> Mismatch {
    match judge(query, &[presented]) {
        Err(Shortfall::Mismatch { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn accepts_what_was_asked_for() {
    let claims = json!({ "age_over_18": true, "vct": "urn:pid" });
    let judgement = judge(
        &pid(json!({})),
        &[presented(claims.clone(), &[json!(["age_over_18"])])],
    );
    let judgement = judgement.unwrap();
    assert!(judgement.unasked.is_empty());
    let values: Vec<_> = judgement.answers[0].values(&claims).collect();
    assert_eq!(
        values,
        [(&path(json!(["age_over_18"])), vec![&json!(true)])]
    );
}

#[test]
fn points_at_what_nobody_asked_for() {
    let claims = json!({ "age_over_18": true, "given_name": "Ada" });
    let sent = presented(claims, &[json!(["age_over_18"]), json!(["given_name"])]);
    let judgement = judge(&pid(json!({})), &[sent]).unwrap();
    let places: Vec<_> = judgement
        .unasked
        .iter()
        .map(|one| one.place.to_string())
        .collect();
    assert_eq!(places, ["given_name"]);
}

#[test]
fn refuses_each_mismatch_by_name() {
    let good = presented(json!({ "age_over_18": true }), &[]);
    let change = |change: &dyn Fn(&mut Presented)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    let asked = pid(json!({}));
    assert!(judge(&asked, std::slice::from_ref(&good)).is_ok());
    for (wrong, expected) in [
        (
            change(&|one| one.credential.format = formats::JWT_VC_JSON.into()),
            Mismatch::Format,
        ),
        (
            change(&|one| one.credential.types = vec!["urn:x".into()]),
            Mismatch::Type,
        ),
        (
            change(&|one| one.credential.holder_bound = false),
            Mismatch::HolderBinding,
        ),
        (
            change(&|one| one.credential.claims = json!({})),
            Mismatch::Claim(path(json!(["age_over_18"]))),
        ),
        (
            change(&|one| one.credential.claims = json!({ "age_over_18": false })),
            Mismatch::Value(path(json!(["age_over_18"]))),
        ),
        (
            change(&|one| one.credential.claims = json!({ "age_over_18": "true" })),
            Mismatch::Value(path(json!(["age_over_18"]))),
        ),
    ] {
        assert_eq!(mismatch(&asked, wrong), expected);
    }
}

#[test]
fn asks_for_authorities_by_their_key_identifier_only() {
    let of = |type_: &str, value: &str| {
        pid(json!({ "trusted_authorities": [{ "type": type_, "values": [value] }] }))
    };
    let sent = presented(json!({ "age_over_18": true }), &[]);
    let known = of("aki", "s9tIpPmhxdiuNkHMEWNpYim8S8Y");
    assert!(judge(&known, std::slice::from_ref(&sent)).is_ok());
    assert_eq!(
        mismatch(&of("aki", "AAAA"), sent.clone()),
        Mismatch::Authority
    );
    let other = of("etsi_tl", "s9tIpPmhxdiuNkHMEWNpYim8S8Y");
    assert_eq!(mismatch(&other, sent), Mismatch::Authority);
}

#[test]
fn accepts_a_credential_without_binding_only_when_asked_so() {
    let mut sent = presented(json!({ "age_over_18": true }), &[]);
    sent.credential.holder_bound = false;
    let free = pid(json!({ "require_cryptographic_holder_binding": false }));
    assert!(judge(&free, &[sent]).is_ok());
}

#[test]
fn accepts_several_only_when_asked_so() {
    let sent = presented(json!({ "age_over_18": true }), &[]);
    let two = [sent.clone(), sent];
    assert_eq!(
        judge(&pid(json!({})), &two),
        Err(Shortfall::TooMany("pid".into()))
    );
    assert!(judge(&pid(json!({ "multiple": true })), &two).is_ok());
}

#[test]
fn refuses_nothing_and_something_else() {
    assert_eq!(
        judge(&pid(json!({})), &[]),
        Err(Shortfall::Missing(vec!["pid".into()]))
    );
    let mut sent = presented(json!({ "age_over_18": true }), &[]);
    sent.query = "other".into();
    assert_eq!(judge(&pid(json!({})), &[sent]), Err(Shortfall::NotAskedFor));
}

#[test]
fn reads_the_short_and_the_long_form_of_the_w3c_base_type() {
    let asked = query(json!({
        "id": "pid",
        "format": "jwt_vc_json",
        "meta": { "type_values": [
            ["https://www.w3.org/2018/credentials#VerifiableCredential", "IDCredential"]
        ] }
    }));
    let mut sent = presented(json!({}), &[]);
    sent.credential.format = formats::JWT_VC_JSON.into();
    sent.credential.types = vec!["IDCredential".into()];
    assert_eq!(mismatch(&asked, sent.clone()), Mismatch::Type);
    sent.credential.types.push("VerifiableCredential".into());
    assert!(judge(&asked, &[sent]).is_ok());
}

/// Only the elements with an acceptable value leave.
#[test]
fn shows_only_the_elements_that_match() {
    let asked = query(json!({
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": ["urn:pid"] },
        "claims": [{ "path": ["nationalities", null], "values": ["FR"] }]
    }));
    let held = presented(json!({ "nationalities": ["DE", "FR", "IT"] }), &[]).credential;
    let selection = match_candidates(&asked, &[held]).preferred().unwrap();
    let places = selection.chosen()[0].answer().places();
    assert_eq!(places, [path(json!(["nationalities", 1]))]);
}

/// Without `claims`, nothing that is selectively disclosable is asked for (section 6.4.1).
#[test]
fn shows_nothing_when_no_claims_are_asked_for() {
    let asked = query(json!({
        "id": "pid", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:pid"] }
    }));
    let held = presented(json!({ "given_name": "Ada" }), &[]).credential;
    let selection = match_candidates(&asked, &[held]).preferred().unwrap();
    assert!(selection.chosen()[0].answer().places().is_empty());
    let sent = presented(json!({ "given_name": "Ada" }), &[json!(["given_name"])]);
    assert_eq!(judge(&asked, &[sent]).unwrap().unasked.len(), 1);
}

/// What remains of a credential in which everything is selectively disclosable once only some
/// places are shown: members are gone, elements move to the front.
fn disclose(value: &Value, here: &[Component], places: &[ClaimPath]) -> Option<Value> {
    if places
        .iter()
        .any(|place| here.starts_with(place.components()))
    {
        return Some(value.clone());
    }
    if !places
        .iter()
        .any(|place| place.components().starts_with(here))
    {
        return None;
    }
    let below = |component: Component| [here, &[component]].concat();
    match value {
        Value::Array(list) => Some(Value::Array(
            list.iter()
                .enumerate()
                .filter_map(|(index, one)| disclose(one, &below(Component::Index(index)), places))
                .collect(),
        )),
        Value::Object(map) => Some(Value::Object(
            map.iter()
                .filter_map(|(name, one)| {
                    let one = disclose(one, &below(Component::Key(name.clone())), places)?;
                    Some((name.clone(), one))
                })
                .collect::<Map<_, _>>(),
        )),
        _ => None,
    }
}

/// All places of a value.
fn places(value: &Value, here: &[Component]) -> Vec<ClaimPath> {
    let below: Vec<(Component, &Value)> = match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, one)| (Component::Index(index), one))
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, one)| (Component::Key(name.clone()), one))
            .collect(),
        _ => Vec::new(),
    };
    below
        .into_iter()
        .flat_map(|(component, one)| {
            let here = [here, &[component]].concat();
            let mut found = vec![ClaimPath::new(here.clone()).unwrap()];
            found.extend(places(one, &here));
            found
        })
        .collect()
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn claims() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0..3_u8).prop_map(Value::from),
        name().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(name(), value, 1..4)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn claim_query() -> impl Strategy<Value = Value> {
    let component = prop_oneof![
        3 => name().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => (0..3_u8).prop_map(Value::from),
    ];
    let values = prop::option::weighted(
        0.2,
        prop::collection::vec(
            prop_oneof![
                any::<bool>().prop_map(Value::from),
                (0..3_u8).prop_map(Value::from),
                name().prop_map(Value::from),
            ],
            1..4,
        ),
    );
    (name(), prop::collection::vec(component, 0..3), values).prop_map(|(first, rest, values)| {
        let mut path = vec![Value::from(first)];
        path.extend(rest);
        let mut claim = json!({ "path": path });
        if let Some(values) = values {
            claim["values"] = values.into();
        }
        claim
    })
}

/// Queries, most of them sound; about half of them with sets.
fn any_query() -> impl Strategy<Value = Value> {
    let credential = (
        prop::collection::vec(claim_query(), 1..4),
        prop::option::of(prop::collection::vec(
            prop::collection::vec(0..4_usize, 1..3),
            1..3,
        )),
        prop::sample::select(vec!["urn:0", "urn:1"]),
        any::<bool>(),
    )
        .prop_map(|(mut claims, sets, vct, multiple)| {
            for (position, claim) in claims.iter_mut().enumerate() {
                claim["id"] = format!("c{position}").into();
            }
            let mut credential = json!({
                "format": "dc+sd-jwt",
                "meta": { "vct_values": [vct] },
                "multiple": multiple,
                "claims": claims,
            });
            if let Some(sets) = sets {
                let name = |position: usize| format!("c{}", position % claims.len());
                let sets: Vec<Vec<String>> = sets
                    .into_iter()
                    .map(|set| set.into_iter().map(name).collect())
                    .collect();
                credential["claim_sets"] = sets.into();
            }
            credential
        });
    let sets = prop::option::of(prop::collection::vec(
        (
            prop::collection::vec(prop::collection::vec(0..4_usize, 1..3), 1..3),
            any::<bool>(),
        ),
        1..3,
    ));
    (prop::collection::vec(credential, 1..4), sets).prop_map(|(mut credentials, sets)| {
        for (position, credential) in credentials.iter_mut().enumerate() {
            credential["id"] = format!("q{position}").into();
        }
        let mut query = json!({ "credentials": credentials });
        if let Some(sets) = sets {
            let name = |position: usize| format!("q{}", position % credentials.len());
            query["credential_sets"] = sets
                .into_iter()
                .map(|(options, required)| {
                    let options: Vec<Vec<String>> = options
                        .into_iter()
                        .map(|ids| ids.into_iter().map(name).collect())
                        .collect();
                    json!({ "options": options, "required": required })
                })
                .collect::<Vec<_>>()
                .into();
        }
        query
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(
                prop::sample::select(vec![
                    "credentials",
                    "credential_sets",
                    "id",
                    "format",
                    "meta",
                    "claims",
                    "path",
                    "values",
                    "claim_sets",
                    "options",
                    "trusted_authorities",
                    "vct_values",
                ]),
                inner,
                0..5
            )
            .prop_map(|map| {
                Value::Object(map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_on_any_json(wire in any_json()) {
        let _ = serde_json::from_value::<DcqlQuery>(wire);
    }

    /// A broken member in an otherwise sound query is an error at most.
    #[test]
    fn never_panics_on_a_damaged_query(wire in any_query(), junk in any_json(), at in 0..64_usize) {
        let mut wire = wire;
        let spots = places(&wire, &[]);
        let spot = spots[at % spots.len()].components().iter().fold(String::new(), |spot, one| match one {
            Component::Index(index) => format!("{spot}/{index}"),
            Component::Key(name) => format!("{spot}/{name}"),
            Component::Every => spot,
        });
        *wire.pointer_mut(&spot).unwrap() = junk;
        let _ = serde_json::from_value::<DcqlQuery>(wire);
    }

    #[test]
    fn is_written_back_as_it_was_understood(wire in any_query()) {
        let query: DcqlQuery = serde_json::from_value(wire).unwrap();
        let again: DcqlQuery = serde_json::from_value(serde_json::to_value(&query).unwrap()).unwrap();
        prop_assert_eq!(query, again);
    }

    /// Whatever the wallet selects satisfies the verifier, shows nothing that was not asked for,
    /// and is enough even when everything else is hidden.
    #[test]
    fn a_selection_passes_judgement(wire in any_query(), held in prop::collection::vec(claims(), 1..4)) {
        let query: DcqlQuery = serde_json::from_value(wire).unwrap();
        let held: Vec<Candidate> = held
            .into_iter()
            .enumerate()
            .map(|(position, claims)| Candidate {
                id: position.to_string(),
                types: vec![format!("urn:{}", position % 2)],
                ..presented(claims, &[]).credential
            })
            .collect();
        let matches = match_candidates(&query, &held);
        let selection = matches.preferred();
        prop_assert_eq!(selection.is_ok(), matches.answerable());
        let Ok(selection) = selection else { return Ok(()) };
        let sent: Vec<Presented> = selection
            .chosen()
            .iter()
            .map(|chosen| {
                let answer = chosen.answer();
                let candidate = held.iter().find(|one| one.id == answer.candidate()).unwrap();
                let shown = disclose(&candidate.claims, &[], &answer.places()).unwrap_or(json!({}));
                Presented {
                    query: chosen.query().to_owned(),
                    disclosed: places(&shown, &[]),
                    credential: Candidate { claims: shown, ..candidate.clone() },
                }
            })
            .collect();
        let judgement = judge(&query, &sent).unwrap();
        prop_assert_eq!(judgement.unasked, vec![]);
        prop_assert_eq!(judgement.answers.len(), sent.len());
    }
}
