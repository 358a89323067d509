//! W3C credentials in their other forms: status lists, SD-JWTs, envelopes, and what they refer to.

use std::sync::LazyLock;

use credential::data_integrity::{self, Cryptosuite, Leniency, ProofOptions};
use credential::mechanism::{Expected, Unverified};
use credential::sd_jwt::{ClaimPath, Held};
use credential::{
    BitstringEntry, Credential, Enveloped, IssuerKey, JsonSchema, KnownResources, Purpose,
    UnverifiedCredential, UnverifiedPresentation, vc_jwt, vc_sd_jwt,
};
use keys::{SigningKey, base64url, sha256};
use serde_json::{Map, Value, json};
use status::{AnyList, Bitstring, MINIMUM_ENTRIES, UnverifiedList};
use strict_json::Limits;
use url::Url;

use crate::Target;
use crate::credentials::{payload_of, sign};
use crate::fixture::{
    Numbers, challenge, evidence, holder, issuer, method, now, object, reference, stranger, text,
};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("any_list", any_list, || {
        vec![
            list_token().into_bytes(),
            Value::Object(list_object()).to_string().into_bytes(),
        ]
    }),
    Target::new("any_list_signed", any_list_signed, || {
        vec![payload_of(&list_token())]
    }),
    Target::new("vc_sd_jwt", vc_sd_jwt_text, || {
        vec![VC_SD_JWT.as_bytes().to_vec(), bound().into_bytes()]
    })
    .vectors(&["credential/tests/vectors/w3c-vc-jose-cose"]),
    Target::new("vc_sd_jwt_signed", vc_sd_jwt_signed, vc_sd_jwt_contents),
    Target::new("envelope", envelope, envelopes),
    Target::new("json_schema", json_schema, schemas),
];

/// A list is believed of who signed it alone, and every place in it says something or nothing.
fn any_list(bytes: &[u8]) -> Option<()> {
    judge_list(text(bytes)?)
}

/// A payload to be signed here as a list.
fn any_list_signed(bytes: &[u8]) -> Option<()> {
    judge_list(&sign("vc+jwt", bytes, &issuer()))
}

fn judge_list(text: &str) -> Option<()> {
    let parse = || UnverifiedList::parse(text, 256 * 1024).ok();
    let iss = method(&issuer()).did().to_string();
    let sources = parse()?.key_sources(&iss).ok()?;
    let keys = |key: &SigningKey| -> Vec<IssuerKey> {
        let keys = sources.iter().filter_map(|source| evidence(source, key));
        keys.collect()
    };
    let judge = |key: &SigningKey| parse()?.verify(&uri(), &iss, &keys(key), now()).ok();
    assert!(judge(&stranger()).is_none());
    if let AnyList::Bitstring(list) = judge(&issuer())? {
        for size in [0, 1, 2, 7, 8, 9, 255] {
            for index in [0, 1, 131_071, 131_072, u64::MAX / 8, u64::MAX] {
                let entry = BitstringEntry {
                    size,
                    ..entry(index)
                };
                if let Ok(value) = list.value(&entry) {
                    assert!(size <= 8 && u16::from(value) < 1 << size);
                }
            }
        }
    }
    Some(())
}

fn vc_sd_jwt_text(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let credential = judge(text).map(|_| ());
    credential.or(judge_presentation(text))
}

/// Bytes to be signed here: one Disclosure in each line and the Issuer's payload in the last.
/// `#2` stands for the digest of the second Disclosure.
fn vc_sd_jwt_signed(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let (lines, payload) = text.rsplit_once('\n').unwrap_or(("", text));
    let mut payload = payload.to_owned();
    let mut tail = "~".to_owned();
    for (number, line) in lines.split('\n').enumerate() {
        let disclosure = base64url::encode(line);
        let digest = base64url::encode(sha256(disclosure.as_bytes()));
        payload = payload.replace(&format!("#{}", number + 1), &digest);
        tail.push_str(&disclosure);
        tail.push('~');
    }
    let signed = sign("vc+sd-jwt", payload.as_bytes(), &issuer()) + &tail;
    let credential = judge(&signed)?;
    let held = Held::parse(&signed).expect("a verified credential can be held");
    let everything: Vec<ClaimPath> = held.disclosable().cloned().collect();
    let shown = held.select(&everything).expect("its own claims");
    let presented = shown.bind(&holder(), &challenge(), now()).expect("signed");
    let verified = judge_presentation(&presented);
    let is_holders = credential.holder() == Some(holder().public());
    assert_eq!(verified.is_some(), is_holders);
    Some(())
}

