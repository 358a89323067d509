//! Configuration: one TOML file, and environment variables that override it.
//!
//! A variable is the prefix, an underscore and the key in capitals; two underscores step into a
//! table. With the prefix `PESSOA_ISSUER`, `PESSOA_ISSUER_LISTEN` sets `listen` and
//! `PESSOA_ISSUER_TLS__KEY` sets `key` of `[tls]`. A value is read as TOML where it is TOML
//! (`true`, `8080`, `["a", "b"]`), else as a string; a string of digits is written in quotes.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a configuration comes from.
#[derive(Clone, Debug)]
pub struct Sources {
    file: Option<PathBuf>,
    prefix: &'static str,
    variables: Vec<Variable>,
}

impl Sources {
    /// Names the variables' prefix, without the underscore that follows it, and takes the
    /// variables from the process environment.
    ///
    /// `reserved` lists the keys (in capitals) that have the prefix but belong to somebody else,
    /// such as the command line's `CONFIG`.
    #[must_use]
    pub fn new(prefix: &'static str, reserved: &[&str]) -> Self {
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::with_environment(prefix, reserved, environment)
    }

    /// As [`Sources::new`], with an environment given instead of the process's.
    #[must_use]
    pub fn with_environment(
        prefix: &'static str,
        reserved: &[&str],
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut variables: Vec<Variable> = environment
            .into_iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix(prefix)?.strip_prefix('_')?;
                if key.is_empty() || reserved.contains(&key) {
                    return None;
                }
                let path = key
                    .to_ascii_lowercase()
                    .split("__")
                    .map(str::to_owned)
                    .collect();
                Some(Variable { name, path, value })
            })
            .collect();
        // The outer table comes before what is put into it, whatever the environment's order.
        variables.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            file: None,
            prefix,
            variables,
        }
    }

    /// Adds the file. Without one, the variables alone count.
    #[must_use]
    pub fn file(mut self, path: &Path) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    /// Reads the file and lays the variables over it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not TOML, or a variable steps into what is no table.
    pub fn read(self) -> Result<Document, ConfigError> {
        let text = match &self.file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
                path: path.clone(),
                source,
            })?,
        };
        let document = Document {
            file: self.file,
            prefix: self.prefix,
            text,
            variables: self.variables,
            taken: Vec::new(),
        };
        document.table()?;
        Ok(document)
    }
}

/// A configuration that has been read and not yet understood.
///
/// A door [takes](Document::take) the keys of each part that it configures, and
/// [finishes](Document::finish) with its own; whatever nobody knows is refused there.
pub struct Document {
    file: Option<PathBuf>,
    prefix: &'static str,
    text: String,
    variables: Vec<Variable>,
    taken: Vec<&'static str>,
}

impl Document {
    /// Returns the folder of the file, against which relative paths are meant.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        let folder = self.file.as_deref().and_then(Path::parent);
        folder.map_or_else(|| PathBuf::from("."), Path::to_owned)
    }

    /// Understands the top-level `keys` as a `T`, and removes them.
    ///
    /// # Errors
    ///
    /// When a value does not fit, or a key inside one of them is unknown.
    pub fn take<T: DeserializeOwned>(&mut self, keys: &[&'static str]) -> Result<T, ConfigError> {
        self.taken.extend_from_slice(keys);
        self.understand(|key| keys.contains(&key))
    }

    /// Understands all that is left as a `T`, which must deny unknown fields.
    ///
    /// # Errors
    ///
    /// When a value does not fit or a key is unknown; the error names the line and the nearest
    /// known key.
    pub fn finish<T: DeserializeOwned>(self) -> Result<T, ConfigError> {
        self.understand(|key| !self.taken.contains(&key))
    }

    fn understand<T: DeserializeOwned>(
        &self,
        belongs: impl Fn(&str) -> bool,
    ) -> Result<T, ConfigError> {
        let whole = self.table()?.into_iter();
        let table: DeTable<'_> = whole.filter(|(key, _)| belongs(key.get_ref())).collect();
        let root = Spanned::new(0..self.text.len(), table);
        T::deserialize(toml::Deserializer::from(root)).map_err(|error| self.explain(&error))
    }

    fn table(&self) -> Result<DeTable<'_>, ConfigError> {
        let parsed = DeTable::parse(&self.text).map_err(|error| self.explain(&error))?;
        let mut table = parsed.into_inner();
        for (number, variable) in self.variables.iter().enumerate() {
            // Behind the end of the text, so that an error's position tells the variable.
            let position = self.text.len() + 1 + number;
            lay_over(&mut table, variable, position..position)?;
        }
        Ok(table)
    }

    fn explain(&self, error: &toml::de::Error) -> ConfigError {
        let message = error.message();
        let place = self.place(message, error.span().map(|span| span.start));
        // serde says: unknown field `x`, expected `a` | `a` or `b` | one of `a`, `b`, `c`
        let Some(rest) = message.strip_prefix("unknown field `") else {
            return ConfigError::Value {
                place,
                message: message.to_owned(),
            };
        };
        let mut quoted = rest.split('`');
        let key = quoted.next().unwrap_or_default().to_owned();
        let known = quoted.skip(1).step_by(2).chain(self.taken.iter().copied());
        let nearest = nearest(&key, known).map(str::to_owned);
        // What is known, and not here, is a key of the whole file that was put behind a table.
        if nearest.as_deref() == Some(&*key) {
            return ConfigError::MisplacedKey { place, key };
        }
        ConfigError::UnknownKey {
            place,
            key,
            nearest,
        }
    }

    fn place(&self, message: &str, start: Option<usize>) -> Place {
        let missing = message.starts_with("missing field");
        match (start, &self.file) {
            (Some(at), _) if at > self.text.len() => {
                let variable = self.variables.get(at - self.text.len() - 1);
                Place::Variable(variable.map(|found| found.name.clone()).unwrap_or_default())
            }
            (Some(at), Some(file)) if !missing => {
                let before = self.text.as_bytes().get(..at).unwrap_or_default();
                let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
                Place::Line(file.clone(), line)
            }
            (_, file) => Place::Missing(file.clone(), self.prefix),
        }
    }
}

