use crate::house::HouseError;
use crate::house::workspace::{Package, Workspace, read};

/// Checks what `cargo metadata` tells of each package: its floor, its edges, its name, its mains.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, HouseError> {
    let mut broken = Vec::new();
    for package in &workspace.packages {
        let name = &package.name;
        if package
            .folder()
            .file_name()
            .is_none_or(|folder| *folder != **name)
        {
            broken.push(format!("{name}: a package is named as its folder"));
        }
        match package.floor() {
            Some(floor) => broken.extend(edges(workspace, package, floor)),
            None => broken.push(format!("{name}: [package.metadata.house] floor is missing")),
        }
        for target in &package.targets {
            let lines = read(&target.src_path)?.lines().count();
            if target.kind.iter().any(|kind| kind == "bin") && lines > MAIN_LINES {
                let file = target.src_path.display();
                broken.push(format!(
                    "{name}: {file} has {lines} lines (most: {MAIN_LINES})"
                ));
            }
        }
    }
    Ok(broken)
}

/// Checks that every dependency within the workspace goes down, and that nothing below the
/// sans-IO line uses an engine.
fn edges(workspace: &Workspace, package: &Package, floor: u8) -> Vec<String> {
    let mut broken = Vec::new();
    for dependency in &package.dependencies {
        let kind = dependency.kind.as_deref().unwrap_or("normal");
        let edge = format!("{} -> {} ({kind})", package.name, dependency.name);
        if let Some(path) = &dependency.path {
            match workspace.at(path).map(Package::floor) {
                Some(Some(lower)) if lower >= floor => broken.push(format!(
                    "{edge}: an edge must go down, but goes from floor {floor} to {lower}"
                )),
                Some(_) => {}
                None => broken.push(format!("{edge}: the path leads out of the workspace")),
            }
        } else if floor < PORTS_FLOOR && kind != "dev" && ENGINES.contains(&&*dependency.name) {
            broken.push(format!(
                "{edge}: no clock, randomness, file, socket or async below floor {PORTS_FLOOR}"
            ));
        }
    }
    broken
}

/// From here up, packages may do input and output.
const PORTS_FLOOR: u8 = 6;

/// Crates that bring a clock, randomness, files, sockets or async.
const ENGINES: [&str; 9] = [
    "axum",
    "axum-server",
    "getrandom",
    "governor",
    "reqwest",
    "sqlx",
    "tempfile",
    "tokio",
    "tower",
];

/// A main parses arguments and calls its library.
const MAIN_LINES: usize = 40;