/// Judges a credential; a stranger's key must never do.
fn judge(text: &str) -> Option<Credential> {
    let parse = || UnverifiedCredential::parse_sd_jwt(text).ok();
    let source = parse()?.key_source().ok()?;
    if let Some(wrong) = evidence(&source, &stranger()) {
        assert!(parse()?.verify(&wrong, now()).is_err());
    }
    let key = evidence(&source, &issuer())?;
    let credential = parse()?.verify(&key, now()).ok()?.into_inner();
    assert_eq!(credential.issuer, key.issuer());
    Some(credential)
}

fn judge_presentation(text: &str) -> Option<()> {
    let parse = || UnverifiedPresentation::parse_sd_jwt(text).ok();
    let sources = parse()?.key_sources().ok()?;
    let keys = |key: &SigningKey| -> Vec<IssuerKey> {
        let keys = sources.iter().filter_map(|source| evidence(source, key));
        keys.collect()
    };
    let verify = |key: &SigningKey| parse()?.verify(&keys(key), &challenge(), now()).ok();
    assert!(verify(&stranger()).is_none());
    verify(&issuer()).map(|_| ())
}

/// What an envelope holds is in it, and every door takes it for the same thing.
fn envelope(bytes: &[u8]) -> Option<()> {
    let value = strict_json::parse(bytes, Limits::default()).ok()?;
    let Value::Object(object) = &value else {
        return None;
    };
    if let Ok(unverified) = Unverified::from_value(value.clone()) {
        let _ = unverified.key_sources();
        let _ = unverified.verify(&[], &Expected::default(), Leniency::None, now());
    }
    let opened = Enveloped::open(object).ok()?;
    let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
    let (Enveloped::VcJwt(inner)
    | Enveloped::VcSdJwt(inner)
    | Enveloped::VpJwt(inner)
    | Enveloped::VpSdJwt(inner)) = opened;
    assert!(id.ends_with(inner));
    let credential = UnverifiedCredential::open(object);
    let presentation = UnverifiedPresentation::open(object);
    match opened {
        Enveloped::VcJwt(_) | Enveloped::VcSdJwt(_) => assert!(presentation.is_err()),
        Enveloped::VpJwt(_) | Enveloped::VpSdJwt(_) => assert!(credential.is_err()),
    }
    Some(())
}

/// A schema, and in the last line a credential. The verdict depends on what the schema says, and not
/// on how it is written.
fn json_schema(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let (schema, credential) = text.rsplit_once('\n').unwrap_or((text, "{}"));
    let known = known(schema.as_bytes())?;
    let parsed = strict_json::parse(credential.as_bytes(), Limits::default());
    let mut credential = object(parsed.unwrap_or_default());
    let reference = json!({ "id": "urn:schema", "type": "JsonSchema" });
    credential.insert("credentialSchema".to_owned(), reference);
    let verdict = known.judge(&credential);
    let value: Value = serde_json::from_str(schema).expect("what the strict accept, the lax do");
    let written = value.to_string();
    if written.len() <= Limits::default().max_bytes {
        let again = self::known(written.as_bytes()).expect("the same schema");
        assert_eq!(again.judge(&credential), verdict);
    }
    Some(())
}

fn known(schema: &[u8]) -> Option<KnownResources> {
    let parsed = JsonSchema::parse(schema).ok()?;
    Some(KnownResources::default().with_schema("urn:schema", parsed, schema.to_vec()))
}

fn schemas() -> Vec<Vec<u8>> {
    let credential = json!({
        "type": ["VerifiableCredential"],
        "credentialSubject": { "name": "Ada", "age": 36, "friends": [{ "name": "Bo" }] },
    });
    let draft = "https://json-schema.org/draft/2020-12/schema";
    let of = |schema: Value| format!("{schema}\n{credential}").into_bytes();
    vec![
        of(json!({
            "$schema": draft,
            "$id": "https://a.example/schema",
            "type": "object",
            "required": ["credentialSubject"],
            "properties": {
                "credentialSubject": { "$ref": "#/$defs/person" },
                "type": { "prefixItems": [{ "const": "VerifiableCredential" }], "uniqueItems": true },
            },
            "$defs": { "person": {
                "properties": {
                    "name": { "pattern": "^[A-Z][a-z]*$", "maxLength": 9 },
                    "age": { "minimum": 0, "multipleOf": 1 },
                    "friends": { "items": { "$ref": "https://a.example/schema#/$defs/person" } },
                },
                "patternProperties": { "^x-": true },
                "unevaluatedProperties": false,
            } },
        })),
        of(json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "if": { "required": ["id"] }, "then": false, "else": true,
            "anyOf": [{ "not": { "$ref": "#/definitions/a" } }, { "enum": [1, "a", null] }],
            "definitions": { "a": { "oneOf": [true, { "format": "date-time" }] } },
            "dependencies": { "a": ["b"], "c": { "additionalProperties": { "$ref": "#" } } },
            "propertyNames": { "maxLength": 40 }, "contains": { "type": "null" },
        })),
        of(json!({
            "$schema": "http://json-schema.org/draft-04/schema",
            "items": [{}, { "exclusiveMinimum": true, "minimum": 3 }], "additionalItems": {},
        })),
        of(
            json!({ "$schema": draft, "allOf": [{ "$ref": "#/$defs/a" }, { "$ref": "#/$defs/a" }],
            "$defs": { "a": { "additionalProperties": { "$ref": "#" } } } }),
        ),
    ]
}

