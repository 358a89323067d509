use clap::Args;
use clap_complete::Shell;
use host::{CommandError, Kind};

use crate::session::Session;

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "pessoa", &mut script);
        session
            .terminal
            .write(&script)
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa completions bash > ~/.local/share/bash-completion/completions/pessoa
  pessoa completions zsh > ~/.zfunc/_pessoa
  pessoa completions fish > ~/.config/fish/completions/pessoa.fish";
