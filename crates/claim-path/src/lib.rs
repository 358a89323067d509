//! Claims path pointers (OpenID4VP 1.0, section 7): which claims of a credential somebody means.
//!
//! Knows nothing of formats, proofs or queries: a pointer leads through JSON. What a verifier asks
//! for, what a holder selects, and what an issuer makes disclosable are said in the same words.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A claims path pointer (OpenID4VP 1.0, section 7): never empty.
///
/// A pointer without [`Component::Every`] names one place, and is called concrete. One that comes
/// as JSON has at most 16 components, none of them empty or longer than 256 bytes.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "Vec<Value>", into = "Vec<Value>")]
pub struct ClaimPath(Vec<Component>);

/// One step of a [`ClaimPath`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Component {
    /// All elements of an array (`null`).
    Every,
    /// The element of an array at an index.
    Index(usize),
    /// The member of an object with a name.
    Key(String),
}

/// Why an array is not a claims path pointer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PathError {
    /// A component is neither a name, `null` nor a non-negative integer.
    #[error("a path component is neither a name, null nor a non-negative integer")]
    Component,
    /// The pointer has no component.
    #[error("the path is empty")]
    Empty,
    /// The pointer has too many components, or one that is too long.
    #[error("the path is too long")]
    TooLong,
}

/// How an index is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// Everything is there: an index is the place that it says.
    Whole,
    /// Elements that were not disclosed are gone (RFC 9901, section 7.1, step 3), so that the
    /// element asked for has moved to the front, or stayed: an index is any place up to itself,
    /// and what stands there by chance does not abort processing.
    Disclosed,
}

impl ClaimPath {
    /// Makes a pointer of its components.
    ///
    /// # Errors
    /// [`PathError::Empty`] when there is none.
    pub fn new(components: Vec<Component>) -> Result<Self, PathError> {
        if components.is_empty() {
            return Err(PathError::Empty);
        }
        Ok(Self(components))
    }

    /// Makes the pointer of a member inside members, outermost first.
    #[must_use]
    pub fn of<'a>(outermost: &'a str, inner: impl IntoIterator<Item = &'a str>) -> Self {
        let names = std::iter::once(outermost).chain(inner);
        Self(names.map(Component::from).collect())
    }

    /// Returns the components, at least one.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.0
    }

    /// Lists the concrete places that the pointer selects in a credential (section 7.1.1); the
    /// empty list when processing would abort with an error.
    #[must_use]
    pub fn locate(&self, credential: &Value) -> Vec<ClaimPath> {
        self.select(credential, Reading::Whole)
            .into_iter()
            .map(|(place, _)| place)
            .collect()
    }

    /// As [`Self::locate`], for a credential whose members are at hand.
    #[must_use]
    pub fn locate_in(&self, members: &Map<String, Value>) -> Vec<ClaimPath> {
        let Some((Component::Key(name), rest)) = self.0.split_first() else {
            return Vec::new();
        };
        let first = members
            .get(name)
            .map(|element| (vec![name.as_str().into()], element));
        walk(first.into_iter().collect(), rest, Reading::Whole)
            .into_iter()
            .map(|(place, _)| place)
            .collect()
    }

    /// Returns the element at a concrete place.
    #[must_use]
    pub fn get<'a>(&self, credential: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(credential, |element, component| match component {
                Component::Every => None,
                Component::Index(index) => element.as_array()?.get(*index),
                Component::Key(name) => element.as_object()?.get(name),
            })
    }

    /// Says whether whoever asks for this pointer expects what stands at a concrete place: the
    /// place itself, something beneath it, or something on the way to it.
    #[must_use]
    pub fn covers(&self, place: &ClaimPath) -> bool {
        self.0
            .iter()
            .zip(&place.0)
            .all(|(asked, there)| match (asked, there) {
                (Component::Every, Component::Index(_)) => true,
                (Component::Index(asked), Component::Index(there)) => there <= asked,
                (Component::Key(asked), Component::Key(there)) => asked == there,
                _ => false,
            })
    }

    /// Says whether one of two concrete places leads to, or through, the other.
    #[must_use]
    pub fn is_related(&self, other: &ClaimPath) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own == other)
    }

    /// Processes the pointer (section 7.1.1): the concrete places with what stands there.
    #[must_use]
    pub fn select<'a>(
        &self,
        credential: &'a Value,
        reading: Reading,
    ) -> Vec<(ClaimPath, &'a Value)> {
        walk(vec![(Vec::new(), credential)], &self.0, reading)
    }
}

