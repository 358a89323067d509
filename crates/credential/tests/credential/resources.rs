//! What a Credential refers to: digests and schemas.

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, ProblemKind, Unverified};
use credential::{
    DigestFault, Format, JsonSchema, KnownResources, ReferenceFault, SchemaFault, check_digest,
};
use keys::{Algorithm, base64url};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::parties::{self, Parties, verify};

const IMAGE: &str = "https://a.example/image.png";
const SCHEMA: &str = "https://a.example/schema.json";
const CONTENT: &[u8] = b"a picture";
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

#[test]
fn what_is_not_known_is_told_or_refused() {
    let related = json!([
        { "id": IMAGE, "digestSRI": sri("sha256", CONTENT) },
        { "id": "https://a.example/other", "digestMultibase": multibase(0x12, CONTENT) },
    ]);
    let schemas = json!([schema_reference(), { "id": IMAGE, "type": "Other" }]);
    let credential = claims(&related, &schemas);
    let nothing = KnownResources::default();
    let all = [IMAGE, "https://a.example/other", SCHEMA].map(str::to_owned);
    assert_eq!(nothing.judge(&credential), Ok(all.to_vec()));
    assert_eq!(nothing.judge(&plain()), Ok(Vec::new()));
    // As a schema it is of a kind that nobody here knows.
    let image = image(CONTENT);
    let rest = ["https://a.example/other", SCHEMA, IMAGE].map(str::to_owned);
    assert_eq!(image.judge(&credential), Ok(rest.to_vec()));
    let related_only = claims(&related, &Value::Null);
    assert_eq!(
        image.judge(&related_only),
        Ok(vec!["https://a.example/other".to_owned()])
    );
    let strict = image.refusing_unknown(true);
    assert_eq!(strict.judge(&related_only), Err(ReferenceFault::Unknown));
    assert_eq!(strict.judge(&plain()), Ok(Vec::new()));
    let known = claims(&related[0], &Value::Null);
    assert_eq!(strict.judge(&known), Ok(Vec::new()));
    // The name of a resource that is no schema is no schema either.
    let misused = claims(&Value::Null, &json!({ "id": IMAGE, "type": "JsonSchema" }));
    assert_eq!(strict.judge(&misused), Err(ReferenceFault::Unknown));
}

#[test]
fn digests_are_compared() {
    let fits = |reference: Value, content: &[u8]| {
        let mut reference = reference;
        reference["id"] = json!(IMAGE);
        let judged = image(content).judge(&claims(&json!(reference), &Value::Null));
        judged.map(|unknown| unknown.is_empty())
    };
    for name in ["sha256", "sha384", "sha512"] {
        let reference = json!({ "digestSRI": sri(name, CONTENT) });
        assert_eq!(fits(reference.clone(), CONTENT), Ok(true));
        assert_eq!(fits(reference, b"another"), Err(ReferenceFault::Digest));
    }
    for code in [0x12, 0x20, 0x13] {
        let reference = json!({ "digestMultibase": multibase(code, CONTENT) });
        assert_eq!(fits(reference.clone(), CONTENT), Ok(true));
        assert_eq!(fits(reference, b""), Err(ReferenceFault::Digest));
    }
    // In base58, as the data model's own examples have it.
    let base58 = bs58::encode([[0x12, 0x20].as_slice(), &Sha256::digest(CONTENT)].concat());
    let reference = json!({ "digestMultibase": format!("z{}", base58.into_string()) });
    assert_eq!(fits(reference, CONTENT), Ok(true));

    let (right, wrong) = (sri("sha256", CONTENT), sri("sha256", b"another"));
    let strong = sri("sha512", b"another");
    let cases = [
        // One of several by one algorithm is enough; a weaker one never is.
        (json!({ "digestSRI": format!("{wrong} {right}") }), Ok(true)),
        (json!({ "digestSRI": [wrong, right] }), Ok(true)),
        (json!({ "digestSRI": format!("{right}?option") }), Ok(true)),
        (
            json!({ "digestSRI": format!("{right} {strong}") }),
            Err(ReferenceFault::Digest),
        ),
        (
            json!({ "digestSRI": format!("md5-AAAA {right}") }),
            Ok(true),
        ),
        (json!({ "digestSRI": "md5-AAAA" }), Ok(false)),
        (
            json!({ "digestSRI": "sha256-no base64!" }),
            Err(ReferenceFault::MalformedDigest),
        ),
        (
            json!({ "digestSRI": " " }),
            Err(ReferenceFault::MalformedDigest),
        ),
        // Both kinds must fit.
        (
            json!({ "digestSRI": right, "digestMultibase": multibase(0x12, b"another") }),
            Err(ReferenceFault::Digest),
        ),
        (
            json!({ "digestSRI": wrong, "digestMultibase": multibase(0x12, CONTENT) }),
            Err(ReferenceFault::Digest),
        ),
        (
            json!({ "digestMultibase": [
                multibase(0x12, CONTENT), multibase(0x13, b"another"),
            ] }),
            Err(ReferenceFault::Digest),
        ),
        // What cannot be compared hides nothing.
        (
            json!({ "digestSRI": "md5-AAAA", "digestMultibase": multibase(0x12, b"another") }),
            Err(ReferenceFault::Digest),
        ),
        (
            json!({ "digestMultibase": [
                format!("u{}", base64url::encode([0x11, 1, 1])), multibase(0x13, b"another"),
            ] }),
            Err(ReferenceFault::Digest),
        ),
        (
            json!({ "digestMultibase": "f1220" }),
            Err(ReferenceFault::MalformedDigest),
        ),
        (
            json!({ "digestMultibase": "z" }),
            Err(ReferenceFault::MalformedDigest),
        ),
        (
            json!({ "digestMultibase": format!("z{}", "2".repeat(10_000)) }),
            Err(ReferenceFault::MalformedDigest),
        ),
        (
            json!({ "digestMultibase": format!("u{}", base64url::encode([0x12, 0x1f, 1])) }),
            Err(ReferenceFault::MalformedDigest),
        ),
        (
            json!({ "digestMultibase": format!("u{}", base64url::encode([0x11, 1, 1])) }),
            Ok(false),
        ),
    ];
    for (reference, expected) in cases {
        assert_eq!(fits(reference.clone(), CONTENT), expected, "{reference}");
    }
    // An operator's own digest is compared in the same way.
    assert_eq!(check_digest(&right, CONTENT), Ok(()));
    assert_eq!(check_digest(&wrong, CONTENT), Err(DigestFault::Other));
    assert_eq!(
        check_digest("md5-AAAA", CONTENT),
        Err(DigestFault::Unsupported)
    );
    assert_eq!(check_digest("", CONTENT), Err(DigestFault::Malformed));
}

