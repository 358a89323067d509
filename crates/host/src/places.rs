//! Where a person's programs keep things (XDG Base Directory Specification).

use std::ffi::OsString;
use std::path::PathBuf;

/// The folder in which a program keeps a person's data: `$XDG_DATA_HOME`, or `~/.local/share`.
#[must_use]
pub fn data_folder() -> Option<PathBuf> {
    let home = || std::env::home_dir().filter(|home| home.is_absolute());
    absolute(std::env::var_os("XDG_DATA_HOME")).or_else(|| Some(home()?.join(".local/share")))
}

/// The folder in which a program keeps what a person configures: `$XDG_CONFIG_HOME`, or
/// `~/.config`.
#[must_use]
pub fn config_folder() -> Option<PathBuf> {
    let home = || std::env::home_dir().filter(|home| home.is_absolute());
    absolute(std::env::var_os("XDG_CONFIG_HOME")).or_else(|| Some(home()?.join(".config")))
}

/// The folder that lives in memory, is the person's alone and ends with the login:
/// `$XDG_RUNTIME_DIR`. There is nothing to take its place.
#[must_use]
pub fn runtime_folder() -> Option<PathBuf> {
    absolute(std::env::var_os("XDG_RUNTIME_DIR")).filter(|path| path.is_dir())
}

// The specification has a relative path ignored.
fn absolute(variable: Option<OsString>) -> Option<PathBuf> {
    variable
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_ignored() {
        assert_eq!(absolute(Some("here".into())), None);
        assert_eq!(absolute(Some("".into())), None);
        assert_eq!(absolute(Some("/run/me".into())), Some("/run/me".into()));
    }
}
