//! What a Credential refers to: digests and schemas.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use credential::{Credential, Format, Resource, ResourceFault, SchemaFault};
use keys::{Algorithm, base64url};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

mod parties;

use parties::{Parties, verify};

const IMAGE: &str = "https://a.example/image.png";
const SCHEMA: &str = "https://a.example/schema.json";
const CONTENT: &[u8] = b"a picture";

#[test]
fn a_credential_says_what_it_refers_to() {
    let related = json!([
        { "id": IMAGE, "digestSRI": sri("sha256", CONTENT) },
        { "id": "https://a.example/other", "digestMultibase": multibase(0x12, CONTENT) },
    ]);
    let credential = with(
        &related,
        &json!([schema_reference(), { "id": IMAGE, "type": "Other" }]),
    );
    assert_eq!(
        credential.resources(),
        [IMAGE, "https://a.example/other", SCHEMA]
    );
    assert!(plain().resources().is_empty());
    assert_eq!(plain().check_resources(&[fetched(CONTENT)]), Ok(()));
}

#[test]
fn digests_are_compared() {
    let fits = |reference: Value, content: &[u8]| {
        let mut reference = reference;
        reference["id"] = json!(IMAGE);
        with(&json!(reference), &Value::Null).check_resources(&[fetched(content)])
    };
    for name in ["sha256", "sha384", "sha512"] {
        let reference = json!({ "digestSRI": sri(name, CONTENT) });
        assert_eq!(fits(reference.clone(), CONTENT), Ok(()));
        assert_eq!(fits(reference, b"another"), Err(ResourceFault::Digest));
    }
    for code in [0x12, 0x20, 0x13] {
        let reference = json!({ "digestMultibase": multibase(code, CONTENT) });
        assert_eq!(fits(reference.clone(), CONTENT), Ok(()));
        assert_eq!(fits(reference, b""), Err(ResourceFault::Digest));
    }
    // In base58, as the data model's own examples have it.
    let base58 = bs58::encode([[0x12, 0x20].as_slice(), &Sha256::digest(CONTENT)].concat());
    let reference = json!({ "digestMultibase": format!("z{}", base58.into_string()) });
    assert_eq!(fits(reference, CONTENT), Ok(()));

    let (right, wrong) = (sri("sha256", CONTENT), sri("sha256", b"another"));
    let strong = sri("sha512", b"another");
    let cases = [
        // One of several by one algorithm is enough; a weaker one never is.
        (json!({ "digestSRI": format!("{wrong} {right}") }), Ok(())),
        (json!({ "digestSRI": [wrong, right] }), Ok(())),
        (json!({ "digestSRI": format!("{right}?option") }), Ok(())),
        (
            json!({ "digestSRI": format!("{right} {strong}") }),
            Err(ResourceFault::Digest),
        ),
        (json!({ "digestSRI": format!("md5-AAAA {right}") }), Ok(())),
        (
            json!({ "digestSRI": "md5-AAAA" }),
            Err(ResourceFault::Unsupported),
        ),
        (
            json!({ "digestSRI": "sha256-no base64!" }),
            Err(ResourceFault::Malformed),
        ),
        (json!({ "digestSRI": " " }), Err(ResourceFault::Malformed)),
        // Both kinds must fit.
        (
            json!({ "digestSRI": right, "digestMultibase": multibase(0x12, b"another") }),
            Err(ResourceFault::Digest),
        ),
        (
            json!({ "digestSRI": wrong, "digestMultibase": multibase(0x12, CONTENT) }),
            Err(ResourceFault::Digest),
        ),
        (
            json!({ "digestMultibase": [
                multibase(0x12, CONTENT), multibase(0x13, b"another"),
            ] }),
            Err(ResourceFault::Digest),
        ),
        (
            json!({ "digestMultibase": "f1220" }),
            Err(ResourceFault::Malformed),
        ),
        (
            json!({ "digestMultibase": "z" }),
            Err(ResourceFault::Malformed),
        ),
        (
            json!({ "digestMultibase": format!("z{}", "2".repeat(10_000)) }),
            Err(ResourceFault::Malformed),
        ),
        (
            json!({ "digestMultibase": format!("u{}", base64url::encode([0x12, 0x1f, 1])) }),
            Err(ResourceFault::Malformed),
        ),
        (
            json!({ "digestMultibase": format!("u{}", base64url::encode([0x11, 1, 1])) }),
            Err(ResourceFault::Unsupported),
        ),
    ];
    for (reference, expected) in cases {
        assert_eq!(fits(reference.clone(), CONTENT), expected, "{reference}");
    }
    // What was not fetched is not judged.
    let related = json!({ "id": IMAGE, "digestSRI": wrong });
    let credential = with(&related, &Value::Null);
    assert_eq!(credential.check_resources(&[]), Ok(()));
    let elsewhere = Resource {
        id: "https://a.example/elsewhere",
        content: CONTENT,
    };
    assert_eq!(credential.check_resources(&[elsewhere]), Ok(()));
}

