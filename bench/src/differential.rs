//! Whether others believe what we issue, and we what others issue: on generated credentials, before
//! anything is measured.

use affinidi_data_integrity::crypto_suites::CryptoSuite;
use credential::data_integrity::Cryptosuite;
use credential::mechanism::Mechanism;
use keys::Algorithm;
use serde_json::{Map, Value, json};

use crate::affinidi::Affinidi;
use crate::data_integrity::{document, issued, mechanism_key, verify};
use crate::digital_bazaar::DigitalBazaar;
use crate::fixture::{key, rng};
use crate::selective::{Party, object, text};
use crate::ssi::Ssi;

mod disclosing;
mod escaping;

/// Compares for every suite that another has too.
///
/// # Panics
/// When two disagree.
pub fn agree(bazaar: &DigitalBazaar) {
    for suite in [Cryptosuite::EddsaRdfc2022, Cryptosuite::EcdsaRdfc2019] {
        for _ in 0..MANY {
            with_ssi(suite);
        }
    }
    for _ in 0..MANY {
        with_affinidi();
    }
    escaping::agree();
    println!("{MANY} generated credentials for each suite: ssi and affinidi agree, both ways");
    disclosing::agree();
    if let Some(reason) = bazaar.absence() {
        println!("not compared with Digital Bazaar's library: {reason}");
        return;
    }
    for (mechanism, count) in WITH_BAZAAR {
        for _ in 0..count {
            with_bazaar(bazaar, mechanism);
        }
        println!("{count} for {mechanism}: Digital Bazaar's library agrees, both ways");
    }
}

fn with_ssi(suite: Cryptosuite) {
    let algorithm = match suite.takes(Algorithm::EdDsa) {
        true => Algorithm::EdDsa,
        false => Algorithm::Es256,
    };
    let signing = key(algorithm);
    let method = did::key::verification_method(signing.public());
    // ssi writes tabs and control characters otherwise than RDFC-1.0 has it: `escaping` says which.
    let document = document(&method, unlike(claims(PLAIN)));
    let ours = issued(&document, suite, &method, &signing);
    let ssi = Ssi::new(&document, &method, &mechanism_key(&signing), &ours);
    let theirs = ssi.issue(&[]);
    assert!(verify(&ours).is_ok(), "{ours}");
    assert!(verify(&theirs).is_ok(), "{theirs}");
    assert!(ssi.verify(&ours), "{ours}");
    assert!(ssi.verify(&theirs), "{theirs}");
    for text in [&ours, &theirs] {
        let changed = tampered(text);
        assert!(verify(&changed).is_err(), "{changed}");
        assert!(!ssi.verify(&changed), "{changed}");
    }
}

fn with_affinidi() {
    let signing = key(Algorithm::EdDsa);
    let method = did::key::verification_method(signing.public());
    let document = document(&method, claims(&[PLAIN, CONTROLS].concat()));
    let affinidi = Affinidi::new(&method, &signing, CryptoSuite::EddsaJcs2022);
    let ours = issued(&document, Cryptosuite::EddsaJcs2022, &method, &signing);
    let theirs = affinidi.issue(&document);
    for text in [&ours, &theirs] {
        assert!(verify(text).is_ok(), "{text}");
        assert!(affinidi.verify(text).is_ok(), "{text}");
        let changed = tampered(text);
        assert!(verify(&changed).is_err(), "{changed}");
        assert!(affinidi.verify(&changed).is_err(), "{changed}");
    }
}

/// Who issued, and who derived, makes no difference to either verifier.
fn with_bazaar(bazaar: &DigitalBazaar, mechanism: Mechanism) {
    let party = Party::new(mechanism);
    let document = document(&party.method, claims(&[PLAIN, CONTROLS].concat()));
    let suite = party.suite();
    let pointers: &[&str] = match mechanism.derives() {
        true => &["/issuer"],
        false => &[],
    };
    let ours = text(&party.issue(&document));
    let theirs = bazaar.issue(suite, &document, &party.key, pointers).once();
    let issued = [ours, theirs.expect("issued")];
    let shown = match mechanism.derives() {
        false => issued.to_vec(),
        true => issued
            .iter()
            .flat_map(|base| {
                let theirs = bazaar.derive(suite, base, &DERIVED).once();
                [
                    text(&party.derive(&object(base), &DERIVED)),
                    theirs.unwrap_or_else(|error| panic!("{error}: {base}")),
                ]
            })
            .collect(),
    };
    for text in &shown {
        assert!(verify(text).is_ok(), "{text}");
        let believed = bazaar.verify(suite, text).once();
        assert!(believed.is_ok(), "{believed:?}: {text}");
        let changed = tampered(text);
        assert!(verify(&changed).is_err(), "{changed}");
        assert!(bazaar.verify(suite, &changed).once().is_err(), "{changed}");
    }
}

