//! What an operator configures.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use host::config::Sources;
use jiff::SignedDuration;
use openid4vci::issuer::Lifetimes;
use operator::{BadConfig, ReferencesConfig};
use serde::Deserialize;
use url::Url;

use crate::credential_type::{CredentialType, Identification};

/// The configuration of an issuer: `issuer.toml`, and the variables `PESSOA_ISSUER_*` over it.
#[derive(Debug)]
pub struct Config {
    /// What all services share.
    pub service: service::Config,
    /// What is the issuer's own; its paths are absolute or start at the working folder.
    pub issuer: IssuerConfig,
}

impl Config {
    /// Reads `issuer.toml` in `folder`, with the environment over it.
    ///
    /// # Errors
    /// [`BadConfig`] names the line or variable.
    pub fn read(folder: &Path) -> Result<Self, BadConfig> {
        let sources = Sources::new(VARIABLES, RESERVED).file(&folder.join(FILE));
        Self::from_sources(sources)
    }

    /// Reads a configuration from chosen sources.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from_sources(sources: Sources) -> Result<Self, BadConfig> {
        let (service, mut issuer, folder): (_, IssuerConfig, _) = operator::read(sources)?;
        issuer.keys = folder.join(&issuer.keys);
        issuer.status.folder = folder.join(&issuer.status.folder);
        issuer.references.start_at(&folder);
        Ok(Self { service, issuer })
    }

    /// Writes the commented text of a new configuration.
    #[must_use]
    pub fn template(name: &str, public_url: &Url, listen: SocketAddr) -> String {
        let shared = service::Config::template(public_url, listen, "sqlite://issuer.db");
        let name = toml::Value::from(name);
        // Top-level keys come before the first table, also before a commented one that somebody
        // will uncomment.
        format!(
            r#"# How verifiers find the signing key: "jwt-vc-issuer", "x5c" or "did".
identification = "jwt-vc-issuer"

# One-time copies that a wallet may ask for at once, and that one enrolment may have unexpired.
# batch_size = 10
# max_copies = 200

# Digits of the transaction code, 4 to 8; and how often one may be tried.
# transaction_code_digits = 6
# transaction_code_attempts = 5

# How long an offer waits to be redeemed, and for how long a wallet may fetch new copies.
# offer_hours = 24
# refresh_days = 365

# How many days somebody who has left (`pessoa-issuer withdraw`) waits before enrolling again.
# withdrawal_days = 30

# Whether /credentials/issue, /credentials/derive, /presentations and /mechanisms issue whatever a
# caller with an admin token asks for, with keys that stand for nobody (W3C's test suites). On
# loopback no token is needed.
# vc_api = false

# Lets that interface issue and derive what spells out all of its contexts, as some documents of test
# suites do: strict verifiers refuse it.
# vc_api_for_test_suites = false

# Where the keys lie. Keep them out of backups of the database.
# keys = "keys"

{shared}
# What people call the issuer, by language.
[names]
en = {name}

# The net certificate: unlinkable, with one number per person and platform. All of this is part of
# what is published ahead of every epoch, and cannot change once it is.
# [net_certificate]
# enabled = true
# id = "net"
# epoch_days = 7          # certificates are good for one epoch, and issued one ahead: a revoked one ends with the next
# time_zone = "+00:00"    # the offset of legal time from UTC, by which ages are computed
# assurance = "low"       # how well evidence is checked: "low", "substantial" or "high"
# titles = {{ en = "Net certificate", zh = "网络身份凭证" }}

# [status]
# folder = "status"       # where the signed status lists are written; any web server can serve it
# entries = 131072        # in each list
# ttl_seconds = 300       # how long a verifier may use a list before fetching it again
# messages = []           # what W3C credentials can be made to say (`pessoa-issuer message`), by its code from 0 on,
#                         # such as ["none", "under review", "reported lost"]; what a code means, stays
# message_references = [] # addresses at which more is said of them

# [references]
# schemas = []            # JSON Schemas (`credentialSchema`) that credentials of the interface above are held against
#                         # before they are issued, such as [{{ id = "https://…/person.json", file = "person.json" }}]
# resources = []          # what they name as `relatedResource`, in the same way; without a file, what has a digest
#                         # ("sha384-…") is fetched from its id when the service starts
# contexts = []           # JSON-LD contexts beside the bundled ones, in the same way; these are never fetched
# refuse_unknown = false  # whether credentials that refer to anything else are refused

# What is issued beside it. Without any [[credentials]] it is what the commented lines say, with all claims.
# [[credentials]]
# id = "person"
# format = "dc+sd-jwt"
# type = "person"
# titles = {{ en = "Person", zh = "个人身份" }}
# claims = ["given_name", "family_name", "birth_date", "nationality", "document_type",
#   "issuing_state", "document_number", "age_over_14", "age_over_16", "age_over_18",
#   "age_over_21", "age_over_60"]
# valid_days = 14
#
# [[credentials]]
# id = "adult"
# format = "jwt_vc_json"
# type = "AdultCredential"
# titles = {{ en = "Proof of majority", zh = "成年证明" }}
# claims = ["age_over_18"]
# valid_days = 14
#
# A W3C credential of which wallets show a part (needs identification = "did"): with "ecdsa-sd-2023", or
# with "bbs-2023", whose proofs cannot be linked. Issuer, types, validity, status and the name of the
# holder's key are always shown, and so are the claims under mandatory.
# [[credentials]]
# id = "citizen"
# format = "ldp_vc"
# cryptosuite = "ecdsa-sd-2023"
# type = "CitizenCredential"
# titles = {{ en = "Citizen", zh = "公民身份" }}
# claims = ["given_name", "family_name", "birth_date", "nationality", "age_over_18"]
# mandatory = ["nationality"]
# valid_days = 14
"#
        )
    }
}

