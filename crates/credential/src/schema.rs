use std::error::Error;

use boon::{Compiler, Schemas, UrlLoader};
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::resources::ResourceFault;

/// Why a Credential is not believed to be as its schema has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SchemaFault {
    /// The Credential is not as the schema has it.
    #[error("the credential does not conform to its schema")]
    Invalid,
    /// What was fetched is no JSON Schema.
    #[error("the credential schema is malformed")]
    Malformed,
    /// What was fetched is not what the Credential means.
    #[error(transparent)]
    Resource(#[from] ResourceFault),
    /// The schema is of a type or draft that is not known here, or needs other documents.
    #[error("the kind of credential schema is not supported")]
    Unsupported,
}

/// Validates a Credential without its proofs.
pub(crate) fn validate(schema: &[u8], credential: &Map<String, Value>) -> Result<(), SchemaFault> {
    let schema =
        strict_json::parse(schema, Limits::default()).map_err(|_| SchemaFault::Malformed)?;
    // VC JSON Schema, section 2.2: which draft it is must be said.
    let draft = schema.get("$schema").and_then(Value::as_str);
    let draft = draft.ok_or(SchemaFault::Malformed)?.trim_end_matches('#');
    if !DRAFTS.contains(&draft) {
        return Err(SchemaFault::Unsupported);
    }
    let mut compiler = Compiler::new();
    compiler.use_loader(Box::new(Nothing));
    compiler
        .add_resource(ADDRESS, schema)
        .map_err(|_| SchemaFault::Malformed)?;
    let mut schemas = Schemas::new();
    let index = compiler
        .compile(ADDRESS, &mut schemas)
        .map_err(|error| match error {
            boon::CompileError::LoadUrlError { .. } => SchemaFault::Unsupported,
            _ => SchemaFault::Malformed,
        })?;
    schemas
        .validate(&Value::Object(credential.clone()), index)
        .map_err(|_| SchemaFault::Invalid)
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
