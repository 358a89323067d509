//! Context processing (JSON-LD 1.1 API, sections 4.1 and 4.2), for what credentials use.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::context::{
    ActiveContext, Coercion, Container, Definition, Direction, Iri, Keyword, Meaning, language_tag,
};
use crate::error::ContextError;
use crate::iri::{is_absolute, is_keyword_like, is_writable};

/// Puts the definitions of one context object into an active context.
///
/// `overrides` lets the context of a property define protected terms anew.
pub(crate) fn define(
    active: &mut ActiveContext,
    local: &Map<String, Value>,
    overrides: bool,
) -> Result<(), ContextError> {
    let mut protects = false;
    for (name, value) in local.iter().filter(|(name, _)| name.starts_with('@')) {
        match (name.as_str(), value) {
            ("@version", Value::Number(version)) if version.as_f64() == Some(1.1) => {}
            ("@protected", Value::Bool(all)) => protects = *all,
            ("@vocab", Value::Null) => active.vocabulary = None,
            ("@vocab", Value::String(iri)) if is_absolute(iri) && !iri.starts_with("_:") => {
                active.vocabulary = Some(iri.as_str().into());
            }
            ("@language", Value::Null) => active.language = None,
            ("@language", Value::String(tag)) => active.language = Some(language(tag)?),
            ("@direction", Value::Null) => active.direction = None,
            ("@direction", Value::String(direction)) => {
                active.direction = Some(self::direction(direction)?);
            }
            ("@base" | "@import" | "@propagate" | "@type", _) => {
                return Err(ContextError::Unsupported);
            }
            _ => return Err(ContextError::Malformed),
        }
    }
    let mut terms = Terms {
        active,
        local,
        states: HashMap::new(),
        protects,
        overrides,
    };
    for name in local.keys().filter(|name| !name.starts_with('@')) {
        terms.define(name, 0)?;
    }
    Ok(())
}

/// The terms of one context object.
struct Terms<'a> {
    active: &'a mut ActiveContext,
    local: &'a Map<String, Value>,
    /// `false` while a term is being defined, `true` afterwards.
    states: HashMap<&'a str, bool>,
    protects: bool,
    overrides: bool,
}

impl<'a> Terms<'a> {
    /// Create Term Definition (section 4.2).
    fn define(&mut self, term: &'a str, depth: usize) -> Result<(), ContextError> {
        match self.states.get(term) {
            Some(true) => return Ok(()),
            Some(false) => return Err(ContextError::Cycle),
            None if depth > DEEPEST => return Err(ContextError::Cycle),
            None => self.states.insert(term, false),
        };
        if term.is_empty() || is_keyword_like(term) {
            return Err(ContextError::Malformed);
        }
        let definition = match self.local.get(term) {
            Some(Value::Null) => self.null(),
            Some(Value::String(id)) => self.definition(term, Some(id), None, depth)?,
            Some(Value::Object(members)) => match members.get("@id") {
                Some(Value::Null) => self.null(),
                Some(Value::String(id)) => self.definition(term, Some(id), Some(members), depth)?,
                None => self.definition(term, None, Some(members), depth)?,
                Some(_) => return Err(ContextError::Malformed),
            },
            _ => return Err(ContextError::Malformed),
        };
        self.insert(term, definition)?;
        self.states.insert(term, true);
        Ok(())
    }

    /// Protected terms stay what they are.
    fn insert(&mut self, term: &str, definition: Definition) -> Result<(), ContextError> {
        if let Some(earlier) = self.active.terms.get(term)
            && earlier.protected
            && !self.overrides
        {
            return match earlier.says_what(&definition) {
                true => Ok(()),
                false => Err(ContextError::Protected),
            };
        }
        self.active.insert(term, definition);
        Ok(())
    }

    fn null(&self) -> Definition {
        Definition {
            protected: self.protects,
            ..Definition::plain(Meaning::Nothing)
        }
    }

    fn definition(
        &mut self,
        term: &'a str,
        id: Option<&'a str>,
        members: Option<&'a Map<String, Value>>,
        depth: usize,
    ) -> Result<Definition, ContextError> {
        let meaning = match id {
            Some(id) if id != term => self.named(term, id, depth)?,
            _ => self.own_meaning(term, depth)?,
        };
        let ends_as_prefix = matches!(&meaning, Meaning::Iri(iri)
            if iri.as_str().ends_with([':', '/', '?', '#', '[', ']', '@']));
        let compact = term.contains([':', '/']);
        let mut definition = Definition {
            prefix: !compact && members.is_none() && ends_as_prefix,
            protected: self.protects,
            ..Definition::plain(meaning)
        };
        for (name, value) in members.into_iter().flatten() {
            self.member(&mut definition, name, value, compact, depth)?;
        }
        Ok(definition)
    }

    /// The meaning of a term that says its `@id`.
    fn named(&mut self, term: &str, id: &'a str, depth: usize) -> Result<Meaning, ContextError> {
        let meaning = self.expand(id, depth)?;
        if term.contains([':', '/']) {
            // A name that reads as an IRI means that IRI and no other.
            let reads_as = match term.split_once(':') {
                Some((prefix, rest)) => match self.active.terms.get(prefix) {
                    Some(definition) => definition
                        .iri()
                        .map(|iri| format!("{}{rest}", iri.as_str())),
                    None => Some(term.to_owned()),
                },
                None => None,
            };
            let Meaning::Iri(iri) = &meaning else {
                return Err(ContextError::Malformed);
            };
            if reads_as.as_deref() != Some(iri.as_str()) {
                return Err(ContextError::Malformed);
            }
        }
        match meaning {
            Meaning::Keyword(Keyword::Context) => Err(ContextError::Malformed),
            meaning => Ok(meaning),
        }
    }

