//! Where ssi and we agree on proofs that disclose a part, and where not.
//!
//! Base proofs of either are good for the other to derive from. Derived proofs are good to the other
//! with `ecdsa-sd-2023`. With `bbs-2023` they are not: ssi has its BBS from zkryptium 0.2.2, which is
//! that of draft-irtf-cfrg-bbs-signatures-05. The signatures of that draft are those of the later ones,
//! but its proofs hash what is shown after the points and not before them, and so come to another
//! challenge.
//!
//! Some derived proofs of ssi are refused by ssi too. It signs and verifies statements in the order of
//! their canonical lines, but derives in the order of their parts, which has nodes without a name
//! before those with one, and `claim1` before `claim10`.

use credential::mechanism::Mechanism;
use serde_json::{Map, Value, json};

use super::{Chance, DERIVED, MANY, PLAIN, claims, tampered, unlike};
use crate::data_integrity::{document, verify};
use crate::selective::{Party, object, text};
use crate::ssi::{Ssi, parse};

/// Compares on generated credentials, and shows a derived proof that ssi makes and refuses.
///
/// # Panics
/// When two disagree where they agreed, or agree where they did not: then ssi was mended.
pub fn agree() {
    for (mechanism, count, one_draft) in MECHANISMS {
        for _ in 0..count {
            compare(mechanism, unlike(claims(PLAIN)), one_draft, false);
            compare(mechanism, flat_claims(), one_draft, true);
        }
        let inner = json!({"inner": "a"});
        let claims = Map::from_iter([("claim0".to_owned(), inner)]);
        let (ssi, bases) = issued(&Party::new(mechanism), claims);
        for base in bases {
            let of_ssi = ssi.derive(&parse(&base), &DERIVED);
            assert!(!ssi.verify(&of_ssi), "{of_ssi}");
        }
        let derived = match one_draft {
            true => "derived proofs too, from flat claims",
            false => "its derived proofs are of another draft",
        };
        println!("{count} for {mechanism}: ssi agrees on base proofs, both ways; {derived}");
    }
}

/// Whoever issues; ssi derives where it can.
fn compare(mechanism: Mechanism, claims: Map<String, Value>, one_draft: bool, ssi_derives: bool) {
    let party = Party::new(mechanism);
    let (ssi, bases) = issued(&party, claims);
    for base in bases {
        let of_us = text(&party.derive(&object(&base), &DERIVED));
        judged(&ssi, &of_us, [true, one_draft]);
        if ssi_derives {
            let of_ssi = ssi.derive(&parse(&base), &DERIVED);
            judged(&ssi, &of_ssi, [one_draft, true]);
        }
    }
}

/// A base proof of ours and one of theirs.
fn issued(party: &Party, claims: Map<String, Value>) -> (Ssi, [String; 2]) {
    let document = document(&party.method, claims);
    let ours = text(&party.issue(&document));
    let ssi = Ssi::new(&document, &party.method, &party.key, &ours);
    let theirs = ssi.issue(&["/issuer"]);
    (ssi, [ours, theirs])
}

/// Whether we believe it and whether ssi does; with one claim more, nobody does.
fn judged(ssi: &Ssi, shown: &str, believed: [bool; 2]) {
    assert_eq!(
        [verify(shown).is_ok(), ssi.verify(shown)],
        believed,
        "{shown}"
    );
    let changed = tampered(shown);
    assert!(verify(&changed).is_err(), "{changed}");
    assert!(!ssi.verify(&changed), "{changed}");
}

/// Claims of which the lines and the parts are in one order.
fn flat_claims() -> Map<String, Value> {
    let mut chance = Chance::of(PLAIN);
    let count = 1 + chance.below(9);
    let claims = (0..count).map(|number| (format!("claim{number}"), chance.value(0)));
    claims.collect()
}

const MECHANISMS: [(Mechanism, u32, bool); 2] = [
    (Mechanism::EcdsaSd2023, MANY, true),
    (Mechanism::Bbs2023, 50, false),
];
