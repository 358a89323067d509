use std::io::{self, Write as _};

use catalogue::{Catalogue, Value};
use host::{CommandError, Kind};
use serde::Serialize;

/// Where a command speaks: data on standard output, all else on standard error.
#[derive(Debug)]
pub(super) struct Output {
    catalogue: Catalogue,
    json: bool,
}

impl Output {
    pub(super) fn new(catalogue: Catalogue, json: bool) -> Self {
        Self { catalogue, json }
    }

    pub(super) fn text(&self, id: &str, variables: &[(&str, Value<'_>)]) -> String {
        self.catalogue.text(id, variables)
    }

    /// Prints data: as JSON if asked for, else in words.
    pub(super) fn data(
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

    /// Says something that is not data, unless a program is listening.
    pub(super) fn remark(&self, id: &str, variables: &[(&str, Value<'_>)]) {
        if !self.json {
            // A closed terminal is no reason to stop.
            let _ = writeln!(io::stderr(), "{}", self.text(id, variables));
        }
    }

    pub(super) fn error(&self, error: &CommandError) {
        let _ = write!(io::stderr(), "{}", error.render(&self.catalogue));
    }
}
