//! How canonical N-Quads write characters (RDFC-1.0, appendix A): worked out by hand from the text,
//! since libraries disagree.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use linked_data::{Dataset, Hash, Quad, Term};

/// One of each kind: with an escape of its own, by its number, and as itself.
#[test]
fn every_kind_of_character_has_one_form() {
    let text = "\0\u{1}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{e}\u{1f} \"'\\~\u{7f}\u{80}\u{a0}\u{fffd}\
                \u{fffe}\u{ffff}\u{10000}\u{1fffe}";
    let by_hand = concat!(
        r#"<urn:s> <urn:p> "\u0000\u0001\u0007\b\t\n\u000B\f\r\u000E\u001F \"'\\~\u007F"#,
        "\u{80}\u{a0}\u{fffd}",
        r"\uFFFE\uFFFF",
        "\u{10000}\u{1fffe}\" .\n",
    );
    let hash = "f09bdba90faf5fedff8b1ff82a8447b663355a27355ea7d2ea1d78cb749bbe7a";
    assert_eq!(canonical(text), (by_hand.to_owned(), hash.to_owned()));
}

/// The smallest text on which libraries disagree: the canonical form of N-Quads before RDFC-1.0
/// left a tab as it is.
#[test]
fn a_tab_is_escaped() {
    let hash = "222abc5791ed42cf890ca2eefac1cfcd3748841444a60e80b2fd7b22ce4629df";
    let line = "<urn:s> <urn:p> \"a\\tb\" .\n".to_owned();
    assert_eq!(canonical("a\tb"), (line, hash.to_owned()));
    // The suite of RDFC-1.0 says the same.
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/rdf-canon/rdfc10/test060-rdfc10.nq"
    );
    let published = std::fs::read_to_string(path).unwrap();
    let echar = r#"<urn:ex:s:001> <urn:ex:008:echar> "\t\b\n\r\f\"'\\" ."#;
    assert!(published.lines().any(|line| line == echar));
    let ours = canonical("\t\u{8}\n\r\u{c}\"'\\").0;
    assert_eq!(ours.split(' ').nth(2), echar.split(' ').nth(2));
}

fn canonical(text: &str) -> (String, String) {
    let (Term::Text(predicate), subject) = (Term::iri("urn:p"), Term::iri("urn:s")) else {
        unreachable!("an IRI is text")
    };
    let quad = Quad {
        subject,
        predicate,
        object: Term::literal(text, None),
        graph: None,
    };
    let canonical = Dataset::new(vec![quad]).canonicalize(Hash::Sha256).unwrap();
    assert_eq!(canonical.lines.len(), 1);
    let digest = Hash::Sha256.digest(&canonical.lines[0]);
    let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    (canonical.text(), hex)
}
