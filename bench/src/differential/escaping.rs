//! Where ssi and RDFC-1.0 disagree: in how canonical N-Quads write some characters.

use std::collections::BTreeSet;

use credential::data_integrity::Cryptosuite;
use keys::Algorithm;
use serde_json::{Map, json};

use crate::data_integrity::{document, issued, mechanism_key, verify};
use crate::fixture::key;
use crate::ssi::Ssi;

/// Shows that ssi refuses our credentials for these characters in a claim, and for no other one.
///
/// RDFC-1.0 (appendix A) has a tab as `\t`, and characters that XML 1.1 does not allow, with those
/// that control a terminal, as `\uXXXX`. ssi writes them as they are, as the form before RDFC-1.0 did:
/// it fails `test060` of the RDFC-1.0 suite. crates/linked-data has the bytes worked out by hand.
///
/// # Panics
/// When it is another set: then ssi was mended, or one of us is wrong.
pub fn agree() {
    let tried = ('\0'..='\u{9f}')
        .chain([
            '\u{a0}', '\u{2028}', '\u{d7ff}', '\u{e000}', '\u{feff}', '\u{fffd}',
        ])
        .chain([
            '\u{fffe}',
            '\u{ffff}',
            '\u{10000}',
            '\u{1fffe}',
            '\u{10ffff}',
        ]);
    let refused: BTreeSet<char> = tried.filter(|one| !is_common(*one)).collect();
    let expected: BTreeSet<char> = ('\0'..='\u{1f}')
        .filter(|one| !"\n\r".contains(*one))
        .chain(['\u{7f}', '\u{fffe}', '\u{ffff}'])
        .collect();
    assert_eq!(refused, expected);
    println!(
        "ssi escapes {} characters otherwise than RDFC-1.0, and no other",
        refused.len()
    );
}

/// Whether each believes what the other issues with this character in a claim.
fn is_common(one: char) -> bool {
    let signing = key(Algorithm::EdDsa);
    let method = did::key::verification_method(signing.public());
    let claims = Map::from_iter([("claim".to_owned(), json!(format!("a{one}b")))]);
    let document = document(&method, claims);
    let ours = issued(&document, Cryptosuite::EddsaRdfc2022, &method, &signing);
    verify(&ours).expect("our own");
    let ssi = Ssi::new(&document, &method, &mechanism_key(&signing), &ours);
    let believed = ssi.verify(&ours);
    assert_eq!(
        verify(&ssi.issue(&[])).is_ok(),
        believed,
        "{:x}",
        u32::from(one)
    );
    believed
}
