//! Contexts that are spelled out in a document.
//!
//! A proof over statements does not cover names: who changes a name in such a context and in the
//! document together leaves every statement as it was. So these contexts may define plain terms and
//! nothing else, each called as its IRI ends, in namespaces that no known context names anything of.
//! Then another name is another IRI, and another statement.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::error::ContextError;

/// The namespaces that known contexts name things of.
#[derive(Default)]
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    pub(crate) fn by<'a>(contexts: impl Iterator<Item = &'a Value>) -> Self {
        let mut taken = Self::default();
        contexts.for_each(|context| taken.collect(context));
        taken
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.collect(one)),
            // Whatever is found by a vocabulary is called as its IRI ends.
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| *name != "@vocab")
                .for_each(|(_, value)| self.collect(value)),
            Value::String(iri) => {
                self.0.extend(split(iri).map(|(space, _)| space.to_owned()));
            }
            _ => {}
        }
    }

    /// Whether the context names things of its own, and does nothing else.
    ///
    /// # Errors
    /// [`ContextError::Inline`] if it does.
    pub(crate) fn permit(&self, context: &Map<String, Value>) -> Result<(), ContextError> {
        let permitted = context.iter().all(|(name, value)| match name.as_str() {
            "@protected" | "@version" => true,
            "id" | "type" if is_alias(name, value) => true,
            name => self.is_own(name, value),
        });
        permitted.then_some(()).ok_or(ContextError::Inline)
    }

    fn is_own(&self, name: &str, definition: &Value) -> bool {
        let iri = match definition {
            Value::String(iri) => Some(iri),
            Value::Object(members) if !members.iter().all(|member| self.is_plain(member)) => None,
            Value::Object(members) => match members.get("@id") {
                Some(Value::String(iri)) => Some(iri),
                _ => None,
            },
            _ => None,
        };
        iri.and_then(|iri| split(iri))
            .is_some_and(|(space, end)| end == name && !self.0.contains(space))
    }

    fn is_plain(&self, (name, value): (&String, &Value)) -> bool {
        match (name.as_str(), value) {
            ("@container" | "@id" | "@protected" | "@type", _) => true,
            ("@context", Value::Object(scoped)) => self.permit(scoped).is_ok(),
            _ => false,
        }
    }
}

fn is_alias(name: &str, value: &Value) -> bool {
    value
        .as_str()
        .and_then(|keyword| keyword.strip_prefix('@'))
        .is_some_and(|keyword| keyword == name)
}

/// An IRI's namespace and the name in it. The schemes are those that no context has for a prefix,
/// so that an IRI is what it looks like.
fn split(iri: &str) -> Option<(&str, &str)> {
    let rest = SCHEMES.iter().find_map(|scheme| iri.strip_prefix(scheme))?;
    let end = rest.rfind(['#', '/', ':'])? + 1;
    let (space, name) = iri.split_at(iri.len() - rest.len() + end);
    Some((space, name))
}

const SCHEMES: [&str; 3] = ["http://", "https://", "urn:"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundled::BUNDLED;

    /// A term of that name could be a prefix, and IRIs of that scheme another thing.
    #[test]
    fn no_bundled_context_has_a_prefix_that_looks_like_a_scheme() {
        for (address, text) in BUNDLED {
            for scheme in ["\"http\"", "\"https\"", "\"urn\""] {
                assert!(!text.contains(scheme), "{address} has a term {scheme}");
            }
        }
    }

    #[test]
    fn iris_are_split_where_their_names_begin() {
        for (iri, parts) in [
            (
                "https://example.org/#A",
                Some(("https://example.org/#", "A")),
            ),
            (
                "http://schema.org/name",
                Some(("http://schema.org/", "name")),
            ),
            ("urn:example:A", Some(("urn:example:", "A"))),
            ("urn:A", None),
            ("https://example.org", None),
            ("schema:name", None),
            ("A", None),
        ] {
            assert_eq!(split(iri), parts, "{iri}");
        }
    }
}
