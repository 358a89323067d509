//! Bitstring Status List: bits, entries, and lists as Credentials.
#![expect(clippy::unwrap_used, reason = "tests")]

use credential::mechanism::ProblemKind;
use credential::{
    CredentialStatus, Format, IssuerFault, IssuerKey, KeyReference, KeySource,
    UnverifiedCredential, Verified, vc_jwt,
};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use status::{
    Answer, Bitstring, BitstringEntry, BitstringList, BitstringPublication, EntryFault,
    MINIMUM_ENTRIES, Purpose, Status, StatusError, StatusListCache, StatusMessages,
};
use url::Url;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn entry(purpose: Purpose, index: u64, size: u8) -> BitstringEntry {
    BitstringEntry {
        size,
        ..BitstringEntry::bit(purpose, index, list())
    }
}

fn list() -> Url {
    "https://issuer.example/status/1".parse().unwrap()
}

fn messages() -> StatusMessages {
    let texts = ["none", "under review", "reported lost"];
    StatusMessages::new(texts.map(str::to_owned).to_vec()).unwrap()
}

/// Signs a list as its issuer, verifies it, and says who that is.
fn published(
    credential: impl Fn(&str) -> Map<String, Value>,
) -> (Verified<credential::Credential>, String) {
    let key = SigningKey::from_secret(Algorithm::Es256, &[1; 32]).unwrap();
    let method = did::key::verification_method(key.public());
    let issuer = method.did().to_string();
    let issuance = vc_jwt::Issuance {
        credential: credential(&issuer),
        holder: None,
        status: None,
        key_reference: &KeyReference::KeyId(method.to_string()),
    };
    let signed = issuance.sign(&key).unwrap();
    let document = did::key::document(method.did()).unwrap();
    let evidence = IssuerKey::from_did_document(&KeySource::Did(method), &document).unwrap();
    let verified = UnverifiedCredential::parse(Format::JwtVcJson, &signed).unwrap();
    (verified.verify(&evidence, now()).unwrap(), issuer)
}

