//! One profile for everybody: an Issuer that has two can tell people apart.

use jiff::{SignedDuration, Timestamp};
use netcert::{
    EpochKey, EpochProfile, PinConflict, PinError, ProfileError, ProfilePins, Schedule,
    ScheduleError,
};

use crate::harness::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_published_profile_is_read_again() {
    let issuer = Issuer::new();
    let read = EpochProfile::parse(issuer.profile.canonical()).unwrap();
    assert_eq!(read, issuer.profile);
    assert_eq!(read.hash(), keys::sha256(issuer.profile.canonical()));
    assert_eq!(read.verification_method(), "did:web:issuer.example#net-46");
    assert_eq!(read.valid_from(), at("2026-11-23T00:00:00Z"));
    assert_eq!(read.valid_until(), at("2026-12-01T00:00:00Z"));
    assert_eq!(read.renew_from(), Ok(at("2026-11-16T00:00:00Z")));
    assert_eq!(read.switch_at(), Ok(at("2026-11-23T00:10:00Z")));
    assert_eq!(read.header().len(), netcert::PROFILE.len() + 32);
    assert_eq!(read.multikey(), issuer.key.multikey());
}

/// Any byte changed, added or left out is another profile or none.
#[test]
fn a_profile_that_differs_in_a_byte_is_not_the_same() {
    let issuer = Issuer::new();
    let canonical = issuer.profile.canonical();
    for place in 0..canonical.len() {
        for flip in [1, 0x20] {
            let mut bytes = canonical.to_vec();
            bytes[place] ^= flip;
            if let Ok(read) = EpochProfile::parse(&bytes) {
                assert_ne!(read, issuer.profile);
                assert_ne!(read.hash(), issuer.profile.hash());
                let mut pins = ProfilePins::default();
                pins.accept(&issuer.profile, now()).unwrap();
                // Another issuer's, or a neighbouring epoch's, would be a profile of its own.
                if read.issuer() == ISSUER && read.epoch().abs_diff(EPOCH) != 1 {
                    assert!(pins.accept(&read, now()).is_err());
                }
            }
        }
        let mut spaced = canonical.to_vec();
        spaced.insert(place, b' ');
        assert!(EpochProfile::parse(&spaced).map_or(true, |read| read != issuer.profile));
    }
    assert_eq!(
        EpochProfile::parse(&[canonical, b" "].concat()),
        Err(ProfileError::Canonical)
    );
    assert!(matches!(
        EpochProfile::parse(&canonical[1..]),
        Err(ProfileError::Json(_))
    ));
}

#[test]
fn profiles_of_other_versions_and_shapes_are_refused() {
    let issuer = Issuer::new();
    let text = std::str::from_utf8(issuer.profile.canonical()).unwrap();
    let parse = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        EpochProfile::parse(changed.as_bytes()).unwrap_err()
    };
    assert_eq!(parse("nym-03", "nym-04"), ProfileError::Profile);
    assert_eq!(
        parse("certificate-v1+", "certificate-v2+"),
        ProfileError::Profile
    );
    assert_eq!(parse("age_over_14", "age_over_15"), ProfileError::Shape);
    assert_eq!(
        parse("\"spare\"", "\"spare\",\"more\""),
        ProfileError::Shape
    );
    assert_eq!(parse(",\"spare\"", ""), ProfileError::Shape);
    assert_eq!(
        parse("credentials/v2", "credentials/v1"),
        ProfileError::Shape
    );
    assert_eq!(
        parse("\"NetCertificate\"", "\"NetCertificate2\""),
        ProfileError::Shape
    );
    assert_eq!(parse("+00:00", "-00:00"), ProfileError::TimeZone);
    assert_eq!(parse("+00:00", "Europe/Oslo"), ProfileError::TimeZone);
    assert_eq!(parse("+00:00", "+15:00"), ProfileError::TimeZone);
    assert_eq!(parse("\"key\":\"z", "\"key\":\"u"), ProfileError::Key);
    assert_eq!(
        parse("did:web:issuer.example", "issuer.example"),
        ProfileError::Issuer
    );
    for issuer in [
        "http://issuer.example",
        "https://issuer.example/?you",
        "https://issuer.example/#you",
        "https://you@issuer.example/",
        "https://ISSUER.example",
        "https://issuer.example:443",
        "did:web:issuer.example.",
    ] {
        assert_eq!(
            parse("did:web:issuer.example", issuer),
            ProfileError::Issuer,
            "{issuer}"
        );
    }
    assert!(matches!(
        parse("{\"contexts\"", "{\"aaa\":1,\"contexts\""),
        ProfileError::Json(_)
    ));
    assert!(matches!(
        parse("{\"contexts\"", "{\"contexts\":[],\"contexts\""),
        ProfileError::Json(_)
    ));
    let key = EpochKey::generate(&mut rng()).unwrap();
    for issuer in [
        "https://issuer.example",
        "https://issuer.example/a",
        "http://127.0.0.1:8080",
        "did:web:127.0.0.1%3A8080",
    ] {
        let made = EpochProfile::new(issuer, Schedule::weekly(), 0, "+05:45", &key).unwrap();
        assert_eq!(EpochProfile::parse(made.canonical()), Ok(made));
    }
    // An epoch that JSON numbers do not tell from its neighbours, or beyond the calendar.
    for epoch in [1 << 53, u64::MAX] {
        assert!(EpochProfile::new(ISSUER, Schedule::weekly(), epoch, "+00:00", &key).is_err());
    }
}