#[test]
fn schemas_are_held_against_the_credential() {
    let subject = |rule: Value| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": { "credentialSubject": rule },
        })
    };
    let judge = |schema: &Value| check(&schema.to_string());
    assert_eq!(
        judge(&subject(json!({ "required": ["givenName"] }))),
        Ok(())
    );
    assert_eq!(
        judge(&subject(json!({ "required": ["familyName"] }))),
        Err(SchemaFault::Invalid)
    );
    let number = json!({ "properties": { "givenName": { "type": "number" } } });
    assert_eq!(judge(&subject(number.clone())), Err(SchemaFault::Invalid));
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
    ] {
        let mut schema = subject(number.clone());
        schema["$schema"] = json!(draft);
        assert_eq!(judge(&schema), Err(SchemaFault::Invalid), "{draft}");
    }
    let mut unknown = subject(json!({}));
    unknown["$schema"] = json!("https://json-schema.org/draft/2099-01/schema");
    assert_eq!(judge(&unknown), Err(SchemaFault::Unsupported));
    unknown.as_object_mut().unwrap().remove("$schema");
    assert_eq!(judge(&unknown), Err(SchemaFault::Malformed));
    for text in ["", "true", "[]", "{\"$schema\":1}", "{\"a\":1,\"a\":2}"] {
        assert_eq!(check(text), Err(SchemaFault::Malformed), "{text}");
    }
    let mut nonsense = subject(json!({}));
    nonsense["type"] = json!(5);
    assert_eq!(judge(&nonsense), Err(SchemaFault::Malformed));
}

#[test]
fn a_schema_loads_nothing_and_ends() {
    let refers = |to: &str| {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": to,
        });
        check(&schema.to_string())
    };
    for to in [
        "file:///etc/hostname",
        "https://a.example/other.json",
        "http://127.0.0.1/",
        "other.json",
    ] {
        let refused = refers(to).unwrap_err();
        assert!(
            matches!(refused, SchemaFault::Unsupported | SchemaFault::Malformed),
            "{to}: {refused}"
        );
    }
    // Endless, deep and costly.
    assert!(refers("#").is_err());
    let deep = format!(
        "{{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"not\":{}{{}}{}}}",
        "{\"not\":".repeat(40),
        "}".repeat(40)
    );
    assert_eq!(check(&deep), Err(SchemaFault::Malformed));
    let pattern = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": { "issuer": { "properties": { "id": { "pattern": "^(([a-z])+.)+[A-Z]$" } } } },
    });
    assert_eq!(check(&pattern.to_string()), Err(SchemaFault::Invalid));
}

#[test]
fn a_schema_is_the_one_that_is_meant() {
    let text = br#"{"$schema":"https://json-schema.org/draft/2020-12/schema"}"#;
    let mut reference = schema_reference();
    reference["digestSRI"] = json!(sri("sha256", text));
    let credential = with(&Value::Null, &reference);
    let resource = Resource {
        id: SCHEMA,
        content: text,
    };
    assert_eq!(credential.check_schemas(&[resource]), Ok(()));
    let other = Resource {
        id: SCHEMA,
        content: br#"{"$schema":"https://json-schema.org/draft/2020-12/schema" }"#,
    };
    assert_eq!(
        credential.check_schemas(&[other]),
        Err(ResourceFault::Digest.into())
    );
    assert_eq!(credential.check_schemas(&[]), Ok(()));
    let other_kind = json!({ "id": SCHEMA, "type": "JsonSchemaCredential" });
    let credential = with(&Value::Null, &other_kind);
    assert_eq!(
        credential.check_schemas(&[resource]),
        Err(SchemaFault::Unsupported)
    );
}

fn check(schema: &str) -> Result<(), SchemaFault> {
    let resource = Resource {
        id: SCHEMA,
        content: schema.as_bytes(),
    };
    with(&Value::Null, &schema_reference()).check_schemas(&[resource])
}

fn schema_reference() -> Value {
    json!({ "id": SCHEMA, "type": "JsonSchema" })
}

fn fetched(content: &[u8]) -> Resource<'_> {
    Resource { id: IMAGE, content }
}

fn plain() -> Credential {
    with(&Value::Null, &Value::Null)
}

/// A verified Credential that refers to these, if they are not null.
fn with(related: &Value, schema: &Value) -> Credential {
    let parties = Parties::new(Algorithm::EdDsa);
    let mut credential = parties.credential();
    for (name, value) in [("relatedResource", related), ("credentialSchema", schema)] {
        if !value.is_null() {
            credential.insert(name.to_owned(), value.clone());
        }
    }
    verify(Format::JwtVcJson, &parties.issue_vc(credential)).unwrap()
}

fn sri(name: &str, content: &[u8]) -> String {
    use base64::Engine as _;
    let digest = match name {
        "sha256" => Sha256::digest(content).to_vec(),
        "sha384" => Sha384::digest(content).to_vec(),
        _ => Sha512::digest(content).to_vec(),
    };
    let text = base64::engine::general_purpose::STANDARD.encode(digest);
    format!("{name}-{text}")
}

fn multibase(code: u8, content: &[u8]) -> String {
    let digest = match code {
        0x12 => Sha256::digest(content).to_vec(),
        0x20 => Sha384::digest(content).to_vec(),
        _ => Sha512::digest(content).to_vec(),
    };
    let length = u8::try_from(digest.len()).unwrap();
    format!(
        "u{}",
        base64url::encode([vec![code, length], digest].concat())
    )
}
