//! VCDM 2.0 member by member, and what of 1.1 is read: forms that must pass, and forms that must not.

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, ProblemKind, Unverified};
use credential::{Format, HolderFault, IssuerFault, VerificationError, vc_jwt};
use keys::Algorithm;
use serde_json::{Map, Value, json};

use crate::parties::{Parties, forge, now, object, verify};

#[test]
fn times_are_instants_whatever_their_offset() {
    for (name, value, outcome) in [
        ("validFrom", "2026-11-22T12:00:00Z", Ok(())),
        ("validFrom", "2026-11-22T13:00:00+01:00", Ok(())),
        ("validFrom", "2026-11-22T24:00:00+14:00", Ok(())),
        (
            "validFrom",
            "2026-11-22T12:00:00-01:00",
            Err(HolderFault::NotYetValid.into()),
        ),
        (
            "validUntil",
            "2026-11-22T12:00:00+01:00",
            Err(HolderFault::Expired.into()),
        ),
        // Without an offset it is in UTC (section 4.9.1).
        ("validFrom", "2026-11-22T11:59:59", Ok(())),
        (
            "validFrom",
            "2026-11-22T14:00:00",
            Err(HolderFault::NotYetValid.into()),
        ),
        (
            "validUntil",
            "2026-11-22T10:00:00",
            Err(HolderFault::Expired.into()),
        ),
    ] {
        assert_eq!(read(&json!({ name: value })), outcome, "{name}: {value}");
    }
    for value in [
        json!("2026-11-22"),
        json!("2026-11-22 12:00:00Z"),
        json!("2026-11-22T12:00:00z"),
        json!("2026-11-22T12:00:00+15:00"),
        json!("2026-11-22T12:00:00+0100"),
        json!("2026-02-30T12:00:00Z"),
        json!("22 November 2026"),
        json!(1_763_812_800),
        json!(["2026-11-22T12:00:00Z"]),
        json!({ "@value": "2026-11-22T12:00:00Z" }),
        json!(null),
    ] {
        for name in ["validFrom", "validUntil"] {
            let refused = read(&json!({ name: value }));
            assert_eq!(refused, claim(name), "{name}: {value}");
        }
    }
    let same = "2026-11-22T12:00:00Z";
    let both = |from: &str, until: &str| read(&json!({ "validFrom": from, "validUntil": until }));
    // The same instant contradicts nothing; it is now, and so over.
    assert_eq!(
        both(same, "2026-11-22T13:00:00+01:00"),
        Err(HolderFault::Expired.into())
    );
    let contradiction = IssuerFault::Contradiction("validFrom", "validUntil");
    assert_eq!(
        both(same, "2026-11-22T12:00:00+01:00"),
        Err(contradiction.into())
    );
    // The older names have no meaning here: who reads them would find times that nobody judged.
    for name in ["issuanceDate", "expirationDate"] {
        assert_eq!(read(&json!({ name: same })), claim(name));
    }
}

#[test]
fn what_is_tolerated_is_not_issued() {
    let parties = Parties::new(Algorithm::EdDsa);
    let issue = |time: &str| {
        let mut credential = parties.credential();
        credential.insert("validFrom".to_owned(), time.into());
        vc_jwt::Issuance {
            credential,
            holder: None,
            status: None,
            key_reference: &parties.reference,
        }
        .sign(&parties.issuer)
        .map(drop)
    };
    assert_eq!(issue("2026-11-22T12:00:00+01:00"), Ok(()));
    let refused = IssuerFault::Claim("validFrom");
    assert_eq!(
        issue("2026-11-22T12:00:00"),
        Err(vc_jwt::IssueError::Model(refused))
    );
}

