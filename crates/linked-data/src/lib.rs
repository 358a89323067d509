//! JSON-LD to RDF with bundled contexts, and RDF canonicalization.
//!
//! This crate does not know what a credential is, who signs, or what a statement is worth. It turns
//! a document into its statements ([`Contexts::expand`]) and a set of statements into the one text
//! that is signed ([`Dataset::canonicalize`]).
//!
//! It reads the part of JSON-LD 1.1 that credentials are written in, and **fails closed** on all
//! else: what a lenient processor would drop, somebody could add to a signed document. Contexts
//! come with the crate, its caller or the process ([`Contexts::establish`]); nothing is fetched.

pub use crate::canonical::{Canonical, Hash};
pub use crate::contexts::Contexts;
pub use crate::documents::{Inline, Skolemized};
pub use crate::error::{CanonicalizationError, ContextError, ExpansionError};
pub use crate::rdf::{Dataset, Quad, Term};

mod bundled;
mod canonical;
mod context;
mod contexts;
mod documents;
mod error;
mod expansion;
mod iri;
mod literal;
mod names;
mod processing;
mod rdf;
mod spelled_out;
