//! `pessoa-issuer`: enrols people and issues credentials.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request is many small allocations on whichever thread has time for it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    service::install_tls_provider();
    issuer::cli::run(std::env::args_os())
}
