//! The fuzzer for one target, named by `PESSOA_FUZZ_TARGET`; all targets are in one program, which
//! is built once. `cargo xtask fuzz` runs it.
//!
//! With `PESSOA_FUZZ_SEEDS` it writes the seeds of every target into that folder and ends.
#![no_main]

use std::fs;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use foreign_bytes::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<Target> = OnceLock::new();

fuzz_target!(
    init: {
        if let Some(folder) = variable("PESSOA_FUZZ_SEEDS") {
            plant(Path::new(&folder));
            exit(0);
        }
        let name = variable("PESSOA_FUZZ_TARGET").unwrap_or_default();
        TARGET.get_or_init(|| Target::named(&name).expect("PESSOA_FUZZ_TARGET names a target"));
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            let _ = (target.run)(bytes);
        }
    }
);

/// One folder for each target, one file for each seed; says the targets' names.
fn plant(folder: &Path) {
    for target in Target::all() {
        println!("{}", target.name);
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder).expect("a folder");
        for (number, seed) in target.seeds().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed).expect("a file");
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
