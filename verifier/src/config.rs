//! What an operator configures.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use host::config::Sources;
use openid4vp::scopes::NumberScope;
use operator::{BadConfig, ReferencesConfig};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::policy::NamedPolicy;

/// The configuration of a verifier: `verifier.toml`, and the variables `PESSOA_VERIFIER_*` over it.
#[derive(Debug)]
pub struct Config {
    /// What all services share.
    pub service: service::Config,
    /// What is the verifier's own; its paths are absolute or start at the working folder.
    pub verifier: VerifierConfig,
}

impl Config {
    /// Reads `verifier.toml` in `folder`, with the environment over it.
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
        let (service, mut verifier, folder): (_, VerifierConfig, _) = operator::read(sources)?;
        verifier.keys = folder.join(&verifier.keys);
        for issuer in &mut verifier.issuers {
            issuer.x5c_anchors = issuer.x5c_anchors.as_ref().map(|path| folder.join(path));
        }
        verifier.references.start_at(&folder);
        Ok(Self { service, verifier })
    }

    /// Writes the commented text of a new configuration that trusts these issuers, each with the
    /// address below which its types are.
    #[must_use]
    pub fn template(
        name: &str,
        public_url: &Url,
        listen: SocketAddr,
        trusted: &[(String, String)],
    ) -> String {
        let shared = service::Config::template(public_url, listen, "sqlite://verifier.db");
        let name = toml::Value::from(name);
        let issuers: String = trusted
            .iter()
            .map(|(identifier, _)| {
                let identifier = toml::Value::from(identifier.as_str());
                format!("[[issuers]]\nidentifier = {identifier}\n\n")
            })
            .collect();
        let persons: Vec<String> = trusted
            .iter()
            .map(|(_, base)| format!("{base}/types/person"))
            .collect();
        let login = query(json!({
            "id": "person",
            "format": "net_certificate",
            "meta": {"pseudonym": {}},
            "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
        }));
        let age = person(
            &persons,
            json!([{"path": ["age_over_18"], "values": [true]}]),
        );
        let identity = person(
            &persons,
            json!([{"path": ["given_name"]}, {"path": ["family_name"]}, {"path": ["birth_date"]}]),
        );
        let adult = query(json!({
            "id": "adult",
            "format": "jwt_vc_json",
            "meta": {"type_values": [["AdultCredential"]]},
            "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
        }));
        // Top-level keys come before the first table, also before a commented one that somebody
        // will uncomment.
        format!(
            r#"# Where the keys lie. Keep them out of backups of the database.
# keys = "keys"

# Whether /1.0/identifiers/DID resolves DIDs for whoever asks: did:web makes this verifier fetch.
# resolve_dids = false

# Whether /credentials/verify and /presentations/verify judge whatever a caller with an admin token
# hands over, by itself and by no policy (W3C's test suites). On loopback no token is needed.
# vc_api = false

# NEVER where answers matter: lets /credentials/verify believe whoever signs in anybody's name, as
# some published test vectors are.
# vc_api_for_test_suites = false

{shared}
# What people call the verifier, by language: wallets show it.
[names]
en = {name}

# The issuers that are believed. Their keys and status lists are fetched on a schedule, never
# because somebody presents.
# identifier: the address or DID that stands in their credentials, or the subject of a certificate.
# x5c_anchors = "authority.pem"            certificates that vouch for keys in `x5c`
# status_aggregation = "https://…/status"  where the status lists are named; found by itself for
#                                          issuers that say so in their metadata
# status_lists = ["https://…/status/0"]    the status lists, of either kind, where nobody names them
# status_issuer = "did:web:…"              who signs them, if it is not the issuer
# The epoch profiles of net certificates are found by themselves, too.
{issuers}# Purposes for which the same person has a number of their own here. Wallets refuse every scope
# that is not in the list that is published, signed, at /.well-known/net-number-scopes: change it
# rarely. A query names one: "meta": {{"pseudonym": {{"scope": "vote"}}}}
# [[scopes]]
# name = "vote"
# purpose = "vote"                         part of what the number is bound to: a-z, 0-9, . - _
# period = "2026"                          another period is another number

# What W3C credentials refer to, and are held against: JSON Schemas (`credentialSchema`) and digests
# (`relatedResource`). Nothing is fetched because a credential names it: its issuer would learn that
# somebody looks at it. What is not named here stands in the result as not judged.
# [references]
# refuse_unknown = true                    refuses such credentials instead
# [[references.schemas]]
# id = "https://issuer.example/person.json"   as it stands in credentials
# file = "person.json"                     or, without a file, fetched from there when the service starts:
# digest = "sha384-…"                      needed then, as Subresource Integrity writes it
# [[references.resources]]
# id = "https://issuer.example/logo.png"
# file = "logo.png"
# [[references.contexts]]                  JSON-LD contexts beside the bundled ones; these are never fetched
# id = "https://issuer.example/contexts/v1"
# file = "context.json"
# digest = "sha384-…"                      refuses another file, if given

# What is asked for. A request names one of these policies.
# flow = "cross-device"                    or "same-device", which needs a return_url
# return_url = "https://shop.example/done" where the browser goes on, on the same device
# issuers = ["https://…"]                  those of above that are believed here; all unless given
# query_issuers = {{ QUERY = ["https://…"] }} those that are believed for the credential query with
#                                          that id, instead: where an issuer may vouch for one thing
#                                          and not for another
# ttl_seconds = 300                        to answer, and then to take the result
# client_id_prefix = "decentralized_identifier"   or "redirect_uri": not signed, nobody vouches
# accept_stale_status = false              whether an outdated status list will do
# refused_messages = ["reported lost"]     no credential is taken of which its issuer says this; it is told otherwise
# query: DCQL (OpenID4VP 1.0, section 6), as JSON text or as a TOML table
#
# The default: that somebody is over 18, and their number. It is the same at every visit, another one
# at every other platform, and the issuer never learns it. One person has one account.
[[policies]]
name = "login"
purpose = {{ en = "To log you in, and to make sure that you are over 18", zh = "用于登录，并确认您已年满 18 岁" }}
query = '''
{login}
'''

[[policies]]
name = "age-over-18"
purpose = {{ en = "To make sure that you are over 18", zh = "确认您已年满 18 岁" }}
query = '''
{age}
'''

[[policies]]
name = "identity"
purpose = {{ en = "To open an account in your name", zh = "以您的姓名开立账户" }}
query = '''
{identity}
'''

[[policies]]
name = "adult-jwt"
purpose = {{ en = "To make sure that you are over 18", zh = "确认您已年满 18 岁" }}
query = '''
{adult}
'''
"#
        )
    }
}

