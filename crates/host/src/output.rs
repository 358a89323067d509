use std::io::{self, Write as _};
use std::process::ExitCode;

use catalogue::{Catalogue, Language, Value};
use serde::Serialize;

use crate::command::{CommandError, Kind, locale};

/// Where a command speaks: data on standard output, all else on standard error.
#[derive(Debug)]
pub struct Output {
    catalogue: Catalogue,
    json: bool,
}

impl Output {
    /// Speaks with the words of a catalogue; with `json`, data is for programs, and what is not
    /// data stays unsaid.
    #[must_use]
    pub fn new(catalogue: Catalogue, json: bool) -> Self {
        Self { catalogue, json }
    }

    /// As [`Output::new`], in the language of this tag, or in that of the environment.
    #[must_use]
    pub fn in_language(tag: Option<&str>, json: bool) -> Self {
        let wanted = tag.and_then(Language::parse);
        let language = Language::choose(wanted, locale().as_deref());
        Self::new(Catalogue::new(language), json)
    }

    /// Words a message.
    #[must_use]
    pub fn text(&self, id: &str, variables: &[(&str, Value<'_>)]) -> String {
        self.catalogue.text(id, variables)
    }

    /// Returns the catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Tells whether data is for programs.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints data: as JSON if asked for, else in words.
    ///
    /// # Errors
    ///
    /// When the data cannot be written as JSON (a defect), or standard output is closed.
    pub fn data(
        &self,
        data: &impl Serialize,
        words: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        let text = if self.json {
            let json = serde_json::to_string_pretty(data);
            json.map_err(|error| CommandError::from_error(Kind::Defect, &error))?
        } else {
            words()
        };
        writeln!(io::stdout(), "{text}")
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }

    /// Prints data that has one form, whoever reads it.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub fn bytes(&self, data: &[u8]) -> Result<(), CommandError> {
        io::stdout()
            .write_all(data)
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }

    /// Says something that is not data, unless a program is listening.
    pub fn remark(&self, id: &str, variables: &[(&str, Value<'_>)]) {
        if !self.json {
            // A closed terminal is no reason to stop.
            let _ = writeln!(io::stderr(), "{}", self.text(id, variables));
        }
    }

    /// Says why the command ends without having done what it was told.
    pub fn error(&self, error: &CommandError) {
        let _ = write!(io::stderr(), "{}", error.render(&self.catalogue));
    }

    /// Says how a command ended, if there is something to say, and returns how the process ends.
    #[must_use]
    pub fn end(&self, ended: Result<(), CommandError>) -> ExitCode {
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                self.error(&error);
                error.exit_code()
            }
        }
    }
}
