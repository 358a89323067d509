//! Lists, tokens, the cache and the permutation.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::HashSet;

use credential::{
    CredentialStatus, IssuerKey, KeyReference, KeySource, PeerFault, StatusReference,
};
use did::Resolution;
use jiff::{SignedDuration, Timestamp};
use keys::jws::JwsError;
use keys::mac::MacKey;
use keys::{Algorithm, SigningKey, base64url};
use proptest::prelude::*;
use serde_json::{Value, json};
use status::{
    Answer, Bits, EntryFault, Freshness, IndexPermutation, MINIMUM_ENTRIES, Publication, Status,
    StatusError, StatusList, StatusListCache, StatusListToken, UnverifiedStatusListToken,
};
use strict_json::JsonError;
use url::Url;

const ALL_BITS: [Bits; 4] = [Bits::One, Bits::Two, Bits::Four, Bits::Eight];

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn uri() -> Url {
    "https://issuer.example/status/1".parse().unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret(Algorithm::Es256, &[seed; 32]).unwrap()
}

fn reference(key: &SigningKey) -> KeyReference {
    KeyReference::KeyId(did::key::verification_method(key.public()).to_string())
}

fn evidence(key: &SigningKey) -> IssuerKey {
    let method = did::key::verification_method(key.public());
    let Ok(Resolution::Here(document)) = did::resolve(method.did(), false) else {
        panic!("not here")
    };
    IssuerKey::from_did_document(&KeySource::Did(method), &document).unwrap()
}

fn publish(list: &StatusList, ttl: i64, lifetime: i64) -> String {
    let did = did::key::did(key(1).public()).to_string();
    Publication {
        list,
        issuer: Some(&did),
        uri: &uri(),
        expires_at: Some(now() + SignedDuration::from_secs(lifetime)),
        time_to_live: Some(SignedDuration::from_secs(ttl)),
        key_reference: &reference(&key(1)),
    }
    .sign(&key(1), now())
    .unwrap()
}

fn verify(token: &str) -> Result<StatusListToken, StatusError> {
    UnverifiedStatusListToken::parse(token, 1 << 20)?.verify(&uri(), &evidence(&key(1)), now())
}

