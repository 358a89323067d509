//! What a name in a document stands for (JSON-LD 1.1 API, section 5.2).

use serde_json::{Map, Value};

use crate::context::{ActiveContext, Iri, Keyword};
use crate::error::ExpansionError;
use crate::iri::{is_absolute, is_writable};

/// A term of the vocabulary: the value of `@type`, or one that is coerced to `@vocab`.
pub(crate) fn word(name: &str, active: &ActiveContext) -> Result<Iri, ExpansionError> {
    if let Some(definition) = active.terms.get(name) {
        return definition
            .iri()
            .cloned()
            .ok_or(ExpansionError::RelativeType);
    }
    undefined(name, active).map_err(|error| match error {
        ExpansionError::UndefinedTerm => ExpansionError::RelativeType,
        error => error,
    })
}

/// A name without a definition: a compact IRI, an IRI, or a word of the default vocabulary.
pub(crate) fn undefined(name: &str, active: &ActiveContext) -> Result<Iri, ExpansionError> {
    if name.starts_with('@') || name.starts_with("_:") {
        return Err(ExpansionError::UndefinedTerm);
    }
    if name.contains(':') {
        let (iri, is_compact) = match compact(name, active) {
            Some(iri) => (iri, true),
            None => (name.to_owned(), false),
        };
        if !is_absolute(&iri) {
            return Err(ExpansionError::UndefinedTerm);
        }
        // One thing, one name: else whoever renames a claim hides it from those who read names.
        let named = active
            .terms
            .values()
            .filter_map(|definition| definition.iri())
            .any(|known| known.as_str() == iri);
        let in_vocabulary = active
            .vocabulary
            .as_deref()
            .and_then(|vocabulary| iri.strip_prefix(vocabulary))
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(':'));
        let has_prefix = !is_compact
            && active.terms.values().any(|definition| {
                definition.prefix
                    && definition
                        .iri()
                        .is_some_and(|base| iri.starts_with(base.as_str()))
            });
        return if named || in_vocabulary || has_prefix {
            Err(ExpansionError::Alias)
        } else {
            Ok(Iri::new(&iri))
        };
    }
    match &active.vocabulary {
        Some(vocabulary) if !name.is_empty() && is_writable(name) => {
            Ok(Iri::new(&format!("{vocabulary}{name}")))
        }
        _ => Err(ExpansionError::UndefinedTerm),
    }
}

/// Expands a compact IRI, if its prefix is one.
pub(crate) fn compact(text: &str, active: &ActiveContext) -> Option<String> {
    let (prefix, rest) = text.split_once(':')?;
    let definition = active.terms.get(prefix).filter(|known| known.prefix)?;
    if rest.starts_with("//") {
        return None;
    }
    Some(format!("{}{rest}", definition.iri()?.as_str()))
}

/// The members that mean a keyword.
pub(crate) fn members<'a>(
    object: &'a Map<String, Value>,
    active: &'a ActiveContext,
    wanted: Keyword,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    active
        .aliases(wanted)
        .chain([wanted.name()])
        .filter_map(|name| object.get_key_value(name))
}

/// One value, or the elements of an array.
pub(crate) fn several(value: &Value) -> &[Value] {
    match value {
        Value::Array(several) => several,
        one => std::slice::from_ref(one),
    }
}