#[test]
fn a_second_profile_for_an_epoch_is_refused() {
    let [one, two, next] = [Issuer::at(EPOCH), Issuer::at(EPOCH), Issuer::at(EPOCH + 1)];
    let mut pins = ProfilePins::default();
    assert_eq!(pins.accept(&one.profile, now()), Ok(()));
    assert_eq!(pins.accept(&one.profile, now()), Ok(()));
    assert_eq!(
        pins.accept(&two.profile, now()),
        Err(PinError::SecondProfile)
    );
    assert_eq!(pins.accept(&next.profile, now()), Ok(()));
    let kept = serde_json::to_string(&pins).unwrap();
    let mut read: ProfilePins = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        read.accept(&two.profile, now()),
        Err(PinError::SecondProfile)
    );
    assert_eq!(
        read.hash(ISSUER, EPOCH),
        Some(keys::base64url::encode(one.profile.hash()).as_str())
    );
    // What was seen stays accepted when its time is over.
    assert_eq!(
        read.accept(&one.profile, at("2027-06-01T00:00:00Z")),
        Ok(())
    );
}

/// *Attack*: two processes of one Holder are shown two profiles, and the later one to write wins.
#[test]
fn what_two_processes_saw_is_brought_together_and_nothing_is_overwritten() {
    let [one, two, next] = [Issuer::at(EPOCH), Issuer::at(EPOCH), Issuer::at(EPOCH + 1)];
    let hash = |issuer: &Issuer| keys::base64url::encode(issuer.profile.hash());
    let mut vault = ProfilePins::default();
    vault.accept(&one.profile, now()).unwrap();
    let mut timer = vault.clone();
    timer.accept(&next.profile, now()).unwrap();
    assert_eq!(vault.merge(&timer), []);
    assert_eq!(vault.hash(ISSUER, EPOCH + 1), Some(hash(&next).as_str()));

    let mut timer = ProfilePins::default();
    timer.accept(&two.profile, now()).unwrap();
    let conflict = PinConflict {
        issuer: ISSUER.to_owned(),
        epoch: EPOCH,
        pinned: Some(hash(&one)),
        refused: hash(&two),
    };
    assert_eq!(vault.merge(&timer), std::slice::from_ref(&conflict));
    // Once is enough, and it is not forgotten.
    assert_eq!(vault.merge(&timer), []);
    assert_eq!(vault.hash(ISSUER, EPOCH), Some(hash(&one).as_str()));
    assert_eq!(
        vault.accept(&two.profile, now()),
        Err(PinError::SecondProfile)
    );
    let kept = serde_json::to_string(&vault).unwrap();
    let read: ProfilePins = serde_json::from_str(&kept).unwrap();
    assert_eq!(read.conflicts(), std::slice::from_ref(&conflict));
    // Evidence of one process becomes evidence of the other.
    let mut third = ProfilePins::default();
    third.accept(&one.profile, now()).unwrap();
    assert_eq!(third.merge(&read), [conflict]);

    let key = EpochKey::generate(&mut rng()).unwrap();
    let elsewhere =
        EpochProfile::new(ISSUER, Schedule::weekly(), EPOCH + 1, "+09:00", &key).unwrap();
    let mut timer = ProfilePins::default();
    timer.accept(&elsewhere, now()).unwrap();
    let mut other = ProfilePins::default();
    other.accept(&one.profile, now()).unwrap();
    let conflicts = other.merge(&timer);
    assert_eq!((conflicts.len(), &conflicts[0].pinned), (1, &None));
    assert_eq!(other.hash(ISSUER, EPOCH + 1), None);
}

/// What is refused is evidence, and an Issuer cannot fill the memory with it.
#[test]
fn a_refused_profile_is_kept_as_evidence() {
    let one = Issuer::at(EPOCH);
    let mut pins = ProfilePins::default();
    pins.accept(&one.profile, now()).unwrap();
    for round in 0..9 {
        let other = Issuer::at(EPOCH);
        assert_eq!(
            pins.accept(&other.profile, now()),
            Err(PinError::SecondProfile)
        );
        assert_eq!(pins.conflicts().len(), (round + 1).min(4));
    }
}

