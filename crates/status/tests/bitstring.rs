//! Bitstring Status List: bits, entries, and lists as Credentials.
#![expect(clippy::unwrap_used, reason = "tests")]

use credential::{
    CredentialStatus, Format, IssuerFault, IssuerKey, KeyReference, KeySource,
    UnverifiedCredential, vc_jwt,
};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use status::{
    Answer, Bitstring, BitstringEntry, BitstringList, BitstringPublication, MINIMUM_ENTRIES,
    Purpose, Status, StatusError, StatusListCache,
};
use url::Url;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn entry(purpose: Purpose, index: u64, size: u8) -> BitstringEntry {
    BitstringEntry {
        purpose,
        index,
        list: "https://issuer.example/status/1".parse().unwrap(),
        size,
    }
}

#[test]
fn the_first_entry_is_the_highest_bit() {
    let mut list = Bitstring::new(1, 0).unwrap();
    assert_eq!(list.entries(), MINIMUM_ENTRIES);
    list.set(0, 1).unwrap();
    let mut pairs = Bitstring::new(2, 0).unwrap();
    pairs.set(0, 2).unwrap();
    // The same first bit, read by one bit and by two.
    let read = |list: &Bitstring| Bitstring::decode(1, &list.encode(), 1 << 20).unwrap();
    assert_eq!(read(&list).get(0), Some(1));
    assert_eq!(
        (read(&pairs).get(0), read(&pairs).get(1)),
        (Some(1), Some(0))
    );
    assert_eq!(list.set(0, 2), Err(StatusError::Index));
    assert_eq!(list.set(MINIMUM_ENTRIES as u64, 1), Err(StatusError::Index));
    assert_eq!(list.get(MINIMUM_ENTRIES as u64), None);
    assert_eq!(Bitstring::new(9, 0), Err(StatusError::Size));
}

#[test]
fn short_and_broken_lists_are_refused() {
    let good = Bitstring::new(1, 0).unwrap().encode();
    assert!(Bitstring::decode(1, &good, 1 << 20).is_ok());
    assert_eq!(Bitstring::decode(1, &good, 100), Err(StatusError::Size));
    // Half as many entries of two bits are too few to hide among.
    assert_eq!(Bitstring::decode(2, &good, 1 << 20), Err(StatusError::Size));
    assert_eq!(
        Bitstring::decode(1, &good[1..], 1 << 20),
        Err(StatusError::Compression)
    );
    assert_eq!(
        Bitstring::decode(1, "uAAAA", 1 << 20),
        Err(StatusError::Compression)
    );
}

#[test]
fn entries_travel_and_malformed_ones_are_told() {
    let written = entry(Purpose::Revocation, 94567, 1).write();
    assert_eq!(written["statusListIndex"], "94567");
    let both = json!([written, entry(Purpose::Suspension, 7, 1).write()]);
    let read = BitstringEntry::read_all(&both).unwrap();
    let expected = [
        entry(Purpose::Revocation, 94567, 1),
        entry(Purpose::Suspension, 7, 1),
    ];
    assert_eq!(read, expected);
    let others = json!([written, {"type": "StatusList2021Entry"}]);
    let refused = BitstringEntry::read_all(&others);
    assert_eq!(refused, Err(IssuerFault::StatusMechanism));
    for (member, wrong) in [
        ("statusListIndex", json!(1)),
        ("statusListIndex", json!("+1")),
        ("statusPurpose", json!("revokation")),
        ("statusListCredential", json!("here")),
        ("statusListCredential", json!("https://a.example/list#1")),
        ("statusListCredential", json!("urn:uuid:1")),
        ("statusSize", json!(0)),
        ("statusPurpose", json!("message")),
    ] {
        let mut broken = written.clone();
        broken[member] = wrong;
        assert_eq!(
            BitstringEntry::read_all(&broken),
            Err(IssuerFault::Claim("credentialStatus")),
            "{broken}"
        );
    }
}

