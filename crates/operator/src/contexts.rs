//! JSON-LD contexts beside the bundled ones, as an operator names them: in a configuration, or on a
//! command line.

use std::path::{Path, PathBuf};

use clap::Args;
use credential::DigestFault;
use host::{CommandError, Kind, Output};
use linked_data::{ContextError, Contexts};
use serde::Deserialize;
use thiserror::Error;

use crate::references::{UnreadableReference, named, read, refused};

/// A JSON-LD context. None is ever fetched: what it says is what signed statements mean.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ContextConfig {
    /// The address by which documents name it.
    pub id: String,
    /// Where it lies.
    pub file: PathBuf,
    /// Its digest, as in `digestSRI`.
    pub digest: Option<String>,
}

/// Makes contexts known to this process.
///
/// # Errors
/// [`UnusableContext`] names the file or address.
pub(crate) fn establish(configured: &[ContextConfig]) -> Result<(), UnusableContext> {
    if configured.is_empty() {
        return Ok(());
    }
    let mut contents = Vec::with_capacity(configured.len());
    for one in configured {
        let content = read(&one.file)?;
        let digest = one.digest.as_deref();
        let judged = digest.map_or(Ok(()), |digest| credential::check_digest(digest, &content));
        judged.map_err(|fault| UnusableContext::Digest {
            id: one.id.clone(),
            fault,
        })?;
        contents.push(content);
    }
    let known = configured.iter().zip(&contents);
    Contexts::establish(known.map(|(one, content)| (one.id.as_str(), content.as_slice())))?;
    Ok(())
}

/// A context that an operator names cannot be used. The operator must act.
#[derive(Debug, Error)]
pub enum UnusableContext {
    /// One of them is none, is bundled, or stands there twice.
    #[error("one of the further contexts is refused: {0}")]
    Context(#[from] ContextError),
    /// The file holds something else than the digest says.
    #[error("the context {id} is refused: {fault}")]
    Digest {
        /// The address by which documents name it.
        id: String,
        /// What is wrong.
        fault: DigestFault,
    },
    /// A file cannot be read.
    #[error("{0}: {source}", source = .0.source)]
    Unreadable(#[from] UnreadableReference),
}

/// Options of commands that read credentials in files.
#[derive(Args, Clone, Debug, Default)]
pub struct ContextArgs {
    /// A JSON-LD context that credentials name by this address, beside those that are known anyway;
    /// repeatable
    #[arg(long, value_name = "ID=FILE")]
    context: Vec<String>,
}

impl ContextArgs {
    /// Makes the contexts known to this process. Nothing is fetched.
    ///
    /// # Errors
    /// When one cannot be read, is no context, or has no address.
    pub fn establish(&self, output: &Output) -> Result<(), CommandError> {
        let one = |text: &String| match named(text) {
            (Some(id), file) => Ok(ContextConfig {
                id: id.to_owned(),
                file: Path::new(file).to_owned(),
                digest: None,
            }),
            (None, _) => Err(refused("operator-reference-id", text, output)),
        };
        let contexts: Vec<_> = self.context.iter().map(one).collect::<Result<_, _>>()?;
        establish(&contexts).map_err(|error| CommandError::from_error(Kind::User, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_what_it_was_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("context.json");
        std::fs::write(&file, r#"{"@context": {"a": "urn:a"}}"#).unwrap();
        let mut config = ContextConfig {
            id: "https://www.w3.org/ns/credentials/v2".to_owned(),
            file,
            digest: Some("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()),
        };
        let refused = establish(std::slice::from_ref(&config));
        assert!(matches!(refused, Err(UnusableContext::Digest { .. })));
        // Nor is what is bundled said anew.
        config.digest = None;
        let refused = establish(std::slice::from_ref(&config));
        assert!(matches!(refused, Err(UnusableContext::Context(_))));
        config.file = place.path().join("none.json");
        let refused = establish(&[config]).unwrap_err();
        assert!(refused.to_string().contains("none.json"), "{refused}");
        assert!(establish(&[]).is_ok());
    }
}
