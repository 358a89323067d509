//! Policies, as the configuration says them: what is asked for, why, and who is believed.

use std::collections::BTreeMap;
use std::fmt;

use credential::data_integrity::Cryptosuite;
use dcql::{DcqlQuery, UnsupportedQuery};
use did::Did;
use netcert::{ContextError, Loopback, PseudonymContext};
use openid4vp::scopes::NumberScopes;
use openid4vp::verifier::{Flow, Policy, PolicyError};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use strict_json::Limits;
use url::Url;

/// What a verifier asks for under a name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPolicy {
    /// The name under which platforms ask for it.
    pub name: String,
    /// Why it asks, by language: wallets show it.
    #[serde(default)]
    pub purpose: BTreeMap<String, String>,
    /// Where the wallet is unless a request says otherwise.
    #[serde(default)]
    pub flow: FlowKind,
    /// Where the browser goes on in the same-device flow.
    pub return_url: Option<Url>,
    /// The identifiers of the issuers that are believed; all trusted ones unless given.
    pub issuers: Option<Vec<String>>,
    /// The identifiers of the issuers that are believed for one credential query, by its `id`,
    /// instead of `issuers`.
    #[serde(default)]
    pub query_issuers: BTreeMap<String, Vec<String>>,
    /// The cryptosuites that are taken of credentials with Data Integrity proofs (`ldp_vc`); all
    /// that are known unless given.
    #[serde(default)]
    pub cryptosuites: Vec<Cryptosuite>,
    /// How long a request can be answered, and a result be taken.
    #[serde(default = "default_ttl")]
    pub ttl_seconds: u32,
    /// As whom the verifier asks.
    #[serde(default)]
    pub client_id_prefix: ClientIdPrefix,
    /// Whether a status list past its time to live is still believed, until it expires.
    #[serde(default)]
    pub accept_stale_status: bool,
    /// The messages with which no credential is taken, in the words of its issuer; what issuers let
    /// credentials say is told otherwise, and refuses none.
    #[serde(default)]
    pub refused_messages: Vec<String>,
    /// What is asked for.
    pub query: Query,
}

/// Where the wallet is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// On another device than the browser.
    #[default]
    CrossDevice,
    /// On the device of the browser, which goes on at the policy's `return_url`.
    SameDevice,
}

/// As whom a verifier asks (OpenID4VP 1.0, section 5.9.3).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdPrefix {
    /// As its did:web: requests are signed and fetched by reference.
    #[default]
    DecentralizedIdentifier,
    /// As the address of the answer: requests travel in the link, and nobody vouches for them.
    RedirectUri,
}

/// A DCQL query: a table, or the JSON of the specification as a string (TOML has no `null`).
#[derive(Clone, Debug, PartialEq)]
pub struct Query(pub DcqlQuery);

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QueryVisitor).map(Self)
    }
}

struct QueryVisitor;

impl<'de> Visitor<'de> for QueryVisitor {
    type Value = DcqlQuery;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a DCQL query, as a table or as JSON text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DcqlQuery, E> {
        let wire: dcql::messages::DcqlQuery =
            strict_json::from_slice(text.as_bytes(), Limits::default()).map_err(E::custom)?;
        DcqlQuery::try_from(wire).map_err(|error: UnsupportedQuery| E::custom(error))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DcqlQuery, A::Error> {
        let wire = dcql::messages::DcqlQuery::deserialize(MapAccessDeserializer::new(map))?;
        DcqlQuery::try_from(wire).map_err(A::Error::custom)
    }
}

/// A policy that was checked, ready to be asked for.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) named: NamedPolicy,
    template: Policy,
    names: BTreeMap<String, String>,
}

