use std::error::Error;
use std::path::Path;

use clap::Args;
use host::{CommandError, FolderError, Kind, Output};
use service::{BootError, Listener, Stop};
use utoipa::openapi::OpenApi;

use crate::config::BadConfig;
use crate::setup::{Made, MakeError};

/// A service's program, as its commands speak of it.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// The name of its configuration's file.
    pub file: &'static str,
    /// The prefix of its environment variables.
    pub variables: &'static str,
}

impl Program {
    /// Says why a configuration is refused; where there is none, how to make one.
    #[must_use]
    pub fn refused_config(
        &self,
        output: &Output,
        folder: &Path,
        error: &BadConfig,
    ) -> CommandError {
        let refused = CommandError::from_error(Kind::User, error);
        if folder.join(self.file).exists() {
            return refused;
        }
        refused.hint(output.text("operator-hint-init", &[("program", self.name.into())]))
    }

    /// Says why no service was made.
    #[must_use]
    pub fn not_made(&self, output: &Output, error: &MakeError) -> CommandError {
        let refused = CommandError::from_error(Kind::User, error);
        match error {
            MakeError::Folder(FolderError::Exists { .. }) => self.made_before(output, refused),
            MakeError::Folder(FolderError::Io { .. }) | MakeError::PublicUrl => refused,
        }
    }

    /// Adds what to do where there is a service already.
    #[must_use]
    pub fn made_before(&self, output: &Output, refused: CommandError) -> CommandError {
        refused.hint(output.text("operator-hint-exists", &[("program", self.name.into())]))
    }

    /// Says where the configuration is, and the token this once; with `--json`, beside what the
    /// door has to add.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub fn say_made(
        &self,
        output: &Output,
        folder: &Path,
        made: &Made,
        more: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), CommandError> {
        let config = made.config.display().to_string();
        let token = made.admin_token.expose();
        let mut data = more;
        data.insert("config".to_owned(), config.as_str().into());
        data.insert("admin_token".to_owned(), token.into());
        output.data(&data, || {
            let variables = [("config", config.as_str().into()), ("token", token.into())];
            output.text("operator-init-done", &variables)
        })?;
        let folder = folder.display().to_string();
        let variables = [("program", self.name.into()), ("dir", folder.into())];
        output.remark("operator-init-next", &variables);
        Ok(())
    }

    /// Binds the configured address, and runs the service until it is told to stop (SIGTERM,
    /// Ctrl-C).
    ///
    /// # Errors
    ///
    /// When the address is taken, or the service fails.
    pub async fn serve<E: Error>(
        &self,
        output: &Output,
        config: &service::Config,
        run: impl AsyncFnOnce(Listener, &Stop) -> Result<(), E>,
    ) -> Result<(), CommandError> {
        service::start_logs(&config.log);
        let failed = |error: &dyn Error| CommandError::from_error(Kind::User, error);
        let stop = Stop::on_signals().map_err(|error| failed(&error))?;
        let listener = Listener::bind(config).await;
        let listener = listener.map_err(|error| self.not_bound(output, &error))?;
        run(listener, &stop).await.map_err(|error| failed(&error))
    }

    fn not_bound(&self, output: &Output, error: &BootError) -> CommandError {
        let refused = CommandError::from_error(Kind::User, error);
        let variables = [
            ("file", self.file.into()),
            ("variables", self.variables.into()),
        ];
        match error {
            BootError::Bind(_) => refused.hint(output.text("operator-hint-listen", &variables)),
            BootError::Certificate(_) => {
                refused.hint(output.text("operator-hint-certificate", &variables))
            }
            BootError::Serve(_) | BootError::Signals(_) => refused,
        }
    }
}

/// Print the description of the HTTP API (OpenAPI, JSON)
#[derive(Args, Clone, Copy, Debug)]
pub struct Openapi {}

impl Openapi {
    /// Prints it: as JSON, asked for or not.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub fn run(self, api: &OpenApi, output: &Output) -> Result<(), CommandError> {
        let text = api
            .to_pretty_json()
            .map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
        output.data(api, || text)
    }
}
