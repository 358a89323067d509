use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// A term of RDF in the only forms that canonicalization tells apart.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Term {
    /// A blank node, by a number of the dataset.
    Blank(usize),
    /// An IRI or a literal as canonical N-Quads write it (RDFC-1.0, section 5).
    Text(Arc<str>),
}

impl Term {
    /// An IRI, which must hold nothing that N-Quads forbid in one.
    #[must_use]
    pub fn iri(text: &str) -> Self {
        Self::Text(format!("<{text}>").into())
    }

    /// A literal of a datatype; without one, of `xsd:string`.
    #[must_use]
    pub fn literal(value: &str, datatype: Option<&str>) -> Self {
        let mut text = quoted(value, datatype.map_or(0, |iri| iri.len() + 4));
        if let Some(datatype) = datatype {
            text.extend(["^^<", datatype, ">"]);
        }
        Self::Text(text.into())
    }

    /// A literal in a language.
    #[must_use]
    pub fn language(value: &str, tag: &str) -> Self {
        let mut text = quoted(value, tag.len() + 1);
        text.extend(["@", tag]);
        Self::Text(text.into())
    }
}

/// A statement, in a named graph or the default graph.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Quad {
    /// Who it is about.
    pub subject: Term,
    /// What is said, as canonical N-Quads write it.
    pub predicate: Arc<str>,
    /// The value.
    pub object: Term,
    /// The name of its graph.
    pub graph: Option<Term>,
}

/// A set of statements.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    pub(crate) quads: Vec<Quad>,
    pub(crate) blanks: usize,
}

impl Dataset {
    /// A dataset of these statements. Those that are made twice count once.
    #[must_use]
    pub fn new(quads: Vec<Quad>) -> Self {
        let blanks = quads
            .iter()
            .flat_map(|quad| [Some(&quad.subject), Some(&quad.object), quad.graph.as_ref()])
            .filter_map(|term| match term {
                Some(Term::Blank(number)) => Some(number + 1),
                _ => None,
            })
            .max()
            .unwrap_or_default();
        Self::of(quads, blanks)
    }

    pub(crate) fn of(mut quads: Vec<Quad>, blanks: usize) -> Self {
        let first: Vec<bool> = if quads.len() <= FEW {
            let rest = |at: usize| quads.get(..at).unwrap_or_default();
            let known = |(at, quad): (usize, &Quad)| !rest(at).contains(quad);
            quads.iter().enumerate().map(known).collect()
        } else {
            let mut seen = HashSet::with_capacity(quads.len());
            quads.iter().map(|quad| seen.insert(quad)).collect()
        };
        if first.contains(&false) {
            let mut first = first.into_iter();
            quads.retain(|_| first.next().unwrap_or_default());
        }
        Self { quads, blanks }
    }

    /// The statements.
    #[must_use]
    pub fn quads(&self) -> &[Quad] {
        &self.quads
    }
}

/// So many statements are compared with one another faster than they are hashed.
const FEW: usize = 32;

/// The quoted and escaped text of a literal (RDFC-1.0, section 5: canonical N-Quads).
fn quoted(value: &str, more: usize) -> String {
    let mut text = String::with_capacity(value.len() + more + 2);
    text.push('"');
    let mut rest = value;
    while let Some(at) = rest.find(is_special) {
        let (plain, special) = rest.split_at(at);
        text.push_str(plain);
        let mut special = special.chars();
        match special.next() {
            Some('\u{8}') => text.push_str("\\b"),
            Some('\t') => text.push_str("\\t"),
            Some('\n') => text.push_str("\\n"),
            Some('\u{c}') => text.push_str("\\f"),
            Some('\r') => text.push_str("\\r"),
            Some(one @ ('"' | '\\')) => text.extend(['\\', one]),
            Some(other) => {
                let _infallible = write!(text, "\\u{:04X}", u32::from(other));
            }
            None => {}
        }
        rest = special.as_str();
    }
    text.push_str(rest);
    text.push('"');
    text
}

fn is_special(one: char) -> bool {
    matches!(
        one,
        '\0'..='\u{1f}' | '"' | '\\' | '\u{7f}' | '\u{fffe}' | '\u{ffff}'
    )
}
