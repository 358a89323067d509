use std::path::{Path, PathBuf};

use catalogue::Language;
use host::KeyFileError;
use host::config::{ConfigError, Sources};
use serde::Deserialize;
use url::Url;

/// What the person configures: `wallet.toml`, and the variables `PESSOA_WALLET_*` over it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Whether Issuers and Verifiers on this machine may speak http. Nothing else permits that.
    pub(crate) dev: bool,
    language: Option<Tongue>,
    pub(crate) proxy: Option<Url>,
    /// Whether every transaction has a name of its own at the proxy.
    pub(crate) proxy_isolation: Option<bool>,
    x5c_authorities: Vec<PathBuf>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Config {
    /// Reads the configuration of the wallet in `folder`; without a file, the defaults.
    pub(crate) fn read(folder: &Path) -> Result<Self, ConfigError> {
        let mut sources = Sources::new("PESSOA_WALLET", &["DIR"]);
        let file = folder.join(FILE);
        if file.exists() {
            sources = sources.file(&file);
        }
        let mut config: Self = sources.read()?.finish()?;
        config.folder = folder.to_owned();
        Ok(config)
    }

    pub(crate) fn language(&self) -> Option<Language> {
        self.language.map(|tongue| match tongue {
            Tongue::En => Language::English,
            Tongue::Zh => Language::Chinese,
        })
    }

    /// Reads the certificates of authorities whose Issuers sign with `x5c`.
    pub(crate) fn x5c_authorities(&self) -> Result<Vec<Vec<u8>>, KeyFileError> {
        let mut anchors = Vec::new();
        for path in &self.x5c_authorities {
            anchors.extend(host::read_certificates(&self.folder.join(path))?);
        }
        Ok(anchors)
    }

    /// Writes the commented text of a new configuration.
    pub(crate) fn template(dev: bool, language: Option<Language>) -> String {
        let language = match language {
            Some(language) => format!("language = \"{}\"", language.tag()),
            None => "# language = \"en\"".to_owned(),
        };
        let dev = if dev { "dev = true" } else { "# dev = false" };
        format!(
            r#"# The wallet's settings. PESSOA_WALLET_PROXY and so on in the environment go over them.

# The language of messages, "en" or "zh"; that of the environment unless given.
{language}

# A SOCKS5 proxy for every request, such as Tor's: it hides the network address.
# proxy = "socks5h://127.0.0.1:9050"

# For a proxy that takes no user names. Otherwise each transaction has one of its own, by which Tor
# keeps them apart: the issuer and every platform see another exit.
# proxy_isolation = false

# Certificates (PEM) of authorities whose issuers sign with x5c, beside this file.
# x5c_authorities = ["authority.pem"]

# For trying things out: issuers and verifiers on this very machine may speak http.
{dev}
"#
        )
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tongue {
    En,
    Zh,
}

pub(crate) const FILE: &str = "wallet.toml";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        Config::read(folder.path())
    }

    #[test]
    fn the_template_is_what_it_says() {
        let plain = read(&Config::template(false, None)).unwrap();
        assert!(!plain.dev && plain.proxy.is_none() && plain.language().is_none());
        let set = read(&Config::template(true, Some(Language::Chinese))).unwrap();
        assert!(set.dev && set.language() == Some(Language::Chinese));
    }

    #[test]
    fn the_commented_lines_of_the_template_can_be_uncommented() {
        let text = Config::template(false, None);
        let lines: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let config = read(&lines).unwrap();
        assert_eq!(config.proxy.unwrap().as_str(), "socks5h://127.0.0.1:9050");
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line() {
        let error = read("\nprxy = \"x\"\n").unwrap_err().to_string();
        assert!(
            error.contains("line 2") && error.contains("`proxy`"),
            "{error}"
        );
    }

    #[test]
    fn a_file_without_certificates_is_told() {
        let config = read("x5c_authorities = [\"missing.pem\"]").unwrap();
        assert!(config.x5c_authorities().is_err());
    }
}