fn envelopes() -> Vec<Vec<u8>> {
    let of = |kind: &str, token: &str, name: &str| {
        let envelope = json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": format!("data:application/{kind},{token}"),
            "type": name,
        });
        envelope.to_string().into_bytes()
    };
    let token = list_token();
    let presentation = vc_jwt::present(&[&token], &holder(), &challenge(), now());
    let presentation = presentation.unwrap_or_else(|_| token.clone());
    vec![
        of("vc+jwt", &token, "EnvelopedVerifiableCredential"),
        of("vc+sd-jwt", &VC_SD_JWT, "EnvelopedVerifiableCredential"),
        of("vp+jwt", &presentation, "EnvelopedVerifiablePresentation"),
    ]
}

fn list_credential() -> Map<String, Value> {
    let mut list = Bitstring::new(1, MINIMUM_ENTRIES).expect("the smallest");
    list.set(7, 1).expect("a place");
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": uri(),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": method(&issuer()).did(),
        "validFrom": "2026-11-22T00:00:00Z",
        "validUntil": "2026-12-22T00:00:00Z",
        "credentialSubject": {
            "id": format!("{}#list", uri()),
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": list.encode(),
            "ttl": 300_000,
        },
    }))
}

fn list_token() -> String {
    let payload = Value::Object(list_credential()).to_string();
    sign("vc+jwt", payload.as_bytes(), &issuer())
}

fn list_object() -> Map<String, Value> {
    let method = method(&issuer());
    let options = ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &method, now());
    data_integrity::issue(list_credential(), &options, &issuer()).expect("issued")
}

fn entry(index: u64) -> BitstringEntry {
    BitstringEntry {
        purpose: Purpose::Revocation,
        index,
        list: uri(),
        size: 1,
        messages: None,
        references: Vec::new(),
    }
}

fn uri() -> Url {
    "https://issuer.example/list".parse().expect("a URL")
}

fn vc_sd_jwt_contents() -> Vec<Vec<u8>> {
    let mut payload = payload_of(VC_SD_JWT.split('~').next().unwrap_or_default());
    let line = br##"["salt", "familyName", "Lovelace"]"##.as_slice();
    let digests = Held::parse(&VC_SD_JWT).is_ok();
    assert!(digests, "our own credential");
    let mut plain = object(serde_json::from_slice(&payload).expect("JSON"));
    if let Some(subject) = plain.get_mut("credentialSubject") {
        subject["_sd"] = json!(["#1"]);
    }
    payload = Value::Object(plain).to_string().into_bytes();
    vec![[line, b"\n", &payload].concat()]
}

fn bound() -> String {
    let held = Held::parse(&VC_SD_JWT).expect("our own credential");
    let shown = held.select(&[]).expect("nothing is always there");
    shown.bind(&holder(), &challenge(), now()).expect("signed")
}

/// A credential with a claim to withhold.
static VC_SD_JWT: LazyLock<String> = LazyLock::new(|| {
    let holder = holder();
    let issuance = vc_sd_jwt::Issuance {
        credential: object(json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/examples/v2",
            ],
            "type": ["VerifiableCredential"],
            "issuer": method(&issuer()).did(),
            "credentialSubject": { "givenName": "Ada", "familyName": "Lovelace" },
        })),
        disclosable: &[ClaimPath::of("credentialSubject", ["familyName"])],
        pad_digests_to: 2,
        holder: Some(holder.public()),
        key_reference: &reference(&issuer()),
    };
    let signed = issuance.sign(&issuer(), &mut Numbers::default());
    signed.expect("issued")
});
