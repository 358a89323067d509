//! `pessoa-verifier`: asks holders for presentations.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::install_tls_provider();
    verifier::cli::run(std::env::args_os())
}
