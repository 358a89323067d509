//! The DCQL examples of OpenID4VP 1.0, each parsed, written back and matched.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dcql::{Candidate, DcqlQuery, Meta, SelectionError, formats, match_candidates};
use serde_json::{Value, json};

const PID: &str = "https://credentials.example.com/identity_credential";

/// Every file is named by one test below.
const RUN: [&str; 9] = [
    "query_lang/claims_alternatives.json",
    "query_lang/complex_mdoc.json",
    "query_lang/credentials_alternatives.json",
    "query_lang/multi_credentials.json",
    "query_lang/simple.json",
    "query_lang/simple_mdoc.json",
    "query_lang/value_matching_simple.json",
    "request/dcql_jwt_vc.json",
    "request/dcql_ldp_vc.json",
];

#[test]
fn every_file_is_run() {
    let mut found = BTreeSet::new();
    for folder in ["query_lang", "request"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            found.insert(format!("{folder}/{name}"));
        }
    }
    assert_eq!(found, RUN.map(str::to_owned).into());
    let source = include_str!("vectors.rs");
    for name in RUN {
        assert!(source.contains(&format!("load(\"{name}\")")), "{name}");
    }
}

#[test]
fn claims_alternatives() {
    let query = load("query_lang/claims_alternatives.json");
    let full = json!({
        "family_name": "Doe", "locality": "Milliways", "region": "R",
        "date_of_birth": "1940-01-01", "postal_code": "12345", "given_name": "John"
    });
    assert_eq!(
        shared(&query, &[sd_jwt("1", PID, full)]),
        ["pid: family_name, locality, region, date_of_birth"]
    );
    let less = json!({ "family_name": "Doe", "date_of_birth": "1940-01-01", "postal_code": "1" });
    assert_eq!(
        shared(&query, &[sd_jwt("1", PID, less)]),
        ["pid: family_name, postal_code, date_of_birth"]
    );
    let neither = json!({ "family_name": "Doe", "date_of_birth": "1940-01-01" });
    assert_eq!(missing(&query, &[sd_jwt("1", PID, neither)]), ["pid"]);
}