fn publication<'a>(
    list: &'a Bitstring,
    purpose: Purpose,
    issuer: &'a str,
    uri: &'a Url,
) -> BitstringPublication<'a> {
    BitstringPublication {
        list,
        purpose,
        messages: None,
        issuer,
        uri,
        valid_from: now(),
        valid_until: now() + SignedDuration::from_hours(1),
        time_to_live: SignedDuration::from_secs(90),
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
    assert_eq!(
        Bitstring::decode(2, &good, 1 << 20),
        Err(StatusError::Length)
    );
    assert_eq!(Bitstring::decode(9, &good, 1 << 20), Err(StatusError::Size));
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
        ("statusListIndex", json!("")),
        ("statusListIndex", json!("-1")),
        ("statusListIndex", json!("0x1")),
        ("statusPurpose", json!(["revocation"])),
        ("statusPurpose", Value::Null),
        ("id", json!("https://issuer.example/status/1")),
        ("statusListCredential", json!("here")),
        ("statusListCredential", json!("https://a.example/list#1")),
        ("statusListCredential", json!("urn:uuid:1")),
        ("statusSize", json!(0)),
        ("statusSize", json!(-1)),
        ("statusSize", json!(1.5)),
        ("statusSize", json!("1")),
        ("statusSize", json!(9)),
        // Several values, and nobody says what they mean.
        ("statusSize", json!(2)),
        ("statusMessage", json!([])),
        ("statusMessage", json!("set")),
        (
            "statusMessage",
            json!([{"status": "0x0", "message": "unset"}]),
        ),
        (
            "statusMessage",
            told(&[("0x0", "a"), ("0x1", "b"), ("0x2", "c")]),
        ),
        ("statusMessage", told(&[("0x0", "a"), ("0x0", "b")])),
        ("statusMessage", told(&[("0x0", "a"), ("0x2", "b")])),
        ("statusMessage", told(&[("0", "a"), ("1", "b")])),
        ("statusMessage", told(&[("0x0", "a"), ("0x+1", "b")])),
        (
            "statusMessage",
            json!([{"status": 0, "message": "a"}, {"status": 1, "message": "b"}]),
        ),
        (
            "statusMessage",
            json!([{"status": "0x0"}, {"status": "0x1"}]),
        ),
        ("statusReference", json!("dictionary")),
        ("statusReference", json!([7])),
        ("statusReference", json!({})),
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

fn told(messages: &[(&str, &str)]) -> Value {
    let all = messages.iter();
    all.map(|(status, message)| json!({"status": status, "message": message, "more": 1}))
        .collect()
}

/// By the text a purpose may be any string: what nobody here knows is not malformed, and nobody
/// can tell what it says.
#[test]
fn a_purpose_that_nobody_knows_is_not_judged() {
    let mut other = entry(Purpose::Revocation, 7, 1).write();
    other["statusPurpose"] = json!("clearance");
    let refused = BitstringEntry::read_all(&other);
    assert_eq!(refused, Err(IssuerFault::StatusMechanism));
}

#[test]
fn messages_travel_with_the_entry() {
    let messages = messages();
    assert_eq!(messages.size(), 2);
    assert_eq!(messages.get(1), Some("under review"));
    assert_eq!(messages.get(3), Some("undefined"));
    assert_eq!(messages.get(4), None);
    let references = ["https://issuer.example/words".parse().unwrap()].to_vec();
    let ours = BitstringEntry::message(7, list(), messages.clone(), references.clone());
    let written = ours.write();
    assert_eq!(written["statusPurpose"], "message");
    assert_eq!(written["statusSize"], 2);
    assert_eq!(
        written["statusMessage"],
        json!([
            {"status": "0x0", "message": "none"},
            {"status": "0x1", "message": "under review"},
            {"status": "0x2", "message": "reported lost"},
            {"status": "0x3", "message": "undefined"},
        ])
    );
    assert_eq!(written["statusReference"], "https://issuer.example/words");
    let read = BitstringEntry::read_all(&written).unwrap();
    assert_eq!(read.as_slice(), std::slice::from_ref(&ours));
    let several = BitstringEntry {
        references: [references.clone(), references].concat(),
        ..ours
    };
    let read = BitstringEntry::read_all(&several.write()).unwrap();
    assert_eq!(read, [several]);

    // Their order does not matter, nor how the digits are written.
    let mut mixed = written.clone();
    mixed["statusMessage"] = told(&[("0x03", "d"), ("0x1", "b"), ("0x00", "a"), ("0x2", "c")]);
    let read = BitstringEntry::read_all(&mixed).unwrap();
    let read = read[0].messages.as_ref().unwrap();
    assert_eq!((read.get(0), read.get(3)), (Some("a"), Some("d")));

    // One bit needs no words; more bits do.
    let mut bit = written.clone();
    let members = bit.as_object_mut().unwrap();
    members.remove("statusMessage");
    members.remove("statusSize");
    let read = BitstringEntry::read_all(&bit).unwrap();
    assert_eq!((read[0].size, &read[0].messages), (1, &None));
    let mut wordless = written;
    wordless.as_object_mut().unwrap().remove("statusMessage");
    let refused = BitstringEntry::read_all(&wordless);
    assert_eq!(refused, Err(IssuerFault::Claim("credentialStatus")));

    assert_eq!(StatusMessages::new(Vec::new()), None);
    assert_eq!(StatusMessages::new(vec!["x".to_owned(); 257]), None);
    let most = StatusMessages::new(vec!["x".to_owned(); 256]).unwrap();
    assert_eq!((most.size(), most.get(255)), (8, Some("x")));
    assert_eq!(StatusMessages::new(vec!["x".to_owned()]).unwrap().size(), 1);
}

#[test]
fn a_message_is_told_in_the_words_of_the_credential() {
    let messages = messages();
    let ours = BitstringEntry::message(7, list(), messages.clone(), Vec::new());
    let mut bits = Bitstring::new(2, 0).unwrap();
    bits.set(7, 2).unwrap();
    bits.set(8, 3).unwrap();
    let others = StatusMessages::new(["w", "x", "y", "z"].map(str::to_owned).to_vec()).unwrap();
    let (verified, issuer) = published(|issuer| {
        let publication = BitstringPublication {
            messages: Some(&others),
            ..publication(&bits, Purpose::Message, issuer, &ours.list)
        };
        publication.credential()
    });
    let subject = &verified.get().claims["credentialSubject"];
    assert_eq!(
        (&subject["statusSize"], &subject["statusMessages"]),
        (&json!(2), &others.write())
    );
    let read = BitstringList::read(&verified, &ours.list, &issuer).unwrap();
    let told = read.message(&ours).unwrap();
    assert_eq!((told.status, told.message.as_str()), (2, "reported lost"));
    // The list's words are for entries that have none.
    let wordless = BitstringEntry {
        messages: None,
        ..ours.clone()
    };
    assert_eq!(read.message(&wordless).unwrap().message, "y");
    let at = |index| BitstringEntry {
        index,
        ..ours.clone()
    };
    assert_eq!(read.message(&at(8)).unwrap().message, "undefined");
    assert_eq!(read.message(&at(9)).unwrap().message, "none");
    for (entry, fault, name) in [
        (at(MINIMUM_ENTRIES as u64), EntryFault::Range, "RANGE_ERROR"),
        (at(u64::MAX), EntryFault::Range, "RANGE_ERROR"),
        (
            BitstringEntry::bit(Purpose::Message, 7, list()),
            EntryFault::Size,
            "STATUS_VERIFICATION_ERROR",
        ),
        (
            entry(Purpose::Revocation, 7, 2),
            EntryFault::Purpose,
            "STATUS_VERIFICATION_ERROR",
        ),
    ] {
        assert_eq!(read.message(&entry), Err(fault));
        assert_eq!(ProblemKind::from(fault).title(), name);
    }

    let mut cache = StatusListCache::new();
    let later = |seconds| now() + SignedDuration::from_secs(seconds);
    assert_eq!(cache.message(&ours, now()), Answer::Unknown);
    cache.keep(ours.list.clone(), read, now());
    assert_eq!(cache.message(&ours, later(89)), Answer::Fresh(told.clone()));
    assert_eq!(cache.message(&ours, later(90)), Answer::Stale(told));
    assert_eq!(cache.message(&ours, later(3600)), Answer::Unknown);
    let outside = cache.message(&at(MINIMUM_ENTRIES as u64), now());
    assert_eq!(outside, Answer::NoEntry(EntryFault::Range));
    // Whatever it says, the credential is good.
    let judged = cache.look_up(&CredentialStatus::Bitstring(ours), now());
    assert_eq!(judged, Answer::Fresh(Status::VALID));
}

#[test]
fn bits_without_words_are_set_or_unset_and_long_words_are_cut() {
    let long = "字".repeat(300);
    let words = StatusMessages::new(vec!["short".to_owned(), long]).unwrap();
    let mut bits = Bitstring::new(1, 0).unwrap();
    bits.set(1, 1).unwrap();
    let (verified, issuer) =
        published(|issuer| publication(&bits, Purpose::Message, issuer, &list()).credential());
    let read = BitstringList::read(&verified, &list(), &issuer).unwrap();
    let bit = |index| BitstringEntry::bit(Purpose::Message, index, list());
    assert_eq!(read.message(&bit(0)).unwrap().message, "unset");
    assert_eq!(read.message(&bit(1)).unwrap().message, "set");
    let url: Url = "https://issuer.example/words".parse().unwrap();
    let worded = BitstringEntry::message(1, list(), words, vec![url; 9]);
    let told = read.message(&worded).unwrap();
    assert_eq!(told.message, format!("{}…", "字".repeat(256)));
    assert_eq!(told.references.len(), 4);
}

/// Each by the name that the text has for it (sections 3, 3.2 and 3.5).
#[test]
fn a_list_that_does_not_do_is_refused_by_name() {
    let bits = Bitstring::new(1, 0).unwrap();
    let short = "uH4sIAAAAAAACA2NgGAWjYBSMVAAALq-17wAEAAA";
    let refused = |change: &dyn Fn(&mut Value)| {
        let (verified, issuer) = published(|issuer| {
            let uri = list();
            let publication = publication(&bits, Purpose::Revocation, issuer, &uri);
            let mut credential = Value::Object(publication.credential());
            change(&mut credential);
            credential.as_object().unwrap().clone()
        });
        let error = BitstringList::read(&verified, &list(), &issuer).unwrap_err();
        let kind = ProblemKind::from(&error);
        (error, kind.title())
    };
    let subject = |member: &'static str, value: Value| {
        refused(&move |credential| credential["credentialSubject"][member] = value.clone())
    };
    let malformed = "MALFORMED_VALUE_ERROR";
    for (member, value) in [
        ("statusPurpose", json!(7)),
        ("statusPurpose", json!([])),
        ("statusPurpose", json!(["revocation", 7])),
        ("encodedList", json!(7)),
        ("statusSize", json!(0)),
        ("statusSize", json!(1.5)),
        ("statusMessages", json!([])),
    ] {
        assert_eq!(
            subject(member, value),
            (StatusError::Member(member), malformed)
        );
    }
    let encoded = |value: Value| subject("encodedList", value);
    assert_eq!(encoded(json!("x")), (StatusError::Compression, malformed));
    let length = (StatusError::Length, "STATUS_LIST_LENGTH_ERROR");
    assert_eq!(encoded(json!(short)), length);
    assert_eq!(
        subject("ttl", json!(0)),
        (StatusError::TimeToLive, malformed)
    );
    assert_eq!(
        subject("type", json!("List")),
        (StatusError::Entry, malformed)
    );
    let untyped = refused(&|credential| credential["type"] = json!(["VerifiableCredential"]));
    assert_eq!(untyped, (StatusError::Entry, malformed));
    let verification = "STATUS_VERIFICATION_ERROR";
    let elsewhere = refused(&|credential| credential["id"] = json!("https://a.example/1"));
    assert_eq!(elsewhere, (StatusError::Uri, verification));
}