#[test]
fn a_list_is_believed_of_its_issuer_address_and_purpose_alone() {
    let key = SigningKey::from_secret(Algorithm::Es256, &[1; 32]).unwrap();
    let method = did::key::verification_method(key.public());
    let issuer = method.did().to_string();
    let ours = entry(Purpose::Suspension, 7, 1);
    let mut list = Bitstring::new(1, 0).unwrap();
    list.set(7, 1).unwrap();
    let publication = BitstringPublication {
        list: &list,
        purpose: Purpose::Suspension,
        issuer: &issuer,
        uri: &ours.list,
        valid_from: now(),
        valid_until: now() + SignedDuration::from_hours(1),
        time_to_live: SignedDuration::from_secs(90),
    };
    let issuance = vc_jwt::Issuance {
        credential: publication.credential(),
        holder: None,
        status: None,
        key_reference: &KeyReference::KeyId(method.to_string()),
    };
    let signed = issuance.sign(&key).unwrap();
    let document = did::key::document(method.did()).unwrap();
    let evidence = IssuerKey::from_did_document(&KeySource::Did(method), &document).unwrap();
    let verified = UnverifiedCredential::parse(Format::JwtVcJson, &signed).unwrap();
    let verified = verified.verify(&evidence, now()).unwrap();

    let read = BitstringList::read(&verified, &ours.list, &issuer).unwrap();
    assert_eq!(read.value(&ours), Some(1));
    assert_eq!(read.value(&entry(Purpose::Suspension, 8, 1)), Some(0));
    assert_eq!(read.value(&entry(Purpose::Revocation, 7, 1)), None);
    assert_eq!(read.time_to_live(), SignedDuration::from_secs(90));
    assert_eq!(read.valid_until(), Some(publication.valid_until));

    // Half as many entries of two bits are too few to hide among.
    assert_eq!(read.value(&entry(Purpose::Suspension, 3, 2)), None);

    let refused =
        |uri: &Url, issuer: &str| BitstringList::read(&verified, uri, issuer).unwrap_err();
    assert!(matches!(
        refused(&ours.list, "did:web:a.example"),
        StatusError::Issuer(_)
    ));
    let elsewhere = "https://issuer.example/status/2".parse().unwrap();
    assert_eq!(refused(&elsewhere, &issuer), StatusError::Uri);

    let mut cache = StatusListCache::new();
    let look_up = |cache: &StatusListCache, entry: BitstringEntry, seconds| {
        let later = now() + SignedDuration::from_secs(seconds);
        cache.look_up(&CredentialStatus::Bitstring(entry), later)
    };
    assert_eq!(look_up(&cache, ours.clone(), 0), Answer::Unknown);
    // These say nothing of whether a credential is good, so that no list is needed.
    for purpose in [Purpose::Message, Purpose::Refresh] {
        let told = look_up(&cache, entry(purpose, 7, 1), 0);
        assert_eq!(told, Answer::Fresh(Status::VALID));
    }
    cache.keep(ours.list.clone(), read, now());
    let suspended = Answer::Fresh(Status::SUSPENDED);
    assert_eq!(look_up(&cache, ours.clone(), 89), suspended);
    let good = entry(Purpose::Suspension, 8, 1);
    assert_eq!(look_up(&cache, good, 0), Answer::Fresh(Status::VALID));
    let other = entry(Purpose::Revocation, 7, 1);
    assert_eq!(look_up(&cache, other, 0), Answer::NoEntry);
    let outside = entry(Purpose::Suspension, MINIMUM_ENTRIES as u64, 1);
    assert_eq!(look_up(&cache, outside, 0), Answer::NoEntry);
    let stale = Answer::Stale(Status::SUSPENDED);
    assert_eq!(look_up(&cache, ours.clone(), 90), stale);
    assert_eq!(look_up(&cache, ours, 3600), Answer::Unknown);
}

proptest! {
    #[test]
    fn what_is_set_is_read_in_every_size(size in 1..=8_u8, places: Vec<(u16, u8)>) {
        let mut list = Bitstring::new(size, 0).unwrap();
        let mut expected = std::collections::HashMap::new();
        for (index, value) in places {
            let value = (u16::from(value) & ((1 << size) - 1)) as u8;
            list.set(index.into(), value).unwrap();
            expected.insert(index, value);
        }
        let read = Bitstring::decode(size, &list.encode(), 1 << 20).unwrap();
        for (index, value) in expected {
            prop_assert_eq!(read.get(index.into()), Some(value));
        }
    }

    #[test]
    fn noise_is_no_list(text in ".{0,80}", index in ".{0,10}") {
        let _ = Bitstring::decode(1, &text, 1 << 20);
        let noise: Value = json!({"type": "BitstringStatusListEntry", "statusListIndex": index});
        prop_assert!(BitstringEntry::read_all(&noise).is_err());
    }
}
