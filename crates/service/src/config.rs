use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use crate::network::Network;

/// The part of a configuration that all services share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file with the hashes of the admin tokens; without it the admin API is closed.
    pub admin_tokens: Option<PathBuf>,
    /// Where records live: `sqlite://…` or `postgres://…`.
    pub database: DatabaseUrl,
    /// Development on loopback: the only thing that permits http and private addresses.
    #[serde(default)]
    pub dev: bool,
    /// How much one caller may ask.
    #[serde(default)]
    pub limits: Limits,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How to log.
    #[serde(default)]
    pub log: Log,
    /// Who may read `/metrics`; loopback alone unless told otherwise.
    #[serde(default = "loopback")]
    pub metrics_from: Vec<Network>,
    /// The address under which others reach the service; identifiers are made of it.
    pub public_url: Url,
    /// Certificate and key, where no proxy in front ends TLS.
    pub tls: Option<Tls>,
    /// The proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
}

impl Config {
    /// The keys of this part, for `host::config::Document::take`.
    pub const KEYS: &[&'static str] = &[
        "admin_tokens",
        "database",
        "dev",
        "limits",
        "listen",
        "log",
        "metrics_from",
        "public_url",
        "tls",
        "trusted_proxies",
    ];

    /// Checks what no single value shows, and makes relative paths start at `folder`.
    ///
    /// # Errors
    ///
    /// When the public address is not one, or insecure without `dev`, or `dev` is set for an
    /// address that others can reach.
    pub fn checked(mut self, folder: &Path) -> Result<Self, ConfigRefused> {
        let url = &self.public_url;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(ConfigRefused::PublicUrlParts);
        }
        match (url.scheme(), self.dev) {
            (_, true) if !web_address::is_loopback(url) => {
                return Err(ConfigRefused::DevBeyondLoopback);
            }
            ("https", _) | ("http", true) => {}
            _ => return Err(ConfigRefused::Insecure),
        }
        if let Some(tls) = &mut self.tls {
            tls.certificate = folder.join(&tls.certificate);
            tls.key = folder.join(&tls.key);
        }
        self.admin_tokens = self.admin_tokens.map(|path| folder.join(path));
        self.database = self.database.in_folder(folder);
        Ok(self)
    }

    /// Returns where a new service listens unless told otherwise: on the port of its public
    /// address, or on `port` if that names none. On loopback that is the address itself, elsewhere
    /// it lies behind a proxy on the same machine.
    #[must_use]
    pub fn listen(public_url: &Url, port: u16) -> SocketAddr {
        let address = match public_url.host() {
            Some(Host::Ipv6(address)) if address.is_loopback() => IpAddr::V6(address),
            Some(Host::Ipv4(address)) if address.is_loopback() => IpAddr::V4(address),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        SocketAddr::new(address, public_url.port().unwrap_or(port))
    }

    /// Returns the public address without a slash at its end, as identifiers are written.
    #[must_use]
    pub fn public_base(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }

    /// Tells whether nobody beyond this machine reaches the service, by what is configured: it
    /// listens on loopback, and its address is there too. A proxy in front has another address.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        web_address::is_loopback(&self.public_url) && self.listen.ip().is_loopback()
    }

    /// Writes the commented text of a new configuration; a door appends its own keys.
    #[must_use]
    pub fn template(public_url: &Url, listen: SocketAddr, database: &str) -> String {
        let dev = web_address::is_loopback(public_url);
        let public_url = public_url.as_str().trim_end_matches('/');
        format!(
            r#"# The address under which others reach this service. Identifiers are made of it: do not change
# it once credentials name it.
public_url = "{public_url}"

# Where to listen.
listen = "{listen}"

# Development: permits http and private addresses. Works on loopback only.
dev = {dev}

# Where records live: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME
database = "{database}"

# One SHA-256 hash per line of the tokens that may use the admin API.
admin_tokens = "admin-tokens"

# Proxies in front of this service; X-Forwarded-For is believed from them alone.
# trusted_proxies = ["10.0.0.0/8"]

# Who may read /metrics.
# metrics_from = ["127.0.0.0/8", "::1/128"]

# Certificate and key, where no proxy in front ends TLS.
# [tls]
# certificate = "certificate.pem"
# key = "key.pem"

# [limits]
# requests_per_minute = 600   # from one address; 0 switches the limit off
# burst = 100                 # of them at once
# body_bytes = 65536
# seconds = 20                # to answer a request
# stop_seconds = 10           # to finish what runs when told to stop

# [log]
# format = "json"             # or "pretty"
# level = "info"              # or "error", "warn", "debug"
"#
        )
    }
}

/// The address of a database. It may hold a password, so `Debug` tells only the engine.
#[derive(Deserialize)]
#[serde(from = "String")]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// Hands out the address.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Lets the file of a database start at `folder`, wherever the process was started.
    fn in_folder(self, folder: &Path) -> Self {
        match self.expose().strip_prefix(SQLITE) {
            None => self,
            Some(file) => format!("{SQLITE}{}", folder.join(file).display()).into(),
        }
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(SecretString::from(url))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.expose().split(':').next().unwrap_or_default();
        write!(f, "DatabaseUrl({scheme}:[REDACTED])")
    }
}

/// How much one caller may ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The longest request body.
    pub body_bytes: usize,
    /// The requests that one address may send at once.
    pub burst: u32,
    /// The requests per minute from one address; 0 switches the limit off.
    pub requests_per_minute: u32,
    /// The time to answer a request.
    pub seconds: u64,
    /// The time to finish what runs when told to stop.
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            burst: 100,
            requests_per_minute: 600,
            seconds: 20,
            stop_seconds: 10,
        }
    }
}

