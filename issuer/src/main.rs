//! `pessoa-issuer`: enrols people and issues credentials.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::install_tls_provider();
    issuer::cli::run(std::env::args_os())
}