#[test]
fn complex_mdoc() {
    let query = load("query_lang/complex_mdoc.json");
    assert_eq!(query.credentials().len(), 4);
    let sets = query.credential_sets();
    assert_eq!(
        sets.iter().map(|set| set.required()).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(missing(&query, &[]), ["mdl-id"]);
}

#[test]
fn credentials_alternatives() {
    let query = load("query_lang/credentials_alternatives.json");
    let person = json!({
        "given_name": "John", "family_name": "Doe", "address": { "street_address": "1 Street" }
    });
    let home = json!({ "postal_code": "1", "locality": "L", "region": "R", "secret": "x" });
    let reduced = "https://credentials.example.com/reduced_identity_credential";
    let residence = "https://cred.example/residence_credential";
    let both = [
        sd_jwt("reduced", reduced, person.clone()),
        sd_jwt("home", residence, home),
    ];
    assert_eq!(
        shared(&query, &both),
        [
            "pid_reduced_cred_1: family_name, given_name",
            "pid_reduced_cred_2: postal_code, locality, region"
        ]
    );
    assert_eq!(missing(&query, &both[..1]), ["pid"]);
    // The preferred option wins; what is optional stays at home until it is chosen.
    let rewards = "https://company.example/company_rewards";
    let mut all = both.to_vec();
    all.push(sd_jwt("pid", PID, person));
    all.push(sd_jwt("shop", rewards, json!({ "rewards_number": 7 })));
    assert_eq!(
        shared(&query, &all),
        ["pid: given_name, family_name, address.street_address"]
    );
    let matches = match_candidates(&query, &all);
    let chosen = matches
        .select(&[("pid", "pid"), ("nice_to_have", "shop")])
        .unwrap();
    assert_eq!(chosen.chosen().len(), 2);
}

#[test]
fn multi_credentials() {
    let query = load("query_lang/multi_credentials.json");
    let person = json!({
        "given_name": "John", "family_name": "Doe", "address": { "street_address": "1 Street" }
    });
    assert_eq!(missing(&query, &[sd_jwt("1", PID, person)]), ["mdl"]);
    assert_eq!(missing(&query, &[]), ["pid", "mdl"]);
}

#[test]
fn simple() {
    let query = load("query_lang/simple.json");
    let person = json!({
        "given_name": "John", "family_name": "Doe", "birth_date": "1940-01-01",
        "address": { "street_address": "1 Street", "locality": "L" }
    });
    let other = sd_jwt("0", "https://other.example", person.clone());
    assert_eq!(
        shared(&query, &[other, sd_jwt("1", PID, person)]),
        ["my_credential: family_name, given_name, address.street_address"]
    );
}

#[test]
fn simple_mdoc() {
    let query = load("query_lang/simple_mdoc.json");
    assert_eq!(
        query.credentials()[0].meta(),
        &Meta::MsoMdoc {
            doctype_value: "org.iso.7367.1.mVRC".into()
        }
    );
    assert_eq!(missing(&query, &[]), ["my_credential"]);
}

#[test]
fn value_matching_simple() {
    let query = load("query_lang/value_matching_simple.json");
    let person = |name: &str, code: Value| {
        json!({
            "given_name": "John", "family_name": name, "postal_code": code,
            "address": { "street_address": "1 Street" }
        })
    };
    assert_eq!(
        shared(&query, &[sd_jwt("1", PID, person("Doe", "90211".into()))]),
        ["my_credential: family_name, given_name, address.street_address, postal_code"]
    );
    for wrong in [person("Roe", "90211".into()), person("Doe", 90211.into())] {
        assert_eq!(
            missing(&query, &[sd_jwt("1", PID, wrong)]),
            ["my_credential"]
        );
    }
}

#[test]
fn dcql_jwt_vc() {
    let query = load("request/dcql_jwt_vc.json");
    let subject = json!({ "credentialSubject": { "family_name": "Doe", "given_name": "John" } });
    let mut held = sd_jwt("1", "VerifiableCredential", subject);
    held.format = formats::JWT_VC_JSON.into();
    held.selective = false;
    assert_eq!(missing(&query, &[held.clone()]), ["example_jwt_vc"]);
    held.types.push("IDCredential".into());
    assert_eq!(
        shared(&query, &[held.clone()]),
        ["example_jwt_vc: credentialSubject.family_name, credentialSubject.given_name"]
    );
    let matches = match_candidates(&query, &[held]);
    assert!(matches.queries()[0].answers()[0].whole());
}

#[test]
fn dcql_ldp_vc() {
    let query = load("request/dcql_ldp_vc.json");
    assert_eq!(query.credentials()[0].meta().format(), "ldp_vc");
    assert_eq!(query.credentials()[0].claims().len(), 7);
    assert_eq!(missing(&query, &[]), ["example_ldp_vc"]);
    let subject = json!({
        "given_name": "Max",
        "family_name": "Mustermann",
        "birthdate": "1998-01-11",
        "address": {
            "street_address": "Sandanger 25",
            "locality": "Musterstadt",
            "postal_code": "123456",
            "country": "DE",
        },
    });
    let held = Candidate {
        format: formats::LDP_VC.into(),
        types: vec!["VerifiableCredential".into(), "IDCredential".into()],
        selective: false,
        ..sd_jwt("w3c", "", json!({ "credentialSubject": subject }))
    };
    let matches = match_candidates(&query, std::slice::from_ref(&held));
    assert_eq!(matches.queries()[0].answers().len(), 1);
    assert!(matches.queries()[0].answers()[0].whole());
    // With a suite that discloses, what is asked for goes, and no more.
    let selective = Candidate {
        selective: true,
        ..held.clone()
    };
    let matches = match_candidates(&query, &[selective]);
    let answer = &matches.queries()[0].answers()[0];
    assert!(!answer.whole());
    assert_eq!(answer.places().len(), 7);
    // The other W3C format is another format.
    let other = Candidate {
        format: formats::JWT_VC_JSON.into(),
        ..held
    };
    assert_eq!(missing(&query, &[other]), ["example_ldp_vc"]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/openid4vp-1.0-examples")
}

/// Reads a query, and checks that writing it back loses nothing.
fn load(name: &str) -> DcqlQuery {
    let wire: Value = serde_json::from_slice(&std::fs::read(root().join(name)).unwrap()).unwrap();
    let query: DcqlQuery = serde_json::from_value(wire.clone()).unwrap();
    assert_eq!(serde_json::to_value(&query).unwrap(), wire);
    query
}

fn sd_jwt(id: &str, vct: &str, claims: Value) -> Candidate {
    Candidate {
        id: id.into(),
        format: formats::SD_JWT_VC.into(),
        types: vec![vct.into()],
        claims,
        holder_bound: true,
        selective: true,
        authority_key_ids: Vec::new(),
    }
}

/// What the preferred selection would share.
fn shared(query: &DcqlQuery, held: &[Candidate]) -> Vec<String> {
    let selection = match_candidates(query, held).preferred().unwrap();
    let line = |chosen: &dcql::Chosen| {
        let claims = chosen.answer().claims();
        let paths: Vec<String> = claims.iter().map(|one| one.asked.to_string()).collect();
        format!("{}: {}", chosen.query(), paths.join(", "))
    };
    selection.chosen().iter().map(line).collect()
}

fn missing(query: &DcqlQuery, held: &[Candidate]) -> Vec<String> {
    match match_candidates(query, held).preferred() {
        Err(SelectionError::Missing(ids)) => ids,
        other => panic!("{other:?}"),
    }
}
