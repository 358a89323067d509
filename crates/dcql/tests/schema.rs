//! The OpenID Foundation's JSON schema of DCQL: a full query is broken in every way that the
//! schema forbids, and each breach is refused by the expected name.
#![expect(clippy::unwrap_used, reason = "tests")]

use dcql::{DcqlQuery, Part, PathError, UnsupportedQuery, messages};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("vectors/oidf-schemas/schemas/oid4vp/dcql_request.json");

/// A query that uses everything that the schema knows.
fn full() -> Value {
    json!({
        "credentials": [
            {
                "id": "a",
                "format": "dc+sd-jwt",
                "multiple": true,
                "require_cryptographic_holder_binding": false,
                "meta": { "vct_values": ["https://example.org/pid"] },
                "claims": [
                    { "id": "n", "path": ["name", 0, null], "values": ["x", 1, true] },
                    { "id": "m", "path": ["other"] }
                ],
                "claim_sets": [["n", "m"], ["m"]],
                "trusted_authorities": [
                    { "type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"] },
                    { "type": "etsi_tl", "values": ["https://lotl.example.com"] },
                    { "type": "openid_federation", "values": ["https://anchor.example.com"] }
                ]
            },
            {
                "id": "b",
                "format": "mso_mdoc",
                "meta": { "doctype_value": "org.iso.18013.5.1.mDL" },
                "claims": [{ "path": ["org.iso.18013.5.1", "given_name"] }]
            }
        ],
        "credential_sets": [{ "options": [["a"], ["b"]] }, { "options": [["b"]], "required": false }]
    })
}

fn parse(wire: Value) -> Result<DcqlQuery, Option<UnsupportedQuery>> {
    let wire: messages::DcqlQuery = serde_json::from_value(wire).map_err(|_| None)?;
    DcqlQuery::try_from(wire).map_err(Some)
}

/// The full query with one place replaced; `null` takes the member away.
fn with(pointer: &str, value: Value) -> Value {
    let mut query = full();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = query.pointer_mut(parent).unwrap();
    if value.is_null() {
        parent.as_object_mut().unwrap().remove(name);
    } else {
        *parent.get_mut(name).unwrap() = value;
    }
    query
}

#[test]
fn accepts_the_full_query_and_writes_it_back() {
    let query = parse(full()).unwrap();
    assert_eq!(serde_json::to_value(&query).unwrap(), full());
}

/// "Implementations MUST ignore any unknown properties" (section 6): the schema, made for the
/// queries of verifiers under test, is stricter.
#[test]
fn ignores_unknown_members() {
    let mut query = full();
    query["new"] = json!(1);
    query["credentials"][0]["new"] = json!(1);
    query["credentials"][0]["claims"][0]["new"] = json!(1);
    query["credentials"][0]["trusted_authorities"][0]["new"] = json!(1);
    query["credential_sets"][0]["new"] = json!(1);
    assert_eq!(parse(query), parse(full()));
}