#[test]
fn schemas_are_held_against_the_credential() {
    let subject = |rule: Value| schema(json!({ "properties": { "credentialSubject": rule } }));
    let judge = |schema: &Value| held(&schema.to_string());
    assert_eq!(
        judge(&subject(json!({ "required": ["givenName"] }))),
        Ok(())
    );
    let invalid = Ok(Err(ReferenceFault::Invalid));
    let outcome = |schema: &Value| parsed(&schema.to_string()).map(|known| judged(&known));
    assert_eq!(
        outcome(&subject(json!({ "required": ["familyName"] }))),
        invalid
    );
    let number = json!({ "properties": { "givenName": { "type": "number" } } });
    assert_eq!(outcome(&subject(number.clone())), invalid);
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
    ] {
        let mut schema = subject(number.clone());
        schema["$schema"] = json!(draft);
        assert_eq!(outcome(&schema), invalid, "{draft}");
    }
    // The example of VC JSON Schema, section 3.2: formats count.
    let email = json!({ "properties": { "givenName": { "format": "email" } } });
    assert_eq!(outcome(&subject(email)), invalid);
    let mut unknown = subject(json!({}));
    unknown["$schema"] = json!("https://json-schema.org/draft/2099-01/schema");
    assert_eq!(judge(&unknown), Err(SchemaFault::Unsupported));
    unknown.as_object_mut().unwrap().remove("$schema");
    assert_eq!(judge(&unknown), Err(SchemaFault::Malformed));
    for text in ["", "true", "[]", "{\"$schema\":1}", "{\"a\":1,\"a\":2}"] {
        assert_eq!(held(text), Err(SchemaFault::Malformed), "{text}");
    }
    let mut nonsense = subject(json!({}));
    nonsense["type"] = json!(5);
    assert_eq!(judge(&nonsense), Err(SchemaFault::Malformed));
}