/// What is the verifier's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerifierConfig {
    /// The issuers that are believed.
    pub issuers: Vec<TrustedIssuer>,
    /// The folder of the keys.
    pub keys: PathBuf,
    /// What people call the verifier, by language.
    pub names: BTreeMap<String, String>,
    /// What is asked for.
    pub policies: Vec<NamedPolicy>,
    /// What credentials are held against.
    pub references: ReferencesConfig,
    /// Whether DIDs are resolved for whoever asks.
    pub resolve_dids: bool,
    /// The purposes for which numbers of their own may be asked for.
    pub scopes: Vec<NumberScope>,
    /// Whether the interface of W3C's test suites is on.
    pub vc_api: bool,
    /// Whether that interface lets anybody issue in anybody's name.
    pub vc_api_for_test_suites: bool,
}

impl Default for VerifierConfig {
    fn default() -> Self {
        Self {
            issuers: Vec::new(),
            keys: PathBuf::from(KEYS),
            names: BTreeMap::new(),
            policies: Vec::new(),
            references: ReferencesConfig::default(),
            resolve_dids: false,
            scopes: Vec::new(),
            vc_api: false,
            vc_api_for_test_suites: false,
        }
    }
}

/// An issuer that is believed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuer {
    /// What stands in its credentials: an address, a DID, or the subject of a certificate.
    pub identifier: String,
    /// The certificates (PEM) that vouch for keys in `x5c`.
    pub x5c_anchors: Option<PathBuf>,
    /// Where its status lists are named, if its metadata does not say so.
    pub status_aggregation: Option<Url>,
    /// Who signs its status lists, if it does not do so itself.
    pub status_issuer: Option<String>,
    /// Its status lists, where nobody names them.
    pub status_lists: Option<Vec<Url>>,
}

