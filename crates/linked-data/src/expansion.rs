//! JSON-LD to RDF in one walk (JSON-LD 1.1 API, sections 5.1 and 8.1), for what credentials use.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};
use strict_json::pointer_token;

use crate::context::{ActiveContext, Coercion, Container, Definition, Keyword, Meaning};
use crate::contexts::Contexts;
use crate::documents::Inline;
use crate::error::{ContextError, ExpansionError};
use crate::iri::is_absolute;
use crate::literal;
use crate::names::{compact, members, several, undefined, word};
use crate::rdf::{Dataset, Quad, Term};

/// The walk through one document.
pub(crate) struct Expansion<'c> {
    contexts: &'c Contexts,
    inline: Inline,
    skolemized: bool,
    /// Kept while the places of blank nodes are asked for.
    pub(crate) trail: Option<Trail>,
    quads: Vec<Quad>,
    pub(crate) blanks: usize,
    /// Bytes of all statements.
    size: usize,
    rdf_type: Arc<str>,
}

/// The active context at some place, and the one to go back to at the next node.
#[derive(Clone)]
struct Scope {
    active: Arc<ActiveContext>,
    previous: Option<Arc<ActiveContext>>,
}

/// Where a node stands.
struct Place<'a> {
    graph: Option<&'a Term>,
    depth: usize,
    /// Whether a document of its own may begin here.
    own_context: bool,
}

impl<'c> Expansion<'c> {
    pub(crate) fn new(contexts: &'c Contexts, inline: Inline, skolemized: bool) -> Self {
        Self {
            contexts,
            inline,
            skolemized,
            trail: None,
            quads: Vec::with_capacity(32),
            blanks: 0,
            size: 0,
            rdf_type: RDF_TYPE.into(),
        }
    }

    pub(crate) fn run(self, document: &Map<String, Value>) -> Result<Dataset, ExpansionError> {
        self.walk(document).map(|(statements, _)| statements)
    }

    pub(crate) fn walk(
        mut self,
        document: &Map<String, Value>,
    ) -> Result<(Dataset, Option<Trail>), ExpansionError> {
        let scope = Scope {
            active: Arc::clone(self.contexts.root()),
            previous: None,
        };
        let place = Place {
            graph: None,
            depth: 0,
            own_context: true,
        };
        self.node(document, &scope, None, &place)?;
        Ok((Dataset::of(self.quads, self.blanks), self.trail))
    }

