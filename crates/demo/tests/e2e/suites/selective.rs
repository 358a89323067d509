//! vc-di-ecdsa and vc-di-bbs: base proofs, and what is derived from them.

use credential::mechanism::Mechanism;
use keys::base64url;
use serde_json::{Value, json};

use crate::suites::{Services, Stranger, V2, disclosed, without};

const SUITES: [(Mechanism, [u8; 3]); 2] = [
    (Mechanism::EcdsaSd2023, [0xd9, 0x5d, 0x00]),
    (Mechanism::Bbs2023, [0xd9, 0x5d, 0x02]),
];

/// Nested objects without names, and arrays in arrays.
fn document() -> Value {
    let achievement = |number: &str| {
        json!({
            "type": "WindsailingAchievement",
            "sailNumber": number,
            "sails": [{"size": 5.5, "year": 2023}, {"size": 6.1, "year": 2023}, {"size": 7.0, "year": 2020}],
        })
    };
    let context = json!({
        "@protected": true,
        "ExampleAchievementCredential": "urn:example:ExampleAchievementCredential",
        "WindsailingAchievement": {
            "@id": "urn:example:WindsailingAchievement",
            "@context": {
                "@protected": true,
                "id": "@id",
                "type": "@type",
                "sailNumber": "urn:example:sailNumber",
                "sails": {
                    "@id": "urn:example:sails",
                    "@context": {"@protected": true, "size": "urn:example:size", "year": "urn:example:year"},
                },
            },
        },
        "achievements": {"@id": "urn:example:achievements", "@type": "@id"},
    });
    json!({
        "@context": [V2, context],
        "type": ["VerifiableCredential", "ExampleAchievementCredential"],
        "credentialSubject": {
            "id": "urn:uuid:1a0e4ef5-091f-4060-842e-18e519ab9440",
            "name": "Jane Doe",
            "achievements": [achievement("Earth101"), achievement("Mars101")],
        },
    })
}

/// The same under contexts that have addresses: what a stranger issues, who knows no leniency.
fn bundled() -> Value {
    json!({
        "@context": [V2, "https://w3id.org/citizenship/v4rc1"],
        "type": ["VerifiableCredential", "PermanentResidentCardCredential"],
        "credentialSubject": {
            "type": ["PermanentResident", "Person"],
            "givenName": "JANE",
            "familyName": "SMITH",
            "gender": "Female",
            "residentSince": "2015-01-01",
            "birthCountry": "Arcadia",
            "birthDate": "1978-07-17",
            "permanentResidentCard": {
                "type": ["PermanentResidentCard"],
                "identifier": "83627465",
                "lprCategory": "C09",
                "lprNumber": "999-999-999",
            },
        },
    })
}

#[tokio::test]
async fn vcdi_sd_3_a_base_proof_is_multibase_with_the_header_of_its_suite() {
    let services = Services::open().await;
    for (mechanism, header) in SUITES {
        for document in [document(), bundled()] {
            let options = json!({"mandatoryPointers": ["/issuer"]});
            let (status, issued) = services
                .issue_with(mechanism.name(), &document, options)
                .await;
            assert_eq!(status, 201, "{mechanism}: {issued}");
            let proof = &issued["proof"];
            assert_eq!(proof["type"], "DataIntegrityProof");
            assert_eq!(proof["cryptosuite"], mechanism.name());
            let value = proof["proofValue"]
                .as_str()
                .unwrap()
                .strip_prefix('u')
                .unwrap();
            assert!(base64url::decode(value).unwrap().starts_with(&header));
            services
                .refused("a base proof is for the holder alone", &issued)
                .await;
            let derive = services.party(mechanism.name())["derive"].as_str().unwrap();
            let pointers = json!({"selectivePointers": ["/credentialSubject"]});
            let asked = json!({"verifiableCredential": issued, "options": pointers});
            let derived = services.post(derive, &asked).await;
            assert_eq!(
                derived.status(),
                201,
                "{mechanism}: {:?}",
                crate::suites::body(&derived)
            );
            let derived = &crate::suites::body(&derived)["verifiableCredential"];
            services.believed(mechanism.name(), derived).await;
        }
    }
}