/// What is the issuer's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerConfig {
    /// The largest number of copies in one request.
    pub batch_size: u32,
    /// What is issued.
    pub credentials: Vec<CredentialType>,
    /// How verifiers find the signing key.
    pub identification: Identification,
    /// The folder of the keys.
    pub keys: PathBuf,
    /// The largest number of unexpired copies of one enrolment.
    pub max_copies: u32,
    /// What people call the issuer, by language.
    pub names: BTreeMap<String, String>,
    /// The net certificate.
    pub net_certificate: NetCertificateConfig,
    /// How many hours an offer waits.
    pub offer_hours: u32,
    /// What credentials are held against before they are issued.
    pub references: ReferencesConfig,
    /// For how many days a wallet may fetch new copies.
    pub refresh_days: u32,
    /// The status lists.
    pub status: StatusConfig,
    /// How often a transaction code may be tried.
    pub transaction_code_attempts: u32,
    /// How many digits a transaction code has.
    pub transaction_code_digits: u32,
    /// Whether the interface of W3C's test suites is on.
    pub vc_api: bool,
    /// Whether that interface secures documents which spell out their contexts.
    pub vc_api_for_test_suites: bool,
    /// How many days somebody who has left waits before enrolling again.
    pub withdrawal_days: u16,
}

impl IssuerConfig {
    /// How long things are good for.
    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            offer: SignedDuration::from_hours(self.offer_hours.into()),
            refresh_token: SignedDuration::from_hours(i64::from(self.refresh_days) * 24),
            ..Lifetimes::default()
        }
    }
}

impl Default for IssuerConfig {
    fn default() -> Self {
        Self {
            batch_size: 10,
            credentials: CredentialType::defaults(),
            identification: Identification::default(),
            keys: PathBuf::from("keys"),
            max_copies: 200,
            names: BTreeMap::new(),
            net_certificate: NetCertificateConfig::default(),
            offer_hours: 24,
            references: ReferencesConfig::default(),
            refresh_days: 365,
            status: StatusConfig::default(),
            transaction_code_attempts: 5,
            transaction_code_digits: 6,
            vc_api: false,
            vc_api_for_test_suites: false,
            withdrawal_days: 30,
        }
    }
}

/// The net certificate. What stands here is part of every published profile: once there is one, it
/// cannot change.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetCertificateConfig {
    /// Whether it is issued.
    pub enabled: bool,
    /// The `credential_configuration_id`.
    pub id: String,
    /// How many days an epoch lasts: certificates are good for one and issued one ahead, so that
    /// a revocation takes full effect when the next has ended.
    pub epoch_days: u16,
    /// The offset of legal time from UTC, by which ages are computed.
    pub time_zone: String,
    /// What it says of how well the evidence was checked: `low`, `substantial` or `high`.
    pub assurance: String,
    /// What people call it, by language.
    pub titles: BTreeMap<String, String>,
}