impl TrustedIssuer {
    /// Trusts an issuer that publishes its keys and names its status lists itself.
    #[must_use]
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            ..Self::default()
        }
    }
}

fn person(types: &[String], claims: Value) -> String {
    query(json!({
        "id": "person",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": types},
        "claims": claims,
    }))
}

fn query(credential: Value) -> String {
    let query = json!({"credentials": [credential]});
    // A literal of TOML ends at three quotes; escaped, they mean the same in JSON.
    format!("{query:#}").replace('\'', "\\u0027")
}

/// The configuration's file.
pub(crate) const FILE: &str = "verifier.toml";
pub(crate) const KEYS: &str = "keys";

/// The prefix of the environment variables.
pub(crate) const VARIABLES: &str = "PESSOA_VERIFIER";

/// Variables with that prefix that the command line reads.
const RESERVED: &[&str] = &["ADMIN_TOKEN", "DIR", "LANGUAGE", "RESULT_TOKEN"];

#[cfg(test)]
mod tests {
    use openid4vp::verifier::Policy;

    use super::*;
    use crate::policy::Prepared;

    fn read(text: &str) -> Config {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join(FILE);
        std::fs::write(&file, text).unwrap();
        Config::from_sources(Sources::with_environment(VARIABLES, &[], []).file(&file)).unwrap()
    }

    fn template() -> String {
        let url = "http://127.0.0.1:8002".parse().unwrap();
        let trusted = ["https://o'hara.example/a", "https://b.example"];
        let trusted = trusted.map(|url| (url.to_owned(), url.to_owned()));
        Config::template(
            "Shop \"One\"",
            &url,
            "127.0.0.1:8002".parse().unwrap(),
            &trusted,
        )
    }

    #[test]
    fn the_template_is_a_configuration_whose_policies_work() {
        let config = read(&template()).verifier;
        assert_eq!(config.names.get("en").unwrap(), "Shop \"One\"");
        assert!(config.keys.ends_with("keys") && config.keys.is_absolute());
        let trusted: Vec<&str> = config
            .issuers
            .iter()
            .map(|one| one.identifier.as_str())
            .collect();
        assert_eq!(trusted, ["https://o'hara.example/a", "https://b.example"]);
        let names: Vec<&str> = config
            .policies
            .iter()
            .map(|policy| policy.name.as_str())
            .collect();
        assert_eq!(names, ["login", "age-over-18", "identity", "adult-jwt"]);
        let scopes = openid4vp::scopes::NumberScopes::default();
        for named in &config.policies {
            let prepared = Prepared::new(named.clone(), &config.names, &trusted, &scopes, true);
            let prepared = prepared.unwrap();
            let Policy {
                purpose,
                client_name,
                ..
            } = prepared.policy(None, Some("zh")).unwrap();
            assert!(purpose.unwrap().ends_with(|last: char| !last.is_ascii()));
            assert_eq!(client_name.unwrap(), "Shop \"One\"");
        }
        let dcql::Meta::SdJwtVc { vct_values } = config.policies[1].query.0.credentials()[0].meta()
        else {
            panic!("the second policy asks for an SD-JWT VC")
        };
        assert_eq!(vct_values[0], "https://o'hara.example/a/types/person");
    }

    #[test]
    fn an_anchor_and_the_database_lie_beside_the_configuration() {
        let text = format!(
            "{}\n[[issuers]]\nidentifier = 'CN=Issuer'\nx5c_anchors = 'a.pem'\n",
            template()
        );
        let config = read(&text);
        let path = config
            .service
            .database
            .expose()
            .strip_prefix("sqlite://")
            .unwrap();
        assert!(Path::new(path).is_absolute() && path.ends_with("verifier.db"));
        let anchors = config.verifier.issuers[2].x5c_anchors.as_deref().unwrap();
        assert!(anchors.is_absolute() && anchors.ends_with("a.pem"));
    }
}
