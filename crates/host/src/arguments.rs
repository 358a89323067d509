//! What every program does with its arguments.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command, Parser};
use clap_complete::Shell;

use crate::command::{CommandError, Kind};

/// Reads a command line, the program's name first.
///
/// # Errors
///
/// How the process ends when there is nothing to do but to print help, the version, or how the
/// program is used. That is printed then.
pub fn parse<P: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<P, ExitCode> {
    P::try_parse_from(arguments).map_err(|usage| {
        // Nothing is left to say it to if the terminal is gone.
        let _ = usage.print();
        u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

/// Print completions for a shell
#[derive(Args, Clone, Copy, Debug)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes the script that completes the commands of a program.
    #[must_use]
    pub fn script(self, mut program: Command) -> Vec<u8> {
        let name = program.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, name, &mut script);
        script
    }
}

/// Write the manual pages into a folder
#[derive(Args, Clone, Debug)]
pub struct Man {
    /// The folder; it is made where it does not exist
    folder: PathBuf,
}

impl Man {
    /// Writes a page for the program and one for each command.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written.
    pub fn write(&self, program: Command) -> Result<(), CommandError> {
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(program, &self.folder))
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program.
    #[derive(Debug, Parser)]
    #[command(name = "clerk")]
    enum Clerk {
        Completions(Completions),
        Man(Man),
    }

    fn clerk(arguments: &[&str]) -> Clerk {
        let name = std::iter::once(&"clerk");
        parse(name.chain(arguments).map(OsString::from)).unwrap()
    }

    #[test]
    fn a_shell_learns_the_commands() {
        let Clerk::Completions(command) = clerk(&["completions", "bash"]) else {
            panic!("another command");
        };
        let program = <Clerk as clap::CommandFactory>::command();
        let script = String::from_utf8(command.script(program)).unwrap();
        assert!(script.contains("clerk") && script.contains("completions"));
    }

    #[test]
    fn every_command_has_a_page() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("deep/man1");
        let Clerk::Man(command) = clerk(&["man", folder.to_str().unwrap()]) else {
            panic!("another command");
        };
        let program = || <Clerk as clap::CommandFactory>::command();
        command.write(program()).unwrap();
        for page in ["clerk.1", "clerk-man.1", "clerk-completions.1"] {
            assert!(folder.join(page).is_file(), "{page}");
        }
        std::fs::write(place.path().join("file"), "").unwrap();
        let wrong = Man {
            folder: place.path().join("file"),
        };
        assert_eq!(wrong.write(program()).unwrap_err().kind(), Kind::User);
    }

    #[test]
    fn what_is_not_understood_ends_the_process() {
        let arguments = ["clerk", "sing"].map(OsString::from);
        assert_eq!(parse::<Clerk>(arguments).unwrap_err(), ExitCode::from(2));
    }
}
