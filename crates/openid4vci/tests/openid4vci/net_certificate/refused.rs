//! Lists, profiles and answers that a wallet does not take.

use netcert::{EpochKey, EpochProfile, Schedule};
use openid4vci::wallet::{EpochError, Epochs, IssuanceError};
use serde_json::json;

use super::{Desk, Holder, Twist, epochs, epochs_at, net};
use crate::harness::rng;

/// An old list, or one of the future, would set its reader apart from all others.
#[test]
fn a_list_has_to_be_of_this_moment() {
    let (mut desk, link) = Desk::open();
    let holder = Holder::new();
    let grant = holder.access(&mut desk, &link).unwrap();
    let Epochs { current, next } = epochs(&mut desk, &grant).unwrap();
    let (listed, second) = (current.epoch(), jiff::SignedDuration::from_secs(1));
    let from = current.valid_from() - openid4vci::wallet::CLOCK_SLACK;
    let to = next.valid_from() + openid4vci::wallet::CLOCK_SLACK - second;
    for now in [from, to] {
        assert!(epochs_at(&mut desk, &grant, now).is_ok());
    }
    for (now, expected) in [(from - second, listed - 1), (to + second, listed + 1)] {
        assert_eq!(
            epochs_at(&mut desk, &grant, now).unwrap_err(),
            EpochError::NotCurrent {
                listed,
                expected: Some(expected)
            }
        );
    }
}

#[test]
fn lists_and_profiles_that_could_mark_somebody_are_refused() {
    let twists: [(Twist, &str); 5] = [
        (
            |path, body| {
                if path.ends_with("/epochs") {
                    body["profiles"][0] =
                        json!("https://issuer.example/tenant/net/epochs/1?for=you")
                }
            },
            "List",
        ),
        (
            |path, body| {
                if path.ends_with("/epochs") {
                    body["current"] = json!(u64::MAX)
                }
            },
            "List",
        ),
        (
            |path, body| {
                if path.contains("/epochs/") {
                    body["issuer"] = json!("https://other.example")
                }
            },
            "Mismatch",
        ),
        (
            |path, body| {
                if path.contains("/epochs/") {
                    body["time_zone"] = json!("+24:00")
                }
            },
            "Profile",
        ),
        (
            |path, body| {
                if path.contains("/epochs/") {
                    body["mark"] = json!(7)
                }
            },
            "Profile",
        ),
    ];
    for (twist, error) in twists {
        let (mut desk, link) = Desk::open();
        let grant = Holder::new().access(&mut desk, &link).unwrap();
        desk.twist = twist;
        let refused = format!("{:?}", epochs(&mut desk, &grant).unwrap_err());
        assert!(refused.starts_with(error), "{refused}");
    }
}

#[test]
fn answers_that_are_not_what_was_ordered_are_refused() {
    let twists: [(Twist, IssuanceError); 4] = [
        (
            |path, body| {
                if path.ends_with("/credential") {
                    body["credentials"].as_array_mut().unwrap().pop();
                }
            },
            IssuanceError::Count,
        ),
        (
            |path, body| {
                if path.ends_with("/credential") {
                    let one = body["credentials"][0].clone();
                    body["credentials"].as_array_mut().unwrap().push(one);
                }
            },
            IssuanceError::Count,
        ),
        (
            |path, body| {
                if path.ends_with("/credential") {
                    body["credentials"][0]["credential"] = json!("text")
                }
            },
            IssuanceError::Format,
        ),
        (
            |path, body| {
                if path.ends_with("/credential") {
                    body["transaction_id"] = json!("later")
                }
            },
            IssuanceError::Deferred,
        ),
    ];
    for (twist, error) in twists {
        let (mut desk, link) = Desk::open();
        let holder = Holder::new();
        let grant = holder.access(&mut desk, &link).unwrap();
        let Epochs { current, next } = epochs(&mut desk, &grant).unwrap();
        desk.twist = twist;
        let refused = holder.order(&mut desk, &grant, true, vec![current, next]);
        assert_eq!(refused.unwrap_err(), error);
    }
    // What no wallet orders.
    let (mut desk, link) = Desk::open();
    let grant = Holder::new().access(&mut desk, &link).unwrap();
    let key = EpochKey::generate(&mut rng()).unwrap();
    let foreign = EpochProfile::new("https://a.example", Schedule::weekly(), 1, "+00:00", &key);
    let foreign = foreign.unwrap();
    let Epochs { current, .. } = epochs(&mut desk, &grant).unwrap();
    for profiles in [vec![], vec![foreign], vec![current.clone(), current]] {
        assert_eq!(grant.order_net(profiles).err(), Some(IssuanceError::Epochs));
    }
}

#[test]
fn another_version_of_the_profile_is_not_offered_and_foreign_addresses_are_refused() {
    let twists: [Twist; 3] = [
        |_, body| {
            net(
                body,
                "epochs",
                json!("http://issuer.example/tenant/net/epochs"),
            )
        },
        |_, body| {
            net(
                body,
                "epochs",
                json!("https://issuer.example/tenant/net/epochs?who=you"),
            )
        },
        |_, body| net(body, "epochs", json!("https://issuer.example/elsewhere")),
    ];
    for twist in twists {
        let (mut desk, link) = Desk::open();
        desk.twist = twist;
        assert!(Holder::new().access(&mut desk, &link).is_err());
    }
    let (mut desk, link) = Desk::open();
    desk.twist = |_, body| net(body, "profile", json!("pessoa-net-certificate-v2"));
    let grant = Holder::new().access(&mut desk, &link).unwrap();
    assert!(grant.issuer().net_certificate.is_none());
    assert_eq!(grant.issuer().unsupported, ["net"]);
}
