//! The command line.

mod backup;
mod forget;
mod history;
mod init;
mod list;
mod lock;
mod numbers;
mod passphrase;
mod present;
mod receive;
mod refill;
mod renew;
mod restore;
mod show;
mod unlock;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use catalogue::Language;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use host::{CommandError, Completions, Kind, Man};
use url::Url;

use crate::console::Console;
use crate::machine::Machine;
use crate::session::Session;
use crate::terminal::Terminal;

/// Runs a command line, the program's name first, and returns how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run_with(arguments, &mut Console, &Machine::default()))
}

/// Runs a command line on any terminal and machine, and returns the exit code: 0 done, 1 and 2 for
/// the person, 3 for the other side, 4 when the person declined, 70 for a defect.
pub fn run_with(
    arguments: impl IntoIterator<Item = OsString>,
    terminal: &mut dyn Terminal,
    machine: &Machine,
) -> u8 {
    let parsed = match CommandLine::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(usage) => return refuse(&usage, terminal),
    };
    let mut session = Session::new(parsed.shared, terminal, machine);
    match parsed.command.run(&mut session) {
        Ok(()) => 0,
        Err(error) => {
            let text = error.render(session.catalogue());
            session.terminal.say(text.trim_end());
            error.kind().code()
        }
    }
}

/// The command line's description: for manual pages and shell completions.
#[must_use]
pub fn command() -> clap::Command {
    CommandLine::command()
}

/// Keeps your credentials, and shows of them what you agree to.
#[derive(Debug, Parser)]
#[command(name = "pessoa", version, after_help = EXAMPLES)]
struct CommandLine {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Shared {
    /// The folder of the wallet [default: ~/.local/share/pessoa]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "PESSOA_WALLET_DIR",
        hide_env = true
    )]
    pub(crate) dir: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of messages: en or zh; that of the environment unless given
    #[arg(long, global = true, value_name = "TAG")]
    #[arg(value_parser = ["en", "zh"], hide_possible_values = true)]
    language: Option<String>,
    /// Read the passphrase from the first line of a file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PESSOA_PASSPHRASE_FILE",
        hide_env = true
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Send every request through a SOCKS5 proxy, as socks5h://HOST:PORT
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PESSOA_PROXY",
        hide_env = true
    )]
    pub(crate) proxy: Option<Url>,
    /// Say nothing but data, questions and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

impl Shared {
    /// The language that the command line asks for.
    pub(crate) fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::parse)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Receive(receive::Receive),
    List(list::List),
    Show(show::Show),
    Present(present::Present),
    Numbers(numbers::Numbers),
    Renew(renew::Renew),
    Refill(refill::Refill),
    History(history::History),
    Forget(forget::Forget),
    Unlock(unlock::Unlock),
    Lock(lock::Lock),
    Passphrase(passphrase::Change),
    Words(words::Words),
    Backup(backup::Backup),
    Restore(restore::Restore),
    #[command(after_help = COMPLETIONS)]
    Completions(Completions),
    #[command(after_help = MAN)]
    Man(Man),
}

impl Command {
    fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        match self {
            Self::Completions(command) => {
                let written = session.terminal.write(&command.script(self::command()));
                return written.map_err(|error| CommandError::from_error(Kind::User, &error));
            }
            Self::Man(command) => return command.write(self::command()),
            _ => session.configure()?,
        }
        match self {
            Self::Completions(_) | Self::Man(_) => Ok(()),
            Self::Backup(command) => command.run(session),
            Self::Forget(command) => command.run(session),
            Self::History(command) => command.run(session),
            Self::Init(command) => command.run(session),
            Self::List(command) => command.run(session),
            Self::Lock(command) => command.run(session),
            Self::Numbers(command) => command.run(session),
            Self::Passphrase(command) => command.run(session),
            Self::Present(command) => command.run(session),
            Self::Receive(command) => command.run(session),
            Self::Refill(command) => command.run(session),
            Self::Renew(command) => command.run(session),
            Self::Restore(command) => command.run(session),
            Self::Show(command) => command.run(session),
            Self::Unlock(command) => command.run(session),
            Self::Words(command) => command.run(session),
        }
    }
}

/// Says what clap says: help and version as data, all else as an error.
fn refuse(usage: &clap::Error, terminal: &mut dyn Terminal) -> u8 {
    let text = usage.render();
    if usage.use_stderr() {
        let text = match terminal.has_colours() {
            true => text.ansi().to_string(),
            false => text.to_string(),
        };
        terminal.say(text.trim_end());
        return Kind::Usage.code();
    }
    match terminal.write(text.to_string().as_bytes()) {
        Ok(()) => 0,
        Err(_) => Kind::User.code(),
    }
}

const COMPLETIONS: &str = "\
Examples:
  pessoa completions bash > ~/.local/share/bash-completion/completions/pessoa
  pessoa completions zsh > ~/.zfunc/_pessoa
  pessoa completions fish > ~/.config/fish/completions/pessoa.fish";
const MAN: &str = "\
Examples:
  pessoa man ~/.local/share/man/man1";
const EXAMPLES: &str = "\
Examples:
  pessoa init                                  make a wallet
  pessoa receive 'openid-credential-offer://…' accept what an issuer offers
  pessoa list
  pessoa present photo.png                     answer whoever shows the QR code in the picture
  pessoa history

Exit codes: 0 done, 1 and 2 for you to act, 3 for the other side, 4 declined, 70 a defect.";
