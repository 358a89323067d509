//! Rebuilds when a migration is added: `sqlx::migrate!` tracks only the files
//! that it has seen.
#![expect(clippy::print_stdout, reason = "cargo reads the build script's output")]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
