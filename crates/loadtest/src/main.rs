//! `pessoa-loadtest`: whole flows under load, measured.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::install_tls_provider();
    loadtest::run(std::env::args_os())
}
