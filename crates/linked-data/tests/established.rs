//! What a process makes known, in a process of its own.

use linked_data::{ContextError, Contexts};

#[test]
fn contexts_are_made_known_once_and_for_good() {
    let address = "https://example.org/context";
    assert!(!Contexts::established().is_known(address));
    let more = br#"{"@context": {"claim": "urn:a:claim"}}"#.as_slice();
    let bundled = "https://www.w3.org/ns/credentials/v2";
    let refused = Contexts::establish([(bundled, more)]);
    assert_eq!(refused, Err(ContextError::Malformed));
    assert!(!Contexts::established().is_known(address));

    Contexts::establish([(address, more)]).unwrap();
    assert!(Contexts::established().is_known(address));
    assert!(Contexts::established().is_known(bundled));
    assert!(!Contexts::bundled().is_known(address));
    let again = Contexts::establish([("https://example.org/other", more)]);
    assert_eq!(again, Err(ContextError::Established));
}
