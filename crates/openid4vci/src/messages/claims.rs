//! Claims description objects (OpenID4VCI 1.0, appendix B) and claims path pointers (appendix C).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// How one claim is shown to the Holder (appendix B.2).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClaimDescription {
    /// The claims path pointer.
    pub path: Vec<PathSegment>,
    /// Whether the Issuer always includes the claim.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    /// Names, one for each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Vec<ClaimDisplay>>,
}

/// The name of a claim in one language.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClaimDisplay {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language tag (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// One component of a claims path pointer.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum PathSegment {
    /// `null`: all elements of an array.
    All,
    /// One element of an array.
    Index(u64),
    /// A member of an object.
    Name(String),
}

/// Whether the descriptions neither repeat nor contradict one another (appendix B.3).
///
/// A set that contradicts itself must not be processed: it would let an Issuer show one name for
/// a claim to the Holder and another to whoever looks at a different place of the list.
pub fn consistent(claims: &[ClaimDescription]) -> bool {
    let mut paths = BTreeSet::new();
    let mut kinds = BTreeMap::new();
    for claim in claims {
        if claim.path.is_empty() || !paths.insert(claim.path.as_slice()) {
            return false;
        }
        for (depth, segment) in claim.path.iter().enumerate() {
            let (parent, _) = claim.path.split_at(depth);
            let kind = std::mem::discriminant(segment);
            if *kinds.entry(parent).or_insert(kind) != kind {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(paths: serde_json::Value) -> bool {
        let paths: Vec<Vec<PathSegment>> = serde_json::from_value(paths).unwrap();
        let claims: Vec<_> = paths
            .into_iter()
            .map(|path| ClaimDescription {
                path,
                mandatory: false,
                display: None,
            })
            .collect();
        consistent(&claims)
    }

    #[test]
    fn a_parent_and_its_children_are_consistent() {
        assert!(described(serde_json::json!([
            ["a"],
            ["a", "b"],
            ["c", null],
            ["c", null, "d"]
        ])));
    }

    #[test]
    fn repeated_and_contradictory_descriptions_are_not() {
        assert!(!described(serde_json::json!([["a"], ["a"]])));
        assert!(!described(serde_json::json!([["a", null], ["a", 1]])));
        assert!(!described(serde_json::json!([["a", "b"], ["a", 0]])));
        assert!(!described(serde_json::json!([["a", "b"], ["a", null]])));
        assert!(!described(serde_json::json!([[]])));
    }
}
