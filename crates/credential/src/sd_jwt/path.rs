use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names claims in a JSON document, as a Claims Path Pointer does (OpenID4VP 1.0, section 7).
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ClaimPath(Vec<PathStep>);

impl ClaimPath {
    /// A path of these steps.
    #[must_use]
    pub const fn new(steps: Vec<PathStep>) -> Self {
        Self(steps)
    }

    /// A path of object members, outermost first.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(PathStep::from).collect())
    }

    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Every place in these claims that this path names, without [`PathStep::Elements`].
    pub(super) fn places(&self, claims: &Map<String, Value>) -> Vec<Self> {
        let mut found = Vec::new();
        if let Some((PathStep::Claim(name), rest)) = self.0.split_first()
            && let Some(value) = claims.get(name)
        {
            collect(rest, value, &mut vec![name.as_str().into()], &mut found);
        }
        found
    }
}

impl fmt::Display for ClaimPath {
    /// Writes names with dots, as people do: `address.country`, `nationalities[0]`, `degrees[]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Claim(name) if position == 0 => f.write_str(name)?,
                PathStep::Claim(name) => write!(f, ".{name}")?,
                PathStep::Element(index) => write!(f, "[{index}]")?,
                PathStep::Elements => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

impl From<&str> for ClaimPath {
    /// The path of one top-level claim. A dot has no special meaning.
    fn from(name: &str) -> Self {
        Self::of([name])
    }
}

/// One step of a [`ClaimPath`]: a JSON string, a non-negative integer, or null.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum PathStep {
    /// The member of an object.
    Claim(String),
    /// The element of an array.
    Element(usize),
    /// Every element of an array (`null`).
    Elements,
}

impl From<&str> for PathStep {
    fn from(name: &str) -> Self {
        Self::Claim(name.to_owned())
    }
}

/// Whether one of the paths leads to, or through, the other.
pub(super) fn is_related(left: &ClaimPath, right: &ClaimPath) -> bool {
    left.0
        .iter()
        .zip(&right.0)
        .all(|(left, right)| left == right)
}

fn collect(
    steps: &[PathStep],
    value: &Value,
    walked: &mut Vec<PathStep>,
    found: &mut Vec<ClaimPath>,
) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(ClaimPath(walked.clone()));
        return;
    };
    let mut walk = |step: PathStep, value: &Value| {
        walked.push(step);
        collect(rest, value, walked, found);
        walked.pop();
    };
    match (step, value) {
        (PathStep::Claim(name), Value::Object(members)) => {
            if let Some(value) = members.get(name) {
                walk(step.clone(), value);
            }
        }
        (PathStep::Element(index), Value::Array(elements)) => {
            if let Some(value) = elements.get(*index) {
                walk(step.clone(), value);
            }
        }
        (PathStep::Elements, Value::Array(elements)) => {
            for (index, value) in elements.iter().enumerate() {
                walk(PathStep::Element(index), value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_and_writes_the_pointer_of_openid4vp() {
        let path: ClaimPath = serde_json::from_value(json!(["degrees", null, "type", 0])).unwrap();
        assert_eq!(
            path.steps(),
            [
                "degrees".into(),
                PathStep::Elements,
                "type".into(),
                PathStep::Element(0)
            ]
        );
        assert_eq!(
            serde_json::to_value(&path).unwrap(),
            json!(["degrees", null, "type", 0])
        );
        assert_eq!(path.to_string(), "degrees[].type[0]");
    }

    #[test]
    fn finds_only_the_places_that_exist() {
        let document = json!({"degrees": [{"type": "a"}, {}, {"type": "b"}]});
        let path: ClaimPath = serde_json::from_value(json!(["degrees", null, "type"])).unwrap();
        let places: Vec<String> = path
            .places(document.as_object().unwrap())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(places, ["degrees[0].type", "degrees[2].type"]);
    }
}
