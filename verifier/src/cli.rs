//! The command line. It works on the same database as a running service.

mod accounts;
mod check;
mod credential;
mod door;
mod init;
mod policies;
mod refresh;
mod request;
mod result;
mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use host::{CommandError, Completions, Kind, Man, Output, block_on};
use operator::{Openapi, Program, Token};

use crate::app::App;
use crate::config::Config;

/// Runs a command line, the program's name first, and returns how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed: CommandLine = match host::parse(arguments) {
        Ok(parsed) => parsed,
        Err(ended) => return ended,
    };
    let output = Output::in_language(parsed.shared.language.as_deref(), parsed.shared.json);
    output.end(parsed.execute(&output))
}

/// The command line's description: for manual pages and shell completions.
#[must_use]
pub fn command() -> clap::Command {
    CommandLine::command()
}

/// Asks holders for presentations by named policies (OpenID4VP 1.0).
///
/// The commands work on the same database while the service runs.
#[derive(Debug, Parser)]
#[command(name = "pessoa-verifier", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Debug)]
struct Shared {
    /// The folder with the verifier's configuration and key
    #[arg(long, global = true, value_name = "DIR", env = "PESSOA_VERIFIER_DIR")]
    #[arg(default_value = "verifier-data", hide_env = true)]
    dir: PathBuf,
    /// Print data as JSON
    #[arg(long, global = true)]
    json: bool,
    /// The language of messages: en or zh; that of the environment unless given
    #[arg(
        long,
        global = true,
        value_name = "TAG",
        env = "PESSOA_VERIFIER_LANGUAGE",
        hide_env = true
    )]
    #[arg(value_parser = ["en", "zh"], hide_possible_values = true)]
    language: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    Request(request::Request),
    Result(result::Result),
    Policies(policies::Policies),
    Accounts(accounts::Accounts),
    Door(door::Door),
    Check(check::Check),
    Credential(credential::Credential),
    Refresh(refresh::Refresh),
    #[command(after_help = TOKEN)]
    Token(Token),
    #[command(after_help = OPENAPI)]
    Openapi(Openapi),
    #[command(after_help = COMPLETIONS)]
    Completions(Completions),
    #[command(after_help = MAN)]
    Man(Man),
}

impl CommandLine {
    fn execute(self, output: &Output) -> Result<(), CommandError> {
        let shared = &self.shared;
        match self.command {
            Command::Accounts(command) => block_on(command.run(shared, output)),
            Command::Check(command) => block_on(command.run(shared, output)),
            Command::Completions(command) => output.bytes(&command.script(self::command())),
            Command::Credential(command) => command.run(output),
            Command::Door(command) => block_on(command.run(shared, output)),
            Command::Init(command) => command.run(shared, output),
            Command::Man(command) => command.write(self::command()),
            Command::Openapi(command) => command.run(&crate::http::openapi(), output),
            Command::Policies(command) => command.run(shared, output),
            Command::Refresh(command) => block_on(command.run(shared, output)),
            Command::Request(command) => block_on(command.run(shared, output)),
            Command::Result(command) => block_on(command.run(shared, output)),
            Command::Serve(command) => block_on(command.run(shared, output)),
            Command::Token(command) => {
                let config = shared.config(output)?.service;
                command.run(&PROGRAM, &config, output, &mut host::system_rng())
            }
        }
    }
}

impl Shared {
    fn config(&self, output: &Output) -> Result<Config, CommandError> {
        Config::read(&self.dir).map_err(|error| PROGRAM.refused_config(output, &self.dir, &error))
    }

    async fn open(&self, output: &Output) -> Result<App, CommandError> {
        let config = self.config(output)?;
        App::open(config, Arc::new(host::SystemClock))
            .await
            .map_err(|error| {
                let message = output.text("verifier-cannot-open", &[]);
                CommandError::new(Kind::User, message).because(Some(&error))
            })
    }
}

const PROGRAM: Program = Program {
    name: "pessoa-verifier",
    file: crate::config::FILE,
    variables: crate::config::VARIABLES,
};

const COMPLETIONS: &str = "\
Examples:
  pessoa-verifier completions bash > ~/.local/share/bash-completion/completions/pessoa-verifier
  pessoa-verifier completions zsh > ~/.zfunc/_pessoa-verifier
  pessoa-verifier completions fish > ~/.config/fish/completions/pessoa-verifier.fish";
const MAN: &str = "\
Examples:
  pessoa-verifier man ~/.local/share/man/man1";
const OPENAPI: &str = "\
Examples:
  pessoa-verifier openapi > verifier-openapi.json";
const TOKEN: &str = "\
Examples:
  pessoa-verifier token new --name 'front desk'
  pessoa-verifier token list
  pessoa-verifier token revoke 7f3a09c1";
const EXAMPLES: &str = "\
Examples:
  pessoa-verifier init                             make a verifier for trying out, on loopback
  pessoa-verifier init --dir /etc/pessoa-verifier --public-url https://shop.example.org \\
      --trust-issuer https://id.example.org
  pessoa-verifier serve
  pessoa-verifier policies
  pessoa-verifier request --policy login --wait
  pessoa-verifier accounts list
  pessoa-verifier door
  pessoa-verifier credential inspect < credential.jwt
  pessoa-verifier result ID --token TOKEN --json";
