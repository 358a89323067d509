//! Active contexts and what terms mean in them (JSON-LD 1.1 API, section 4.1).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

/// What the names of a document mean at some place in it.
#[derive(Debug, Default)]
pub(crate) struct ActiveContext {
    pub(crate) terms: HashMap<Arc<str>, Arc<Definition>>,
    pub(crate) vocabulary: Option<Arc<str>>,
    pub(crate) language: Option<Arc<str>>,
    pub(crate) direction: Option<Direction>,
    /// Other names of keywords.
    aliases: Vec<(Arc<str>, Keyword)>,
    /// What this context became by further contexts, so that each is processed once.
    derived: RwLock<HashMap<Step, Derived>>,
}

impl ActiveContext {
    /// A copy to change, which remembers nothing that was derived.
    pub(crate) fn copy(&self) -> Self {
        Self {
            terms: self.terms.clone(),
            vocabulary: self.vocabulary.clone(),
            language: self.language.clone(),
            direction: self.direction,
            aliases: self.aliases.clone(),
            derived: RwLock::default(),
        }
    }

    pub(crate) fn insert(&mut self, term: &str, definition: Definition) {
        let term: Arc<str> = term.into();
        self.aliases.retain(|(alias, _)| *alias != term);
        if let Meaning::Keyword(keyword) = definition.meaning {
            self.aliases.push((Arc::clone(&term), keyword));
        }
        self.terms.insert(term, Arc::new(definition));
    }

    /// The other names of a keyword.
    pub(crate) fn aliases(&self, keyword: Keyword) -> impl Iterator<Item = &str> {
        self.aliases
            .iter()
            .filter(move |(_, meant)| *meant == keyword)
            .map(|(alias, _)| &**alias)
    }

    /// What was remembered for a step.
    pub(crate) fn recall(&self, step: &Step) -> Option<Arc<Self>> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        derived
            .get(step)
            .map(|derived| Arc::clone(&derived.context))
    }

    /// Remembers a step. The definition is kept, lest another one come to lie at its address.
    pub(crate) fn remember(&self, step: Step, owner: Option<Arc<Definition>>, context: &Arc<Self>) {
        let derived = Derived {
            context: Arc::clone(context),
            _owner: owner,
        };
        let mut all = self.derived.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(step, derived);
    }

    /// Forgets everything that was derived.
    pub(crate) fn forget(&self) {
        let mut all = self.derived.write().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }
}

/// How a context is derived from another one.
#[derive(Debug, Eq, Hash, PartialEq)]
pub(crate) enum Step {
    /// By the context of the property whose definition lies at this address.
    Property(usize),
    /// By the context of the type whose definition lies at this address.
    Type(usize),
    /// By contexts that the document names: their addresses, joined.
    Named(String),
}

#[derive(Debug)]
struct Derived {
    context: Arc<ActiveContext>,
    _owner: Option<Arc<Definition>>,
}

/// A term definition.
#[derive(Debug, PartialEq)]
pub(crate) struct Definition {
    pub(crate) meaning: Meaning,
    pub(crate) coercion: Coercion,
    pub(crate) container: Container,
    /// `Some(None)` takes the context's language away.
    pub(crate) language: Option<Option<Arc<str>>>,
    pub(crate) direction: Option<Option<Direction>>,
    /// The scoped context.
    pub(crate) scoped: Option<Value>,
    pub(crate) prefix: bool,
    pub(crate) protected: bool,
}

impl Definition {
    /// A property without a definition of its own.
    pub(crate) const fn plain(meaning: Meaning) -> Self {
        Self {
            meaning,
            coercion: Coercion::None,
            container: Container::Set,
            language: None,
            direction: None,
            scoped: None,
            prefix: false,
            protected: false,
        }
    }

    /// Whether both say the same, protection aside (JSON-LD 1.1 API, section 4.2.2, step 27).
    pub(crate) fn says_what(&self, other: &Self) -> bool {
        self.meaning == other.meaning
            && self.coercion == other.coercion
            && self.container == other.container
            && self.language == other.language
            && self.direction == other.direction
            && self.scoped == other.scoped
            && self.prefix == other.prefix
    }

    /// The IRI, if the term means one.
    pub(crate) fn iri(&self) -> Option<&Iri> {
        match &self.meaning {
            Meaning::Iri(iri) => Some(iri),
            Meaning::Keyword(_) | Meaning::Nothing | Meaning::Unsupported => None,
        }
    }
}

/// What a term stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    Iri(Iri),
    Keyword(Keyword),
    /// Explicitly nothing (`null`).
    Nothing,
    /// Something that credentials do not need, like a reverse property. Its use is refused.
    Unsupported,
}

/// An IRI that N-Quads can hold, with its text there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Iri {
    /// `<…>`.
    pub(crate) text: Arc<str>,
}

impl Iri {
    pub(crate) fn new(iri: &str) -> Self {
        Self {
            text: format!("<{iri}>").into(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.text
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or_default()
    }
}

/// The type mapping of a term.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coercion {
    Datatype(Arc<str>),
    Id,
    Json,
    None,
    Vocab,
}

/// The container mapping of a term, as far as RDF sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Container {
    Graph,
    List,
    Set,
    /// A map by index, language, identifier or type.
    Unsupported,
}

/// The base direction of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "ltr" => Some(Self::LeftToRight),
            "rtl" => Some(Self::RightToLeft),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// The keywords that may stand in documents, or be given other names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Keyword {
    Context,
    Direction,
    Id,
    Language,
    List,
    /// One that credentials do not need.
    Other,
    Type,
    Value,
}

impl Keyword {
    /// The keyword itself.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Context => "@context",
            Self::Direction => "@direction",
            Self::Id => "@id",
            Self::Language => "@language",
            Self::List => "@list",
            Self::Other => "",
            Self::Type => "@type",
            Self::Value => "@value",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "@context" => Some(Self::Context),
            "@direction" => Some(Self::Direction),
            "@id" => Some(Self::Id),
            "@language" => Some(Self::Language),
            "@list" => Some(Self::List),
            "@type" => Some(Self::Type),
            "@value" => Some(Self::Value),
            "@base" | "@container" | "@default" | "@embed" | "@explicit" | "@graph" | "@import"
            | "@included" | "@index" | "@json" | "@nest" | "@none" | "@null" | "@omitDefault"
            | "@prefix" | "@preserve" | "@propagate" | "@protected" | "@requireAll"
            | "@reverse" | "@set" | "@version" | "@vocab" => Some(Self::Other),
            _ => None,
        }
    }
}

/// The longest language tags are far shorter.
const LONGEST_TAG: usize = 64;

/// A well-formed language tag (BCP 47, section 2.1), in lower case as JSON-LD permits and peers do.
pub(crate) fn language_tag(text: &str) -> Option<String> {
    let formed = text.len() <= LONGEST_TAG
        && text.split('-').enumerate().all(|(index, part)| {
            (1..=8).contains(&part.len())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit()))
        });
    formed.then(|| text.to_ascii_lowercase())
}