#[test]
fn members_have_their_forms() {
    let typed = |members: Value| {
        let mut with = members;
        with["type"] = json!("Example");
        with
    };
    let language = |members: Value| {
        let mut with = members;
        with["@value"] = json!("text");
        with
    };
    let pass: Vec<(&str, Value)> = vec![
        ("@context", json!([V2])),
        ("@context", json!([V2, "https://a.example/c"])),
        ("@context", json!([V2, { "a": "https://a.example/a" }])),
        ("id", json!("urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33")),
        ("id", json!("did:example:1?a=b#c")),
        ("name", json!("text")),
        (
            "name",
            language(json!({ "@language": "zh-Hans-CN", "@direction": "ltr" })),
        ),
        (
            "name",
            json!([
                language(json!({ "@language": "en" })),
                language(json!({ "@language": "ar", "@direction": "rtl" }))
            ]),
        ),
        ("description", language(json!({}))),
        (
            "credentialSubject",
            json!([{ "id": "urn:a", "a": 1 }, { "b": 2 }]),
        ),
        ("credentialSubject", json!([{ "a": 1 }])),
        (
            "credentialSubject",
            json!({ "confidenceMethod": typed(json!({})), "a": 1 }),
        ),
        ("evidence", typed(json!({}))),
        (
            "evidence",
            json!([typed(json!({ "id": "urn:a" })), typed(json!({}))]),
        ),
        ("termsOfUse", json!({ "type": ["A", "B"] })),
        (
            "refreshService",
            typed(json!({ "url": "https://a.example" })),
        ),
        (
            "credentialSchema",
            typed(json!({ "id": "https://a.example/1" })),
        ),
        (
            "credentialSchema",
            json!([
                typed(json!({ "id": "urn:a" })),
                typed(json!({ "id": "urn:b" }))
            ]),
        ),
        ("renderMethod", typed(json!({}))),
        ("relatedResource", related(json!({}))),
        (
            "relatedResource",
            related(json!({ "mediaType": "image/svg+xml" })),
        ),
        (
            "relatedResource",
            related(json!({ "mediaType": "text/plain; charset=utf-8" })),
        ),
        (
            "relatedResource",
            json!({ "id": "urn:a", "digestMultibase": ["uEiA"] }),
        ),
    ];
    for (name, value) in pass {
        assert_eq!(read(&json!({ name: value })), Ok(()), "{name}: {value}");
    }
    let refuse: Vec<(&str, Value)> = vec![
        ("@context", json!([])),
        ("@context", json!("https://a.example/c")),
        ("@context", json!(["https://a.example/c", V2])),
        ("@context", json!([{ "a": "https://a.example/a" }, V2])),
        ("@context", json!([V2, V2])),
        ("@context", json!([V2, "no url"])),
        ("@context", json!([V2, null])),
        ("@context", json!({ "@vocab": "urn:a:" })),
        ("id", json!("no url")),
        ("id", json!("relative/path")),
        ("id", json!("https://a.example/<a>")),
        ("id", json!(["urn:a"])),
        ("id", json!(null)),
        ("id", json!(1)),
        ("type", json!([])),
        ("type", json!("Other")),
        ("type", json!(["VerifiableCredential", 1])),
        ("type", json!(null)),
        ("name", json!(null)),
        ("name", json!([])),
        ("name", json!(["text"])),
        ("name", json!({ "@language": "en" })),
        ("name", json!({ "@value": 1 })),
        ("name", language(json!({ "@language": "not a tag" }))),
        ("name", language(json!({ "@direction": "up" }))),
        ("name", language(json!({ "@type": "urn:a" }))),
        ("description", language(json!({ "more": 1 }))),
        ("credentialSubject", json!({})),
        ("credentialSubject", json!([])),
        ("credentialSubject", json!("urn:a")),
        ("credentialSubject", json!(null)),
        ("credentialSubject", json!({ "id": "no url" })),
        ("credentialSubject", json!({ "id": ["urn:a", "urn:b"] })),
        ("credentialSubject", json!([{ "a": 1 }, {}])),
        ("credentialSubject", json!([{ "a": 1 }, { "id": "no url" }])),
        ("credentialSubject", json!([{ "a": 1 }, "urn:a"])),
        ("evidence", json!({})),
        ("evidence", json!([])),
        ("evidence", json!("urn:a")),
        ("evidence", json!([typed(json!({})), {}])),
        ("evidence", typed(json!({ "id": "no url" }))),
        ("termsOfUse", json!({ "type": "" })),
        ("termsOfUse", json!({ "type": [] })),
        ("termsOfUse", json!({ "type": ["A", ""] })),
        ("refreshService", json!({ "id": "https://a.example" })),
        ("credentialSchema", typed(json!({}))),
        ("credentialSchema", typed(json!({ "id": "no url" }))),
        ("credentialSchema", json!({ "id": "urn:a" })),
        (
            "credentialSchema",
            json!([typed(json!({ "id": "urn:a" })), typed(json!({}))]),
        ),
        ("credentialStatus", json!({ "id": "urn:a" })),
        ("renderMethod", json!({ "id": "urn:a" })),
        ("confidenceMethod", json!([])),
        ("relatedResource", json!([])),
        ("relatedResource", json!({ "id": "urn:a" })),
        ("relatedResource", json!({ "digestSRI": "sha256-AAAA" })),
        ("relatedResource", json!({ "id": "urn:a", "digestSRI": [] })),
        ("relatedResource", json!({ "id": "urn:a", "digestSRI": 1 })),
        (
            "relatedResource",
            json!([related(json!({})), related(json!({}))]),
        ),
        (
            "relatedResource",
            related(json!({ "mediaType": "picture" })),
        ),
        (
            "relatedResource",
            related(json!({ "mediaType": ["image/png"] })),
        ),
    ];
    for (name, value) in refuse {
        let refused = read(&json!({ name: value }));
        assert_eq!(refused, claim(name), "{name}: {value}");
    }
    // A token's key is looked for at its issuer first.
    for value in [
        json!("no url"),
        json!({ "name": "without id" }),
        json!(["urn:a"]),
        json!(null),
    ] {
        assert!(read(&json!({ "issuer": value })).is_err(), "{value}");
    }
    let inner = json!({ "credentialSubject": { "confidenceMethod": { "id": "urn:a" } } });
    assert_eq!(read(&inner), claim("confidenceMethod"));
    for name in ["@context", "type", "credentialSubject"] {
        let mut credential = Parties::new(Algorithm::EdDsa).credential();
        credential.remove(name);
        assert_eq!(sent(&credential), Err(IssuerFault::Missing(name).into()));
    }
}

