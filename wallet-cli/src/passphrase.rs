use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use host::{CommandError, Kind};
use vault::Passphrase;
use zeroize::Zeroizing;

use crate::session::Session;

/// The passphrase of a wallet that is there: from the file, from the person, or from the next line
/// of standard input.
pub(crate) fn existing(session: &mut Session<'_>) -> Result<Passphrase, CommandError> {
    if let Some(path) = session.shared.passphrase_file.clone() {
        return from_file(session, &path);
    }
    let prompt = session.text("passphrase-prompt", &[]);
    let typed = if session.terminal.is_interactive() {
        session.terminal.ask_secret(&prompt).map(Some)
    } else {
        session.terminal.next_line()
    };
    let typed = typed.map_err(|error| CommandError::from_error(Kind::User, &error))?;
    into_passphrase(session, typed.unwrap_or_default())
}

/// A new passphrase, asked for twice where a person types it.
pub(crate) fn new(
    session: &mut Session<'_>,
    file: Option<&Path>,
    prompt: &str,
) -> Result<Passphrase, CommandError> {
    if let Some(path) = file {
        return from_file(session, path);
    }
    let failed = |error: std::io::Error| CommandError::from_error(Kind::User, &error);
    if !session.terminal.is_interactive() {
        let line = session.terminal.next_line().map_err(failed)?;
        return into_passphrase(session, line.unwrap_or_default());
    }
    let advice = session.text("passphrase-choose-advice", &[]);
    session.remark(&advice);
    let again = session.text("passphrase-again", &[]);
    loop {
        let first = session.terminal.ask_secret(prompt).map_err(failed)?;
        let second = session.terminal.ask_secret(&again).map_err(failed)?;
        if *first == *second {
            if first.chars().count() < SHORT && !first.is_empty() {
                let short = session.text("passphrase-short", &[]);
                session.remark(&short);
            }
            return into_passphrase(session, first);
        }
        let unlike = session.text("passphrase-unlike", &[]);
        session.terminal.say(&unlike);
    }
}

/// The first line of a file.
fn from_file(session: &Session<'_>, path: &Path) -> Result<Passphrase, CommandError> {
    let mut line = Zeroizing::new(String::with_capacity(LONGEST));
    let read = File::open(path)
        .and_then(|file| BufReader::new(file.take(LONGEST as u64)).read_line(&mut line));
    if let Err(error) = read {
        let path = path.display().to_string();
        let message = session.text("passphrase-file", &[("path", path.into())]);
        return Err(CommandError::new(Kind::User, message).because(Some(&error)));
    }
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    into_passphrase(session, line)
}

fn into_passphrase(
    session: &Session<'_>,
    mut text: Zeroizing<String>,
) -> Result<Passphrase, CommandError> {
    if text.is_empty() {
        let message = session.text("passphrase-empty", &[]);
        let hint = session.text("passphrase-empty-hint", &[]);
        return Err(CommandError::new(Kind::User, message).hint(hint));
    }
    Ok(Passphrase::from(std::mem::take(&mut *text)))
}

const LONGEST: usize = 4096;
const SHORT: usize = 12;