/// A token with any header members and claims, signed by the Issuer.
fn forge(header: Value, claims: &str) -> String {
    let mut members = json!({
        "alg": "ES256",
        "typ": "statuslist+jwt",
        "kid": did::key::verification_method(key(1).public()).to_string(),
    });
    for (name, value) in header.as_object().unwrap() {
        members[name] = value.clone();
    }
    let signed = format!(
        "{}.{}",
        base64url::encode(members.to_string()),
        base64url::encode(claims)
    );
    let signature = base64url::encode(key(1).sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn claims(changes: Value) -> String {
    let mut claims = json!({
        "sub": uri(),
        "iat": now().as_second(),
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.to_string()
}

fn refused(changes: Value) -> Option<StatusError> {
    verify(&forge(json!({}), &claims(changes))).err()
}

#[test]
fn a_published_list_is_read_again() {
    for bits in ALL_BITS {
        let mut list = StatusList::new(bits, 1);
        assert_eq!(list.entries(), MINIMUM_ENTRIES);
        list.set(131_071, Status::INVALID).unwrap();
        let read = verify(&publish(&list, 60, 3600)).unwrap();
        assert_eq!(*read.list(), list);
        assert_eq!(read.issued_at(), now());
        assert_eq!(read.time_to_live(), Some(SignedDuration::from_secs(60)));
        assert_eq!(read.list().get(131_071), Some(Status::INVALID));
        assert!(!Status::INVALID.is_valid() && !Status::SUSPENDED.is_valid());
        assert!(read.list().get(0).unwrap().is_valid());
        assert_eq!(read.list().get(131_072), None);
        assert_eq!(read.list().get(u64::MAX), None);
    }
}

#[test]
fn a_list_has_room_for_its_values_only() {
    let mut list = StatusList::new(Bits::One, 1);
    assert_eq!(list.set(0, Status::SUSPENDED), Err(StatusError::Index));
    assert_eq!(list.set(131_072, Status::INVALID), Err(StatusError::Index));
    assert_eq!(list.set(u64::MAX, Status::INVALID), Err(StatusError::Index));
    let mut list = StatusList::new(Bits::Two, 1);
    list.set(5, Status::SUSPENDED).unwrap();
    list.set(5, Status::INVALID).unwrap();
    assert_eq!(list.get(5), Some(Status::INVALID));
    assert_eq!(list.get(4), Some(Status::VALID));
}

#[test]
fn a_list_does_not_unfold_without_bound() {
    let lst = StatusList::new(Bits::One, 1 << 26).encode();
    assert!(lst.len() < 1 << 17);
    assert_eq!(
        StatusList::decode(Bits::One, &lst, (1 << 23) - 1),
        Err(StatusError::Size)
    );
    assert!(StatusList::decode(Bits::One, &lst, 1 << 23).is_ok());
    let bomb = StatusList::new(Bits::One, (1 << 26) + 8).encode();
    assert_eq!(
        refused(json!({"status_list": {"bits": 1, "lst": bomb}})),
        Some(StatusError::Size)
    );
}

#[test]
fn broken_compression_is_refused() {
    let good = StatusList::new(Bits::One, 1).encode();
    let bytes = base64url::decode(&good).unwrap();
    let mut longer = bytes.clone();
    longer.push(0);
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    for bad in [&bytes[..bytes.len() - 1], &longer, &changed, &[]] {
        assert_eq!(
            StatusList::decode(Bits::One, &base64url::encode(bad), 1 << 20),
            Err(StatusError::Compression)
        );
    }
    assert_eq!(
        StatusList::decode(Bits::One, &(good + "="), 1 << 20),
        Err(StatusError::Compression)
    );
}

#[test]
fn the_claims_of_a_token_are_checked() {
    assert_eq!(refused(json!({})), None);
    assert_eq!(
        refused(json!({"sub": "https://issuer.example/status/2"})),
        Some(StatusError::Uri)
    );
    assert_eq!(
        refused(json!({"exp": now().as_second()})),
        Some(StatusError::Expired)
    );
    assert_eq!(
        refused(json!({"iat": now().as_second() + 61})),
        Some(StatusError::NotYetValid)
    );
    assert_eq!(refused(json!({"ttl": 1.5})), None);
    for ttl in [json!(0), json!(-1), json!(0.0)] {
        assert_eq!(
            refused(json!({ "ttl": ttl })),
            Some(StatusError::TimeToLive)
        );
    }
    assert_eq!(
        refused(json!({"iss": "https://evil.example"})),
        Some(StatusError::Issuer(PeerFault::KeyEvidence))
    );
    for changes in [
        json!({"sub": null}),
        json!({"iat": "x"}),
        json!({"status_list": null}),
        json!({"status_list": {"bits": 3, "lst": ""}}),
        json!({"status_list": {"bits": 16, "lst": ""}}),
    ] {
        assert!(matches!(
            refused(changes),
            Some(StatusError::Json(JsonError::Shape { .. }))
        ));
    }
    let twice = claims(json!({})).replace("\"sub\"", "\"sub\":\"x\",\"sub\"");
    assert_eq!(
        verify(&forge(json!({}), &twice)).err(),
        Some(StatusError::Json(JsonError::Duplicate))
    );
}

#[test]
fn the_token_is_the_issuers_and_of_its_type() {
    let with = |header: Value| verify(&forge(header, &claims(json!({})))).err();
    assert_eq!(
        with(json!({"typ": "JWT"})),
        Some(StatusError::Jws(JwsError::Type))
    );
    assert_eq!(
        with(json!({"alg": "none"})),
        Some(StatusError::Jws(JwsError::AlgorithmUnsupported))
    );
    assert_eq!(
        with(json!({"alg": "HS256"})),
        Some(StatusError::Jws(JwsError::AlgorithmUnsupported))
    );
    assert_eq!(
        with(json!({"alg": "EdDSA"})),
        Some(StatusError::Jws(JwsError::AlgorithmMismatch))
    );
    assert_eq!(
        with(json!({"crit": ["x"]})),
        Some(StatusError::Jws(JwsError::Critical))
    );
    let stranger = did::key::verification_method(key(2).public()).to_string();
    assert_eq!(
        with(json!({"kid": stranger})),
        Some(StatusError::Issuer(PeerFault::KeyEvidence))
    );
    let token = publish(&StatusList::new(Bits::One, 1), 60, 60);
    let theirs = UnverifiedStatusListToken::parse(&token, 1 << 20).unwrap();
    assert_eq!(
        theirs.verify(&uri(), &evidence(&key(2)), now()).err(),
        Some(StatusError::Issuer(PeerFault::KeyEvidence))
    );
    let tampered = token.replacen('.', ".A", 1);
    assert!(verify(&tampered).is_err());
    assert_eq!(
        UnverifiedStatusListToken::parse(&token, 100).err(),
        Some(StatusError::Jws(JwsError::Size))
    );
}

#[test]
fn a_time_to_live_is_at_least_a_second() {
    let sign = |ttl| {
        Publication {
            list: &StatusList::new(Bits::One, 1),
            issuer: None,
            uri: &uri(),
            expires_at: None,
            time_to_live: Some(ttl),
            key_reference: &reference(&key(1)),
        }
        .sign(&key(1), now())
    };
    assert_eq!(
        sign(SignedDuration::from_millis(999)).err(),
        Some(StatusError::TimeToLive)
    );
    assert_eq!(
        sign(SignedDuration::from_secs(-1)).err(),
        Some(StatusError::TimeToLive)
    );
    assert!(sign(SignedDuration::from_secs(1)).is_ok());
}

#[test]
fn the_cache_tells_fresh_from_stale_from_unknown() {
    let mut list = StatusList::new(Bits::One, 1);
    list.set(3, Status::INVALID).unwrap();
    let at = |index| CredentialStatus::Token(StatusReference { uri: uri(), index });
    let later = |seconds| now() + SignedDuration::from_secs(seconds);
    let mut cache = StatusListCache::new();
    assert_eq!(cache.look_up(&at(3), now()), Answer::Unknown);
    cache.keep(uri(), verify(&publish(&list, 60, 3600)).unwrap(), now());

    assert_eq!(
        cache.look_up(&at(3), later(59)),
        Answer::Fresh(Status::INVALID)
    );
    assert_eq!(
        cache.look_up(&at(4), later(59)),
        Answer::Fresh(Status::VALID)
    );
    assert_eq!(
        cache.look_up(&at(131_072), later(59)),
        Answer::NoEntry(EntryFault::Range)
    );
    assert_eq!(cache.due(later(59)).count(), 0);

    assert_eq!(
        cache.look_up(&at(3), later(60)),
        Answer::Stale(Status::INVALID)
    );
    assert_eq!(cache.freshness(&uri(), later(3599)), Some(Freshness::Stale));
    assert_eq!(cache.due(later(60)).collect::<Vec<_>>(), [&uri()]);

    assert_eq!(cache.look_up(&at(3), later(3600)), Answer::Unknown);
    assert_eq!(
        cache.freshness(&uri(), later(3600)),
        Some(Freshness::Expired)
    );

    cache.forget(&uri());
    assert_eq!(cache.look_up(&at(3), now()), Answer::Unknown);
}

#[test]
fn the_cache_never_goes_back_in_time() {
    let at = CredentialStatus::Token(StatusReference {
        uri: uri(),
        index: 3,
    });
    let mut list = StatusList::new(Bits::One, 1);
    let old = forge(
        json!({}),
        &claims(json!({
            "iat": now().as_second() - 10,
            "status_list": {"bits": 1, "lst": list.encode()},
        })),
    );
    list.set(3, Status::INVALID).unwrap();
    let mut cache = StatusListCache::new();
    cache.keep(uri(), verify(&publish(&list, 60, 3600)).unwrap(), now());
    cache.keep(uri(), verify(&old).unwrap(), now());
    assert_eq!(cache.look_up(&at, now()), Answer::Fresh(Status::INVALID));
}

#[test]
fn the_permutation_looks_random_and_depends_on_the_key() {
    let entries = MINIMUM_ENTRIES as u64;
    let one = IndexPermutation::new(&MacKey::new(&[1; 32]), entries).unwrap();
    let two = IndexPermutation::new(&MacKey::new(&[2; 32]), entries).unwrap();
    let indexes: HashSet<u64> = (0..entries).map(|n| one.index(n).unwrap()).collect();
    assert_eq!(indexes.len(), MINIMUM_ENTRIES);
    assert!(indexes.iter().all(|index| *index < entries));
    let same = (0..entries)
        .filter(|n| one.index(*n) == two.index(*n))
        .count();
    assert!(same < 20, "{same} of 131,072 agree");
    // Neighbours in time are no neighbours in the list: about two pairs in 131,072 by chance.
    let close = (1..entries)
        .filter(|n| one.index(*n).unwrap().abs_diff(one.index(n - 1).unwrap()) == 1)
        .count();
    assert!(close < 20, "{close} neighbours");
    assert_eq!(one.index(entries), None);
    assert!(IndexPermutation::new(&MacKey::new(&[1; 32]), 0).is_none());
    assert!(IndexPermutation::new(&MacKey::new(&[1; 32]), (1 << 24) + 1).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_index_comes_exactly_once(entries in 1_u64..3000, seed in any::<u8>()) {
        let permutation = IndexPermutation::new(&MacKey::new(&[seed; 32]), entries).unwrap();
        let mut indexes: Vec<u64> = (0..entries).map(|n| permutation.index(n).unwrap()).collect();
        indexes.sort_unstable();
        prop_assert!(indexes.into_iter().eq(0..entries));
    }

    #[test]
    fn what_is_set_is_got(
        bits in 0_usize..4,
        changes in proptest::collection::vec((0_u64..131_072, any::<u8>()), 0..50),
    ) {
        let bits = ALL_BITS[bits];
        let mut list = StatusList::new(bits, 1);
        let mut expected = std::collections::HashMap::new();
        for (index, value) in changes {
            let value = Status(value >> (8 - bits.number()));
            list.set(index, value).unwrap();
            expected.insert(index, value);
        }
        let list = StatusList::decode(bits, &list.encode(), 1 << 20).unwrap();
        for index in 0..131_072 {
            prop_assert_eq!(list.get(index), Some(*expected.get(&index).unwrap_or(&Status::VALID)));
        }
    }

    #[test]
    fn arbitrary_input_never_panics(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = verify(&text);
        let _ = verify(&forge(json!({}), &text));
        let _ = StatusList::decode(Bits::Two, &base64url::encode(&bytes), 1 << 16);
    }
}

/// Whatever the Issuer states: a revocation must arrive some day.
#[test]
fn no_list_stays_fresh_for_more_than_a_day() {
    let mut cache = StatusListCache::new();
    let list = StatusList::new(Bits::One, 64);
    let token = verify(&publish(&list, 365 * 86_400, 366 * 86_400)).unwrap();
    cache.keep(uri(), token, now());
    let later = |seconds| now() + SignedDuration::from_secs(seconds);
    let fresh = cache.freshness(&uri(), later(86_399));
    assert_eq!(fresh, Some(Freshness::Fresh));
    let stale = cache.freshness(&uri(), later(86_400));
    assert_eq!(stale, Some(Freshness::Stale));
    assert!(cache.due(later(86_400)).eq([&uri()]));
}
