use std::path::Path;

use toml::Table;

use crate::house::HouseError;
use crate::house::workspace::{Workspace, read};

/// Checks what only the manifests' text tells: lints, and where dependencies come from and why.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, HouseError> {
    let root = workspace.root.join("Cargo.toml");
    let text = read(&root)?;
    let mut broken = reasons(&text);
    let manifest = parse(&root, &text)?;
    let unsafe_code = member(&manifest, &["workspace", "lints", "rust", "unsafe_code"]);
    if unsafe_code.and_then(toml::Value::as_str) != Some("forbid") {
        broken.push("workspace: unsafe_code is not forbidden".to_owned());
    }
    for package in &workspace.packages {
        let manifest = parse(&package.manifest_path, &read(&package.manifest_path)?)?;
        let lints = member(&manifest, &["lints", "workspace"]);
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            broken.push(format!(
                "{}: [lints] workspace = true is missing",
                package.name
            ));
        }
        broken.extend(
            outside_dependencies(&manifest)
                .map(|name| format!("{}: {name} does not come from the workspace", package.name)),
        );
    }
    Ok(broken)
}

/// Every dependency on a stranger has its reason, on its own line.
fn reasons(manifest: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .filter(|(name, rest)| {
            let ours = rest.contains("path = ");
            let reason = rest
                .rsplit_once(" # ")
                .is_some_and(|(_, reason)| !reason.is_empty());
            !name.starts_with('#') && !ours && !reason
        })
        .map(|(name, _)| format!("workspace: {} has no reason beside it", name.trim()))
        .collect()
}

/// The dependencies of a package that are not taken from `[workspace.dependencies]`.
fn outside_dependencies(manifest: &Table) -> impl Iterator<Item = &str> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values());
    std::iter::once(manifest)
        .chain(targets.filter_map(toml::Value::as_table))
        .flat_map(|table| {
            ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| table.get(kind))
        })
        .filter_map(|table| table?.as_table())
        .flatten()
        .filter(|(_, dependency)| {
            let shared = dependency.get("workspace").and_then(toml::Value::as_bool);
            shared != Some(true)
        })
        .map(|(name, _)| name.as_str())
}

fn member<'a>(table: &'a Table, path: &[&str]) -> Option<&'a toml::Value> {
    let (first, rest) = path.split_first()?;
    let mut value = table.get(*first)?;
    for name in rest {
        value = value.get(name)?;
    }
    Some(value)
}

fn parse(path: &Path, text: &str) -> Result<Table, HouseError> {
    text.parse().map_err(|source| HouseError::Toml {
        path: path.to_owned(),
        source,
    })
}
