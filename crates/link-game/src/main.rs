//! `pessoa-link-game`: tries to find out who is who.

use std::process::ExitCode;

fn main() -> ExitCode {
    link_game::run(std::env::args_os())
}
