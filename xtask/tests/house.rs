//! The house rules fail on a planted fault, and only then.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use xtask::house;

/// A workspace of three packages that keeps the rules.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "Cargo.toml",
        r#"
[workspace]
resolver = "3"
members = ["low", "middle", "high"]
[workspace.lints.rust]
unsafe_code = "forbid"
[workspace.dependencies]
# --- ours ---
low = { path = "low" }
middle = { path = "middle" }
high = { path = "high" }
# --- others ---
tokio = "1" # the runtime
"#,
    );
    package(folder.path(), "low", 1, "");
    package(
        folder.path(),
        "middle",
        3,
        "[dependencies]\nlow.workspace = true\n",
    );
    package(
        folder.path(),
        "high",
        6,
        "[dependencies]\nmiddle.workspace = true\ntokio.workspace = true\n\
         [dev-dependencies]\nlow.workspace = true\n",
    );
    folder
}

fn package(root: &Path, name: &str, floor: u8, dependencies: &str) {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [package.metadata.house]\nfloor = {floor}\n{dependencies}\
         [lints]\nworkspace = true\n"
    );
    write(root, &format!("{name}/Cargo.toml"), &manifest);
    write(root, &format!("{name}/src/lib.rs"), "");
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn replace(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn broken(folder: &TempDir) -> String {
    house::check(folder.path()).unwrap().join("\n")
}

#[test]
fn a_tidy_workspace_is_left_alone() {
    assert_eq!(broken(&workspace()), "");
}

#[test]
fn an_upward_edge_is_refused_whatever_its_kind() {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let folder = workspace();
        let edge = format!("[{kind}]\nhigh.workspace = true\n");
        replace(
            folder.path(),
            "high/Cargo.toml",
            "middle.workspace = true\n",
            "",
        );
        package(folder.path(), "middle", 3, &edge);
        let broken = broken(&folder);
        assert!(broken.contains("middle -> high"), "{kind}: {broken}");
        assert!(broken.contains("from floor 3 to 6"), "{kind}: {broken}");
    }
}

#[test]
fn an_upward_edge_for_one_platform_is_refused_too() {
    let folder = workspace();
    let edge = "[target.'cfg(windows)'.dependencies]\nhigh.workspace = true\n";
    package(folder.path(), "low", 1, edge);
    replace(
        folder.path(),
        "high/Cargo.toml",
        "middle.workspace = true\n",
        "",
    );
    replace(
        folder.path(),
        "high/Cargo.toml",
        "low.workspace = true\n",
        "",
    );
    assert!(broken(&folder).contains("low -> high (normal)"));
}

#[test]
fn an_edge_on_one_floor_is_refused() {
    let folder = workspace();
    replace(folder.path(), "low/Cargo.toml", "floor = 1", "floor = 3");
    assert!(broken(&folder).contains("middle -> low (normal)"));
}

#[test]
fn an_engine_below_the_ports_is_refused() {
    let folder = workspace();
    package(
        folder.path(),
        "middle",
        3,
        "[dependencies]\ntokio.workspace = true\n",
    );
    assert!(broken(&folder).contains("middle -> tokio (normal): no clock"));
}

#[test]
fn a_missing_floor_is_noticed() {
    let folder = workspace();
    replace(folder.path(), "low/Cargo.toml", "floor = 1", "");
    assert_eq!(
        broken(&folder),
        "low: [package.metadata.house] floor is missing"
    );
}

#[test]
fn missing_lints_are_noticed() {
    let folder = workspace();
    replace(
        folder.path(),
        "low/Cargo.toml",
        "[lints]\nworkspace = true\n",
        "",
    );
    assert_eq!(broken(&folder), "low: [lints] workspace = true is missing");
    let folder = workspace();
    replace(folder.path(), "Cargo.toml", "forbid", "deny");
    assert_eq!(broken(&folder), "workspace: unsafe_code is not forbidden");
}

#[test]
fn a_long_main_is_noticed() {
    let folder = workspace();
    write(folder.path(), "low/src/main.rs", &"//\n".repeat(41));
    assert!(broken(&folder).contains("main.rs has 41 lines"));
}

#[test]
fn a_dependency_needs_a_reason_and_one_place() {
    let folder = workspace();
    replace(folder.path(), "Cargo.toml", " # the runtime", "");
    assert_eq!(broken(&folder), "workspace: tokio has no reason beside it");
    let folder = workspace();
    replace(
        folder.path(),
        "high/Cargo.toml",
        "tokio.workspace = true",
        "tokio = \"1\"",
    );
    assert_eq!(
        broken(&folder),
        "high: tokio does not come from the workspace"
    );
}

#[test]
fn a_package_is_named_as_its_folder() {
    let folder = workspace();
    replace(
        folder.path(),
        "high/Cargo.toml",
        "name = \"high\"",
        "name = \"tall\"",
    );
    assert_eq!(broken(&folder), "tall: a package is named as its folder");
}

#[test]
fn a_message_that_is_not_in_the_catalogue_is_noticed() {
    let folder = workspace();
    write(
        folder.path(),
        "high/src/lib.rs",
        "//! x.text(\"no-such-message\", &[])\n",
    );
    assert_eq!(
        broken(&folder),
        "high: no-such-message is not in the catalogue"
    );
}
