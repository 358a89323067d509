//! `pessoa-verifier`: asks holders for presentations.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request is many small allocations on whichever thread has time for it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    service::install_tls_provider();
    verifier::cli::run(std::env::args_os())
}
