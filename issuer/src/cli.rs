//! The command line. It works on the same database as a running service.

mod credential;
mod document;
mod enrol;
mod init;
mod keys;
mod list;
mod message;
mod revoke;
mod scrub;
mod serve;
mod suspend;
mod tags;
mod withdraw;

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

/// Enrols people from their identity documents and issues credentials (OpenID4VCI 1.0).
///
/// The commands work on the same database while the service runs.
#[derive(Debug, Parser)]
#[command(name = "pessoa-issuer", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
struct Shared {
    /// The folder with the issuer's configuration and keys
    #[arg(long, global = true, value_name = "DIR", env = "PESSOA_ISSUER_DIR")]
    #[arg(default_value = "issuer-data", hide_env = true)]
    dir: PathBuf,
    /// Print data as JSON
    #[arg(long, global = true)]
    json: bool,
    /// The language of messages: en or zh; that of the environment unless given
    #[arg(
        long,
        global = true,
        value_name = "TAG",
        env = "PESSOA_ISSUER_LANGUAGE",
        hide_env = true
    )]
    #[arg(value_parser = ["en", "zh"], hide_possible_values = true)]
    language: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    Enrol(enrol::Enrol),
    Revoke(revoke::Revoke),
    Suspend(suspend::Suspend),
    Resume(suspend::Resume),
    Message(message::Message),
    Withdraw(withdraw::Withdraw),
    List(list::List),
    Tags(tags::Tags),
    Credential(credential::Credential),
    Keys(keys::Keys),
    Scrub(scrub::Scrub),
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
            Command::Completions(command) => output.bytes(&command.script(self::command())),
            Command::Credential(command) => command.run(output),
            Command::Init(command) => command.run(shared, output),
            Command::Man(command) => command.write(self::command()),
            Command::Openapi(command) => command.run(&crate::http::openapi(), output),
            Command::Enrol(command) => block_on(command.run(shared, output)),
            Command::Keys(command) => block_on(command.run(shared, output)),
            Command::List(command) => block_on(command.run(shared, output)),
            Command::Message(command) => block_on(command.run(shared, output)),
            Command::Resume(command) => block_on(command.run(shared, output)),
            Command::Revoke(command) => block_on(command.run(shared, output)),
            Command::Scrub(command) => block_on(command.run(shared, output)),
            Command::Serve(command) => block_on(command.run(shared, output)),
            Command::Suspend(command) => block_on(command.run(shared, output)),
            Command::Tags(command) => block_on(command.run(shared, output)),
            Command::Withdraw(command) => block_on(command.run(shared, output)),
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
                let message = output.text("issuer-cannot-open", &[]);
                CommandError::new(Kind::User, message).because(Some(&error))
            })
    }
}

const PROGRAM: Program = Program {
    name: "pessoa-issuer",
    file: crate::config::FILE,
    variables: crate::config::VARIABLES,
};

const COMPLETIONS: &str = "\
Examples:
  pessoa-issuer completions bash > ~/.local/share/bash-completion/completions/pessoa-issuer
  pessoa-issuer completions zsh > ~/.zfunc/_pessoa-issuer
  pessoa-issuer completions fish > ~/.config/fish/completions/pessoa-issuer.fish";
const MAN: &str = "\
Examples:
  pessoa-issuer man ~/.local/share/man/man1";
const OPENAPI: &str = "\
Examples:
  pessoa-issuer openapi > issuer-openapi.json";
const TOKEN: &str = "\
Examples:
  pessoa-issuer token new --name 'front desk'
  pessoa-issuer token list
  pessoa-issuer token revoke 7f3a09c1";
const EXAMPLES: &str = "\
Examples:
  pessoa-issuer init                               make an issuer for trying out, on loopback
  pessoa-issuer init --dir /etc/pessoa-issuer --public-url https://id.example.org
  pessoa-issuer serve
  pessoa-issuer enrol --mrz passport.txt           two lines of the machine-readable zone
  pessoa-issuer revoke --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer list --json";