    /// Node objects; the scope is that of the property that leads here.
    fn node(
        &mut self,
        object: &Map<String, Value>,
        scope: &Scope,
        property: Option<&Arc<Definition>>,
        place: &Place<'_>,
    ) -> Result<Term, ExpansionError> {
        if place.depth > DEEPEST {
            return Err(ExpansionError::Depth);
        }
        let scope = self.enter(object, scope, property, place)?;
        let before_types = Arc::clone(&scope.active);
        let scope = self.of_types(object, scope)?;
        let active = &scope.active;
        let subject = self.subject(object, active)?;
        for (name, value) in object {
            self.step(name);
            let definition = active.terms.get(name.as_str());
            let meaning = definition.map(|definition| &definition.meaning);
            match (meaning, definition) {
                (Some(Meaning::Iri(iri)), Some(definition)) => {
                    let link = (&subject, &iri.text);
                    self.values(link, definition, value, &scope, place)?;
                }
                (Some(Meaning::Keyword(keyword)), _) => {
                    self.keyword(*keyword, value, &subject, &before_types, place)?;
                }
                (Some(Meaning::Nothing), _) => return Err(ExpansionError::UndefinedTerm),
                (Some(_), _) => return Err(ExpansionError::Unsupported),
                (None, _) if name == "@context" => {}
                (None, _) => match Keyword::parse(name) {
                    Some(keyword) => {
                        self.keyword(keyword, value, &subject, &before_types, place)?
                    }
                    None => {
                        let iri = undefined(name, active)?;
                        // Under other contexts, the date of expiry could go by its address: the
                        // same statements, in which no reader finds it by its name.
                        if RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
                            return Err(ExpansionError::Alias);
                        }
                        let plain = Arc::new(Definition::plain(Meaning::Iri(iri.clone())));
                        self.values((&subject, &iri.text), &plain, value, &scope, place)?;
                    }
                },
            }
            self.back();
        }
        Ok(subject)
    }

    /// Steps 3, 7, 8 and 9 of the expansion algorithm: the contexts that begin at a node.
    fn enter(
        &self,
        object: &Map<String, Value>,
        scope: &Scope,
        property: Option<&Arc<Definition>>,
        place: &Place<'_>,
    ) -> Result<Scope, ExpansionError> {
        let mut scope = scope.clone();
        if scope.previous.is_some() && !is_reference(object, &scope.active) {
            scope.active = scope.previous.take().unwrap_or(scope.active);
        }
        if let Some(property) = property.filter(|property| property.scoped.is_some()) {
            scope.active = self.contexts.of_property(&scope.active, property)?;
        }
        if let Some(local) = object.get("@context") {
            if !place.own_context {
                return Err(ContextError::Misplaced.into());
            }
            scope.active = self.contexts.apply(&scope.active, local, self.inline)?;
            scope.previous = None;
        }
        Ok(scope)
    }

    /// Step 11: the contexts of the types, in the order of their names.
    fn of_types(
        &self,
        object: &Map<String, Value>,
        mut scope: Scope,
    ) -> Result<Scope, ExpansionError> {
        let before = Arc::clone(&scope.active);
        let mut scoped: Vec<(&str, &Arc<Definition>)> = Vec::new();
        for (_, value) in members(object, &before, Keyword::Type) {
            for name in several(value).iter().filter_map(Value::as_str) {
                match before.terms.get_key_value(name) {
                    Some((_, definition)) if definition.scoped.is_some() => {
                        scoped.push((name, definition));
                    }
                    _ => {}
                }
            }
        }
        scoped.sort_unstable_by_key(|(name, _)| *name);
        for (_, definition) in scoped {
            let changed = self.contexts.of_type(&scope.active, definition)?;
            scope.previous.get_or_insert(scope.active);
            scope.active = changed;
        }
        Ok(scope)
    }

    /// The node's own identifier, or a fresh blank node.
    fn subject(
        &mut self,
        object: &Map<String, Value>,
        active: &ActiveContext,
    ) -> Result<Term, ExpansionError> {
        let mut ids = members(object, active, Keyword::Id);
        match (ids.next(), ids.next()) {
            (None, _) => {
                // Nodes are named by `id`, which so must mean that.
                let nameable = active.aliases(Keyword::Id).any(|alias| alias == "id");
                let number = self.blanks;
                match &mut self.trail {
                    Some(_) if !nameable => return Err(ExpansionError::Unsupported),
                    Some(trail) => trail.nameless.push((trail.place.concat(), number)),
                    None => {}
                }
                Ok(self.blank())
            }
            (Some((_, Value::String(id))), None) => self.identifier(id, active),
            _ => Err(ExpansionError::Keyword),
        }
    }

    /// A member that means a keyword. Types are words of the context before their own ones.
    fn keyword(
        &mut self,
        keyword: Keyword,
        value: &Value,
        subject: &Term,
        before_types: &ActiveContext,
        place: &Place<'_>,
    ) -> Result<(), ExpansionError> {
        match keyword {
            Keyword::Id => Ok(()),
            Keyword::Type => {
                let mut names = HashSet::new();
                for name in several(value) {
                    let name = name.as_str().ok_or(ExpansionError::Keyword)?;
                    if !names.insert(name) {
                        return Err(ExpansionError::Duplicate);
                    }
                    let object = Term::Text(word(name, before_types)?.text);
                    let predicate = Arc::clone(&self.rdf_type);
                    self.say(subject.clone(), predicate, object, place.graph)?;
                }
                if names.is_empty() {
                    return Err(ExpansionError::Empty);
                }
                Ok(())
            }
            Keyword::Context
            | Keyword::Direction
            | Keyword::Language
            | Keyword::List
            | Keyword::Other
            | Keyword::Value => Err(ExpansionError::Unsupported),
        }
    }

    /// All values of a property.
    fn values(
        &mut self,
        link: (&Term, &Arc<str>),
        definition: &Arc<Definition>,
        value: &Value,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Result<(), ExpansionError> {
        let (subject, predicate) = link;
        if definition.coercion == Coercion::Json {
            if definition.container != Container::Set {
                return Err(ExpansionError::Unsupported);
            }
            let object = literal::json(value)?;
            return self.say(subject.clone(), Arc::clone(predicate), object, place.graph);
        }
        match definition.container {
            Container::Set => {
                let several = several(value);
                if several.is_empty() {
                    return Err(ExpansionError::Empty);
                }
                let mut named = HashSet::new();
                for (index, element) in several.iter().enumerate() {
                    if value.is_array() {
                        self.step(&index.to_string());
                    }
                    let object = self.value(element, definition, scope, place, false)?;
                    if value.is_array() {
                        self.back();
                    }
                    if several.len() > 1
                        && matches!(object, Term::Text(_))
                        && !named.insert(object.clone())
                    {
                        return Err(ExpansionError::Duplicate);
                    }
                    self.say(subject.clone(), Arc::clone(predicate), object, place.graph)?;
                }
                Ok(())
            }
            Container::List => {
                let object = self.list(several(value), definition, scope, place)?;
                self.say(subject.clone(), Arc::clone(predicate), object, place.graph)
            }
            Container::Graph => {
                let several = several(value);
                // Presentations say in so many words that they hold no credentials: nobody reads
                // more into that than into silence.
                if several.is_empty() && **predicate != *CREDENTIALS {
                    return Err(ExpansionError::Empty);
                }
                for value in several {
                    if self.trail.is_some() {
                        return Err(ExpansionError::Unsupported);
                    }
                    // A reference would leave the graph empty, and so say nothing.
                    let object = value.as_object().ok_or(ExpansionError::Value)?;
                    let graph = self.blank();
                    let inner = Place {
                        graph: Some(&graph),
                        depth: place.depth + 1,
                        own_context: true,
                    };
                    let before = self.quads.len();
                    self.node(object, scope, Some(definition), &inner)?;
                    if self.quads.len() == before {
                        return Err(ExpansionError::Empty);
                    }
                    self.say(subject.clone(), Arc::clone(predicate), graph, place.graph)?;
                }
                Ok(())
            }
            Container::Unsupported => Err(ExpansionError::Unsupported),
        }
    }

    /// One value of a property: a node, a value object, a list, or a scalar.
    fn value(
        &mut self,
        value: &Value,
        definition: &Arc<Definition>,
        scope: &Scope,
        place: &Place<'_>,
        in_list: bool,
    ) -> Result<Term, ExpansionError> {
        let object = match value {
            Value::Array(_) => return Err(ExpansionError::Unsupported),
            Value::Null => return Err(ExpansionError::Empty),
            Value::Object(object) => object,
            scalar => return self.scalar(scalar, definition, scope),
        };
        let active = &scope.active;
        if members(object, active, Keyword::Value).next().is_some() {
            // The context of the property may give the keywords other names.
            let own = self.contexts.of_property(active, definition)?;
            return literal::value_object(object, &own, |name| word(name, &own));
        }
        let mut lists = members(object, active, Keyword::List);
        if let Some((_, list)) = lists.next() {
            if object.len() != 1 || in_list {
                return Err(ExpansionError::Unsupported);
            }
            return self.list(several(list), definition, scope, place);
        }
        let inner = Place {
            graph: place.graph,
            depth: place.depth + 1,
            own_context: false,
        };
        self.node(object, scope, Some(definition), &inner)
    }

    fn scalar(
        &mut self,
        value: &Value,
        definition: &Arc<Definition>,
        scope: &Scope,
    ) -> Result<Term, ExpansionError> {
        let scoped;
        let active = if definition.scoped.is_some() {
            scoped = self.contexts.of_property(&scope.active, definition)?;
            &scoped
        } else {
            &scope.active
        };
        match (&definition.coercion, value) {
            (Coercion::Id, Value::String(id)) => self.identifier(id, active),
            (Coercion::Vocab, Value::String(name)) => Ok(Term::Text(word(name, active)?.text)),
            (Coercion::Id | Coercion::Vocab, _) => Err(ExpansionError::Value),
            (Coercion::Datatype(datatype), value) => literal::typed(value, datatype),
            (Coercion::None | Coercion::Json, Value::String(text)) => {
                let language = match &definition.language {
                    Some(language) => language.as_deref(),
                    None => active.language.as_deref(),
                };
                let direction = definition.direction.unwrap_or(active.direction);
                Ok(literal::text(text, language, direction))
            }
            (Coercion::None | Coercion::Json, value) => literal::native(value),
        }
    }

    /// A list, from its last cell to its first (JSON-LD 1.1 API, section 8.3).
    fn list(
        &mut self,
        values: &[Value],
        definition: &Arc<Definition>,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Result<Term, ExpansionError> {
        if self.trail.is_some() || self.skolemized {
            return Err(ExpansionError::Unsupported);
        }
        let mut rest = Term::Text(RDF_NIL.into());
        for value in values.iter().rev() {
            let first = self.value(value, definition, scope, place, true)?;
            let cell = self.blank();
            self.say(cell.clone(), RDF_FIRST.into(), first, place.graph)?;
            self.say(cell.clone(), RDF_REST.into(), rest, place.graph)?;
            rest = cell;
        }
        Ok(rest)
    }

    /// A reference to a node.
    fn identifier(&mut self, id: &str, active: &ActiveContext) -> Result<Term, ExpansionError> {
        if let Some(number) = id.strip_prefix(SKOLEM).filter(|_| self.skolemized) {
            return number
                .parse()
                .ok()
                .filter(|number| *number < self.blanks)
                .map(Term::Blank)
                .ok_or(ExpansionError::RelativeIdentifier);
        }
        if id.starts_with("_:") || (self.trail.is_some() && id.starts_with(SKOLEM)) {
            return Err(ExpansionError::BlankIdentifier);
        }
        match compact(id, active) {
            Some(iri) if is_absolute(&iri) => Ok(Term::iri(&iri)),
            None if is_absolute(id) => Ok(Term::iri(id)),
            _ => Err(ExpansionError::RelativeIdentifier),
        }
    }

    /// Goes into a member or element.
    fn step(&mut self, name: &str) {
        if let Some(trail) = &mut self.trail {
            trail.place.push(format!("/{}", pointer_token(name)));
        }
    }

    /// Goes out again.
    fn back(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.place.pop();
        }
    }

    fn blank(&mut self) -> Term {
        let number = self.blanks;
        self.blanks += 1;
        Term::Blank(number)
    }

    fn say(
        &mut self,
        subject: Term,
        predicate: Arc<str>,
        object: Term,
        graph: Option<&Term>,
    ) -> Result<(), ExpansionError> {
        let length = |term: &Term| match term {
            Term::Blank(_) => LONGEST_LABEL,
            Term::Text(text) => text.len(),
        };
        self.size += length(&subject) + predicate.len() + length(&object);
        if self.quads.len() >= MOST_QUADS || self.size > LARGEST {
            return Err(ExpansionError::Size);
        }
        self.quads.push(Quad {
            subject,
            predicate,
            object,
            graph: graph.cloned(),
        });
        Ok(())
    }
}

