use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalogue::Language;
use host::KeyFileError;
use host::config::{ConfigError, Sources};
use linked_data::{ContextError, Contexts};
use serde::Deserialize;
use thiserror::Error;
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
    /// Further JSON-LD contexts: their files, by the addresses that credentials name.
    contexts: BTreeMap<String, PathBuf>,
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

    /// Makes the contexts known to this process. None is ever fetched.
    pub(crate) fn establish_contexts(&self) -> Result<(), UnusableContext> {
        if self.contexts.is_empty() {
            return Ok(());
        }
        let read = |(id, path): (&String, &PathBuf)| {
            let file = self.folder.join(path);
            match fs::read(&file) {
                Ok(content) => Ok((id.clone(), content)),
                Err(source) => Err(UnusableContext::Unreadable { file, source }),
            }
        };
        let contexts: Vec<_> = self.contexts.iter().map(read).collect::<Result<_, _>>()?;
        let known = contexts.iter().map(|(id, content)| (&**id, &**content));
        Ok(Contexts::establish(known)?)
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

# Contexts (JSON-LD) of credentials that the wallet does not know by itself: files beside this one, by the
# addresses that credentials name. None is ever fetched.
# contexts = {{ "https://issuer.example/contexts/v1" = "context.json" }}

# For trying things out: issuers and verifiers on this very machine may speak http.
{dev}
"#
        )
    }
}

/// A context of the configuration cannot be used. The Holder must act.
#[derive(Debug, Error)]
pub(crate) enum UnusableContext {
    #[error("a context of the configuration is refused: {0}")]
    Context(#[from] ContextError),
    #[error("cannot read {file}: {source}", file = .file.display())]
    Unreadable { file: PathBuf, source: io::Error },
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

    #[test]
    fn a_context_that_is_not_there_or_bundled_is_told() {
        let bundled = "https://www.w3.org/ns/credentials/v2";
        let folder = tempfile::tempdir().unwrap();
        let text = format!("contexts = {{ {bundled:?} = \"context.json\" }}");
        fs::write(folder.path().join(FILE), text).unwrap();
        let config = Config::read(folder.path()).unwrap();
        let refused = config.establish_contexts().unwrap_err().to_string();
        assert!(refused.contains("context.json"), "{refused}");
        let context = r#"{"@context": {"a": "urn:a"}}"#;
        fs::write(folder.path().join("context.json"), context).unwrap();
        let refused = config.establish_contexts();
        assert!(matches!(refused, Err(UnusableContext::Context(_))));
    }
}