#[test]
fn references_within_a_schema_are_followed_and_others_refused() {
    let id = "https://a.example/schema.json";
    let refers = |to: &str| {
        let text = schema(json!({
            "$id": id,
            "properties": { "credentialSubject": { "$ref": to } },
            "$defs": { "a/b": { "required": ["familyName"] }, "any": true },
        }));
        parsed(&text.to_string()).map(|known| judged(&known))
    };
    let invalid = Ok(Err(ReferenceFault::Invalid));
    assert_eq!(refers("#/$defs/a~1b"), invalid);
    assert_eq!(refers(&format!("{id}#/$defs/a~1b")), invalid);
    assert_eq!(refers("#/$defs/any"), Ok(Ok(())));
    assert_eq!(refers("#/$defs/none"), Err(SchemaFault::Malformed));
    for to in [
        "file:///etc/hostname",
        "https://a.example/other.json",
        "http://127.0.0.1/",
        "other.json",
        "#anchor",
        "http://json-schema.org/draft-07/schema#",
    ] {
        assert_eq!(refers(to), Err(SchemaFault::Unsupported), "{to}");
    }
    for more in [
        json!({ "$dynamicRef": "#" }),
        json!({ "$defs": { "a": { "$id": "https://b.example/" } }, "$ref": "#/$defs/a" }),
        json!({ "properties": { "id": { "format": "regex" } } }),
        json!({ "properties": { "id": { "pattern": "(?=a)" } } }),
    ] {
        let text = schema(more).to_string();
        assert_eq!(held(&text), Err(SchemaFault::Unsupported), "{text}");
    }
    // What generators wrote for draft 7 changes no base.
    let mut own = schema(json!({
        "properties": { "id": { "$id": "#/properties/id", "type": "string" } },
    }));
    own["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    assert_eq!(held(&own.to_string()), Ok(()));
}

/// On the stack that threads have: each of these would use it up, or the time of a lifetime.
#[test]
fn a_schema_ends_and_costs_little() {
    // Without end.
    for endless in [
        json!({ "$ref": "#" }),
        json!({ "not": { "$ref": "#" } }),
        json!({ "allOf": [{ "$ref": "#/$defs/a" }], "$defs": { "a": { "anyOf": [{ "$ref": "#" }] } } }),
    ] {
        let text = schema(endless).to_string();
        assert_eq!(held(&text), Err(SchemaFault::Malformed), "{text}");
    }
    // Recursive, as trees are: it ends where the credential does.
    let tree = schema(json!({ "additionalProperties": { "$ref": "#" }, "items": { "$ref": "#" } }));
    assert_eq!(held(&tree.to_string()), Ok(()));
    // Twice as much with each step.
    let doubled = |count: usize| {
        let steps = (0..count).map(|step| {
            let next = json!({ "$ref": format!("#/$defs/a{}", step + 1) });
            (format!("a{step}"), json!({ "allOf": [next, next] }))
        });
        let mut defs: serde_json::Map<String, Value> = steps.collect();
        defs.insert(format!("a{count}"), json!(true));
        schema(json!({ "$ref": "#/$defs/a0", "$defs": defs }))
    };
    assert_eq!(held(&doubled(8).to_string()), Ok(()));
    let known = parsed(&doubled(40).to_string()).unwrap();
    assert_eq!(judged(&known), Err(ReferenceFault::Costly));
    // Twice as much with each step into the credential.
    let inward = schema(json!({ "additionalProperties": {
        "allOf": [{ "$ref": "#" }, { "$ref": "#" }],
    } }));
    let mut deep = plain();
    let mut inner = json!({});
    for _ in 0..28 {
        inner = json!({ "a": inner });
    }
    deep.insert("credentialSubject".to_owned(), inner);
    reference(&mut deep);
    let known = parsed(&inward.to_string()).unwrap();
    assert_eq!(known.judge(&deep), Err(ReferenceFault::Costly));
    // Long and deep.
    let chain: serde_json::Map<String, Value> = (0..1000)
        .map(|step| {
            (
                format!("a{step}"),
                json!({ "$ref": format!("#/$defs/a{}", step + 1) }),
            )
        })
        .chain([("a1000".to_owned(), json!(true))])
        .collect();
    let chain = schema(json!({ "$ref": "#/$defs/a0", "$defs": chain }));
    assert_eq!(held(&chain.to_string()), Err(SchemaFault::Costly));
    let nested = |depth: usize| {
        format!(
            "{{\"$schema\":\"{DRAFT}\",\"not\":{}{{}}{}}}",
            "{\"not\":".repeat(depth),
            "}".repeat(depth)
        )
    };
    assert_eq!(held(&nested(40)), Err(SchemaFault::Malformed));
    let known = parsed(&nested(29)).unwrap();
    assert!(matches!(
        judged(&known),
        Ok(()) | Err(ReferenceFault::Invalid)
    ));
}

#[test]
fn patterns_take_a_bounded_time_and_place() {
    let pattern = |pattern: &str| {
        let rule = json!({ "properties": { "issuer": { "properties": { "id": { "pattern": pattern } } } } });
        parsed(&schema(rule).to_string()).map(|known| judged(&known))
    };
    // Others would search for longer than anybody waits.
    assert_eq!(
        pattern("^(([a-z])+.)+[A-Z]$"),
        Ok(Err(ReferenceFault::Invalid))
    );
    assert_eq!(pattern("^did:"), Ok(Ok(())));
    assert_eq!(pattern("(\\p{L}{500}){500}"), Err(SchemaFault::Costly));
    assert_eq!(pattern("[a-z]{5000}"), Err(SchemaFault::Costly));
    assert_eq!(pattern(&"\\d".repeat(1000)), Err(SchemaFault::Costly));
    let many: serde_json::Map<String, Value> = (0..100)
        .map(|number| (format!("^{number}$"), json!(true)))
        .collect();
    let many = schema(json!({ "patternProperties": many }));
    assert_eq!(held(&many.to_string()), Err(SchemaFault::Costly));
}

#[test]
fn a_schema_is_the_one_that_is_meant() {
    let text = json!({ "$schema": DRAFT }).to_string();
    let mut reference = schema_reference();
    reference["digestSRI"] = json!(sri("sha256", text.as_bytes()));
    let credential = claims(&Value::Null, &reference);
    assert_eq!(parsed(&text).unwrap().judge(&credential), Ok(Vec::new()));
    let other = parsed(&format!("{text} ")).unwrap();
    assert_eq!(other.judge(&credential), Err(ReferenceFault::Digest));
    let other_kind = json!({ "id": SCHEMA, "type": "JsonSchemaCredential" });
    let credential = claims(&Value::Null, &other_kind);
    assert_eq!(
        parsed(&text).unwrap().judge(&credential),
        Ok(vec![SCHEMA.to_owned()])
    );
    // All of several schemas count.
    let strict = schema(json!({ "required": ["none"] })).to_string();
    let both = json!([schema_reference(), { "id": "urn:strict", "type": ["JsonSchema", "Other"] }]);
    let known = parsed(&text).unwrap().with_schema(
        "urn:strict",
        JsonSchema::parse(strict.as_bytes()).unwrap(),
        strict.into_bytes(),
    );
    let credential = claims(&Value::Null, &both);
    assert_eq!(known.judge(&credential), Err(ReferenceFault::Invalid));
}

#[test]
fn a_judgement_tells_what_was_not_judged() {
    let parties = Parties::new(Algorithm::EdDsa);
    let mut credential = parties.credential();
    credential.insert("credentialSchema".to_owned(), schema_reference());
    let token = parties.issue_vc(credential);
    let verified = verify(Format::JwtVcJson, &token).unwrap();
    let nothing = KnownResources::default();
    assert_eq!(
        nothing.judge_credential(&verified),
        Ok(vec![SCHEMA.to_owned()])
    );
    let judge = |known: &KnownResources| {
        let mut judgement = Unverified::parse(&token).unwrap().verify(
            &[],
            &Expected::default(),
            Leniency::None,
            parties::now(),
        );
        assert!(judgement.is_verified(), "{:?}", judgement.problems);
        judgement.hold_against(known);
        judgement
    };
    let told = judge(&nothing);
    assert!(told.is_verified());
    assert_eq!(told.warnings[0].kind, ProblemKind::UnknownReference);
    assert!(told.warnings[0].detail.contains(SCHEMA));
    let refused = judge(&KnownResources::default().refusing_unknown(true));
    assert_eq!(refused.problems[0].kind, ProblemKind::UnknownReference);
    let strict = schema(json!({ "required": ["none"] })).to_string();
    let refused = judge(&parsed(&strict).unwrap());
    assert_eq!(refused.problems[0].kind, ProblemKind::MalformedValue);
    assert!(!refused.is_verified());
}

/// Whether a plain credential is as this schema has it.
fn held(schema: &str) -> Result<(), SchemaFault> {
    let known = parsed(schema)?;
    assert_eq!(judged(&known), Ok(()), "{schema}");
    Ok(())
}

fn judged(known: &KnownResources) -> Result<(), ReferenceFault> {
    let credential = claims(&Value::Null, &schema_reference());
    known
        .judge(&credential)
        .map(|unknown| assert!(unknown.is_empty()))
}

fn parsed(schema: &str) -> Result<KnownResources, SchemaFault> {
    let content = schema.as_bytes().to_vec();
    let schema = JsonSchema::parse(&content)?;
    Ok(KnownResources::default().with_schema(SCHEMA, schema, content))
}

fn schema(members: Value) -> Value {
    let mut schema = members;
    schema["$schema"] = json!(DRAFT);
    schema
}

fn schema_reference() -> Value {
    json!({ "id": SCHEMA, "type": "JsonSchema" })
}

fn image(content: &[u8]) -> KnownResources {
    KnownResources::default().with_resource(IMAGE, content.to_vec())
}

fn plain() -> Map<String, Value> {
    Parties::new(Algorithm::EdDsa).credential()
}

fn reference(credential: &mut Map<String, Value>) {
    credential.insert("credentialSchema".to_owned(), schema_reference());
}

/// A credential that refers to these, if they are not null.
fn claims(related: &Value, schema: &Value) -> Map<String, Value> {
    let mut credential = plain();
    for (name, value) in [("relatedResource", related), ("credentialSchema", schema)] {
        if !value.is_null() {
            credential.insert(name.to_owned(), value.clone());
        }
    }
    credential
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
