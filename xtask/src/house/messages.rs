use std::fs;
use std::path::{Path, PathBuf};

use catalogue::{Catalogue, Language};

use crate::house::HouseError;
use crate::house::workspace::{Workspace, read};

/// Checks that every message said in the sources, `.text("id", …)`, is in the catalogue.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, HouseError> {
    let catalogue = Catalogue::new(Language::English);
    let mut broken = Vec::new();
    for package in &workspace.packages {
        if EXEMPT.contains(&&*package.name) {
            continue;
        }
        for file in rust_files(&package.folder().join("src"))? {
            broken.extend(
                said(&read(&file)?)
                    .filter(|id| !catalogue.knows(id))
                    .map(|id| format!("{}: {id} is not in the catalogue", package.name)),
            );
        }
    }
    Ok(broken)
}

/// The ids that a source file says.
fn said(source: &str) -> impl Iterator<Item = &str> {
    source
        .split(".text(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(id, _)| id)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, HouseError> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    let failed = |source| HouseError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

/// Packages whose sources speak of messages without saying them.
const EXEMPT: [&str; 2] = ["catalogue", "xtask"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_where_they_are_said() {
        let source = r#"a.text("one", &[]); b.text(
            "two", &[]); response.text().await; c.text(id, &[])"#;
        assert_eq!(said(source).collect::<Vec<_>>(), ["one", "two"]);
    }
}
