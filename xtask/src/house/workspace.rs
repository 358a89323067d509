use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::house::HouseError;

/// A workspace as `cargo metadata` tells of it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
}

impl Workspace {
    pub(crate) fn load(root: &Path) -> Result<Self, HouseError> {
        let output = Command::new("cargo")
            .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
            .current_dir(root)
            .output()
            .map_err(|error| HouseError::Metadata(error.to_string()))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(HouseError::Metadata(stderr));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .map_err(|error| HouseError::Metadata(error.to_string()))?;
        Ok(Self {
            root: root.to_owned(),
            packages: metadata.packages,
        })
    }

    /// The package that lives in a folder.
    pub(crate) fn at(&self, folder: &Path) -> Option<&Package> {
        self.packages
            .iter()
            .find(|package| package.folder() == folder)
    }
}

/// A package of the workspace.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
    metadata: Option<PackageMetadata>,
}

impl Package {
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    pub(crate) fn floor(&self) -> Option<u8> {
        self.metadata.as_ref()?.house.as_ref()?.floor
    }
}

/// One dependency of a package. `kind` is absent, `dev` or `build`; `path` is there for packages
/// of this workspace.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    pub(crate) path: Option<PathBuf>,
}

/// Something that cargo builds from a package.
#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, HouseError> {
    fs::read_to_string(path).map_err(|source| HouseError::Read {
        path: path.to_owned(),
        source,
    })
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    house: Option<HouseMetadata>,
}

#[derive(Deserialize)]
struct HouseMetadata {
    floor: Option<u8>,
}
