//! The cost of many claims, by every kind of mechanism: it should grow as their number does.

use std::rc::Rc;

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, Mechanism, Unverified};
use serde_json::{Map, Value, json};

use crate::data_integrity::document;
use crate::fixture::now;
use crate::harness::{Growth, Work, work};
use crate::selective::Party;

pub fn all() -> Vec<Growth> {
    let whole = |mechanism, names: [&'static str; 2]| {
        let [issue, _, verify] = works(mechanism);
        vec![grown(names[0], issue), grown(names[1], verify)]
    };
    let selective = |mechanism, names: [&'static str; 3]| {
        let [issue, derive, verify] = works(mechanism);
        vec![
            grown(names[0], issue),
            grown(names[1], derive),
            grown(names[2], verify),
        ]
    };
    [
        whole(
            Mechanism::EddsaRdfc2022,
            ["eddsa-rdfc-2022 issue", "eddsa-rdfc-2022 verify"],
        ),
        whole(
            Mechanism::EddsaJcs2022,
            ["eddsa-jcs-2022 issue", "eddsa-jcs-2022 verify"],
        ),
        selective(
            Mechanism::EcdsaSd2023,
            [
                "ecdsa-sd-2023 issue",
                "ecdsa-sd-2023 derive, a tenth shown",
                "ecdsa-sd-2023 verify, a tenth shown",
            ],
        ),
        selective(
            Mechanism::Bbs2023,
            [
                "bbs-2023 issue",
                "bbs-2023 derive, a tenth shown",
                "bbs-2023 verify, a tenth shown",
            ],
        ),
        whole(
            Mechanism::VcJoseEddsa,
            ["vc+jwt EdDSA issue", "vc+jwt EdDSA verify"],
        ),
        selective(
            Mechanism::VcSdJwtEs256,
            [
                "vc+sd-jwt ES256 issue",
                "vc+sd-jwt ES256 show a tenth",
                "vc+sd-jwt ES256 verify, a tenth shown",
            ],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn grown(name: &'static str, works: Vec<(u32, Work)>) -> Growth {
    Growth { name, works }
}

/// Issuing, deriving and verifying, on more and more claims.
fn works(mechanism: Mechanism) -> [Vec<(u32, Work)>; 3] {
    let sizes = match mechanism {
        Mechanism::VcSdJwtEs256 => SD_JWT_SIZES,
        _ => SIZES,
    };
    let mut all = [const { Vec::new() }; 3];
    for count in sizes {
        for (works, one) in all.iter_mut().zip(of(mechanism, count)) {
            works.push((count, one));
        }
    }
    all
}

fn of(mechanism: Mechanism, count: u32) -> [Work; 3] {
    let party = Rc::new(Party::new(mechanism));
    let document = document(&party.method, claims(count));
    let base = party.issue(&document);
    let shown: Vec<String> = (0..count / 10)
        .map(|number| format!("/credentialSubject/claim{number}"))
        .collect();
    let derive = {
        let (party, base) = (party.clone(), base.clone());
        move || {
            let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
            party.derive(&base, &shown)
        }
    };
    let handed_over = match mechanism.derives() {
        true => derive(),
        false => base,
    };
    verify(&handed_over);
    [
        work(move || party.issue(&document)),
        work(derive),
        work(move || verify(&handed_over)),
    ]
}

/// The issuer is a did:key, which needs no evidence.
fn verify(secured: &Map<String, Value>) {
    let unverified = Unverified::from_value(Value::Object(secured.clone())).expect("a credential");
    let judgement = unverified.verify(&[], &Expected::default(), Leniency::None, now());
    assert!(judgement.is_verified(), "{:?}", judgement.problems);
}

fn claims(count: u32) -> Map<String, Value> {
    (0..count)
        .map(|number| (format!("claim{number}"), json!(format!("value {number}"))))
        .collect()
}

const SIZES: [u32; 3] = [10, 100, 1000];
/// A claim of an SD-JWT takes 130 bytes, and nobody reads more than 64 KiB.
const SD_JWT_SIZES: [u32; 3] = [10, 100, 400];