    /// The meaning of a term without `@id`: a compact IRI, an IRI, or a word of the vocabulary.
    fn own_meaning(&mut self, term: &'a str, depth: usize) -> Result<Meaning, ContextError> {
        if let Some((prefix, rest)) = term.split_once(':') {
            if prefix.is_empty() {
                return Err(ContextError::Malformed);
            }
            self.define_first(prefix, depth)?;
            return match self.active.terms.get(prefix) {
                Some(definition) => {
                    let base = definition.iri().ok_or(ContextError::Malformed)?;
                    iri(&format!("{}{rest}", base.as_str()))
                }
                None => iri(term),
            };
        }
        match &self.active.vocabulary {
            Some(vocabulary) if !term.contains('/') => iri(&format!("{vocabulary}{term}")),
            _ => Err(ContextError::Malformed),
        }
    }

    fn member(
        &mut self,
        definition: &mut Definition,
        name: &str,
        value: &'a Value,
        compact: bool,
        depth: usize,
    ) -> Result<(), ContextError> {
        match (name, value) {
            ("@id", _) => {}
            ("@protected", Value::Bool(protected)) => definition.protected = *protected,
            ("@type", Value::String(text)) => {
                definition.coercion = match text.as_str() {
                    "@id" => Coercion::Id,
                    "@json" => Coercion::Json,
                    "@none" => Coercion::None,
                    "@vocab" => Coercion::Vocab,
                    _ => match self.expand(text, depth)? {
                        Meaning::Iri(iri) => Coercion::Datatype(iri.as_str().into()),
                        _ => return Err(ContextError::Malformed),
                    },
                };
            }
            ("@container", value) => definition.container = container(value)?,
            ("@language", Value::Null) => definition.language = Some(None),
            ("@language", Value::String(tag)) => definition.language = Some(Some(language(tag)?)),
            ("@direction", Value::Null) => definition.direction = Some(None),
            ("@direction", Value::String(text)) => {
                definition.direction = Some(Some(direction(text)?));
            }
            ("@prefix", Value::Bool(prefix)) if !compact => definition.prefix = *prefix,
            ("@context", Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
                definition.scoped = Some(value.clone());
            }
            ("@reverse" | "@index" | "@nest", _) => definition.meaning = Meaning::Unsupported,
            _ => return Err(ContextError::Malformed),
        }
        Ok(())
    }

    /// IRI Expansion (section 5.2) of what a definition refers to.
    fn expand(&mut self, text: &'a str, depth: usize) -> Result<Meaning, ContextError> {
        if let Some(keyword) = Keyword::parse(text) {
            return Ok(Meaning::Keyword(keyword));
        }
        if is_keyword_like(text) || text.starts_with("_:") {
            return Err(ContextError::Malformed);
        }
        self.define_first(text, depth)?;
        if let Some(definition) = self.active.terms.get(text) {
            return match &definition.meaning {
                Meaning::Nothing => Err(ContextError::Malformed),
                meaning => Ok(meaning.clone()),
            };
        }
        if let Some((prefix, rest)) = text.split_once(':')
            && !prefix.is_empty()
        {
            if !rest.starts_with("//") {
                self.define_first(prefix, depth)?;
                if let Some(definition) = self.active.terms.get(prefix)
                    && definition.prefix
                    && let Some(base) = definition.iri()
                {
                    return iri(&format!("{}{rest}", base.as_str()));
                }
            }
            return iri(text);
        }
        match &self.active.vocabulary {
            Some(vocabulary) => iri(&format!("{vocabulary}{text}")),
            None => Err(ContextError::Malformed),
        }
    }

    /// Defines a term that another one refers to, if this context does.
    fn define_first(&mut self, term: &str, depth: usize) -> Result<(), ContextError> {
        match self.local.get_key_value(term) {
            Some((name, _)) if !name.starts_with('@') && self.states.get(term) != Some(&true) => {
                self.define(name, depth + 1)
            }
            _ => Ok(()),
        }
    }
}

fn iri(text: &str) -> Result<Meaning, ContextError> {
    if is_absolute(text) && is_writable(text) {
        Ok(Meaning::Iri(Iri::new(text)))
    } else {
        Err(ContextError::Malformed)
    }
}

fn language(tag: &str) -> Result<Arc<str>, ContextError> {
    language_tag(tag)
        .map(Into::into)
        .ok_or(ContextError::Malformed)
}

fn direction(text: &str) -> Result<Direction, ContextError> {
    Direction::parse(text).ok_or(ContextError::Malformed)
}

fn container(value: &Value) -> Result<Container, ContextError> {
    let names: Vec<&str> = match value {
        Value::String(name) => vec![name],
        Value::Array(names) => names
            .iter()
            .map(|name| name.as_str().ok_or(ContextError::Malformed))
            .collect::<Result<_, _>>()?,
        _ => return Err(ContextError::Malformed),
    };
    match names.as_slice() {
        [] | ["@set"] => Ok(Container::Set),
        ["@list"] => Ok(Container::List),
        ["@graph"] | ["@graph", "@set"] | ["@set", "@graph"] => Ok(Container::Graph),
        names => names
            .iter()
            .all(|name| Keyword::parse(name).is_some())
            .then_some(Container::Unsupported)
            .ok_or(ContextError::Malformed),
    }
}

/// How long a chain of terms that refer to terms may be.
const DEEPEST: usize = 16;
