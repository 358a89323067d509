//! JSON from strangers: duplicate members, depth and size refused.
//!
//! This crate knows nothing about what the JSON means. It exists because two parsers that disagree
//! about a document (which of two equal members counts?) let one party sign what another party
//! never read. RFC 8259, section 4, calls such documents unpredictable; RFC 7515, section 4, and
//! I-JSON (RFC 7493) forbid them.
//!
//! What is signed is written in one way only: [`canonicalize`] (RFC 8785).
//!
//! How a member's name stands in a JSON pointer (RFC 6901), which several crates write, is here too.
//!
//! A value is read and judged in one pass; what is read into a type passes a validating scan first,
//! since a type does not see the members that it ignores.

use serde::Deserialize;
use serde_json::Value;

pub use crate::canonical::{
    CanonicalError, canonicalize, canonicalize_object, canonicalize_object_without,
};

pub use crate::pointer::{member_name, pointer_token};

use crate::document::Document;
use crate::scan::Scanner;

mod canonical;
mod document;
mod pointer;
mod scan;
mod value;

/// How much JSON a caller is willing to read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The greatest length in bytes.
    pub max_bytes: usize,
    /// How deep arrays and objects may be nested: `[]` has depth 1. At most 127 is honoured.
    pub max_depth: usize,
}

impl Limits {
    /// The default depth with another greatest length.
    #[must_use]
    pub const fn bytes(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            max_depth: DEFAULT_DEPTH,
        }
    }

    fn depth(self) -> usize {
        self.max_depth.min(DEEPEST)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::bytes(DEFAULT_BYTES)
    }
}

/// Why a document was refused. No variant carries any part of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JsonError {
    /// Arrays or objects are nested too deeply.
    #[error("the JSON is nested too deeply")]
    Depth,
    /// An object names a member twice (compared after unescaping).
    #[error("a JSON object has a duplicate member")]
    Duplicate,
    /// The JSON is valid, but not what was expected here.
    #[error("the JSON does not have the expected shape (line {line}, column {column})")]
    Shape {
        /// The line, from 1; 0 if unknown.
        line: usize,
        /// The column, from 1; 0 if unknown.
        column: usize,
    },
    /// The document is longer than the limit.
    #[error("the JSON is too large")]
    Size,
    /// The bytes are not one JSON document in UTF-8.
    #[error("the bytes are not valid JSON")]
    Syntax,
}

/// Parses one JSON document and nothing after it.
///
/// # Errors
/// A [`JsonError`] names the rule that was broken.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Value, JsonError> {
    let text = text(bytes, limits)?;
    match value::read(text, limits.depth()) {
        Some(value) => Ok(value),
        None => from_slice(bytes, limits),
    }
}

/// Parses one JSON document into `T`.
///
/// Members that `T` ignores are still checked for duplicates, depth and syntax. A document that is
/// read as a struct is an object: serde alone would take an array of the members, too.
///
/// # Errors
/// A [`JsonError`] names the rule that was broken.
pub fn from_slice<'t, T: Deserialize<'t>>(bytes: &'t [u8], limits: Limits) -> Result<T, JsonError> {
    let text = check(bytes, limits)?;
    let mut json = serde_json::Deserializer::from_str(text);
    T::deserialize(Document(&mut json)).map_err(|error| JsonError::Shape {
        line: error.line(),
        column: error.column(),
    })
}

/// Checks one JSON document without reading it into memory, and returns it as text.
///
/// # Errors
/// As [`parse`], without [`JsonError::Shape`].
pub fn check(bytes: &[u8], limits: Limits) -> Result<&str, JsonError> {
    let text = text(bytes, limits)?;
    Scanner::new(text, limits.depth()).document()?;
    Ok(text)
}

fn text(bytes: &[u8], limits: Limits) -> Result<&str, JsonError> {
    if bytes.len() > limits.max_bytes {
        return Err(JsonError::Size);
    }
    std::str::from_utf8(bytes).map_err(|_| JsonError::Syntax)
}

const DEFAULT_BYTES: usize = 64 * 1024;
const DEFAULT_DEPTH: usize = 32;
/// serde_json itself refuses what is deeper.
const DEEPEST: usize = 127;