#[test]
fn a_list_is_believed_of_its_issuer_address_and_purpose_alone() {
    let ours = entry(Purpose::Suspension, 7, 1);
    let mut list = Bitstring::new(1, 0).unwrap();
    list.set(7, 1).unwrap();
    let (verified, issuer) = published(|issuer| {
        publication(&list, Purpose::Suspension, issuer, &ours.list).credential()
    });
    let valid_until = now() + SignedDuration::from_hours(1);

    let read = BitstringList::read(&verified, &ours.list, &issuer).unwrap();
    assert_eq!(read.value(&ours), Ok(1));
    assert_eq!(read.value(&entry(Purpose::Suspension, 8, 1)), Ok(0));
    let other = read.value(&entry(Purpose::Revocation, 7, 1));
    assert_eq!(other, Err(EntryFault::Purpose));
    assert_eq!(read.time_to_live(), SignedDuration::from_secs(90));
    assert_eq!(read.valid_until(), Some(valid_until));

    // Half as many entries of two bits are too few to hide among.
    let short = read.value(&entry(Purpose::Suspension, 3, 2));
    assert_eq!(short, Err(EntryFault::Length));

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
    let purpose = Answer::NoEntry(EntryFault::Purpose);
    assert_eq!(look_up(&cache, other, 0), purpose);
    let outside = entry(Purpose::Suspension, MINIMUM_ENTRIES as u64, 1);
    let range = Answer::NoEntry(EntryFault::Range);
    assert_eq!(look_up(&cache, outside, 0), range);
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
