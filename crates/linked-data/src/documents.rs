use serde_json::{Map, Value};

use crate::context::Keyword;
use crate::contexts::Contexts;
use crate::error::ExpansionError;
use crate::expansion::{Expansion, SKOLEM, Trail};
use crate::names::{members, several, word};
use crate::rdf::Dataset;

/// What contexts that are spelled out in a document may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Inline {
    /// Whatever a context may do. Whoever changes the names in a context and in the document together
    /// leaves the statements as they were: what the names say is then not covered by a proof over
    /// statements.
    Any,
    /// Name things of their own, each as its IRI ends, and nothing else. Another name is then another
    /// IRI, and another statement.
    OwnNames,
}

impl Contexts {
    /// Turns a document into its statements.
    ///
    /// What would be dropped on the way is refused instead: terms without a definition, relative
    /// identifiers and types, nulls, empty sets, numbers that would be rounded. So is what names a
    /// thing in another way than the contexts do, and every feature of JSON-LD that credentials
    /// have no use for. Base directions become datatypes (`i18n-datatype`; JSON-LD 1.1 API,
    /// section 8.2.2), so that they are not lost either.
    ///
    /// # Errors
    /// [`ExpansionError`] names the rule.
    pub fn expand(
        &self,
        document: &Map<String, Value>,
        inline: Inline,
    ) -> Result<Dataset, ExpansionError> {
        Expansion::new(self, inline, false).run(document)
    }

    /// The types of a document as its contexts have them: IRIs.
    ///
    /// # Errors
    /// [`ExpansionError`] if a context is not known, or a type has no meaning.
    pub fn types(&self, document: &Map<String, Value>) -> Result<Vec<String>, ExpansionError> {
        let local = document.get("@context").unwrap_or(&Value::Null);
        let active = self.apply(self.root(), local, Inline::OwnNames)?;
        let mut types = Vec::new();
        for (_, value) in members(document, &active, Keyword::Type) {
            for name in several(value) {
                let name = name.as_str().ok_or(ExpansionError::Keyword)?;
                types.push(word(name, &active)?.as_str().to_owned());
            }
        }
        Ok(types)
    }

    /// As [`Self::expand`], and gives the document back with a name for each of its blank nodes, so
    /// that they can be told in a part of it (vc-di-ecdsa, section 3.4.2).
    ///
    /// # Errors
    /// As [`Self::expand`]; [`ExpansionError::Unsupported`] if a blank node has no place in the
    /// document where a name could stand: lists and named graphs.
    pub fn skolemize(
        &self,
        document: &Map<String, Value>,
        inline: Inline,
    ) -> Result<Skolemized, ExpansionError> {
        let mut expansion = Expansion::new(self, inline, false);
        expansion.trail = Some(Trail::default());
        let (statements, trail) = expansion.walk(document)?;
        let mut named = Value::Object(document.clone());
        for (place, number) in trail.map(|trail| trail.nameless).into_iter().flatten() {
            let Some(Value::Object(node)) = named.pointer_mut(&place) else {
                return Err(ExpansionError::Unsupported);
            };
            node.insert("id".to_owned(), format!("{SKOLEM}{number}").into());
        }
        match named {
            Value::Object(document) => Ok(Skolemized {
                document,
                statements,
            }),
            _ => Err(ExpansionError::Unsupported),
        }
    }

    /// The statements of a part of a skolemized document, with the blank nodes of the whole.
    ///
    /// # Errors
    /// As [`Self::expand`].
    pub fn expand_part(
        &self,
        part: &Map<String, Value>,
        inline: Inline,
        whole: &Skolemized,
    ) -> Result<Dataset, ExpansionError> {
        let mut expansion = Expansion::new(self, inline, true);
        expansion.blanks = whole.statements.blanks;
        expansion.run(part)
    }
}

/// A document whose blank nodes have names, and its statements.
#[derive(Clone, Debug)]
pub struct Skolemized {
    /// The document.
    pub document: Map<String, Value>,
    /// What it says, with blank nodes as they are.
    pub statements: Dataset,
}
