//! What credentials refer to (`credentialSchema`, `relatedResource`), as an operator names it: in a
//! configuration, or on a command line.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use credential::{JsonSchema, KnownResources};
use fetch::Client;
use fetch::references::{Reference, ReferenceError, References};
use host::{CommandError, Kind, Output};
use serde::Deserialize;
use thiserror::Error;

use crate::contexts::{self, ContextConfig, UnusableContext};
use crate::read_file;

/// The table `references` of a configuration.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct ReferencesConfig {
    /// Whether credentials that refer to what is not named here are refused.
    pub refuse_unknown: bool,
    /// JSON-LD contexts beside the bundled ones.
    pub contexts: Vec<ContextConfig>,
    /// What credentials name as `relatedResource`.
    pub resources: Vec<ReferenceConfig>,
    /// JSON Schemas that credentials name as `credentialSchema`.
    pub schemas: Vec<ReferenceConfig>,
}

/// One of them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ReferenceConfig {
    /// The `id` with which credentials refer to it.
    pub id: String,
    /// Where it lies; without a file it is fetched from its `id`.
    pub file: Option<PathBuf>,
    /// Its digest, as in `digestSRI`. What is fetched needs one.
    pub digest: Option<String>,
}

impl ReferencesConfig {
    /// Lets relative paths start at a folder.
    pub fn start_at(&mut self, folder: &Path) {
        for one in self.resources.iter_mut().chain(&mut self.schemas) {
            one.file = one.file.as_ref().map(|file| folder.join(file));
        }
        for one in &mut self.contexts {
            one.file = folder.join(&one.file);
        }
    }

    /// Makes the contexts known to this process, and reads what credentials are held against. What
    /// has no file is fetched later, through this client.
    ///
    /// # Errors
    /// [`ReferencesError`] names the file or address.
    pub fn open(&self, client: Client) -> Result<References, ReferencesError> {
        contexts::establish(&self.contexts)?;
        let refuse_unknown = self.refuse_unknown;
        Ok(References::new(client, self.read()?, refuse_unknown)?)
    }

    fn read(&self) -> Result<Vec<Reference>, UnreadableReference> {
        let resources = self.resources.iter().map(|one| (one, false));
        let schemas = self.schemas.iter().map(|one| (one, true));
        let read = |(one, is_schema): (&ReferenceConfig, bool)| {
            Ok(Reference {
                id: one.id.clone(),
                is_schema,
                content: one.file.as_deref().map(read).transpose()?,
                digest: one.digest.clone(),
            })
        };
        resources.chain(schemas).map(read).collect()
    }
}

/// What credentials refer to cannot be used. The operator must act.
#[derive(Debug, Error)]
pub enum ReferencesError {
    /// A context cannot be used.
    #[error(transparent)]
    Context(#[from] UnusableContext),
    /// Something else cannot be used.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A file cannot be read.
    #[error("{0}: {source}", source = .0.source)]
    Unreadable(#[from] UnreadableReference),
}

/// A file that credentials refer to cannot be read. The operator must act.
#[derive(Debug, Error)]
#[error("cannot read {file}, which credentials refer to", file = .file.display())]
pub struct UnreadableReference {
    /// The file.
    pub file: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Options of commands that judge or issue credentials in files.
#[derive(Args, Clone, Debug, Default)]
pub struct ReferenceArgs {
    /// A JSON Schema that credentials name as `credentialSchema`, by its own $id or by this one;
    /// repeatable
    #[arg(long, value_name = "[ID=]FILE")]
    schema: Vec<String>,
    /// What credentials name as `relatedResource`; repeatable
    #[arg(long, value_name = "ID=FILE")]
    resource: Vec<String>,
    /// Refuse a credential that refers to anything else, instead of saying so
    #[arg(long)]
    refuse_unknown_references: bool,
}

impl ReferenceArgs {
    /// Reads the files. Nothing is fetched.
    ///
    /// # Errors
    /// When one cannot be read, is no schema, or has no `id`.
    pub fn read(&self, output: &Output) -> Result<KnownResources, CommandError> {
        let known = KnownResources::default().refusing_unknown(self.refuse_unknown_references);
        let known = self.resource.iter().try_fold(known, |known, text| {
            let (id, file) = named(text);
            let id = id.ok_or_else(|| refused("operator-reference-id", text, output))?;
            let content = read_file(Path::new(file), output)?;
            Ok::<_, CommandError>(known.with_resource(id, content.to_vec()))
        })?;
        self.schema.iter().try_fold(known, |known, text| {
            let (id, file) = named(text);
            let content = read_file(Path::new(file), output)?;
            let schema = JsonSchema::parse(&content).map_err(|error| {
                refused("operator-reference-schema", file, output).because(Some(&error))
            })?;
            let id = id.or(schema.id()).map(str::to_owned);
            let id = id.ok_or_else(|| refused("operator-reference-id", text, output))?;
            Ok(known.with_schema(id, schema, content.to_vec()))
        })
    }
}

/// `ID=FILE`, where an identifier has a scheme and a file has none.
pub(crate) fn named(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once('=') {
        Some((id, file)) if id.contains(':') => (Some(id), file),
        _ => (None, text),
    }
}

pub(crate) fn refused(message: &str, file: &str, output: &Output) -> CommandError {
    let variables = [("file", file.to_owned().into())];
    CommandError::new(Kind::User, output.text(message, &variables))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, UnreadableReference> {
    let failed = |source| UnreadableReference {
        file: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    let read = file.take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(failed)?;
    match bytes.len() as u64 > LONGEST {
        true => Err(failed(io::ErrorKind::FileTooLarge.into())),
        false => Ok(bytes),
    }
}

const LONGEST: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_others_left_to_be_fetched() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a.json"), "{}").unwrap();
        let mut config = ReferencesConfig {
            refuse_unknown: true,
            contexts: Vec::new(),
            resources: vec![ReferenceConfig {
                id: "https://a.example/image".to_owned(),
                file: None,
                digest: Some("sha256-x".to_owned()),
            }],
            schemas: vec![ReferenceConfig {
                id: "https://a.example/schema".to_owned(),
                file: Some("a.json".into()),
                digest: None,
            }],
        };
        config.start_at(place.path());
        let read = config.read().unwrap();
        assert!(read[0].content.is_none() && !read[0].is_schema);
        assert_eq!(read[1].content.as_deref(), Some(b"{}".as_slice()));
        assert!(read[1].is_schema);
        config.schemas[0].file = Some(place.path().join("none"));
        let error = config.read().unwrap_err();
        assert!(error.to_string().contains("none"), "{error}");
        let long = vec![b' '; usize::try_from(LONGEST).unwrap() + 1];
        fs::write(place.path().join("long"), long).unwrap();
        config.schemas[0].file = Some(place.path().join("long"));
        assert!(config.read().is_err());
    }

    #[test]
    fn an_identifier_is_told_from_a_file() {
        assert_eq!(named("schema.json"), (None, "schema.json"));
        assert_eq!(named("a=b.json"), (None, "a=b.json"));
        let id = "https://a.example/?v=1";
        assert_eq!(named(&format!("{id}=b.json")), (Some(id), "b.json"));
    }
}
