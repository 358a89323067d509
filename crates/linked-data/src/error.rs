/// Why a context was refused. Whoever sent the document must act, or who configured the context.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ContextError {
    /// Contexts or terms refer to one another without end, or too deeply.
    #[error("contexts or terms refer to one another without end")]
    Cycle,
    /// Further contexts were made known to this process before.
    #[error("further contexts were made known before")]
    Established,
    /// A context that is spelled out in the document does more than to name things of its own, each
    /// as its IRI ends.
    #[error(
        "a context in the document does more than to name things of its own as their addresses end"
    )]
    Inline,
    /// A context or term definition is not what JSON-LD 1.1 permits.
    #[error("a context is malformed")]
    Malformed,
    /// A context stands at a place where the data model has none.
    #[error("a context stands at a place where the data model has none")]
    Misplaced,
    /// A protected term is defined anew, or would be forgotten (JSON-LD 1.1, section 4.1.11).
    #[error("a protected term is defined anew")]
    Protected,
    /// The context is not bundled. Nothing is fetched.
    #[error("the context is not known here")]
    Unknown,
    /// The context uses a feature of JSON-LD that credentials do not need.
    #[error("a context uses a feature that is not supported")]
    Unsupported,
}

/// Why a document was not turned into RDF. Whoever sent it must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ExpansionError {
    /// A property or type goes by its IRI, though the contexts have a name for it.
    #[error("a term that has a name is called by its address")]
    Alias,
    /// A node is named by a blank node identifier, which nobody else can refer to.
    #[error("a node is named by a blank node identifier")]
    BlankIdentifier,
    /// A context was refused.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// The document is nested too deeply.
    #[error("the document is nested too deeply")]
    Depth,
    /// A set has the same member twice.
    #[error("a set has the same member twice")]
    Duplicate,
    /// An empty array, or a null: they say nothing, and so a signature would not cover them.
    #[error("a property has no value")]
    Empty,
    /// A keyword does not have the value that it must have.
    #[error("a keyword or its value is malformed")]
    Keyword,
    /// A language tag is not well-formed (BCP 47), or a base direction is unknown.
    #[error("a language tag or base direction is malformed")]
    Language,
    /// A number that RDF cannot tell from others (JSON-LD 1.1 API, section 8.2.2).
    #[error("a number loses precision as RDF")]
    Number,
    /// `id`, or a value that refers to a node, is not an absolute IRI.
    #[error("an identifier is not an absolute IRI")]
    RelativeIdentifier,
    /// `type`, or a value that is a term, is neither defined nor an absolute IRI.
    #[error("a type is not defined by the contexts")]
    RelativeType,
    /// The document makes more statements than the limit.
    #[error("the document makes too many statements")]
    Size,
    /// A property is not defined by the contexts.
    #[error("a property is not defined by the contexts")]
    UndefinedTerm,
    /// The document uses a feature of JSON-LD that credentials do not need.
    #[error("the document uses a feature of JSON-LD that is not supported")]
    Unsupported,
    /// A value is not of the kind that its term is defined for.
    #[error("a value is not of the kind that its term takes")]
    Value,
}

/// Why a dataset was not canonicalized.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CanonicalizationError {
    /// Blank nodes are too much alike: telling them apart costs more than the limit (RDFC-1.0,
    /// section 7.1).
    #[error("the blank nodes are too much alike to be told apart within the limit")]
    Poison,
}
