//! The house rules (`docs/architecture.md`, "Floors"), as far as a program can check them.

use std::path::{Path, PathBuf};

use crate::house::workspace::Workspace;

mod manifests;
mod messages;
mod packages;
mod workspace;

/// Why the rules are not kept, or could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// Rules are broken; they were printed.
    #[error("{0} house rules are broken")]
    Broken(usize),
    /// `cargo metadata` failed.
    #[error("cargo metadata: {0}")]
    Metadata(String),
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A manifest is not TOML.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: toml::de::Error,
    },
}

/// Checks the workspace at `root` and prints every broken rule.
///
/// # Errors
/// A rule is broken, or the workspace could not be read.
pub fn report(root: &Path) -> Result<(), HouseError> {
    let broken = check(root)?;
    for rule in &broken {
        println!("{rule}");
    }
    if broken.is_empty() {
        println!("the house rules are kept");
        Ok(())
    } else {
        Err(HouseError::Broken(broken.len()))
    }
}

/// Checks the workspace at `root`; gives one line per broken rule, sorted.
///
/// # Errors
/// The workspace could not be read.
pub fn check(root: &Path) -> Result<Vec<String>, HouseError> {
    let workspace = Workspace::load(root)?;
    let mut broken = packages::check(&workspace)?;
    broken.extend(manifests::check(&workspace)?);
    broken.extend(messages::check(&workspace)?);
    broken.sort();
    Ok(broken)
}