impl Default for NetCertificateConfig {
    fn default() -> Self {
        let title = |language: &str, title: &str| (language.to_owned(), title.to_owned());
        Self {
            enabled: true,
            id: "net".to_owned(),
            epoch_days: 7,
            time_zone: "+00:00".to_owned(),
            assurance: "low".to_owned(),
            titles: BTreeMap::from([title("en", "Net certificate"), title("zh", "网络身份凭证")]),
        }
    }
}

/// The status lists.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusConfig {
    /// How many copies share a list: the crowd in which each is lost.
    pub entries: u32,
    /// Where the signed lists are written.
    pub folder: PathBuf,
    /// What W3C credentials can be made to say, by its code from zero on, which is what all say
    /// at first. Public, and in the credentials: what a code means cannot change.
    pub messages: Vec<String>,
    /// Where more is said of the messages.
    pub message_references: Vec<Url>,
    /// How long a verifier may use a list before fetching it again.
    pub ttl_seconds: u32,
}

impl Default for StatusConfig {
    fn default() -> Self {
        Self {
            entries: 131_072,
            folder: PathBuf::from("status"),
            messages: Vec::new(),
            message_references: Vec::new(),
            ttl_seconds: 300,
        }
    }
}

/// The configuration's file.
pub(crate) const FILE: &str = "issuer.toml";

/// The prefix of the environment variables.
pub(crate) const VARIABLES: &str = "PESSOA_ISSUER";

/// Variables with that prefix that the command line reads.
const RESERVED: &[&str] = &["DIR", "LANGUAGE"];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Config {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join(FILE);
        std::fs::write(&file, text).unwrap();
        Config::from_sources(Sources::with_environment(VARIABLES, &[], []).file(&file)).unwrap()
    }

    fn template() -> String {
        let url = "http://127.0.0.1:8001".parse().unwrap();
        Config::template("Office \"One\"", &url, "127.0.0.1:8001".parse().unwrap())
    }

    #[test]
    fn the_template_says_the_defaults() {
        let config = read(&template());
        assert_eq!(config.issuer.names.get("en").unwrap(), "Office \"One\"");
        let mut issuer = config.issuer;
        issuer.names.clear();
        let expected = IssuerConfig {
            keys: issuer.keys.clone(),
            status: StatusConfig {
                folder: issuer.status.folder.clone(),
                ..StatusConfig::default()
            },
            ..IssuerConfig::default()
        };
        assert_eq!(format!("{issuer:?}"), format!("{expected:?}"));
        assert!(issuer.keys.ends_with("keys") && issuer.keys.is_absolute());
    }

    #[test]
    fn what_is_commented_out_says_the_defaults_too() {
        let text = template();
        let (_, own) = text.split_once("# What people call").unwrap();
        let (defaults, example) = own.split_once("#\n# A W3C credential").unwrap();
        let uncommented: String = defaults
            .lines()
            .skip(1)
            .filter(|line| {
                let text = [
                    "# What is issued",
                    "# The net certificate:",
                    "# what is published",
                ];
                !text.iter().any(|text| line.starts_with(text))
            })
            .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line)))
            .filter(|line| line != "#\n")
            .collect();
        let mut issuer: IssuerConfig = toml::from_str(&uncommented).unwrap();
        issuer.names.clear();
        assert_eq!(
            format!("{issuer:?}"),
            format!("{:?}", IssuerConfig::default())
        );
        // What follows is no default, and is understood.
        let (_, example) = example.split_once("[[credentials]]").unwrap();
        let example = format!("[[credentials]]{example}").replace("\n# ", "\n");
        let issuer: IssuerConfig = toml::from_str(&example).unwrap();
        assert_eq!(issuer.credentials.len(), 1);
    }

    #[test]
    fn a_database_file_lies_beside_the_configuration() {
        let config = read(&template());
        let path = config
            .service
            .database
            .expose()
            .strip_prefix("sqlite://")
            .unwrap();
        assert!(Path::new(path).is_absolute());
        assert!(path.ends_with("issuer.db"));
    }
}
