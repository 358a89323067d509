//! `pessoa-demo`: the whole story on one machine.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::install_tls_provider();
    demo::cli::run(std::env::args_os())
}
