//! The programs that were built with this test.

use std::path::PathBuf;
use std::process::{Child, Command};

/// The folder of the programs.
pub(crate) fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let programs = test.parent().unwrap().parent().unwrap().to_owned();
    for program in ["pessoa", "pessoa-issuer", "pessoa-verifier"] {
        assert!(
            programs.join(program).is_file(),
            "{program} is not built: run `cargo build --bins`, or all tests with `cargo xtask test`"
        );
    }
    programs
}

/// A program that does not outlive the test; dropping it kills it.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
