//! `pessoa`: keeps a person's credentials, and shows them where the person agrees.

use std::process::ExitCode;

fn main() -> ExitCode {
    wallet_cli::run(std::env::args_os())
}
