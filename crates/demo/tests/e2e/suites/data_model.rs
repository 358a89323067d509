//! VCDM 2.0, sections 4.6 to 4.11 and 5.3 to 5.6: what a credential says, member by member.

use serde_json::{Value, json};

use crate::suites::{EXAMPLES, Services, V2, credential, without};

#[tokio::test]
async fn vcdm_4_6_names_and_descriptions_are_texts_with_or_without_a_language() {
    let services = Services::open().await;
    let english = json!({"@value": "Example", "@language": "en"});
    let arabic = json!({"@value": "مثال", "@language": "ar", "@direction": "rtl"});
    let extra = json!({"@value": "Example", "@language": "en", "url": "did:example:extra"});
    for name in ["name", "description"] {
        let both = |value: &Value| {
            [
                credential(json!({name: value})),
                credential(json!({"@context": [V2, EXAMPLES], "issuer": {name: value}})),
            ]
        };
        for good in [
            json!("Example"),
            english.clone(),
            arabic.clone(),
            json!([english, arabic]),
        ] {
            for credential in both(&good) {
                services.accepts(&[(name, credential)]).await;
            }
        }
        for credential in both(&extra) {
            services.rejects(&[(name, credential)]).await;
        }
    }
}

#[tokio::test]
async fn vcdm_4_7_the_issuer_is_a_url_or_an_object_with_one() {
    let services = Services::open().await;
    services
        .accepts(&[(
            "an object",
            credential(json!({"issuer": {"name": "Example"}})),
        )])
        .await;
    services
        .rejects(&[
            ("no URL", credential(json!({"issuer": "not-a-url"}))),
            ("null", credential(json!({"issuer": {"id": null}}))),
            (
                "an object with no URL",
                credential(json!({"issuer": {"id": "not-a-url"}})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_4_8_every_subject_has_a_claim() {
    let services = Services::open().await;
    services
        .accepts(&[(
            "several",
            credential(
                json!({"credentialSubject": [{"id": "did:example:1"}, {"id": "did:example:2"}]}),
            ),
        )])
        .await;
    services
        .rejects(&[
            (
                "no subject",
                without(credential(json!({})), "credentialSubject"),
            ),
            ("nothing said", credential(json!({"credentialSubject": {}}))),
            (
                "nothing said of one",
                credential(json!({"credentialSubject": [{"id": "did:example:1"}, {}]})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_4_9_times_are_date_time_stamps_and_in_order() {
    let services = Services::open().await;
    let (past, future) = ("2025-03-27T00:00:00Z", "2031-03-27T00:00:00Z");
    services
        .accepts(&[
            (
                "milliseconds",
                credential(json!({"validFrom": "2023-02-27T05:03:28.000Z"})),
            ),
            (
                "an offset",
                credential(json!({"validFrom": "2023-02-27T05:03:28-08:00"})),
            ),
            ("until", credential(json!({"validUntil": future}))),
            (
                "until, an offset",
                credential(json!({"validUntil": "2031-02-27T05:03:28-08:00"})),
            ),
            (
                "in order",
                credential(json!({"validFrom": past, "validUntil": future})),
            ),
        ])
        .await;
    // One of the suite's files begins in the future: it is issued, and not yet believed.
    let begins = credential(json!({"validFrom": future}));
    let issued = services.issued("eddsa-rdfc-2022", &begins).await;
    services.refused("not yet", &issued).await;
    services
        .rejects(&[
            ("no time", credential(json!({"validFrom": "2023-02-27"}))),
            (
                "no time, until",
                credential(json!({"validUntil": "tomorrow"})),
            ),
            (
                "out of order",
                credential(json!({"validFrom": future, "validUntil": past})),
            ),
        ])
        .await;
}

/// VCDM 2.0, sections 4.10, 4.11 and 5.4 to 5.6: each of these says what it is.
#[tokio::test]
async fn vcdm_4_5_what_extends_a_credential_has_a_type_and_at_most_one_url_for_a_name() {
    let services = Services::open().await;
    for (name, id) in [
        ("credentialSchema", true),
        ("evidence", false),
        ("refreshService", false),
        ("termsOfUse", false),
    ] {
        let one = |number: u8| {
            let id = format!("https://example.org/{name}/{number}");
            json!({"id": id, "type": "https://example.org/#ExampleTestSuiteType"})
        };
        services
            .accepts(&[
                (name, credential(json!({name: one(1)}))),
                (name, credential(json!({name: [one(1), one(2)]}))),
            ])
            .await;
        let nameless = credential(json!({name: without(one(1), "id")}));
        match id {
            true => services.rejects(&[("its name is missing", nameless)]).await,
            false => services.accepts(&[(name, nameless)]).await,
        }
        services
            .rejects(&[
                (
                    "no type",
                    credential(json!({name: without(one(1), "type")})),
                ),
                (
                    "no type in one",
                    credential(json!({name: [one(1), {"id": "did:example:1"}]})),
                ),
                ("text", credential(json!({name: "https://example.org/1"}))),
                (
                    "no URL",
                    credential(
                        json!({name: {"id": "not-a-url", "type": "https://example.org/#T"}}),
                    ),
                ),
                (
                    "two names",
                    credential(json!({name: {
                        "id": ["did:example:1", "did:example:2"],
                        "type": "https://example.org/#T",
                    }})),
                ),
            ])
            .await;
    }
}

/// Anybody's status is issued; a status of a kind that nobody here can ask after is not believed.
#[tokio::test]
async fn vcdm_4_10_a_status_has_a_type_and_at_most_one_url_for_a_name() {
    let services = Services::open().await;
    let known = json!({"CredentialStatusList2017": "https://example.org/examples#CredentialStatusList2017"});
    let status =
        |status: Value| credential(json!({"@context": [V2, known], "credentialStatus": status}));
    for fine in [
        json!({"id": "did:example:status", "type": "CredentialStatusList2017"}),
        json!({"type": "CredentialStatusList2017"}),
    ] {
        let issued = services.issued("eddsa-rdfc-2022", &status(fine)).await;
        services
            .refused("nobody knows whether it was revoked", &issued)
            .await;
    }
    services
        .rejects(&[
            ("no type", status(json!({"id": "did:example:status"}))),
            (
                "a type that is no URL",
                credential(json!({"credentialStatus": {"type": "Nothing"}})),
            ),
            (
                "two names",
                status(json!({"id": ["did:a:1", "did:a:2"], "type": "CredentialStatusList2017"})),
            ),
            (
                "no URL",
                status(json!({"id": "not-a-url", "type": "CredentialStatusList2017"})),
            ),
        ])
        .await;
}

#[tokio::test]
async fn vcdm_5_3_a_related_resource_is_named_once_and_has_a_digest() {
    let services = Services::open().await;
    let sri = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU";
    let one = json!({"id": V2, "digestSRI": sri, "mediaType": "application/ld+json"});
    let related = |value: Value| credential(json!({"relatedResource": value}));
    let issued = services
        .issued("eddsa-rdfc-2022", &related(one.clone()))
        .await;
    assert_eq!(issued["relatedResource"]["digestSRI"], sri);
    services
        .rejects(&[
            ("texts", related(json!([V2, EXAMPLES]))),
            ("no name", related(without(one.clone(), "id"))),
            ("twice", related(json!([one, one]))),
            ("no digest", related(without(one.clone(), "digestSRI"))),
        ])
        .await;
}