#[test]
fn refuses_what_the_schema_forbids() {
    use UnsupportedQuery::{Empty, Id, Meta, Path, Value};
    let credential = "/credentials/0";
    let mut run = Vec::new();
    for (keyword, pointer, value, expected) in [
        ("required credentials", "/credentials", json!(null), None),
        (
            "minItems credentials",
            "/credentials",
            json!([]),
            Some(Empty(Part::Credentials)),
        ),
        ("type credentials", "/credentials", json!({}), None),
        (
            "minItems credential_sets",
            "/credential_sets",
            json!([]),
            Some(Empty(Part::CredentialSets)),
        ),
        ("required id", "/id", json!(null), None),
        (
            "minLength id",
            "/id",
            json!(""),
            Some(Id(Part::Credentials)),
        ),
        (
            "pattern id",
            "/id",
            json!("a b"),
            Some(Id(Part::Credentials)),
        ),
        ("pattern id", "/id", json!("é"), Some(Id(Part::Credentials))),
        ("required format", "/format", json!(null), None),
        ("type multiple", "/multiple", json!("true"), None),
        (
            "type require_cryptographic_holder_binding",
            "/require_cryptographic_holder_binding",
            json!(1),
            None,
        ),
        ("required meta", "/meta", json!(null), None),
        ("type meta", "/meta", json!([]), None),
        (
            "required vct_values",
            "/meta/vct_values",
            json!(null),
            Some(Meta),
        ),
        (
            "minItems vct_values",
            "/meta/vct_values",
            json!([]),
            Some(Empty(Part::Meta)),
        ),
        (
            "type vct_values",
            "/meta/vct_values",
            json!([1]),
            Some(Meta),
        ),
        (
            "minLength vct_values",
            "/meta/vct_values",
            json!([""]),
            Some(Empty(Part::Meta)),
        ),
        (
            "minItems claims",
            "/claims",
            json!([]),
            Some(Empty(Part::Claims)),
        ),
        (
            "then required claims",
            "/claims",
            json!(null),
            Some(UnsupportedQuery::ClaimSetsWithoutClaims),
        ),
        (
            "then required id",
            "/claims/0/id",
            json!(null),
            Some(UnsupportedQuery::ClaimWithoutId),
        ),
        (
            "pattern claim id",
            "/claims/0/id",
            json!("n.m"),
            Some(Id(Part::Claims)),
        ),
        ("required path", "/claims/0/path", json!(null), None),
        (
            "minItems path",
            "/claims/0/path",
            json!([]),
            Some(Path(PathError::Empty)),
        ),
        (
            "minLength path",
            "/claims/0/path",
            json!([""]),
            Some(Path(PathError::Component)),
        ),
        (
            "minimum path",
            "/claims/0/path",
            json!(["a", -1]),
            Some(Path(PathError::Component)),
        ),
        (
            "anyOf path",
            "/claims/0/path",
            json!([true]),
            Some(Path(PathError::Component)),
        ),
        (
            "minItems values",
            "/claims/0/values",
            json!([]),
            Some(Empty(Part::Values)),
        ),
        (
            "minLength values",
            "/claims/0/values",
            json!([""]),
            Some(Value),
        ),
        (
            "anyOf values",
            "/claims/0/values",
            json!([1.5]),
            Some(Value),
        ),
        (
            "anyOf values",
            "/claims/0/values",
            json!([null]),
            Some(Value),
        ),
        (
            "minItems claim_sets",
            "/claim_sets",
            json!([]),
            Some(Empty(Part::ClaimSets)),
        ),
        (
            "minItems claim set",
            "/claim_sets",
            json!([[]]),
            Some(Empty(Part::ClaimSets)),
        ),
        (
            "pattern claim set",
            "/claim_sets",
            json!([["n.m"]]),
            Some(UnsupportedQuery::UnknownId(Part::ClaimSets)),
        ),
        (
            "minItems trusted_authorities",
            "/trusted_authorities",
            json!([]),
            Some(Empty(Part::TrustedAuthorities)),
        ),
        (
            "required type",
            "/trusted_authorities/0/type",
            json!(null),
            None,
        ),
        (
            "required values",
            "/trusted_authorities/0/values",
            json!(null),
            None,
        ),
        (
            "minItems authority values",
            "/trusted_authorities/0/values",
            json!([]),
            Some(Empty(Part::TrustedAuthorities)),
        ),
        (
            "minLength authority values",
            "/trusted_authorities/0/values",
            json!([""]),
            Some(Empty(Part::TrustedAuthorities)),
        ),
    ] {
        let top = pointer.starts_with("/credential");
        let pointer = if top {
            pointer.to_owned()
        } else {
            format!("{credential}{pointer}")
        };
        assert_eq!(parse(with(&pointer, value)), Err(expected), "{keyword}");
        run.push(keyword);
    }
    for (keyword, pointer, value, expected) in [
        (
            "required doctype_value",
            "/credentials/1/meta/doctype_value",
            json!(null),
            Some(Meta),
        ),
        (
            "minLength doctype_value",
            "/credentials/1/meta/doctype_value",
            json!(""),
            Some(Empty(Part::Meta)),
        ),
        (
            "required options",
            "/credential_sets/0/options",
            json!(null),
            None,
        ),
        (
            "minItems options",
            "/credential_sets/0/options",
            json!([]),
            Some(Empty(Part::CredentialSets)),
        ),
        (
            "minItems option",
            "/credential_sets/0/options",
            json!([[]]),
            Some(Empty(Part::CredentialSets)),
        ),
        (
            "minLength option",
            "/credential_sets/0/options",
            json!([[""]]),
            Some(Id(Part::CredentialSets)),
        ),
        (
            "type required",
            "/credential_sets/1/required",
            json!("no"),
            None,
        ),
    ] {
        assert_eq!(parse(with(pointer, value)), Err(expected), "{keyword}");
        run.push(keyword);
    }
    // The schema has grown or shrunk: look at what has changed.
    assert_eq!(SCHEMA.matches("\"minItems\"").count(), 18);
    assert_eq!(SCHEMA.matches("\"minLength\"").count(), 14);
    assert_eq!(SCHEMA.matches("\"required\": [").count(), 18);
    assert_eq!(SCHEMA.matches("\"pattern\"").count(), 7);
    assert_eq!(run.len(), 45);
}

#[test]
fn refuses_what_the_text_forbids_beyond_the_schema() {
    use UnsupportedQuery::{DuplicateId, TooLarge, UnknownId};
    for (pointer, value, expected) in [
        (
            "/credentials/1/id",
            json!("a"),
            DuplicateId(Part::Credentials),
        ),
        (
            "/credentials/0/claims/1/id",
            json!("n"),
            DuplicateId(Part::Claims),
        ),
        (
            "/credentials/0/claim_sets",
            json!([["z"]]),
            UnknownId(Part::ClaimSets),
        ),
        (
            "/credential_sets/0/options",
            json!([["z"]]),
            UnknownId(Part::CredentialSets),
        ),
        (
            "/credential_sets/0/options",
            json!(vec![["a"]; 65]),
            TooLarge(Part::CredentialSets),
        ),
        (
            "/credentials/0/id",
            json!("a".repeat(129)),
            TooLarge(Part::Credentials),
        ),
        (
            "/credentials/0/claims/0/values",
            json!(["x".repeat(2049)]),
            TooLarge(Part::Values),
        ),
        (
            "/credentials/0/claims/0/path",
            json!(vec!["x"; 17]),
            UnsupportedQuery::Path(PathError::TooLong),
        ),
    ] {
        assert_eq!(
            parse(with(pointer, value)),
            Err(Some(expected)),
            "{pointer}"
        );
    }
}

/// "Wallets SHOULD ignore such duplicate claim queries" (section 6.1).
#[test]
fn ignores_a_claim_that_was_asked_for_before() {
    let mut query = full();
    query["credentials"][0]["claims"][1]["path"] = json!(["name", 0, null]);
    let query = parse(query).unwrap();
    assert_eq!(query.credentials()[0].claims().len(), 1);
    let options: Vec<usize> = query.credentials()[0]
        .claim_options()
        .map(|one| one.len())
        .collect();
    assert_eq!(options, [1, 1]);
}
