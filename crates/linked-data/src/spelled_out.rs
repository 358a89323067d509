//! Contexts that are spelled out in a document.
//!
//! A proof over statements does not cover names: who changes a name in such a context and in the
//! document together leaves every statement as it was. So these contexts may define plain terms and
//! nothing else, each called as its IRI ends, unless a known context calls that IRI otherwise. Then
//! another name is another IRI, and another statement.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::context::ActiveContext;
use crate::error::ContextError;
use crate::names::compact;

/// The IRIs that known contexts do not call as they end.
#[derive(Default)]
pub(crate) struct Renamed(HashSet<String>);

impl Renamed {
    /// Takes in a known context; the active one is what comes of it.
    pub(crate) fn collect(&mut self, context: &Value, active: &ActiveContext) {
        match context {
            Value::Array(all) => all.iter().for_each(|one| self.collect(one, active)),
            Value::Object(terms) => terms
                .iter()
                .filter(|(term, _)| !term.starts_with('@'))
                .for_each(|(term, definition)| self.term(term, definition, active)),
            _ => {}
        }
    }

    fn term(&mut self, term: &str, definition: &Value, active: &ActiveContext) {
        let iri = match definition {
            Value::Object(members) => {
                if let Some(scoped) = members.get("@context") {
                    self.collect(scoped, active);
                }
                members.get("@id").or_else(|| members.get("@reverse"))
            }
            iri => Some(iri),
        };
        let Some(iri) = iri.and_then(Value::as_str) else {
            return;
        };
        let iri = match (compact(iri, active), &active.vocabulary) {
            (Some(iri), _) => iri,
            (None, Some(vocabulary)) if !iri.contains(':') => format!("{vocabulary}{iri}"),
            (None, _) => iri.to_owned(),
        };
        if last_name(&iri) != Some(term) {
            self.0.insert(iri);
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
        iri.is_some_and(|iri| last_name(iri) == Some(name) && !self.0.contains(iri))
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

/// The name that an IRI ends with. The schemes are those that no context has for a prefix, so that an
/// IRI is what it looks like.
fn last_name(iri: &str) -> Option<&str> {
    let rest = SCHEMES.iter().find_map(|scheme| iri.strip_prefix(scheme))?;
    let (_, name) = rest.rsplit_once(['#', '/', ':'])?;
    Some(name)
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
    fn iris_end_with_names() {
        for (iri, name) in [
            ("https://example.org/#A", Some("A")),
            ("http://schema.org/name", Some("name")),
            ("urn:example:A", Some("A")),
            ("http://schema.org/", Some("")),
            ("urn:A", None),
            ("https://example.org", None),
            ("schema:name", None),
            ("A", None),
        ] {
            assert_eq!(last_name(iri), name, "{iri}");
        }
    }
}
