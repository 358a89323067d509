//! Rebuilds when a migration is added: `sqlx::migrate!` tracks only the files
//! that it has seen.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