/// Follows the components from every element that is selected so far.
fn walk<'a>(
    mut selected: Vec<(Vec<Component>, &'a Value)>,
    components: &[Component],
    reading: Reading,
) -> Vec<(ClaimPath, &'a Value)> {
    for component in components {
        let mut next = Vec::new();
        for (place, element) in selected {
            let found = match (step(component, element, reading), reading) {
                (Some(found), _) => found,
                (None, Reading::Disclosed) => continue,
                (None, Reading::Whole) => return Vec::new(),
            };
            next.extend(found.into_iter().map(|(component, element)| {
                let mut place: Vec<Component> = place.clone();
                place.push(component);
                (place, element)
            }));
        }
        selected = next;
    }
    selected
        .into_iter()
        .map(|(place, element)| (ClaimPath(place), element))
        .collect()
}

/// One step from one element; `None` aborts processing because the element is of the wrong kind.
fn step<'a>(
    component: &Component,
    element: &'a Value,
    reading: Reading,
) -> Option<Vec<(Component, &'a Value)>> {
    let numbered = |elements: &'a [Value]| {
        elements
            .iter()
            .enumerate()
            .map(|(index, element)| (Component::Index(index), element))
            .collect()
    };
    Some(match (component, element) {
        (Component::Every, Value::Array(elements)) => numbered(elements),
        (Component::Index(index), Value::Array(elements)) => match reading {
            Reading::Disclosed => {
                let last = elements.len().min(index.saturating_add(1));
                numbered(elements.get(..last).unwrap_or_default())
            }
            Reading::Whole => elements
                .get(*index)
                .map(|element| (component.clone(), element))
                .into_iter()
                .collect(),
        },
        (Component::Key(name), Value::Object(members)) => members
            .get(name)
            .map(|element| (component.clone(), element))
            .into_iter()
            .collect(),
        _ => return None,
    })
}

impl TryFrom<Vec<Value>> for ClaimPath {
    type Error = PathError;

    fn try_from(wire: Vec<Value>) -> Result<Self, PathError> {
        let components = wire.into_iter().map(|component| match component {
            Value::Null => Ok(Component::Every),
            Value::Number(index) => index
                .as_u64()
                .and_then(|index| usize::try_from(index).ok())
                .map(Component::Index)
                .ok_or(PathError::Component),
            Value::String(name) => Ok(Component::Key(name)),
            Value::Array(_) | Value::Bool(_) | Value::Object(_) => Err(PathError::Component),
        });
        let components = components.collect::<Result<Vec<_>, _>>()?;
        if components.len() > MAX_COMPONENTS {
            return Err(PathError::TooLong);
        }
        for component in &components {
            match component {
                Component::Key(name) if name.is_empty() => return Err(PathError::Component),
                Component::Key(name) if name.len() > MAX_NAME => return Err(PathError::TooLong),
                Component::Every | Component::Index(_) | Component::Key(_) => {}
            }
        }
        Self::new(components)
    }
}

impl From<&str> for ClaimPath {
    /// The pointer of one top-level claim. A dot has no special meaning.
    fn from(name: &str) -> Self {
        Self(vec![name.into()])
    }
}

impl From<&str> for Component {
    fn from(name: &str) -> Self {
        Self::Key(name.to_owned())
    }
}

impl From<ClaimPath> for Vec<Value> {
    fn from(path: ClaimPath) -> Self {
        path.0
            .into_iter()
            .map(|component| match component {
                Component::Every => Value::Null,
                Component::Index(index) => Value::from(index),
                Component::Key(name) => Value::String(name),
            })
            .collect()
    }
}