#[test]
fn of_the_older_model_all_times_count() {
    let parties = Parties::new(Algorithm::EdDsa);
    let read = |members: Value| {
        let mut credential = object(json!({
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "credentialSubject": { "id": "urn:a" },
        }));
        credential.extend(object(members));
        let payload = json!({ "iss": parties.iss, "vc": credential });
        let header = parties.header("JWT");
        let token = forge(&header, payload.to_string().as_bytes(), &parties.issuer);
        verify(Format::JwtVcJson, &token).map(drop)
    };
    assert_eq!(
        read(json!({ "issuanceDate": "2026-01-01T00:00:00Z" })),
        Ok(())
    );
    // An xsd:dateTime: the offset is optional.
    assert_eq!(
        read(json!({ "issuanceDate": "2026-01-01T00:00:00" })),
        Ok(())
    );
    for (name, value, fault) in [
        (
            "expirationDate",
            "2026-01-01T00:00:00Z",
            HolderFault::Expired,
        ),
        ("validUntil", "2026-01-01T00:00:00Z", HolderFault::Expired),
        (
            "issuanceDate",
            "2027-01-01T00:00:00Z",
            HolderFault::NotYetValid,
        ),
        (
            "validFrom",
            "2027-01-01T00:00:00Z",
            HolderFault::NotYetValid,
        ),
    ] {
        assert_eq!(read(json!({ name: value })), Err(fault.into()), "{name}");
    }
}

#[test]
fn presentations_have_their_forms() {
    let judge = |members: Value| {
        let mut presentation = object(json!({
            "@context": [V2],
            "type": "VerifiablePresentation",
        }));
        presentation.extend(object(members));
        let unverified = Unverified::from_value(Value::Object(presentation)).unwrap();
        let judged = unverified.verify(&[], &Expected::default(), Leniency::None, now());
        judged.problems.first().map(|problem| problem.kind)
    };
    for fine in [
        json!({}),
        json!({ "id": "urn:a" }),
        json!({ "verifiableCredential": [] }),
        json!({ "holder": "did:example:1" }),
        json!({ "holder": { "id": "did:example:1", "name": "Ada" } }),
        json!({ "termsOfUse": [{ "type": "Example" }] }),
        json!({ "refreshService": { "type": "Example", "id": "urn:a" } }),
    ] {
        assert_eq!(judge(fine.clone()), None, "{fine}");
    }
    for wrong in [
        json!({ "id": "no url" }),
        json!({ "@context": ["https://a.example/c"] }),
        json!({ "holder": "no url" }),
        json!({ "holder": { "name": "Ada" } }),
        json!({ "holder": ["did:example:1"] }),
        json!({ "termsOfUse": { "id": "urn:a" } }),
        json!({ "refreshService": "https://a.example" }),
        json!({ "id": "data:application/vp+jwt,a.b.c" }),
        json!({ "verifiableCredential": "https://a.example" }),
        json!({ "verifiableCredential": [1] }),
        json!({ "verifiableCredential": null }),
    ] {
        assert_eq!(
            judge(wrong.clone()),
            Some(ProblemKind::MalformedValue),
            "{wrong}"
        );
    }
}

/// A good credential with these members, rightly signed.
fn read(members: &Value) -> Result<(), VerificationError> {
    let mut credential = Parties::new(Algorithm::EdDsa).credential();
    for (name, value) in members.as_object().unwrap() {
        credential.insert(name.clone(), value.clone());
    }
    sent(&credential)
}

fn sent(credential: &Map<String, Value>) -> Result<(), VerificationError> {
    let parties = Parties::new(Algorithm::EdDsa);
    let token = parties.craft_vc(&json!(credential));
    verify(Format::JwtVcJson, &token).map(drop)
}

fn claim(name: &str) -> Result<(), VerificationError> {
    let names = [
        "@context",
        "confidenceMethod",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "description",
        "evidence",
        "expirationDate",
        "id",
        "issuanceDate",
        "issuer",
        "name",
        "refreshService",
        "relatedResource",
        "renderMethod",
        "termsOfUse",
        "type",
        "validFrom",
        "validUntil",
    ];
    let name = names.into_iter().find(|one| *one == name).unwrap();
    Err(IssuerFault::Claim(name).into())
}

fn related(more: Value) -> Value {
    let mut resource = more;
    resource["id"] = json!("https://a.example/image");
    resource["digestSRI"] = json!("sha256-AAAA");
    resource
}

const V2: &str = "https://www.w3.org/ns/credentials/v2";
