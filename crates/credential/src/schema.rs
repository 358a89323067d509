use std::error::Error;
use std::fmt;

use boon::{CompileError, Compiler, SchemaIndex, Schemas, UrlLoader};
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::resources::ReferenceFault;

use self::outline::{Costly, Outline};

mod outline;
mod patterns;

/// A JSON Schema that was read and compiled once (VC JSON Schema, section 2).
///
/// Drafts 2020-12, 2019-09 and 7, 6 and 4 are known; the schema says which it is. Formats are
/// demanded, as the examples of VC JSON Schema have it. Nothing is loaded: a schema that refers to
/// other documents is refused, and so is one whose cost cannot be told beforehand.
pub struct JsonSchema {
    schemas: Schemas,
    root: SchemaIndex,
    outline: Outline,
    id: Option<String>,
}

impl JsonSchema {
    /// Reads a schema, at most 64 KiB long.
    ///
    /// # Errors
    /// [`SchemaFault`]: whoever wants Credentials judged by it must act.
    pub fn parse(json: &[u8]) -> Result<Self, SchemaFault> {
        let schema =
            strict_json::parse(json, Limits::default()).map_err(|_| SchemaFault::Malformed)?;
        // VC JSON Schema, section 2.2: which draft it is must be said.
        let draft = schema.get("$schema").and_then(Value::as_str);
        let draft = draft.ok_or(SchemaFault::Malformed)?.trim_end_matches('#');
        if !DRAFTS.contains(&draft) {
            return Err(SchemaFault::Unsupported);
        }
        patterns::check(&schema)?;
        let outline = Outline::read(&schema)?;
        let id = schema.get("$id").and_then(Value::as_str).map(str::to_owned);
        let mut compiler = Compiler::new();
        compiler.use_loader(Box::new(Nothing));
        compiler.enable_format_assertions();
        compiler
            .add_resource(ADDRESS, schema)
            .map_err(|_| SchemaFault::Malformed)?;
        let mut schemas = Schemas::new();
        let compiled = compiler.compile(ADDRESS, &mut schemas);
        let root = compiled.map_err(|error| match error {
            CompileError::LoadUrlError { .. } => SchemaFault::Unsupported,
            _ => SchemaFault::Malformed,
        })?;
        Ok(Self {
            schemas,
            root,
            outline,
            id,
        })
    }

    /// What it calls itself.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Validates a Credential without its proofs.
    pub(crate) fn judge(&self, credential: &Map<String, Value>) -> Result<(), ReferenceFault> {
        let credential = Value::Object(credential.clone());
        self.outline
            .check_cost(&credential)
            .map_err(|Costly| ReferenceFault::Costly)?;
        self.schemas
            .validate(&credential, self.root)
            .map_err(|_| ReferenceFault::Invalid)
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why something is no schema to judge Credentials by.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SchemaFault {
    /// It nests, branches or matches so much that judging by it would take too long.
    #[error("judging by the schema would cost too much")]
    Costly,
    /// It is no JSON Schema, or one without end.
    #[error("the schema is malformed")]
    Malformed,
    /// It is of a draft that is not known here, needs other documents, has references other than
    /// JSON pointers, or regular expressions that look around.
    #[error("the kind of schema is not supported")]
    Unsupported,
}

/// Loads nothing: neither from the network nor, as the default would, from files.
struct Nothing;

impl UrlLoader for Nothing {
    fn load(&self, _: &str) -> Result<Value, Box<dyn Error>> {
        Err("nothing is loaded".into())
    }
}

/// What the schema is called while it is used.
const ADDRESS: &str = "urn:credential-schema";

const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];