impl fmt::Display for ClaimPath {
    /// Writes the pointer for people: `address.locality`, `degrees[*].type`, `nationalities[1]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, component) in self.0.iter().enumerate() {
            match component {
                Component::Every => f.write_str("[*]")?,
                Component::Index(index) => write!(f, "[{index}]")?,
                Component::Key(name) if position == 0 => f.write_str(name)?,
                Component::Key(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

const MAX_COMPONENTS: usize = 16;
const MAX_NAME: usize = 256;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(value: Value) -> ClaimPath {
        serde_json::from_value(value).unwrap()
    }

    fn arthur() -> Value {
        json!({
            "name": "Arthur Dent",
            "address": {
                "street_address": "42 Market Street",
                "locality": "Milliways",
                "postal_code": "12345"
            },
            "degrees": [
                { "type": "Bachelor of Science", "university": "University of Betelgeuse" },
                { "type": "Master of Science", "university": "University of Betelgeuse" }
            ],
            "nationalities": ["British", "Betelgeusian"]
        })
    }

    fn texts(asked: Value) -> Vec<String> {
        let arthur = arthur();
        path(asked.clone())
            .select(&arthur, Reading::Whole)
            .into_iter()
            .map(|(place, element)| {
                let members = arthur.as_object().unwrap();
                assert!(path(asked.clone()).locate_in(members).contains(&place));
                assert_eq!(place.get(&arthur), Some(element));
                element
                    .as_str()
                    .map_or_else(|| "object".into(), str::to_owned)
            })
            .collect()
    }

    /// The examples of section 7.3.
    #[test]
    fn selects_as_in_the_specification() {
        assert_eq!(texts(json!(["name"])), ["Arthur Dent"]);
        assert_eq!(texts(json!(["address"])), ["object"]);
        assert_eq!(
            texts(json!(["address", "street_address"])),
            ["42 Market Street"]
        );
        assert_eq!(
            texts(json!(["degrees", null, "type"])),
            ["Bachelor of Science", "Master of Science"]
        );
        assert_eq!(texts(json!(["nationalities", 1])), ["Betelgeusian"]);
    }

    #[test]
    fn selects_nothing_when_processing_aborts() {
        for asked in [
            json!(["name", "given"]),
            json!(["name", null]),
            json!(["name", 0]),
            json!(["address", null]),
            json!(["address", 0]),
            json!(["degrees", "type"]),
            json!(["degrees", null, "type", "x"]),
            json!(["nationalities", 2]),
            json!(["absent"]),
        ] {
            assert!(path(asked.clone()).locate(&arthur()).is_empty(), "{asked}");
            let members = arthur().as_object().unwrap().clone();
            assert!(
                path(asked.clone()).locate_in(&members).is_empty(),
                "{asked}"
            );
        }
    }

    #[test]
    fn drops_elements_without_the_key_but_keeps_the_others() {
        let credential = json!({ "list": [{ "a": 1 }, { "b": 2 }] });
        let found = path(json!(["list", null, "a"])).locate(&credential);
        assert_eq!(found, [path(json!(["list", 0, "a"]))]);
    }

    #[test]
    fn reads_an_index_as_any_earlier_place_once_elements_may_be_gone() {
        let presented = json!({ "nationalities": ["Betelgeusian"] });
        let asked = path(json!(["nationalities", 1]));
        assert!(asked.select(&presented, Reading::Whole).is_empty());
        let found = asked.select(&presented, Reading::Disclosed);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn refuses_what_is_not_a_pointer() {
        for wire in [
            json!([]),
            json!([-1]),
            json!([1.5]),
            json!([true]),
            json!([{}]),
            json!([["a"]]),
            json!([""]),
            json!(["x".repeat(257)]),
            json!(vec!["x"; 17]),
        ] {
            assert!(
                serde_json::from_value::<ClaimPath>(wire.clone()).is_err(),
                "{wire}"
            );
        }
    }

    #[test]
    fn writes_pointers_for_people() {
        assert_eq!(path(json!(["a", null, "b", 2])).to_string(), "a[*].b[2]");
    }
}
