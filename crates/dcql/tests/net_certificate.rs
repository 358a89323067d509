//! Queries for Net Certificates: a Verifier names slots and a scope, and nothing else.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use dcql::{
    Candidate, DcqlQuery, Meta, Mismatch, Presented, PseudonymQuery, Shortfall, UnsupportedQuery,
    formats, judge, match_candidates, messages,
};
use serde_json::{Value, json};

fn asked(change: Value) -> Value {
    let mut credential = json!({
        "id": "person", "format": "net_certificate", "meta": {"pseudonym": {}},
        "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
    });
    for (name, value) in change.as_object().unwrap() {
        credential[name] = value.clone();
    }
    json!({"credentials": [credential]})
}

fn parse(query: Value) -> Result<DcqlQuery, UnsupportedQuery> {
    let wire: messages::DcqlQuery = serde_json::from_value(query).unwrap();
    DcqlQuery::try_from(wire)
}

fn held(subject: Value) -> Candidate {
    Candidate {
        id: "0".into(),
        format: formats::NET_CERTIFICATE.into(),
        types: vec!["VerifiableCredential".into(), "NetCertificate".into()],
        claims: json!({"credentialSubject": subject}),
        holder_bound: true,
        selective: true,
        authority_key_ids: Vec::new(),
    }
}

#[test]
fn a_query_says_whether_and_in_which_scope_a_number_is_asked_for() {
    for (meta, pseudonym) in [
        (json!({}), None),
        (
            json!({"pseudonym": {}}),
            Some(PseudonymQuery { scope: None }),
        ),
        (
            json!({"pseudonym": {"scope": "jury-2026"}}),
            Some(PseudonymQuery {
                scope: Some("jury-2026".into()),
            }),
        ),
    ] {
        let query = parse(asked(json!({"meta": meta}))).unwrap();
        assert_eq!(query.pseudonym(), pseudonym.as_ref());
        let read = query.credentials()[0].meta();
        assert_eq!(read, &Meta::NetCertificate { pseudonym });
        let written = serde_json::to_value(&query).unwrap();
        assert_eq!(written["credentials"][0]["meta"], meta);
        assert_eq!(serde_json::from_value::<DcqlQuery>(written).unwrap(), query);
    }
}

/// *Attack*: a context, an issuer's entropy or a second person's name in the query.
#[test]
fn a_query_cannot_say_anything_else() {
    for meta in [
        json!({"pseudonym": null}),
        json!({"pseudonym": true}),
        json!({"pseudonym": "login"}),
        json!({"pseudonym": {"scope": null}}),
        json!({"pseudonym": {"scope": ["a", "b"]}}),
        json!({"pseudonym": {"context": "did:web:bank.example"}}),
        json!({"pseudonym": {"scope": "login", "context": "did:web:bank.example"}}),
        json!({"pseudonym": {}, "context": "did:web:bank.example"}),
        json!({"type_values": [["NetCertificate"]]}),
    ] {
        let refused = parse(asked(json!({"meta": meta}))).unwrap_err();
        assert_eq!(refused, UnsupportedQuery::Meta, "{meta}");
    }
    for scope in ["", "a/b", "a b", "did:web:bank.example", "ä"] {
        let meta = json!({"meta": {"pseudonym": {"scope": scope}}});
        assert!(
            matches!(parse(asked(meta)), Err(UnsupportedQuery::Id(_))),
            "{scope}"
        );
    }
}

/// *Attack*: one pointer that covers all slots, of which a screen shows one line.
#[test]
fn a_claim_is_one_slot() {
    for path in [
        json!(["credentialSubject"]),
        json!(["age_over_18"]),
        json!(["proof", "proofValue"]),
        json!(["credentialSubject", null]),
        json!(["credentialSubject", 0]),
        json!(["credentialSubject", "age_over_18", "value"]),
    ] {
        let claims = json!({"claims": [{"path": path}]});
        assert_eq!(parse(asked(claims)).unwrap_err(), UnsupportedQuery::Slot);
    }
    let multiple = parse(asked(json!({"multiple": true})));
    assert_eq!(multiple.unwrap_err(), UnsupportedQuery::Multiple);
}

/// *Attack*: a number in one query and a name in another, of whatever format; or two numbers, which
/// shows that they are one person's.
#[test]
fn nothing_is_asked_for_beside_a_number() {
    let both = |first: Value, other: Value| {
        let mut query = asked(json!({"id": "a", "meta": first}));
        query["credentials"].as_array_mut().unwrap().push(other);
        parse(query)
    };
    let net = |meta: Value| asked(json!({"id": "b", "meta": meta}))["credentials"][0].clone();
    let named = json!({"id": "b", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:person"]}});
    let number = || json!({"pseudonym": {}});
    for other in [
        net(json!({})),
        net(number()),
        net(json!({"pseudonym": {"scope": "jury"}})),
        named.clone(),
    ] {
        let refused = both(number(), other.clone());
        assert_eq!(
            refused.unwrap_err(),
            UnsupportedQuery::BesideNumber,
            "{other}"
        );
    }
    assert!(both(json!({}), net(json!({}))).is_ok());
    assert!(both(json!({}), named).is_ok());
}

/// *Attack*: a ladder of ages, of which the highest that is true is answered.
#[test]
fn no_alternatives_are_asked_for() {
    let ladder = json!({
        "claims": [
            {"id": "old", "path": ["credentialSubject", "age_over_60"]},
            {"id": "adult", "path": ["credentialSubject", "age_over_18"]},
        ],
        "claim_sets": [["old"], ["adult"]],
    });
    assert_eq!(
        parse(asked(ladder)).unwrap_err(),
        UnsupportedQuery::Alternatives
    );
}

#[test]
fn wallet_and_verifier_agree_on_what_answers() {
    let query = parse(asked(json!({}))).unwrap();
    let adult = held(json!({"age_over_18": true, "given_name": "Ada"}));
    let minor = held(json!({"age_over_14": true}));
    let matches = match_candidates(&query, &[adult]);
    let selection = matches.preferred().unwrap();
    let answer = selection.chosen()[0].answer();
    assert!(!answer.whole());
    let places: Vec<String> = answer.places().iter().map(ToString::to_string).collect();
    assert_eq!(places.len(), 1);
    assert!(places[0].contains("age_over_18"));
    assert!(!match_candidates(&query, std::slice::from_ref(&minor)).answerable());

    let shown = |credential: Candidate| {
        let presented = Presented {
            query: "person".into(),
            credential,
            disclosed: Vec::new(),
        };
        judge(&query, &[presented])
    };
    assert_eq!(
        shown(held(json!({"age_over_18": true})))
            .unwrap()
            .answers
            .len(),
        1
    );
    assert!(matches!(
        shown(minor),
        Err(Shortfall::Mismatch {
            reason: Mismatch::Claim(_),
            ..
        })
    ));
    let false_flag = shown(held(json!({"age_over_18": false})));
    assert!(matches!(
        false_flag,
        Err(Shortfall::Mismatch {
            reason: Mismatch::Value(_),
            ..
        })
    ));
}
