//! What documents say, and what is refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use linked_data::{ContextError, Contexts, Dataset, ExpansionError, Hash, Inline};
use serde_json::{Map, Value, json};

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";

/// *Attack*: under contexts that have no name for it, the date of expiry goes by its address, where
/// no reader looks.
#[test]
fn the_data_model_does_not_go_by_addresses() {
    let refused = Contexts::bundled().expand(
        &object(&json!({
            "@context": [V2, EXAMPLES],
            "type": "VerifiableCredential",
            "issuer": "did:example:issuer",
            "credentialSubject": { "age": 30 },
            "https://www.w3.org/2018/credentials#expirationDate": {
                "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
                "@value": "2023-01-01T00:00:00Z",
            },
        })),
        Inline::OwnNames,
    );
    assert!(matches!(refused, Err(ExpansionError::Alias)));
}

#[test]
fn a_credential_becomes_its_statements() {
    let text = canonical(&json!({
        "@context": [V2, EXAMPLES],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": { "id": "did:example:issuer", "name": "Issuer" },
        "validFrom": "2023-01-01T00:00:00Z",
        "name": { "@value": "Zeugnis", "@language": "de-AT", "@direction": "ltr" },
        "credentialSubject": {
            "id": "did:example:subject",
            "age": 30,
            "height": 1.85,
            "member": true,
            "tags": ["b", "a"],
            "order": { "@list": ["x", { "level": 2 }] },
        },
        "credentialSchema": { "id": "https://example.org/schema", "type": "JsonSchema" },
    }));
    let expected = concat!(
        "<did:example:issuer> <https://schema.org/name> \"Issuer\" .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#age> \"30\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#height> \"1.85E0\"^^<http://www.w3.org/2001/XMLSchema#double> .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#member> \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#order> _:c14n2 .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#tags> \"a\" .\n",
        "<did:example:subject> <https://www.w3.org/ns/credentials/examples#tags> \"b\" .\n",
        "<https://example.org/schema> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#JsonSchema> .\n",
        "<urn:uuid:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .\n",
        "<urn:uuid:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/examples#ExampleCredential> .\n",
        "<urn:uuid:1> <https://schema.org/name> \"Zeugnis\"^^<https://www.w3.org/ns/i18n#de-at_ltr> .\n",
        "<urn:uuid:1> <https://www.w3.org/2018/credentials#credentialSchema> <https://example.org/schema> .\n",
        "<urn:uuid:1> <https://www.w3.org/2018/credentials#credentialSubject> <did:example:subject> .\n",
        "<urn:uuid:1> <https://www.w3.org/2018/credentials#issuer> <did:example:issuer> .\n",
        "<urn:uuid:1> <https://www.w3.org/2018/credentials#validFrom> \"2023-01-01T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n",
    );
    let lists: Vec<&str> = text.lines().filter(|line| line.starts_with("_:")).collect();
    let rest: String = text
        .lines()
        .filter(|line| !line.starts_with("_:"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(lists.len(), 5);
    assert_eq!(
        rest.replace("_:c14n0", "_:c14n2")
            .replace("_:c14n1", "_:c14n2"),
        expected
    );
}

#[test]
fn a_presentation_keeps_its_credentials_apart() {
    let text = canonical(&json!({
        "@context": [V2],
        "type": "VerifiablePresentation",
        "verifiableCredential": {
            "@context": [V2, EXAMPLES],
            "type": "VerifiableCredential",
            "issuer": "did:example:issuer",
            "credentialSubject": { "claim": "yes" },
        },
    }));
    assert_eq!(text.lines().count(), 6);
    let in_graph = text.lines().filter(|line| line.split(' ').count() == 5);
    assert_eq!(in_graph.count(), 4);
}

#[test]
fn a_presentation_without_credentials_may_say_so() {
    let presentation = json!({ "@context": [V2], "type": "VerifiablePresentation" });
    let mut without = presentation.clone();
    without["verifiableCredential"] = json!([]);
    assert_eq!(canonical(&without), canonical(&presentation));
    without["proof"] = json!([]);
    let result = Contexts::bundled().expand(&object(&without), Inline::OwnNames);
    assert_eq!(result.unwrap_err(), ExpansionError::Empty);
}

#[test]
fn what_a_lenient_processor_drops_is_refused() {
    let cases = [
        (json!({ "undefined": "x" }), ExpansionError::UndefinedTerm),
        (json!({ "@made": "x" }), ExpansionError::UndefinedTerm),
        (json!({ "": "x" }), ExpansionError::UndefinedTerm),
        (json!({ "name": null }), ExpansionError::Empty),
        (json!({ "evidence": [] }), ExpansionError::Empty),
        (json!({ "name": [null] }), ExpansionError::Empty),
        (json!({ "name": [["nested"]] }), ExpansionError::Unsupported),
        (
            json!({ "name": ["twice", "twice"] }),
            ExpansionError::Duplicate,
        ),
        (
            json!({ "type": ["VerifiableCredential", "VerifiableCredential"] }),
            ExpansionError::Duplicate,
        ),
        (json!({ "type": "Unknown" }), ExpansionError::RelativeType),
        (
            json!({ "type": "did/relative" }),
            ExpansionError::RelativeType,
        ),
        (json!({ "type": 5 }), ExpansionError::Keyword),
        (json!({ "type": [] }), ExpansionError::Empty),
        (
            json!({ "issuer": "relative" }),
            ExpansionError::RelativeIdentifier,
        ),
        (
            json!({ "issuer": "did:example:a b" }),
            ExpansionError::RelativeIdentifier,
        ),
        (json!({ "issuer": 7 }), ExpansionError::Value),
        (
            json!({ "id": "relative" }),
            ExpansionError::RelativeIdentifier,
        ),
        (json!({ "id": "_:b0" }), ExpansionError::BlankIdentifier),
        (json!({ "id": ["urn:a:b"] }), ExpansionError::Keyword),
        (json!({ "@id": "urn:a:c" }), ExpansionError::Keyword),
        (json!({ "@graph": [] }), ExpansionError::Unsupported),
        (json!({ "@index": "x" }), ExpansionError::Unsupported),
        (json!({ "@reverse": {} }), ExpansionError::Unsupported),
        (json!({ "@included": {} }), ExpansionError::Unsupported),
        (json!({ "@nest": {} }), ExpansionError::Unsupported),
        (
            json!({ "name": { "@set": ["a"] } }),
            ExpansionError::Unsupported,
        ),
        (
            json!({ "name": { "@value": "a", "@index": "i" } }),
            ExpansionError::Unsupported,
        ),
        (json!({ "name": { "@value": null } }), ExpansionError::Value),
        (
            json!({ "name": { "@value": "a", "@language": "d_e" } }),
            ExpansionError::Language,
        ),
        (
            json!({ "name": { "@value": "a", "@direction": "up" } }),
            ExpansionError::Language,
        ),
        (
            json!({ "name": { "@value": "a", "@language": "de", "@type": "urn:a:t" } }),
            ExpansionError::Keyword,
        ),
        (
            json!({ "name": 9_007_199_254_740_993_u64 }),
            ExpansionError::Number,
        ),
        (
            json!({ "name": 0.123_456_789_012_345_67 }),
            ExpansionError::Number,
        ),
        (json!({ "name": -0.0 }), ExpansionError::Number),
        (
            json!({ "https://schema.org/name": "Eve" }),
            ExpansionError::Alias,
        ),
        (
            json!({ "type": "https://www.w3.org/2018/credentials#VerifiableCredential" }),
            ExpansionError::Alias,
        ),
        (
            json!({ "credentialSubject": { "@context": V2 } }),
            ContextError::Misplaced.into(),
        ),
        (
            json!({ "credentialSubject": { "@context": null } }),
            ContextError::Misplaced.into(),
        ),
    ];
    for (members, error) in cases {
        assert_eq!(refusal(&members, &json!([V2])), error, "{members}");
    }
}

#[test]
fn contexts_are_known_or_refused() {
    let nothing = json!({});
    let cases = [
        (
            json!([V2, "https://example.org/unknown"]),
            ContextError::Unknown,
        ),
        (json!([V2, "relative"]), ContextError::Unknown),
        (json!([V2, { "@vocab": "urn:a:" }]), ContextError::Inline),
        (json!([V2, null]), ContextError::Protected),
        (json!([V2, 5]), ContextError::Malformed),
    ];
    for (context, error) in cases {
        assert_eq!(refusal(&nothing, &context), error.into(), "{context}");
    }
}

/// *Attack*: a name is changed in the document and in the context that it brings, so that a signed
/// statement goes by another name.
#[test]
fn contexts_in_documents_name_things_of_their_own_as_their_addresses_end() {
    let expand = |context: &Value, name: &str| {
        let document = object(&json!({
            "@context": [V2, context],
            "type": ["VerifiableCredential", "Licence"],
            "credentialSubject": { "type": "Licence", name: "x" },
        }));
        Contexts::bundled().expand(&document, Inline::OwnNames)
    };
    let licence = |claims: Value| {
        json!({
            "@protected": true,
            "Licence": { "@id": "urn:example:Licence", "@protected": true, "@context": claims },
        })
    };
    for own in [
        json!({ "Licence": "https://example.org/#Licence", "number": "https://example.org/#number" }),
        licence(
            json!({ "@version": 1.1, "id": "@id", "type": "@type", "number": "urn:example:number" }),
        ),
        licence(
            json!({ "number": { "@id": "https://example.org/v1/number", "@type": "urn:x:number" } }),
        ),
        licence(json!({ "number": { "@id": "urn:example:number", "@container": "@set" } })),
    ] {
        let statements = text(&expand(&own, "number").unwrap());
        assert!(statements.contains("number> \"x\""), "{statements}");
    }
    for renamed in [
        json!({ "serial": "urn:example:number" }),
        json!({ "serial": { "@id": "urn:example:number" } }),
        json!({ "number": { "@type": "@id" } }),
        json!({ "number": "@id" }),
        json!({ "number": "relative" }),
        // The data model's own context calls it `mediaType`.
        json!({ "encodingFormat": "https://schema.org/encodingFormat" }),
        json!({ "xsd:number": "urn:example:xsd:number" }),
        json!({ "number": { "@id": "urn:example:number", "@reverse": "urn:a:b" } }),
        json!({ "number": { "@id": "urn:example:number", "@language": "en" } }),
        json!({ "number": { "@id": "urn:example:number", "@prefix": true } }),
        json!({ "number": null }),
        json!({ "@vocab": "urn:example:" }),
        json!({ "@language": "en", "number": "urn:example:number" }),
    ] {
        let inner = expand(&licence(renamed.clone()), "number").unwrap_err();
        assert_eq!(inner, ContextError::Inline.into(), "within {renamed}");
        let outer = expand(&renamed, "number").unwrap_err();
        assert_eq!(outer, ContextError::Inline.into(), "{renamed}");
    }
    let protected = json!({ "name": "urn:example:name" });
    let error = expand(&protected, "name").unwrap_err();
    assert_eq!(error, ContextError::Protected.into());
}

#[test]
fn inline_contexts_define_and_do_not_redefine() {
    let cases = [
        (
            json!({ "name": "urn:a:other" }),
            Err(ContextError::Protected),
        ),
        (
            json!({ "VerifiableCredential": "urn:a:other" }),
            Err(ContextError::Protected),
        ),
        (json!({ "a": "b:c", "b": "a:c" }), Err(ContextError::Cycle)),
        (json!({ "a": "relative" }), Err(ContextError::Malformed)),
        (
            json!({ "@import": "https://www.w3.org/ns/credentials/v2" }),
            Err(ContextError::Unsupported),
        ),
        (
            json!({ "@base": "https://example.org/" }),
            Err(ContextError::Unsupported),
        ),
        (
            json!({ "@propagate": false }),
            Err(ContextError::Unsupported),
        ),
        (json!({ "@vocab": "" }), Err(ContextError::Malformed)),
        (json!({ "@version": 1.0 }), Err(ContextError::Malformed)),
        (json!({ "@id": "urn:a:b" }), Err(ContextError::Malformed)),
        (
            json!({ "a": { "@id": "urn:a:b", "@unknown": 1 } }),
            Err(ContextError::Malformed),
        ),
        (json!({ "name": "https://schema.org/name" }), Ok(())),
        (
            json!({ "ex": "urn:ex:", "a": { "@id": "ex:a", "@type": "ex:t" } }),
            Ok(()),
        ),
    ];
    for (context, expected) in cases {
        let document = object(&json!({ "@context": [V2, context], "name": "n" }));
        let result = Contexts::bundled().expand(&document, Inline::Any);
        let expected = expected.map_err(ExpansionError::from);
        assert_eq!(result.map(drop), expected, "{context}");
    }
}

#[test]
fn a_vocabulary_gives_words_and_hides_none() {
    let document = |name: &str| {
        object(&json!({ "@context": [V2, { "@vocab": "urn:vocab:", "ex": "urn:ex:" }], name: "x" }))
    };
    let expand = |name| Contexts::bundled().expand(&document(name), Inline::Any);
    assert!(text(&expand("word").unwrap()).contains("<urn:vocab:word>"));
    assert!(text(&expand("ex:word").unwrap()).contains("<urn:ex:word>"));
    for alias in ["urn:vocab:word", "urn:ex:word", "https://schema.org/name"] {
        assert_eq!(expand(alias).unwrap_err(), ExpansionError::Alias, "{alias}");
    }
    for no_word in ["a b", "<", "_:a", "@word"] {
        assert_eq!(expand(no_word).unwrap_err(), ExpansionError::UndefinedTerm);
    }
}

#[test]
fn a_type_s_context_ends_with_its_node() {
    let document = json!({
        "@context": [V2],
        "type": "VerifiableCredential",
        "credentialSubject": { "issuer": "did:example:other" },
    });
    let result = Contexts::bundled().expand(&object(&document), Inline::OwnNames);
    assert_eq!(result.unwrap_err(), ExpansionError::UndefinedTerm);
}

#[test]
fn bundled_contexts_all_load_and_combine() {
    for address in Contexts::bundled().addresses() {
        let document = object(&json!({ "@context": [address], "@id": "urn:a:b" }));
        Contexts::bundled()
            .expand(&document, Inline::OwnNames)
            .unwrap();
    }
    assert_eq!(Contexts::bundled().addresses().count(), 22);
}

#[test]
fn further_contexts_are_the_caller_s() {
    let more = br#"{"@context": {"claim": "urn:a:claim"}}"#.as_slice();
    let contexts = Contexts::with([("https://example.org/context", more)]).unwrap();
    let document = object(&json!({ "@context": ["https://example.org/context"], "claim": "x" }));
    assert!(text(&contexts.expand(&document, Inline::OwnNames).unwrap()).contains("urn:a:claim"));
    assert_eq!(
        Contexts::with([(V2, more)]).unwrap_err(),
        ContextError::Malformed
    );
}

#[test]
fn many_combinations_of_contexts_are_forgotten_again() {
    let all: Vec<&str> = Contexts::bundled()
        .addresses()
        .filter(|address| !address.contains("citizenship") && !address.contains("undefined"))
        .collect();
    for round in 0..3000_usize {
        let pick = |nth: usize| all[(round / (1 + nth * 7)) % all.len()];
        let document = json!({ "@context": [pick(0), pick(1), pick(2)], "@id": "urn:a:b" });
        let _may_contradict = Contexts::bundled().expand(&object(&document), Inline::OwnNames);
    }
    a_credential_becomes_its_statements();
}

#[test]
fn depth_and_size_are_limited() {
    let mut deep = json!({ "claim": "x" });
    for _ in 0..100 {
        deep = json!({ "inner": deep });
    }
    let subject = json!({ "type": "VerifiableCredential", "credentialSubject": deep });
    assert_eq!(
        refusal(&subject, &json!([V2, EXAMPLES])),
        ExpansionError::Depth
    );
    let id = format!("urn:long:{}", "x".repeat(1 << 20));
    let long = json!({ "id": id, "a": "1", "b": "1", "c": "1", "d": "1" });
    assert_eq!(refusal(&long, &json!([V2, EXAMPLES])), ExpansionError::Size);
}

fn refusal(members: &Value, context: &Value) -> ExpansionError {
    let mut document = object(members);
    document.entry("id").or_insert("urn:a:b".into());
    document
        .entry("type")
        .or_insert("VerifiableCredential".into());
    document.insert("@context".into(), context.clone());
    Contexts::bundled()
        .expand(&document, Inline::OwnNames)
        .unwrap_err()
}

fn canonical(document: &Value) -> String {
    text(
        &Contexts::bundled()
            .expand(&object(document), Inline::OwnNames)
            .unwrap(),
    )
}

fn text(dataset: &Dataset) -> String {
    dataset.canonicalize(Hash::Sha256).unwrap().text()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