/// Why a configuration is refused; the operator must act.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A key of the whole configuration stands inside one of its tables.
    #[error("{place}: `{key}` belongs to no table: put it above the first `[…]`")]
    MisplacedKey {
        /// The line or variable.
        place: Place,
        /// The key as written.
        key: String,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason that the machine gave.
        source: io::Error,
    },
    /// Nobody knows this key.
    #[error("{place}: unknown key `{key}`{}", nearest.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownKey {
        /// The line or variable.
        place: Place,
        /// The key as written.
        key: String,
        /// The known key that is spelled most like it.
        nearest: Option<String>,
    },
    /// The text is no TOML, or a value does not fit.
    #[error("{place}: {message}")]
    Value {
        /// The line or variable.
        place: Place,
        /// What does not fit.
        message: String,
    },
}

/// Where in the configuration something stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// A line of the file, counted from one.
    Line(PathBuf, usize),
    /// Nowhere: a key is missing from the file and from the variables with this prefix.
    Missing(Option<PathBuf>, &'static str),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Missing(Some(path), _) => write!(f, "{}", path.display()),
            Self::Missing(None, prefix) => write!(f, "the environment variables {prefix}_*"),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
        }
    }
}

impl fmt::Debug for Document {
    /// Leaves the text out: passwords stand in files too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("file", &self.file)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Variable {
    name: String,
    path: Vec<String>,
    value: String,
}

impl fmt::Debug for Variable {
    /// Leaves the value out: it may be the password of a database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn lay_over<'a>(
    mut table: &mut DeTable<'a>,
    variable: &'a Variable,
    span: Range<usize>,
) -> Result<(), ConfigError> {
    let Some((last, tables)) = variable.path.split_last() else {
        return Ok(());
    };
    for name in tables {
        let entry = table
            .entry(Spanned::new(span.clone(), name.as_str().into()))
            .or_insert_with(|| Spanned::new(span.clone(), DeValue::Table(DeTable::default())));
        let DeValue::Table(inner) = entry.get_mut() else {
            return Err(ConfigError::Value {
                place: Place::Variable(variable.name.clone()),
                message: format!("`{name}` holds a value, and the variable steps into it"),
            });
        };
        table = inner;
    }
    let value = match DeValue::parse(&variable.value) {
        Ok(value) => value.into_inner(),
        Err(_) => DeValue::String(variable.value.as_str().into()),
    };
    let key = Spanned::new(span.clone(), last.as_str().into());
    // The file's key goes too: its position would be told instead of the variable's name.
    table.remove(&key);
    table.insert(key, Spanned::new(span, value));
    Ok(())
}

fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (key.chars().count() / 3).max(1);
    known
        .map(|candidate| (edits(key, candidate), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

// Levenshtein's distance, one row at a time.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut last = i + 1;
        let mut next = vec![last];
        for (b, pair) in to.iter().zip(row.windows(2)) {
            let &[diagonal, above] = pair else { continue };
            last = (diagonal + usize::from(a != *b))
                .min(above + 1)
                .min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
