//! `cargo xtask link-game`: pools all that Issuer and Platforms see and tries to find out who is
//! who, in 64 freshly seeded games, and again with each of the defects that must be caught.

use std::path::Path;
use std::process::Command;

use crate::test::TestError;
use crate::test::step::{aloud, quiet, target_folder};

/// What is played.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many games
    #[arg(long, value_name = "N")]
    games: Option<usize>,
    /// How many people play in each
    #[arg(long, value_name = "N")]
    people: Option<usize>,
    /// Plays the games of an earlier run again: the seed that it printed
    #[arg(long, value_name = "HEX")]
    seed: Option<String>,
}

/// Builds the game and plays it.
///
/// # Errors
/// When it cannot be built, when somebody was found, or when a defect was not.
pub fn run(root: &Path, options: &Options) -> Result<(), TestError> {
    let mut build = Command::new("cargo");
    build
        .current_dir(root)
        .args(["build", "--release", "-p", "link-game"]);
    quiet("building the LINK game", &mut build)?;
    let mut game = Command::new(target_folder(root)?.join("release/pessoa-link-game"));
    for (name, value) in [
        ("--games", options.games.map(|games| games.to_string())),
        ("--people", options.people.map(|people| people.to_string())),
        ("--seed", options.seed.clone()),
    ] {
        if let Some(value) = value {
            game.args([name, &value]);
        }
    }
    aloud("who is who?", &mut game)
}