impl Prepared {
    /// Checks a policy against the issuers that are trusted.
    ///
    /// # Errors
    /// [`PolicyRefused`]
    pub(crate) fn new(
        named: NamedPolicy,
        names: &BTreeMap<String, String>,
        trusted: &[&str],
        scopes: &NumberScopes,
        dev: bool,
    ) -> Result<Self, PolicyRefused> {
        let issuers = named.issuers.clone();
        let issuers = issuers.unwrap_or_else(|| trusted.iter().map(|&one| one.into()).collect());
        let mut believed = issuers.iter().chain(named.query_issuers.values().flatten());
        if let Some(unknown) = believed.find(|one| !trusted.contains(&one.as_str())) {
            return Err(PolicyRefused::Issuer(unknown.clone()));
        }
        let template = Policy {
            name: named.name.clone(),
            client_name: None,
            purpose: None,
            query: named.query.0.clone(),
            issuers,
            query_issuers: named.query_issuers.clone(),
            cryptosuites: named.cryptosuites.clone(),
            scopes: scopes.clone(),
            flow: Flow::CrossDevice,
            ttl_seconds: named.ttl_seconds,
            accept_stale_status: named.accept_stale_status,
            refused_messages: named.refused_messages.clone(),
        };
        template.check(dev)?;
        let prepared = Self {
            named,
            template,
            names: names.clone(),
        };
        match (&prepared.named.return_url, prepared.named.flow) {
            (Some(_), _) => prepared
                .policy(Some(FlowKind::SameDevice), None)?
                .check(dev)?,
            (None, FlowKind::SameDevice) => return Err(PolicyRefused::ReturnUrl),
            (None, FlowKind::CrossDevice) => {}
        }
        Ok(prepared)
    }

    /// Checks that the verifier may ask for the number that the policy asks for, if it does.
    ///
    /// # Errors
    /// [`PolicyError::Pseudonym`]
    pub(crate) fn check_identity(&self, did: &Did, dev: bool) -> Result<(), PolicyRefused> {
        if self.template.query.pseudonym().is_none() {
            return Ok(());
        }
        let loopback = match dev {
            true => Loopback::Allowed,
            false => Loopback::Refused,
        };
        let context = match self.named.client_id_prefix {
            ClientIdPrefix::DecentralizedIdentifier => PseudonymContext::of_did_web(did, loopback),
            ClientIdPrefix::RedirectUri => Err(ContextError::Identity),
        };
        context.map_err(PolicyError::from)?;
        Ok(())
    }

    /// Returns the policy of one request, in the language of its holder.
    ///
    /// # Errors
    /// [`PolicyRefused::ReturnUrl`] if the wish needs one.
    pub(crate) fn policy(
        &self,
        flow: Option<FlowKind>,
        language: Option<&str>,
    ) -> Result<Policy, PolicyRefused> {
        let flow = match flow.unwrap_or(self.named.flow) {
            FlowKind::CrossDevice => Flow::CrossDevice,
            FlowKind::SameDevice => Flow::SameDevice {
                redirect_uri: (self.named.return_url.clone()).ok_or(PolicyRefused::ReturnUrl)?,
            },
        };
        Ok(Policy {
            client_name: said(&self.names, language),
            purpose: said(&self.named.purpose, language),
            flow,
            ..self.template.clone()
        })
    }
}

/// Why a policy is refused. The operator must act.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyRefused {
    /// It names an issuer whose keys nobody fetches.
    #[error("the issuer {0} is not among the trusted [[issuers]]")]
    Issuer(String),
    /// It does not do.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The same-device flow has nowhere to go on.
    #[error("the same-device flow needs a return_url")]
    ReturnUrl,
}

/// Finds the words in a language, or in English, or in any.
fn said(words: &BTreeMap<String, String>, language: Option<&str>) -> Option<String> {
    let wanted = language.and_then(|language| words.get(language));
    wanted
        .or_else(|| words.get("en"))
        .or_else(|| words.values().next())
        .cloned()
}