/// vc-di-ecdsa, section 3.4.15 (jsonPointerToPaths).
#[tokio::test]
async fn vcdi_sd_3_4_a_pointer_that_leads_nowhere_is_an_error() {
    let services = Services::open().await;
    for (mechanism, _) in SUITES {
        let options = json!({"mandatoryPointers": ["/non/existent/path"]});
        let (status, answer) = services
            .issue_with(mechanism.name(), &bundled(), options)
            .await;
        assert_eq!(status, 422, "{answer}");
        assert_eq!(answer["title"], "PROOF_GENERATION_ERROR");
    }
}

#[tokio::test]
async fn vcdi_sd_3_derived_proofs_verify_whatever_is_disclosed() {
    let services = Services::open().await;
    for (mechanism, _) in SUITES {
        let issuer = Stranger::new(mechanism, services.now());
        let base = issuer.issue(&bundled(), &["/issuer"]);
        for (why, pointers) in [
            ("one member", vec!["/credentialSubject/birthCountry"]),
            (
                "nested",
                vec!["/credentialSubject/permanentResidentCard/lprCategory"],
            ),
            (
                "blank nodes",
                vec![
                    "/credentialSubject/permanentResidentCard",
                    "/credentialSubject/gender",
                ],
            ),
            ("all of it", vec!["/credentialSubject"]),
        ] {
            let derived = disclosed(&base, &pointers);
            services.believed(why, &derived).await;
        }
    }
}

#[tokio::test]
async fn vcdi_sd_3_arrays_are_disclosed_whole_in_part_and_without_their_first() {
    let services = Services::open().await;
    for (mechanism, _) in SUITES {
        let options = json!({"mandatoryPointers": ["/issuer"]});
        let document = document();
        let (status, base) = services
            .issue_with(mechanism.name(), &document, options)
            .await;
        assert_eq!(status, 201, "{base}");
        let derive = services.party(mechanism.name())["derive"].as_str().unwrap();
        for (why, pointers) in [
            ("whole", json!(["/credentialSubject/achievements"])),
            (
                "fewer",
                json!([
                    "/credentialSubject/achievements/0/sails/0",
                    "/credentialSubject/achievements/0/sails/2",
                ]),
            ),
            (
                "without the first",
                json!([
                    "/credentialSubject/achievements/1/sails/1",
                    "/credentialSubject/achievements/1/sails/2/year",
                ]),
            ),
        ] {
            let asked =
                json!({"verifiableCredential": base, "options": {"selectivePointers": pointers}});
            let derived = services.post(derive, &asked).await;
            assert_eq!(
                derived.status(),
                201,
                "{why}: {:?}",
                crate::suites::body(&derived)
            );
            let derived = &crate::suites::body(&derived)["verifiableCredential"];
            services.believed(why, derived).await;
        }
    }
}

#[tokio::test]
async fn vcdi_sd_3_a_derived_proof_that_lacks_or_contradicts_something_is_refused() {
    let services = Services::open().await;
    for (mechanism, _) in SUITES {
        let issuer = Stranger::new(mechanism, services.now());
        let base = issuer.issue(&bundled(), &["/issuer"]);
        let derived = disclosed(&base, &["/credentialSubject/birthCountry"]);
        services.believed("as derived", &derived).await;
        for (name, wrong) in [
            ("proofValue", json!("a")),
            ("proofValue", json!("uAAAA")),
            ("proofValue", json!("u2V0D")),
            ("proofValue", base["proof"]["proofValue"].clone()),
            ("cryptosuite", json!("invalid-cryptosuite")),
            ("cryptosuite", json!("")),
            ("type", json!("UnknownProofType")),
            ("type", json!("")),
            ("created", json!("invalidDate")),
        ] {
            let mut changed = derived.clone();
            changed["proof"][name] = wrong;
            services.refused(name, &changed).await;
        }
        for name in ["type", "cryptosuite", "verificationMethod"] {
            let mut changed = derived.clone();
            changed["proof"] = without(changed["proof"].take(), name);
            services.refused(name, &changed).await;
        }
        let mut changed = derived;
        changed["credentialSubject"]["id"] = "urn:invalid".into();
        services.refused("another subject", &changed).await;
    }
}
