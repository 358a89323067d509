//! The status of what was issued over the interface of W3C's test suites, by every mechanism.

use credential::mechanism::Mechanism;
use credential::{BitstringEntry, CredentialStatus, Purpose};
use serde_json::{Value, json};
use status::Status;

use crate::harness::{Office, json, message_of};
use crate::vc_api::{credential, issuer, judge, post};

async fn office() -> Office {
    Office::with(|config| {
        config.issuer.vc_api = true;
        let messages = ["none", "under review", "reported lost"];
        config.issuer.status.messages = messages.map(str::to_owned).to_vec();
    })
    .await
}

fn names() -> impl Iterator<Item = &'static str> {
    let issuing = Mechanism::ALL.into_iter().filter(|one| one.issues());
    issuing.map(Mechanism::name)
}

/// Issues a credential with these statuses, and shows as little of it as can be.
async fn issue(office: &Office, name: &str, id: &str, purposes: &[&str]) -> Value {
    let asked = json!({
        "credential": credential(&issuer(office, name).await),
        "options": {"credentialId": id, "statusPurposes": purposes},
    });
    let path = format!("/mechanisms/{name}/credentials/issue");
    let issued = post(office, &path, &asked).await;
    assert_eq!(issued.status(), 201, "{issued:?}");
    let again = post(office, &path, &asked).await;
    assert_eq!(again.status(), 409);
    let secured = json(&issued)["verifiableCredential"].clone();
    if !Mechanism::parse(name).unwrap().derives() {
        return secured;
    }
    let asked = json!({
        "verifiableCredential": secured,
        "options": {"selectivePointers": ["/issuer", "/credentialSubject/id"]},
    });
    let derived = post(office, "/credentials/derive", &asked).await;
    assert_eq!(derived.status(), 201, "{derived:?}");
    json(&derived)["verifiableCredential"].clone()
}

fn places(secured: &Value) -> Vec<CredentialStatus> {
    let judgement = judge(secured);
    assert!(judgement.is_verified(), "{judgement:?}");
    assert!(
        judgement.document["credentialSubject"]
            .get("name")
            .is_none()
            || judgement.mechanisms[0].presents()
    );
    judgement.credential.unwrap().into_inner().status
}

fn entry(purpose: &str) -> Value {
    json!({"type": "BitstringStatusListEntry", "statusPurpose": purpose})
}

/// A holder who shows as little as can be shows the status all the same.
#[tokio::test]
async fn whatever_secures_a_credential_it_is_revoked() {
    let office = office().await;
    for name in names() {
        let at = |path: &str| format!("/mechanisms/{name}{path}");
        let id = format!("urn:example:{name}");
        let shown = issue(&office, name, &id, &["revocation", "suspension"]).await;
        let issuer = issuer(&office, name).await;
        let places = places(&shown);
        assert_eq!(places.len(), 2, "{name}");
        let status = || office.status(&places, &issuer);
        assert_eq!(status().await, Status::VALID);

        let change = |purpose: &str, value: bool| json!({"credentialId": id, "credentialStatus": entry(purpose), "status": value});
        let own = at("/credentials/status");
        let plain = "/credentials/status".to_owned();
        let other = match name {
            "bbs-2023" => "/mechanisms/ecdsa-sd-2023/credentials/status".to_owned(),
            _ => "/mechanisms/bbs-2023/credentials/status".to_owned(),
        };
        for (path, purpose, value, code, expected) in [
            (&own, "suspension", true, 200, Status::SUSPENDED),
            (&own, "suspension", true, 200, Status::SUSPENDED),
            (&plain, "suspension", false, 200, Status::VALID),
            (&other, "suspension", true, 404, Status::VALID),
            (&plain, "refresh", true, 400, Status::VALID),
            (&plain, "message", true, 422, Status::VALID),
            (&plain, "revocation", true, 200, Status::INVALID),
            (&plain, "revocation", false, 422, Status::INVALID),
        ] {
            let answer = post(&office, path, &change(purpose, value)).await;
            assert_eq!(answer.status(), code, "{path} {purpose} {value}");
            assert_eq!(status().await, expected, "{name} {purpose} {value}");
        }
        let mut unknown = change("suspension", true);
        unknown["credentialId"] = json!("urn:example:unknown");
        let answer = post(&office, "/credentials/status", &unknown).await;
        assert_eq!(answer.status(), 404);
        let mut elsewhere = change("suspension", true);
        elsewhere["credentialStatus"]["statusListIndex"] = json!("131072");
        let answer = post(&office, "/credentials/status", &elsewhere).await;
        assert_eq!(answer.status(), 422);
    }
}

