//! Bitstring Status List 1.0: entries, lists, and what becomes of a credential.

use credential::mechanism::Mechanism;
use jiff::SignedDuration;
use serde_json::{Value, json};
use status::{Bitstring, MINIMUM_ENTRIES};

use crate::suites::{EXAMPLES, Services, Stranger, V2, body, credential};

const MECHANISMS: [&str; 3] = [
    "eddsa-rdfc-2022",
    "ecdsa-jcs-2019-p384",
    "ecdsa-rdfc-2019-p256",
];

/// No two credentials share a name.
fn id(mechanism: &str) -> String {
    format!("urn:example:{mechanism}")
}

/// A credential with a status for each purpose, as the suite's `options` ask for it.
async fn issued(services: &Services, mechanism: &str) -> Value {
    let options = json!({"statusPurposes": ["revocation", "suspension"]});
    let document = credential(json!({"id": id(mechanism)}));
    let (status, issued) = services.issue_with(mechanism, &document, options).await;
    assert_eq!(status, 201, "{issued}");
    issued
}

#[tokio::test]
async fn bitstring_2_1_an_entry_has_type_purpose_index_and_list() {
    let services = Services::open().await;
    for mechanism in MECHANISMS {
        let issued = issued(&services, mechanism).await;
        let entries = issued["credentialStatus"].as_array().unwrap();
        assert_eq!(entries.len(), 2);
        for entry in entries {
            assert_eq!(entry["type"], "BitstringStatusListEntry");
            assert!(matches!(
                entry["statusPurpose"].as_str(),
                Some("revocation" | "suspension")
            ));
            // Base 10, without leading zeros.
            let index = entry["statusListIndex"].as_str().unwrap();
            assert_eq!(index.parse::<u64>().unwrap().to_string(), index);
            let list = entry["statusListCredential"].as_str().unwrap();
            assert!(list.parse::<url::Url>().is_ok());
            assert_ne!(entry.get("id").and_then(Value::as_str), Some(list));
            // One bit, so that no message need say what a value means.
            if let Some(size) = entry.get("statusSize") {
                assert_eq!(size, 1);
            }
        }
    }
}

#[tokio::test]
async fn bitstring_2_2_a_list_is_a_credential_of_at_least_sixteen_kilobytes() {
    let services = Services::open().await;
    for mechanism in MECHANISMS {
        for entry in issued(&services, mechanism).await["credentialStatus"]
            .as_array()
            .unwrap()
        {
            let list = services
                .get(entry["statusListCredential"].as_str().unwrap(), "*/*")
                .await;
            assert_eq!(list.status(), 200);
            let list = body(&list);
            services.believed("a list", &list).await;
            assert_eq!(list["@context"][0], V2);
            let types = list["type"].as_array().unwrap();
            assert!(types.contains(&json!("BitstringStatusListCredential")));
            assert_eq!(list["id"], entry["statusListCredential"]);
            let subject = &list["credentialSubject"];
            assert_eq!(subject["type"], "BitstringStatusList");
            assert_eq!(subject["statusPurpose"], entry["statusPurpose"]);
            let encoded = subject["encodedList"].as_str().unwrap();
            assert!(encoded.starts_with('u') && !encoded.contains('='));
            let bits = Bitstring::decode(1, encoded, 1 << 20).unwrap();
            assert!(bits.entries() >= MINIMUM_ENTRIES);
            let index = entry["statusListIndex"].as_str().unwrap().parse().unwrap();
            assert_eq!(bits.get(index), Some(0));
        }
    }
}

/// Bitstring Status List 1.0, section 3.2, and the interface through which the suite revokes.
#[tokio::test]
async fn bitstring_3_2_a_status_that_is_set_ends_the_credential() {
    let services = Services::open().await;
    for (mechanism, purpose) in [(MECHANISMS[0], "revocation"), (MECHANISMS[1], "suspension")] {
        let issued = issued(&services, mechanism).await;
        services.believed("not set", &issued).await;
        let asked = json!({
            "credentialId": id(mechanism),
            "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": purpose},
        });
        let at = services.party(mechanism)["issue"].as_str().unwrap();
        let at = at.replace("/credentials/issue", "/credentials/status");
        let changed = services.post(&at, &asked).await;
        assert_eq!(changed.status(), 200);
        for entry in issued["credentialStatus"].as_array().unwrap() {
            let list = services
                .get(entry["statusListCredential"].as_str().unwrap(), "*/*")
                .await;
            let list = body(&list);
            let encoded = list["credentialSubject"]["encodedList"].as_str().unwrap();
            let bits = Bitstring::decode(1, encoded, 1 << 20).unwrap();
            let index = entry["statusListIndex"].as_str().unwrap().parse().unwrap();
            let set = u8::from(entry["statusPurpose"] == purpose);
            assert_eq!(bits.get(index), Some(set));
        }
        services.town.clock.advance(SignedDuration::from_hours(24));
        let (status, verdict) = services.verify(&issued).await;
        assert_eq!(status, 422, "{verdict}");
    }
}

/// Bitstring Status List 1.0, section 3: MALFORMED_VALUE_ERROR, by whoever signed it.
#[tokio::test]
async fn bitstring_3_an_entry_that_is_malformed_is_an_error() {
    let services = Services::open().await;
    let entry = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://example.com/credentials/status/3",
    });
    let issuer = Stranger::new(Mechanism::EddsaJcs2022, services.now());
    for (name, wrong) in [
        ("statusListIndex", json!(true)),
        ("statusListIndex", json!(94567)),
        ("statusListIndex", json!("-1")),
        ("statusListIndex", json!("0x10")),
        ("statusListCredential", json!("not-a-url")),
        ("statusListCredential", json!(4)),
        ("statusPurpose", json!(4)),
        ("statusPurpose", json!(["revocation"])),
        ("statusSize", json!(0)),
        ("statusSize", json!("1")),
        ("statusSize", json!(2)),
        ("statusReference", json!(4)),
    ] {
        let mut malformed = entry.clone();
        malformed[name] = wrong;
        let document = credential(json!({"credentialStatus": malformed}));
        let (_, verdict) = services.verify(&issuer.issue(&document, &[])).await;
        let problem = &verdict["problemDetails"][0];
        assert_eq!(
            problem["title"], "MALFORMED_VALUE_ERROR",
            "{name}: {verdict}"
        );
    }
    // The suite's own: a member that no context knows.
    let unknown = credential(json!({"statusEntry": {
        "type": "BitstringStatusListEntry",
        "statusListIndex": true,
        "statusListCredential": "https://example.com",
    }}));
    services
        .rejects(&[("a member without a definition", unknown)])
        .await;
    let known = json!([V2, EXAMPLES]);
    let ours = credential(json!({"@context": known, "credentialStatus": entry}));
    let (status, verdict) = services.verify(&issuer.issue(&ours, &[])).await;
    assert_eq!(status, 422, "a list that cannot be had: {verdict}");
}
