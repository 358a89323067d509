//! Keys and status lists of a did:web.

use credential::mechanism::{Mechanism, MechanismKey};
use jiff::SignedDuration;
use serde_json::{Value, json};
use status::{Bitstring, BitstringEntry, BitstringPublication, Purpose};
use url::Url;

use super::{Party, object, shop, verify};
use crate::harness::now;

#[tokio::test]
async fn keys_and_status_lists_of_a_did_web_are_fetched() {
    let shop = shop().await;
    let base: Url = shop.issuer.base.parse().unwrap();
    let list: Url = base.join("/lists/1").unwrap();
    let mut party = Party::new(Mechanism::EcdsaJcs2019P256);
    let MechanismKey::Signing(key) = &party.key else {
        panic!("a key that signs");
    };
    let did = did::web::did(&base).unwrap();
    let document = did::web::document(&did, &[("key", key.public().clone())]).unwrap();
    let document = json!(document).to_string();
    shop.issuer.publish("/.well-known/did.json", document);
    party.method = did.url("key").unwrap();
    assert_eq!(verify(&shop, &party.shown()).await.0, 200);

    let entry = BitstringEntry::bit(Purpose::Revocation, 7, list.clone());
    let mut credential = party.credential();
    credential.insert("credentialStatus".to_owned(), entry.write());
    let secured = party.issue(credential);
    let (status, verdict) = verify(&shop, &secured).await;
    assert_eq!(status, 422);
    assert_eq!(
        verdict["problemDetails"][0]["title"],
        "STATUS_RETRIEVAL_ERROR"
    );
    for (value, status) in [(0, 200), (1, 422)] {
        let mut bits = Bitstring::new(1, 0).unwrap();
        bits.set(7, value).unwrap();
        let publication = BitstringPublication {
            list: &bits,
            purpose: Purpose::Revocation,
            messages: None,
            issuer: did.as_str(),
            uri: &list,
            valid_from: now(),
            valid_until: now() + SignedDuration::from_hours(1),
            time_to_live: SignedDuration::from_mins(5),
        };
        let signed = party.issue(publication.credential());
        shop.issuer.publish("/lists/1", signed.to_string());
        let (answered, verdict) = verify(&shop, &secured).await;
        assert_eq!(answered, status, "{verdict}");
    }
}

