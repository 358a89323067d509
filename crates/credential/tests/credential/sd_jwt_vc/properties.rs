//! Whatever is changed or arrives: nothing false is believed, and nothing panics.

use credential::UnverifiedPresentation;
use credential::sd_jwt::{ClaimPath, Component, Held};
use keys::{Algorithm, base64url};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{FORMAT, parties};
use crate::parties::*;

#[test]
fn a_change_of_any_byte_is_refused() {
    for algorithm in Algorithm::ALL {
        let parties = Parties::new(algorithm);
        let issued = parties.issue(
            json!({"given_name": "Ada", "a": 1}),
            &["given_name".into(), "a".into()],
        );
        let presented = parties.present(&issued, &["given_name".into()]);
        let parse = |text: &str| UnverifiedPresentation::parse(FORMAT, text);
        let issuers = [evidence(
            &parse(&presented).unwrap().key_sources().unwrap()[0],
        )];
        for position in 0..presented.len() {
            for flip in [1, 2, 32] {
                let mut bytes = presented.clone().into_bytes();
                bytes[position] ^= flip;
                let changed = String::from_utf8(bytes).unwrap();
                let verified = parse(&changed)
                    .and_then(|changed| changed.verify(&issuers, &challenge(), now()));
                assert!(verified.is_err(), "byte {position} of {presented}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", parts in proptest::collection::vec("[A-Za-z0-9_.~-]{0,40}", 0..6)) {
        let _ = verify(FORMAT, &text);
        let _ = verify_presentation(FORMAT, &parts.join("~"));
        let _ = Held::parse(&parts.join("."));
    }

    #[test]
    fn arbitrary_payloads_never_panic(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let parties = parties();
        let jwt = forge(&parties.header("dc+sd-jwt"), &payload, &parties.issuer);
        let _ = verify(FORMAT, &(jwt.clone() + "~" + &base64url::encode(&payload) + "~"));
        let _ = verify_presentation(FORMAT, &(jwt.clone() + "~" + &jwt));
    }

    #[test]
    fn any_selection_reveals_itself_and_nothing_else(
        values in proptest::collection::vec(any::<u32>(), 1..8),
        chosen in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let parties = parties();
        let names: Vec<String> = (0..values.len()).map(|n| format!("claim_{n}")).collect();
        let claims: serde_json::Map<String, Value> =
            names.iter().cloned().zip(values.iter().map(|v| json!(v))).collect();
        let nested = json!({"nested": claims, "list": values});
        let mut hidden: Vec<ClaimPath> =
            names.iter().map(|name| ClaimPath::of("nested", [name.as_str()])).collect();
        hidden.push(ClaimPath::new(vec!["list".into(), Component::Every]).unwrap());
        let issued = parties.issue(nested, &hidden);

        let mut paths = Vec::new();
        let mut expected = serde_json::Map::new();
        let mut list = Vec::new();
        for (number, name) in names.iter().enumerate() {
            if chosen[number] {
                paths.push(ClaimPath::of("nested", [name.as_str()]));
                paths.push(ClaimPath::new(vec!["list".into(), Component::Index(number)]).unwrap());
                expected.insert(name.clone(), json!(values[number]));
                list.push(json!(values[number]));
            }
        }
        let presented = parties.present(&issued, &paths);
        let claims = verify_presentation(FORMAT, &presented).unwrap().credentials.remove(0).claims;
        prop_assert_eq!(&claims["nested"], &Value::Object(expected));
        prop_assert_eq!(&claims["list"], &Value::Array(list));
    }
}