/// An epoch number of one's own, or a calendar of one's own, would be marks too.
#[test]
fn a_profile_for_another_time_or_schedule_is_refused() {
    let pinned = Issuer::new();
    let mut pins = ProfilePins::default();
    pins.accept(&pinned.profile, now()).unwrap();
    for epoch in [EPOCH - 2, EPOCH + 2, EPOCH + 1000, 0] {
        let other = Issuer::at(epoch);
        assert_eq!(pins.accept(&other.profile, now()), Err(PinError::Time));
    }
    let seconds = SignedDuration::from_secs;
    let week = 7 * 86_400;
    let origin = Schedule::weekly().begins(0).unwrap();
    let key = EpochKey::generate(&mut rng()).unwrap();
    for schedule in [
        Schedule::new(origin, seconds(week), seconds(86_399), seconds(600)),
        Schedule::new(origin, seconds(week), seconds(86_400), seconds(601)),
        Schedule::new(origin, seconds(week - 1), seconds(86_400), seconds(600)),
        Schedule::new(
            origin + seconds(1),
            seconds(week),
            seconds(86_400),
            seconds(600),
        ),
    ] {
        let profile =
            EpochProfile::new(ISSUER, schedule.unwrap(), EPOCH + 1, "+00:00", &key).unwrap();
        assert_eq!(pins.accept(&profile, now()), Err(PinError::Schedule));
    }
    let elsewhere =
        EpochProfile::new(ISSUER, Schedule::weekly(), EPOCH + 1, "+09:00", &key).unwrap();
    assert_eq!(pins.accept(&elsewhere, now()), Err(PinError::Schedule));
}

#[test]
fn epochs_follow_one_another() {
    let weekly = Schedule::weekly();
    assert_eq!(weekly.epoch_at(at("2026-01-04T23:59:59Z")), None);
    assert_eq!(weekly.epoch_at(at("2026-01-05T00:00:00Z")), Some(0));
    assert_eq!(weekly.epoch_at(at("2026-01-11T23:59:59Z")), Some(0));
    assert_eq!(weekly.epoch_at(at("2026-01-12T00:00:00Z")), Some(1));
    assert_eq!(weekly.epoch_at(now()), Some(EPOCH));
    assert_eq!(weekly.shown_at(at("2026-01-12T00:09:59Z")), Some(0));
    assert_eq!(weekly.shown_at(at("2026-01-12T00:10:00Z")), Some(1));
    let ends = weekly.ends(EPOCH).unwrap();
    assert!(weekly.begins(EPOCH + 1).unwrap() < ends && ends < weekly.ends(EPOCH + 1).unwrap());
    assert_eq!(weekly.begins(u64::MAX), Err(ScheduleError));
    let json = serde_json::to_value(weekly).unwrap();
    assert_eq!(json["origin"], "2026-01-05T00:00:00Z");
    assert_eq!(
        serde_json::from_value::<Schedule>(json.clone()).unwrap(),
        weekly
    );
    for (member, value) in [
        ("length_seconds", 0),
        ("length_seconds", -1),
        ("length_seconds", 367 * 86_400),
        ("overlap_seconds", 7 * 86_400),
        ("overlap_seconds", 600),
        ("switch_after_seconds", -1),
        ("switch_after_seconds", 86_400),
    ] {
        let mut changed = json.clone();
        changed[member] = value.into();
        assert!(
            serde_json::from_value::<Schedule>(changed).is_err(),
            "{member}: {value}"
        );
    }
}

/// Anywhere in the epoch before, and nowhere more often.
#[test]
fn renewal_comes_at_a_random_moment() {
    let weekly = Schedule::weekly();
    let mut rng = rng();
    let [from, to] = [weekly.issued_from(EPOCH), weekly.begins(EPOCH)].map(Result::unwrap);
    let mut days = [0; 7];
    for _ in 0..700 {
        let moment = weekly.renewal(EPOCH, &mut rng).unwrap();
        assert!(from <= moment && moment < to);
        let day = (moment.as_second() - from.as_second()) / 86_400;
        days[usize::try_from(day).unwrap()] += 1;
    }
    // 100 each, with a standard deviation of 9.3: seven of them, once in 10^9 runs.
    assert!(
        days.iter().all(|count| (35..=165).contains(count)),
        "{days:?}"
    );
}

#[test]
fn ages_are_as_of_the_first_day_in_legal_time() {
    let key = EpochKey::generate(&mut rng()).unwrap();
    for (zone, date) in [
        ("+00:00", "2026-11-23"),
        ("+14:00", "2026-11-23"),
        ("-00:01", "2026-11-22"),
        ("-11:00", "2026-11-22"),
    ] {
        let profile = EpochProfile::new(ISSUER, Schedule::weekly(), EPOCH, zone, &key).unwrap();
        assert_eq!(profile.reference_date().to_string(), date);
    }
}