fn default_ttl() -> u32 {
    300
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = 'adults'\npurpose = { en = 'To sell wine', zh = '售酒' }\n";
    const TEXT: &str = r#"query = '''{"credentials": [{"id": "a", "format": "dc+sd-jwt",
        "meta": {"vct_values": ["urn:x"]}, "claims": [{"path": ["nationalities", null]}]}]}'''"#;

    fn read(rest: &str) -> Result<NamedPolicy, toml::de::Error> {
        toml::from_str(&format!("{HEAD}{rest}"))
    }

    fn prepare(rest: &str) -> Result<Prepared, PolicyRefused> {
        let names = BTreeMap::from([("en".to_owned(), "Shop".to_owned())]);
        let scopes = NumberScopes::default();
        let trusted = ["https://a.example"];
        Prepared::new(read(rest).unwrap(), &names, &trusted, &scopes, false)
    }

    #[test]
    fn a_query_is_a_table_or_json() {
        let table = "[query]\n[[query.credentials]]\nid = 'a'\nformat = 'dc+sd-jwt'\n\
                     meta = { vct_values = ['urn:x'] }\nclaims = [{ path = ['b', 0] }]";
        assert_eq!(read(table).unwrap().query.0.credentials().len(), 1);
        assert_eq!(read(TEXT).unwrap().query.0.credentials().len(), 1);
        let empty = read("query = '{\"credentials\": []}'").unwrap_err();
        assert!(empty.to_string().contains("query"), "{empty}");
        let number = read("query = 7").unwrap_err();
        assert!(
            number.message().contains("as a table or as JSON text"),
            "{number}"
        );
        let twice = read(r#"query = '{"credentials": [], "credentials": []}'"#).unwrap_err();
        assert!(twice.message().contains("duplicate"), "{twice}");
    }

    #[test]
    fn words_are_in_the_wanted_language_or_english() {
        let prepared = prepare(TEXT).unwrap();
        let purpose = |language| prepared.policy(None, language).unwrap().purpose.unwrap();
        assert_eq!(purpose(Some("zh")), "售酒");
        assert_eq!(purpose(Some("pt")), "To sell wine");
        assert_eq!(purpose(None), "To sell wine");
    }

    #[test]
    fn what_cannot_work_is_refused_when_the_service_starts() {
        let refused = |rest: &str| prepare(&format!("{rest}\n{TEXT}")).unwrap_err();
        assert_eq!(refused("flow = 'same-device'"), PolicyRefused::ReturnUrl);
        let http = refused("return_url = 'http://shop.example/'");
        assert_eq!(http, PolicyRefused::Policy(PolicyError::RedirectUri));
        let unknown = refused("issuers = ['https://b.example']");
        assert_eq!(unknown, PolicyRefused::Issuer("https://b.example".into()));
        let nobody = refused("issuers = []");
        assert_eq!(nobody, PolicyRefused::Policy(PolicyError::Issuers));
        let unknown = refused("query_issuers = { a = ['https://b.example'] }");
        assert_eq!(unknown, PolicyRefused::Issuer("https://b.example".into()));
        let nobody = refused("query_issuers = { a = [] }");
        assert_eq!(nobody, PolicyRefused::Policy(PolicyError::Issuers));
        let elsewhere = refused("query_issuers = { b = ['https://a.example'] }");
        assert_eq!(elsewhere, PolicyRefused::Policy(PolicyError::Query));
        let short = refused("ttl_seconds = 1");
        assert_eq!(short, PolicyRefused::Policy(PolicyError::TimeToLive));
    }

    #[test]
    fn a_request_may_wish_for_another_flow_but_not_for_another_place() {
        let prepared = prepare(TEXT).unwrap();
        let wish = Some(FlowKind::SameDevice);
        assert_eq!(
            prepared.policy(wish, None).unwrap_err(),
            PolicyRefused::ReturnUrl
        );
        let both = prepare(&format!("return_url = 'https://shop.example/'\n{TEXT}")).unwrap();
        let flow = both.policy(wish, None).unwrap().flow;
        assert!(matches!(flow, Flow::SameDevice { .. }));
        assert_eq!(both.policy(None, None).unwrap().flow, Flow::CrossDevice);
    }
}
