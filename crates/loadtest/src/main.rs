//! `pessoa-loadtest`: whole flows under load, measured.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// As the services have it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    service::install_tls_provider();
    loadtest::run(std::env::args_os())
}