#[tokio::test]
async fn whatever_secures_a_credential_it_says_something() {
    let office = office().await;
    for name in names() {
        let id = format!("urn:example:{name}");
        let shown = issue(&office, name, &id, &["message"]).await;
        let issuer = issuer(&office, name).await;
        let places = places(&shown);
        let told = || office.message(&places, &issuer);
        assert_eq!(told().await.message, "none", "{name}");
        let change = json!({
            "credentialId": id,
            "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "message",
                "status": "0x2", "statusListIndex": message_of(&places).unwrap().index.to_string(),
                "statusListCredential": message_of(&places).unwrap().list},
        });
        let answer = post(&office, "/credentials/status", &change).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        let message = told().await;
        assert_eq!(
            (message.status, message.message.as_str()),
            (2, "reported lost")
        );
        assert_eq!(office.status(&places, &issuer).await, Status::VALID);
    }
}

/// Several statuses change together, or none.
#[tokio::test]
async fn statuses_change_together() {
    let office = office().await;
    let name = "eddsa-jcs-2022";
    let purposes = ["revocation", "suspension", "message"];
    let shown = issue(&office, name, "urn:example:1", &purposes).await;
    let (places, issuer) = (places(&shown), issuer(&office, name).await);
    let with = |purpose: &str, status: Value| {
        let mut entry = entry(purpose);
        entry["status"] = status;
        entry
    };
    let change =
        |entries: Value| json!({"credentialId": "urn:example:1", "credentialStatus": entries});
    let wrong = "0x4";
    for (entries, code) in [
        (json!([]), 400),
        (json!([entry("suspension"), entry("suspension")]), 400),
        (json!([with("suspension", json!("perhaps"))]), 400),
        (json!([with("suspension", json!(256))]), 400),
        (
            json!([
                with("suspension", json!(true)),
                with("message", json!(wrong))
            ]),
            422,
        ),
        (json!([with("suspension", json!(2))]), 422),
    ] {
        let answer = post(&office, "/credentials/status", &change(entries.clone())).await;
        assert_eq!(answer.status(), code, "{entries}");
        assert_eq!(office.status(&places, &issuer).await, Status::VALID);
    }
    let both = json!([with("suspension", json!("true")), with("message", json!(1))]);
    let answer = post(&office, "/credentials/status", &change(both)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(office.status(&places, &issuer).await, Status::SUSPENDED);
    assert_eq!(
        office.message(&places, &issuer).await.message,
        "under review"
    );
    let neither = json!([
        with("suspension", json!("0")),
        with("message", json!(false))
    ]);
    let answer = post(&office, "/credentials/status", &change(neither)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(office.status(&places, &issuer).await, Status::VALID);
    assert_eq!(office.message(&places, &issuer).await.status, 0);
}

/// Who was issued before whom cannot be read off the places.
#[tokio::test]
async fn places_are_not_given_out_in_order() {
    let office = office().await;
    let mut given = Vec::new();
    for number in 0..4 {
        let id = format!("urn:example:{number}");
        let shown = issue(&office, "vc-jose-es256", &id, &["revocation"]).await;
        match places(&shown).as_slice() {
            [
                CredentialStatus::Bitstring(BitstringEntry {
                    purpose: Purpose::Revocation,
                    index,
                    ..
                }),
            ] => given.push(*index),
            other => panic!("{other:?}"),
        }
    }
    assert!(
        given.windows(2).any(|pair| pair[1] != pair[0] + 1),
        "{given:?}"
    );
}

#[tokio::test]
async fn without_configured_messages_none_is_carried() {
    let office = crate::vc_api::office().await;
    let asked = json!({
        "credential": credential(&issuer(&office, "bbs-2023").await),
        "options": {"credentialId": "urn:example:1", "statusPurposes": ["message"]},
    });
    let refused = post(&office, "/mechanisms/bbs-2023/credentials/issue", &asked).await;
    assert_eq!(refused.status(), 422);
    for nothing in ["message", "message-9", "refresh"] {
        let path = format!("/mechanisms/bbs-2023/status/{nothing}");
        assert_eq!(office.get(&path).await.status(), 404, "{nothing}");
    }
}
