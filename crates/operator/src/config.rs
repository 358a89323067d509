use std::path::PathBuf;

use host::config::{ConfigError, Sources};
use serde::de::DeserializeOwned;
use service::ConfigRefused;
use thiserror::Error;

/// Reads what all services share, and all the rest as the door's `Own`, which must deny unknown
/// fields. The folder is the one at which `Own`'s relative paths are meant to start.
///
/// # Errors
///
/// [`BadConfig`] names the line or variable.
pub fn read<Own: DeserializeOwned>(
    sources: Sources,
) -> Result<(service::Config, Own, PathBuf), BadConfig> {
    let mut document = sources.read()?;
    let folder = document.folder();
    let service: service::Config = document.take(service::Config::KEYS)?;
    let service = service.checked(&folder)?;
    Ok((service, document.finish()?, folder))
}

/// Why a configuration is refused. The operator must act.
#[derive(Debug, Error)]
pub enum BadConfig {
    /// A value does not fit.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Values do not fit each other.
    #[error(transparent)]
    Refused(#[from] ConfigRefused),
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Own {
        names: Vec<String>,
    }

    fn read_text(text: &str) -> Result<(service::Config, Own, PathBuf), BadConfig> {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("service.toml");
        std::fs::write(&file, text).unwrap();
        read(Sources::with_environment("PESSOA_TEST", &[], []).file(&file))
    }

    const SHARED: &str = "listen = '127.0.0.1:0'\ndatabase = 'sqlite://x'\n";

    #[test]
    fn what_is_shared_and_what_is_own_are_told_apart() {
        let text = format!("{SHARED}public_url = 'https://a.example'\nnames = ['a']");
        let (service, own, folder) = read_text(&text).unwrap();
        assert_eq!(service.public_base(), "https://a.example");
        assert_eq!(own.names, ["a"]);
        assert!(folder.is_absolute());
    }

    #[test]
    fn what_nobody_knows_and_what_does_not_fit_is_refused() {
        let unknown = format!("{SHARED}public_url = 'https://a.example'\nnmaes = []");
        assert!(matches!(read_text(&unknown), Err(BadConfig::Config(_))));
        let insecure = format!("{SHARED}public_url = 'http://a.example'");
        assert!(matches!(read_text(&insecure), Err(BadConfig::Refused(_))));
    }
}
