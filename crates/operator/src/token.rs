use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use host::{Access, CommandError, FolderError, Kind, Output};
use keys::base64url;
use rand_core::CryptoRng;
use serde::Serialize;
use serde_json::json;
use service::{AdminTokens, TokenLine};
use thiserror::Error;

use crate::commands::Program;

/// Hand out and revoke tokens for the admin API
#[derive(Args, Debug)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
}

impl Token {
    /// Does what was asked to the configured file of hashes. A service that runs follows it.
    ///
    /// # Errors
    ///
    /// When no file is configured, it cannot be read or written, or a token is not in it.
    pub fn run(
        self,
        program: &Program,
        config: &service::Config,
        output: &Output,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(), CommandError> {
        let path = config.admin_tokens.as_deref().ok_or_else(|| {
            let message = output.text("operator-token-no-file", &[]);
            let hint = output.text("operator-hint-no-file", &[("file", program.file.into())]);
            CommandError::new(Kind::User, message).hint(hint)
        })?;
        let failed = |error: TokenFileError| CommandError::from_error(Kind::User, &error);
        let file = TokenFile::open(path).map_err(failed)?;
        match self.command {
            Command::New { name } => {
                let (entry, token) = file.add(&name, rng).map_err(failed)?;
                let data = json!({"id": entry.id, "name": entry.name, "token": token.expose()});
                output.data(&data, || {
                    let variables = [("id", entry.id.into()), ("token", token.expose().into())];
                    output.text("operator-token-new", &variables)
                })
            }
            Command::List => {
                let entries = file.list().map_err(failed)?;
                output.data(&json!({"tokens": entries}), || words(&entries, output))
            }
            Command::Revoke { id } => {
                let Some(entry) = file.revoke(&id).map_err(failed)? else {
                    let message = output.text("operator-token-unknown", &[]);
                    let variables = [("program", program.name.into())];
                    let hint = output.text("operator-hint-token", &variables);
                    return Err(CommandError::new(Kind::User, message).hint(hint));
                };
                output.data(&json!({"revoked": entry}), || {
                    let variables = [("id", entry.id.as_str().into())];
                    output.text("operator-token-revoked", &variables)
                })
            }
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token, and show it this once: only its hash is kept
    New {
        /// What people call it
        #[arg(long, value_name = "NAME", default_value = "made by token new")]
        #[arg(hide_default_value = true, value_parser = one_line)]
        name: String,
    },
    /// List the tokens: ids and names
    List,
    /// Revoke a token at once
    Revoke {
        /// Its id, as the list shows it
        id: String,
    },
}

/// The file of hashes, held so that two commands do not undo one another.
struct TokenFile<'p> {
    path: &'p Path,
    _turn: File,
}

impl<'p> TokenFile<'p> {
    fn open(path: &'p Path) -> Result<Self, TokenFileError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let turn = File::create(&name).and_then(|turn| turn.lock().map(|()| turn));
        let turn = turn.map_err(|source| TokenFileError::Io {
            path: PathBuf::from(&name),
            source,
        })?;
        Ok(Self { path, _turn: turn })
    }

    fn list(&self) -> Result<Vec<Entry>, TokenFileError> {
        let text = self.text()?;
        let lines = text.lines().filter_map(TokenLine::read);
        Ok(lines.filter_map(|line| Entry::of(&line)).collect())
    }

    fn add(
        &self,
        name: &str,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(Entry, keys::token::BearerToken), TokenFileError> {
        let (token, hash) = AdminTokens::generate(rng);
        let line = TokenLine { hash: &hash, name };
        let mut text = self.text()?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("{line}\n"));
        self.write(&text)?;
        let id = id(&token.hash());
        let name = name.to_owned();
        Ok((Entry { id, name }, token))
    }

    fn revoke(&self, id: &str) -> Result<Option<Entry>, TokenFileError> {
        let text = self.text()?;
        let mut revoked = None;
        let kept = text.lines().filter(|line| {
            let entry = TokenLine::read(line).and_then(|line| Entry::of(&line));
            match entry.filter(|entry| entry.id == id) {
                None => true,
                Some(entry) => {
                    revoked = Some(entry);
                    false
                }
            }
        });
        let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
        if revoked.is_some() {
            self.write(&kept)?;
        }
        Ok(revoked)
    }

    fn text(&self) -> Result<String, TokenFileError> {
        match fs::read_to_string(self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read.map_err(|source| TokenFileError::Io {
                path: self.path.to_owned(),
                source,
            }),
        }
    }

    fn write(&self, text: &str) -> Result<(), TokenFileError> {
        // What the service would not read is not written either.
        AdminTokens::parse(text)?;
        Ok(host::replace(self.path, text.as_bytes(), Access::Private)?)
    }
}

#[derive(Clone, Debug, Serialize)]
struct Entry {
    id: String,
    name: String,
}

impl Entry {
    fn of(line: &TokenLine<'_>) -> Option<Self> {
        let hash: [u8; 32] = base64url::decode_array(line.hash).ok()?;
        Some(Self {
            id: id(&hash),
            name: line.name.to_owned(),
        })
    }
}

/// Why the file of hashes was not read or changed. The operator must act.
#[derive(Debug, Error)]
enum TokenFileError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Tokens(#[from] service::AdminTokensError),
}

/// The beginning of the hash, in letters that no argument is mistaken for an option by.
fn id(hash: &[u8; 32]) -> String {
    hash.iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn words(entries: &[Entry], output: &Output) -> String {
    let count = output.text("operator-token-count", &[("count", entries.len().into())]);
    let mut lines = vec![count];
    lines.extend(
        entries
            .iter()
            .map(|one| format!("{}  {}", one.id, one.name)),
    );
    lines.join("\n")
}

fn one_line(name: &str) -> Result<String, &'static str> {
    match name.contains(char::is_control) {
        true => Err("a name is one line"),
        false => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_follows_what_is_handed_out_and_revoked() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("admin-tokens");
        fs::write(&path, "# ours\n").unwrap();
        let accepted = AdminTokens::read(Some(&path)).unwrap();
        let rng = &mut host::system_rng();
        let file = TokenFile::open(&path).unwrap();
        let (desk, token) = file.add("the front desk", rng).unwrap();
        let (other, stays) = file.add("night shift", rng).unwrap();
        assert!(accepted.accept(&token) && accepted.accept(&stays));
        let names = |file: &TokenFile<'_>| {
            let entries = file.list().unwrap();
            entries.into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&file), ["the front desk", "night shift"]);
        assert!(file.revoke("00000000").unwrap().is_none());
        assert_eq!(file.revoke(&desk.id).unwrap().unwrap().id, desk.id);
        assert!(!accepted.accept(&token) && accepted.accept(&stays));
        assert_eq!(names(&file), ["night shift"]);
        assert_ne!(desk.id, other.id);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ours\n"));
        assert!(!text.contains(stays.expose()));
    }

    #[test]
    fn a_file_that_somebody_broke_is_left_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("admin-tokens");
        fs::write(&path, "no hash\n").unwrap();
        let file = TokenFile::open(&path).unwrap();
        let refused = file.add("name", &mut host::system_rng()).unwrap_err();
        assert!(matches!(refused, TokenFileError::Tokens(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "no hash\n");
    }
}