/// Each by its name in Bitstring Status List 1.0, sections 3.2 and 3.5.
#[tokio::test]
async fn what_is_wrong_with_a_status_is_named() {
    let shop = shop().await;
    let base: Url = shop.issuer.base.parse().unwrap();
    let party = Party::new(Mechanism::EddsaJcs2022);
    let list: Url = base.join("/lists/1").unwrap();
    let issuer = party.method.did().as_str().to_owned();
    let publish = |change: &dyn Fn(&mut Value)| {
        let bits = Bitstring::new(1, 0).unwrap();
        let publication = BitstringPublication {
            list: &bits,
            purpose: Purpose::Revocation,
            messages: None,
            issuer: &issuer,
            uri: &list,
            valid_from: now(),
            valid_until: now() + SignedDuration::from_hours(1),
            time_to_live: SignedDuration::from_mins(5),
        };
        let mut credential = Value::Object(publication.credential());
        change(&mut credential);
        let signed = party.issue(object(credential));
        shop.issuer.publish("/lists/1", signed.to_string());
    };
    let with = |entry: Value| {
        let mut credential = party.credential();
        credential.insert("credentialStatus".to_owned(), entry);
        party.issue(credential)
    };
    let place = |index| BitstringEntry::bit(Purpose::Revocation, index, list.clone()).write();
    let named = async |secured: &Value| {
        let (status, verdict) = verify(&shop, secured).await;
        assert_eq!(status, 422, "{verdict}");
        let problem = &verdict["problemDetails"][0];
        let (kind, title) = (
            problem["type"].as_str().unwrap(),
            problem["title"].as_str().unwrap(),
        );
        assert!(kind.ends_with(&format!("#{title}")));
        title.to_owned()
    };
    let fine = with(place(7));
    assert_eq!(named(&fine).await, "STATUS_RETRIEVAL_ERROR");
    publish(&|_| {});
    assert_eq!(verify(&shop, &fine).await.0, 200);
    let subject = |member: &'static str, value: Value| {
        publish(&move |list| list["credentialSubject"][member] = value.clone());
    };
    let short = "uH4sIAAAAAAACA2NgGAWjYBSMVAAALq-17wAEAAA";
    for (member, value, name) in [
        ("encodedList", json!(short), "STATUS_LIST_LENGTH_ERROR"),
        ("encodedList", json!("u"), "MALFORMED_VALUE_ERROR"),
        (
            "statusPurpose",
            json!("suspension"),
            "STATUS_VERIFICATION_ERROR",
        ),
        ("type", json!("List"), "MALFORMED_VALUE_ERROR"),
        ("ttl", json!(-1), "MALFORMED_VALUE_ERROR"),
        ("statusSize", json!(2), "STATUS_VERIFICATION_ERROR"),
    ] {
        subject(member, value);
        assert_eq!(named(&fine).await, name, "{member}");
    }
    publish(&|list| {
        list["validFrom"] = json!("2019-01-01T00:00:00Z");
        list["validUntil"] = json!("2020-01-01T00:00:00Z");
    });
    assert_eq!(named(&fine).await, "STATUS_VERIFICATION_ERROR");
    publish(&|_| {});
    assert_eq!(named(&with(place(131_072))).await, "RANGE_ERROR");
    let mut long = place(7);
    long["statusListIndex"] = json!("9".repeat(40));
    assert_eq!(named(&with(long)).await, "RANGE_ERROR");
    let words = json!([{"status": "0x0", "message": "a"}, {"status": "0x1", "message": "b"},
        {"status": "0x2", "message": "c"}, {"status": "0x3", "message": "d"}]);
    let mut half = place(7);
    half["statusSize"] = json!(2);
    half["statusMessage"] = words.clone();
    assert_eq!(named(&with(half)).await, "STATUS_LIST_LENGTH_ERROR");
    for (member, value, name) in [
        ("statusSize", json!(0), "MALFORMED_VALUE_ERROR"),
        ("statusSize", json!(2), "MALFORMED_VALUE_ERROR"),
        ("statusMessage", words, "MALFORMED_VALUE_ERROR"),
        ("statusListIndex", json!(7), "MALFORMED_VALUE_ERROR"),
        (
            "statusPurpose",
            json!("clearance"),
            "STATUS_VERIFICATION_ERROR",
        ),
        (
            "type",
            json!("StatusList2021Entry"),
            "STATUS_VERIFICATION_ERROR",
        ),
    ] {
        let mut entry = place(7);
        entry[member] = value;
        assert_eq!(named(&with(entry)).await, name, "{member}");
    }

    // A message refuses nothing: neither what it says, nor that it cannot be had.
    let texts = ["none", "reported lost"].map(str::to_owned).to_vec();
    let messages = status::StatusMessages::new(texts).unwrap();
    let entry = BitstringEntry::message(7, base.join("/lists/2").unwrap(), messages, Vec::new());
    let told = with(entry.write());
    let (status, verdict) = verify(&shop, &told).await;
    assert_eq!(
        (status, &verdict["warnings"][0]["title"]),
        (200, &json!("STATUS_RETRIEVAL_ERROR"))
    );
    let mut bits = Bitstring::new(1, 0).unwrap();
    bits.set(7, 1).unwrap();
    let publication = BitstringPublication {
        list: &bits,
        purpose: Purpose::Message,
        messages: entry.messages.as_ref(),
        issuer: &issuer,
        uri: &entry.list,
        valid_from: now(),
        valid_until: now() + SignedDuration::from_hours(1),
        time_to_live: SignedDuration::from_mins(5),
    };
    let signed = party.issue(publication.credential());
    shop.issuer.publish("/lists/2", signed.to_string());
    let (status, verdict) = verify(&shop, &told).await;
    assert_eq!(status, 200, "{verdict}");
    assert_eq!(
        verdict["statusMessages"],
        json!([{"status": 1, "message": "reported lost"}])
    );
    assert!(verdict.get("warnings").is_none());
}