/// How to log. Logs go to standard error.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For machines or for people.
    pub format: LogFormat,
    /// How much.
    pub level: LogLevel,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For a terminal.
    Pretty,
}

/// How much is logged of the project's own crates; others log warnings only.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every request with route, status and duration.
    Debug,
    /// What needs an operator.
    Error,
    /// Starting, stopping, scheduled work.
    #[default]
    Info,
    /// What may need one soon.
    Warn,
}

/// Certificate and key files, in PEM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why values that are fine one by one are refused together; the operator must act.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum ConfigRefused {
    /// `dev` with an address that others can reach.
    #[error("`dev = true` needs a loopback `public_url`, such as http://127.0.0.1:8080")]
    DevBeyondLoopback,
    /// http without `dev`.
    #[error("`public_url` must be https; `dev = true` permits http on loopback")]
    Insecure,
    /// More than scheme, host, port and path.
    #[error("`public_url` must have no user, query or fragment")]
    PublicUrlParts,
}

fn loopback() -> Vec<Network> {
    ["127.0.0.0/8", "::1/128"]
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

const SQLITE: &str = "sqlite://";

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, ConfigRefused> {
        let text = format!("listen = '127.0.0.1:0'\ndatabase = 'sqlite://x'\n{text}");
        toml::from_str::<Config>(&text)
            .unwrap()
            .checked(Path::new("/etc/pessoa"))
    }

    #[test]
    fn http_and_loopback_need_dev_and_dev_needs_loopback() {
        assert!(config("public_url = 'https://issuer.example'").is_ok());
        let insecure = config("public_url = 'http://issuer.example'").unwrap_err();
        assert_eq!(insecure, ConfigRefused::Insecure);
        let insecure = config("public_url = 'http://127.0.0.1:1'").unwrap_err();
        assert_eq!(insecure, ConfigRefused::Insecure);
        assert!(config("public_url = 'http://127.0.0.1:1'\ndev = true").is_ok());
        assert!(config("public_url = 'http://[::1]:1'\ndev = true").is_ok());
        let beyond = config("public_url = 'https://issuer.example'\ndev = true").unwrap_err();
        assert_eq!(beyond, ConfigRefused::DevBeyondLoopback);
        let parts = config("public_url = 'https://issuer.example/?a=b'").unwrap_err();
        assert_eq!(parts, ConfigRefused::PublicUrlParts);
    }

    #[test]
    fn relative_paths_start_at_the_configuration() {
        let text = "public_url = 'https://a.example'\nadmin_tokens = 'tokens'\n\
                    [tls]\ncertificate = 'c.pem'\nkey = '/run/k.pem'";
        let config = config(text).unwrap();
        assert_eq!(
            config.admin_tokens.unwrap(),
            Path::new("/etc/pessoa/tokens")
        );
        let tls = config.tls.unwrap();
        assert_eq!(tls.certificate, Path::new("/etc/pessoa/c.pem"));
        assert_eq!(tls.key, Path::new("/run/k.pem"));
        assert_eq!(config.database.expose(), "sqlite:///etc/pessoa/x");
    }

    #[test]
    fn only_the_file_of_a_database_is_a_path() {
        let place = |url: &str| {
            let url = DatabaseUrl::from(url.to_owned()).in_folder(Path::new("/etc/pessoa"));
            url.expose().to_owned()
        };
        assert_eq!(place("sqlite:///var/x.db"), "sqlite:///var/x.db");
        assert_eq!(place("postgres://host/db"), "postgres://host/db");
    }

    #[test]
    fn a_new_service_listens_at_its_address_or_behind_a_proxy() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
            ("http://localhost:8080", "127.0.0.1:8080"),
            ("https://issuer.example", "127.0.0.1:8001"),
            ("https://192.0.2.1:8443", "127.0.0.1:8443"),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(Config::listen(&url, 8001), expected.parse().unwrap());
        }
    }

    #[test]
    fn the_template_is_a_configuration_with_every_default_as_it_says() {
        let url = Url::parse("http://127.0.0.1:8080").unwrap();
        let listen = "127.0.0.1:8080".parse().unwrap();
        let text = Config::template(&url, listen, "sqlite://issuer.db");
        let config: Config = toml::from_str(&text).unwrap();
        assert!(config.dev);
        // What stands behind `# ` is TOML too, and says the defaults.
        let uncommented: Vec<&str> = text
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap_or(line))
            .filter(|line| line.starts_with('[') || line.contains(" = "))
            .collect();
        let full: Config = toml::from_str(&uncommented.join("\n")).unwrap();
        assert_eq!(
            format!("{:?}", full.limits),
            format!("{:?}", Limits::default())
        );
        assert_eq!(format!("{:?}", full.log), format!("{:?}", Log::default()));
        assert_eq!(full.metrics_from, config.metrics_from);
        let url = Url::parse("https://issuer.example").unwrap();
        assert!(
            !toml::from_str::<Config>(&Config::template(&url, listen, ""))
                .unwrap()
                .dev
        );
    }

    #[test]
    fn the_list_of_keys_is_complete() {
        let error = toml::from_str::<Config>("unknown = 1").unwrap_err();
        let mut known: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        known.sort_unstable();
        assert_eq!(known, Config::KEYS);
    }

    #[test]
    fn the_password_of_the_database_is_not_shown() {
        let url = DatabaseUrl::from("postgres://user:hunter2@host/db".to_owned());
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres:[REDACTED])");
    }
}
