//! Proofs of which a Holder discloses a part: ten claims of which three are shown.
//!
//! Before anything is measured, each side verifies what the other one issued and derived. Whoever
//! derives here verifies the base proof on the way; Digital Bazaar's library and ssi do not. For
//! bbs-2023 ssi derives from our base proof and verifies what it derived itself: its derived proofs
//! are those of another draft, as `differential` says and shows.

use std::rc::Rc;

use credential::mechanism::{self, IssueOptions, Mechanism, MechanismKey, Secured};
use did::DidUrl;
use serde_json::{Map, Value};

use crate::data_integrity::{document, verify};
use crate::digital_bazaar::{DigitalBazaar, Task};
use crate::fixture::{now, rng, ten_claims};
use crate::harness::{Against, Row, against, work};
use crate::ssi::{Ssi, parse};

pub fn rows(bazaar: &DigitalBazaar) -> Vec<Row> {
    let suite = |mechanism, names: [&'static str; 3], least: Option<f64>| {
        let party = Rc::new(Party::new(mechanism));
        let document = document(&party.method, ten_claims());
        let base = party.issue(&document);
        let derived = party.derive(&base, &SHOWN);
        verify(&text(&derived)).expect("valid");
        let name = mechanism.name();
        let [issue, derive, check] = [
            bazaar.issue(name, &document, &party.key, &MANDATORY),
            bazaar.derive(name, &text(&base), &SHOWN),
            bazaar.verify(name, &text(&derived)),
        ];
        if bazaar.absence().is_none() {
            let theirs = issue.once().expect("issued");
            let of_theirs = party.derive(&object(&theirs), &SHOWN);
            verify(&text(&of_theirs)).expect("valid");
            verify(&derive.once().expect("derived")).expect("valid");
            check.once().expect("valid");
        }
        let by_ssi = by_ssi(&document, &party, &base);
        let (issuing, deriving) = (party.clone(), party);
        let shown = text(&derived);
        let ours = [
            work(move || issuing.issue(&document)),
            work(move || deriving.derive(&base, &SHOWN)),
            work(move || verify(&shown).expect("valid")),
        ];
        let peers = by_ssi.into_iter().zip([issue, derive, check]);
        let row = |((name, ours), (ssi, bazaar)): ((_, _), (Against, Task))| Row {
            name,
            ours,
            raw: None,
            peers: vec![
                match least {
                    Some(ratio) => ssi.at_least(ratio),
                    None => ssi,
                },
                bazaar.against(),
            ],
        };
        let rows: Vec<Row> = names.into_iter().zip(ours).zip(peers).map(row).collect();
        rows
    };
    let suites = [
        suite(
            Mechanism::EcdsaSd2023,
            [
                "ecdsa-sd-2023 issue a base proof",
                "ecdsa-sd-2023 derive, 3 of 10 shown",
                "ecdsa-sd-2023 verify, 3 of 10 shown",
            ],
            None,
        ),
        suite(
            Mechanism::Bbs2023,
            [
                "bbs-2023 issue a base proof (<= 2,000 µs)",
                "bbs-2023 derive, 3 of 10 shown (<= 3,000 µs)",
                "bbs-2023 verify, 3 of 10 shown (<= 3,000 µs)",
            ],
            Some(5.0),
        ),
    ];
    suites.into_iter().flatten().collect()
}

/// Each issues what the other derives from.
fn by_ssi(document: &Map<String, Value>, party: &Party, base: &Map<String, Value>) -> [Against; 3] {
    let new = || Ssi::new(document, &party.method, &party.key, &text(base));
    let (issuing, deriving, verifying) = (new(), new(), new());
    let of_theirs = party.derive(&object(&issuing.issue(&MANDATORY)), &SHOWN);
    verify(&text(&of_theirs)).expect("valid");
    let base = parse(&text(base));
    let derived = deriving.derive(&base, &SHOWN);
    assert!(verifying.verify(&derived));
    [
        against("ssi 0.16", move || issuing.issue(&MANDATORY)),
        against("ssi 0.16", move || deriving.derive(&base, &SHOWN)),
        against("ssi 0.16", move || assert!(verifying.verify(&derived))),
    ]
}

/// An Issuer with a key of its own, by any mechanism.
pub struct Party {
    pub mechanism: Mechanism,
    pub key: MechanismKey,
    pub method: DidUrl,
}

impl Party {
    pub fn new(mechanism: Mechanism) -> Self {
        let key = MechanismKey::generate(mechanism.key_kind(), &mut rng()).expect("a key");
        Self {
            mechanism,
            method: key.verification_method().expect("a did:key"),
            key,
        }
    }

    /// The name of the suite, which does not say the curve.
    pub fn suite(&self) -> &'static str {
        self.mechanism
            .name()
            .trim_end_matches("-p256")
            .trim_end_matches("-p384")
    }

    /// What is mandatory is so where the mechanism discloses a part.
    pub fn issue(&self, document: &Map<String, Value>) -> Map<String, Value> {
        let mandatory = match self.mechanism.derives() {
            true => MANDATORY.map(str::to_owned).to_vec(),
            false => Vec::new(),
        };
        let bbs = self.mechanism == Mechanism::Bbs2023;
        let options = IssueOptions {
            verification_method: &self.method,
            created: (!bbs).then(now),
            mandatory: &mandatory,
        };
        let secured = self
            .mechanism
            .issue(document.clone(), &self.key, &options, &mut rng());
        members(secured.expect("issued"))
    }

    pub fn derive(&self, base: &Map<String, Value>, shown: &[&str]) -> Map<String, Value> {
        let shown: Vec<String> = shown.iter().map(|one| (*one).to_owned()).collect();
        mechanism::derive(base, &shown, b"", &[], &mut rng())
            .unwrap_or_else(|error| panic!("{error}: {}", text(base)))
    }
}

pub fn text(document: &Map<String, Value>) -> String {
    serde_json::to_string(document).expect("JSON")
}

pub fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("an object")
}

fn members(secured: Secured) -> Map<String, Value> {
    match secured.into_value() {
        Value::Object(members) => members,
        _ => unreachable!("a credential is an object"),
    }
}

const MANDATORY: [&str; 2] = ["/issuer", "/validFrom"];
const SHOWN: [&str; 3] = [
    "/credentialSubject/age_over_18",
    "/credentialSubject/birth_date",
    "/credentialSubject/nationality",
];