/// Where the walk is, and which nodes had no identifier.
#[derive(Default)]
pub(crate) struct Trail {
    place: Vec<String>,
    /// Each by its JSON pointer, with the number of its blank node.
    pub(crate) nameless: Vec<(String, usize)>,
}

/// Whether the object is a value object or nothing but a reference: it then stays in the context
/// of the type around it (step 7).
fn is_reference(object: &Map<String, Value>, active: &ActiveContext) -> bool {
    members(object, active, Keyword::Value).next().is_some()
        || (object.len() == 1 && members(object, active, Keyword::Id).next().is_some())
}

const CREDENTIALS: &str = "<https://www.w3.org/2018/credentials#verifiableCredential>";
const RDF_FIRST: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
const RDF_NIL: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>";
const RDF_REST: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>";
const RDF_TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
/// What the blank nodes of a skolemized document are called.
pub(crate) const SKOLEM: &str = "urn:bnid:";
/// How deep nodes may be nested.
const DEEPEST: usize = 64;
/// How many bytes all statements may have.
const LARGEST: usize = 4 * 1024 * 1024;
const LONGEST_LABEL: usize = 16;
/// How many statements a document may make.
const MOST_QUADS: usize = 16 * 1024;
/// What the data model and its proofs say of a credential: always by name.
const RESERVED: [&str; 2] = [
    "https://w3id.org/security#",
    "https://www.w3.org/2018/credentials#",
];
