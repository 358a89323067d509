//! VCDM 2.0, section 4.13, and Data Integrity: what a verifier thinks of presentations.

use credential::mechanism::Mechanism;
use serde_json::{Value, json};

use crate::suites::{EXAMPLES, Services, Stranger, V2, credential, presentation, without};

async fn open() -> (Services, Stranger) {
    let services = Services::open().await;
    let holder = Stranger::new(Mechanism::EddsaRdfc2022, services.now());
    (services, holder)
}

#[tokio::test]
async fn vcdm_4_13_a_presentation_holds_one_or_more_credentials_that_are_objects() {
    let (services, holder) = open().await;
    let credential = credential(json!({"validFrom": "2023-02-27T05:03:28Z"}));
    for (why, several) in [
        ("none", json!([])),
        ("one", json!([credential])),
        ("several", json!([credential, credential])),
    ] {
        let signed = holder.present(&presentation(json!({"verifiableCredential": several})));
        services.presentation_believed(why, &signed).await;
    }
    let signed = holder.present(&presentation(json!({})));
    services
        .presentation_believed("without the member", &signed)
        .await;
    let signed = presentation(json!({"verifiableCredential": [holder.issue(&credential, &[])]}));
    services.presentation_believed("unsigned", &signed).await;
    for (why, wrong) in [
        ("an address", json!(["https://example.org/credential.json"])),
        ("a number", json!([4])),
        ("unsecured", json!([credential])),
        (
            "no type",
            json!([without(holder.issue(&credential, &[]), "type")]),
        ),
    ] {
        let unsigned = presentation(json!({"verifiableCredential": wrong}));
        services.presentation_refused(why, &unsigned).await;
    }
}

#[tokio::test]
async fn vcdm_4_3_a_presentation_begins_with_the_context_of_the_data_model() {
    let (services, holder) = open().await;
    let term = json!({"ExampleVerifiablePresentation": "https://example.org/#Example"});
    for (why, contexts, types) in [
        ("alone", json!([V2]), json!(["VerifiablePresentation"])),
        (
            "addresses",
            json!([V2, EXAMPLES]),
            json!(["VerifiablePresentation"]),
        ),
        (
            "objects",
            json!([V2, term]),
            json!(["VerifiablePresentation", "ExampleVerifiablePresentation"]),
        ),
    ] {
        let asked = presentation(json!({"@context": contexts, "type": types}));
        let unsigned = asked.clone();
        services.presentation_believed(why, &unsigned).await;
        if !asked["@context"][1].is_object() {
            services
                .presentation_believed(why, &holder.present(&asked))
                .await;
        }
    }
    let signed = holder.present(&presentation(json!({"@context": [V2, EXAMPLES]})));
    for (why, context) in [
        ("no URL", json!("https ://not-a-url/contexts/example/v1")),
        ("a number", json!(123_192_875)),
    ] {
        let mut wrong = signed.clone();
        wrong["@context"][1] = context;
        services.presentation_refused(why, &wrong).await;
    }
    services
        .presentation_refused("without", &without(signed.clone(), "@context"))
        .await;
    for contexts in [json!([EXAMPLES]), json!([EXAMPLES, V2])] {
        let wrong = presentation(json!({"@context": contexts}));
        services.presentation_refused("not first", &wrong).await;
    }
}

#[tokio::test]
async fn vcdm_4_13_a_presentation_has_its_type_and_at_most_one_url_for_a_name() {
    let (services, holder) = open().await;
    let named = presentation(json!({"id": "urn:uuid:1a0e4ef5-091f-4060-842e-18e519ab9440"}));
    services
        .presentation_believed("named", &holder.present(&named))
        .await;
    for (why, wrong) in [
        ("no type", without(presentation(json!({})), "type")),
        (
            "another",
            presentation(json!({"type": ["https://example.org/#Another"]})),
        ),
        ("no URL", presentation(json!({"id": "not-a-url"}))),
        (
            "two names",
            presentation(json!({"id": ["did:example:1", "did:example:2"]})),
        ),
    ] {
        services.presentation_refused(why, &wrong).await;
    }
}

#[tokio::test]
async fn vcdm_4_13_a_holder_is_a_url_or_an_object_with_one() {
    let (services, holder) = open().await;
    for named in [json!(holder.did()), json!({"id": holder.did()})] {
        let asked = presentation(json!({"holder": named}));
        services.presentation_believed("unsigned", &asked).await;
        services
            .presentation_believed("signed", &holder.present(&asked))
            .await;
    }
    for wrong in [
        json!("not-a-url"),
        json!({"name": "Alice"}),
        json!(4),
        json!(null),
    ] {
        let asked = presentation(json!({"holder": wrong}));
        services.presentation_refused("no holder", &asked).await;
    }
}

/// VCDM 2.0, section 7.1, and VC Data Integrity 1.0, section 4.4.
#[tokio::test]
async fn vcdi_4_4_a_presentation_answers_the_challenge_and_the_domain_or_is_refused() {
    let (services, holder) = open().await;
    let signed = holder.present(&presentation(json!({"holder": holder.did()})));
    services
        .presentation_believed("nothing asked", &signed)
        .await;
    let ask = |options: Value| services.verify_presentation(&signed, options);
    let challenge = &signed["proof"]["challenge"];
    assert_eq!(ask(json!({"challenge": challenge})).await.0, 200);
    for wrong in [
        json!({"challenge": "another"}),
        json!({"challenge": challenge, "domain": "https://another.example"}),
    ] {
        let (status, verdict) = ask(wrong).await;
        assert_eq!(status, 422, "{verdict}");
    }
    let mut changed = signed.clone();
    changed["proof"]["proofValue"] = "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh".into();
    services
        .presentation_refused("another value", &changed)
        .await;
}