/// The same with one claim more.
fn tampered(text: &str) -> String {
    let mut document: Value = serde_json::from_str(text).expect("JSON");
    document["credentialSubject"]["oneMore"] = json!("claim");
    document.to_string()
}

/// Claims of every kind that both JSON and statements can say.
fn claims(pieces: &[&'static str]) -> Map<String, Value> {
    let mut chance = Chance::of(pieces);
    let count = 1 + chance.below(12);
    (0..count)
        .map(|number| (format!("claim{number}"), chance.value(3)))
        .collect()
}

/// The same with a name of its own for each inner member.
///
/// Where inner nodes look alike, ssi now and then comes to other labels than Digital Bazaar's library
/// and we, which then both refuse what it issued.
fn unlike(claims: Map<String, Value>) -> Map<String, Value> {
    fn rename(value: Value, names: &mut u32) -> Value {
        let Value::Object(members) = value else {
            return value;
        };
        let members = members.into_iter().map(|(_, member)| {
            *names += 1;
            (format!("inner{names}"), rename(member, names))
        });
        Value::Object(members.collect())
    }
    let mut names = 0;
    let claims = claims.into_iter();
    claims
        .map(|(name, value)| (name, rename(value, &mut names)))
        .collect()
}

struct Chance {
    bytes: Vec<u8>,
    /// What texts are made of.
    pieces: Vec<&'static str>,
}

impl Chance {
    fn of(pieces: &[&'static str]) -> Self {
        Self {
            bytes: Vec::new(),
            pieces: pieces.to_vec(),
        }
    }

    fn below(&mut self, bound: u8) -> u8 {
        use rand_core::Rng as _;
        if self.bytes.is_empty() {
            self.bytes = vec![0; 256];
            rng().fill_bytes(&mut self.bytes);
        }
        self.bytes.pop().expect("a byte") % bound
    }

    fn value(&mut self, depth: u8) -> Value {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => json!(self.below(2) == 1),
            1 => json!(i64::from(self.below(255)) - 128),
            2 => json!(f64::from(self.below(255)) / 8.0 + 0.0625),
            3 | 4 => json!(self.text()),
            5 => {
                // Different ones: statements are a set.
                let count = 1 + self.below(4);
                (0..count)
                    .map(|number| json!(format!("{number} {}", self.text())))
                    .collect()
            }
            _ => {
                let count = 1 + self.below(4);
                let members: Map<String, Value> = (0..count)
                    .map(|number| (format!("inner{number}"), self.value(depth - 1)))
                    .collect();
                Value::Object(members)
            }
        }
    }

    fn text(&mut self) -> String {
        let count = self.below(6);
        let pieces = u8::try_from(self.pieces.len()).expect("a few");
        (0..count)
            .map(|_| {
                let which = self.below(pieces);
                self.pieces[usize::from(which)]
            })
            .collect()
    }
}

const PLAIN: &[&str] = &[
    "a", "Zoë", "\"", "\\", "\n", "日本", "😀", " ", "<b>", "é", "/",
];
const CONTROLS: &[&str] = &["\t", "\u{7f}", "\u{1}"];
/// What is shown of generated claims, of which there is at least one.
const DERIVED: [&str; 1] = ["/credentialSubject/claim0"];
const MANY: u32 = 200;
/// BBS costs a tenth of a second over there, each time.
const WITH_BAZAAR: [(Mechanism, u32); 5] = [
    (Mechanism::EddsaRdfc2022, MANY),
    (Mechanism::EddsaJcs2022, MANY),
    (Mechanism::EcdsaRdfc2019P256, MANY),
    (Mechanism::EcdsaSd2023, 50),
    (Mechanism::Bbs2023, 12),
];
