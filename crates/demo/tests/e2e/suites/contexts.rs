//! VCDM 2.0, sections 4.3 to 4.5 and 5.2: contexts, identifiers and types.

use serde_json::json;

use crate::suites::{EXAMPLES, Services, V2, credential, without};

#[tokio::test]
async fn vcdm_4_3_a_credential_begins_with_the_context_of_the_data_model() {
    let services = Services::open().await;
    let issued = services
        .issued("eddsa-rdfc-2022", &credential(json!({})))
        .await;
    assert_eq!(issued["@context"][0], V2);
    services
        .rejects(&[
            ("no context", without(credential(json!({})), "@context")),
            (
                "without the base",
                credential(json!({"@context": [EXAMPLES]})),
            ),
            (
                "behind another",
                credential(json!({"@context": [EXAMPLES, V2]})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_4_3_further_contexts_are_addresses_or_objects() {
    let services = Services::open().await;
    let defined = json!({"ExampleCredential": "https://example.org/#ExampleCredential"});
    services
        .accepts(&[
            ("addresses", credential(json!({"@context": [V2, EXAMPLES]}))),
            (
                "objects",
                credential(json!({
                    "@context": [V2, defined],
                    "type": ["VerifiableCredential", "ExampleCredential"],
                })),
            ),
        ])
        .await;
    services
        .rejects(&[
            (
                "no address",
                credential(json!({"@context": [V2, "https ://not-a-url/v1"]})),
            ),
            (
                "a number",
                credential(json!({"@context": [V2, 123_192_875]})),
            ),
            (
                "unknown, and nothing is fetched",
                credential(json!({"@context": [V2, "https://example.org/unknown/v1"]})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_5_2_no_context_redefines_a_protected_term() {
    let services = Services::open().await;
    let again = "https://example.org/#Another";
    services
        .rejects(&[
            (
                "of the data model",
                credential(json!({"@context": [V2, {"VerifiableCredential": again}]})),
            ),
            (
                "of its own",
                credential(json!({
                    "@context": [
                        V2,
                        {"@protected": true, "ExampleCredential": "https://example.org/#One"},
                        {"ExampleCredential": again},
                    ],
                    "type": ["VerifiableCredential", "ExampleCredential"],
                })),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_4_4_an_identifier_is_one_url() {
    let services = Services::open().await;
    let uuid = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33";
    services
        .accepts(&[
            ("a URN", credential(json!({"id": uuid}))),
            ("a DID", credential(json!({"id": "did:example:credential"}))),
            (
                "https",
                credential(json!({"id": "https://university.example/credentials/1"})),
            ),
            (
                "a subject's",
                credential(json!({"credentialSubject": {"id": uuid}})),
            ),
        ])
        .await;
    services
        .rejects(&[
            ("null", credential(json!({"id": null}))),
            (
                "several",
                credential(json!({"id": [uuid, "did:example:2"]})),
            ),
            ("no URL", credential(json!({"id": "not-a-url"}))),
            (
                "several of a subject",
                credential(json!({"credentialSubject": {"id": [uuid, "did:example:2"]}})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_4_5_types_are_terms_or_urls_in_any_order() {
    let services = Services::open().await;
    let mapped = |to: &str| {
        credential(json!({
            "@context": [V2, {"ExampleTestCredential": to}],
            "type": ["VerifiableCredential", "ExampleTestCredential"],
        }))
    };
    let one = "https://example.org/#One";
    let two = "https://example.org/#Two";
    services
        .accepts(&[
            (
                "a URL",
                credential(json!({"type": ["VerifiableCredential", one]})),
            ),
            (
                "mapped to a URL",
                mapped("https://example.org/#ExampleTestCredential"),
            ),
            (
                "last",
                credential(json!({"type": [one, two, "VerifiableCredential"]})),
            ),
            (
                "between",
                credential(json!({"type": [one, "VerifiableCredential", two]})),
            ),
            (
                "of another context",
                credential(json!({
                    "@context": [V2, EXAMPLES],
                    "type": ["VerifiableCredential", "RelationshipCredential"],
                })),
            ),
        ])
        .await;
    services
        .rejects(&[
            ("none", without(credential(json!({})), "type")),
            (
                "mapped to no URL",
                mapped("https ://not-a-url#ExampleTestCredential"),
            ),
            (
                "not mapped",
                credential(json!({"type": ["VerifiableCredential", "ExampleTestCredential"]})),
            ),
            ("another alone", credential(json!({"type": [one]}))),
        ])
        .await;
}
