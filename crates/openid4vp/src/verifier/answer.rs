use std::fmt;

use credential::Credential;
use dcql::{AnsweredQuery, ClaimPath, formats};
use jiff::Timestamp;
use keys::{base64url, sha256};
use netcert::{NetNumber, Pseudonym, PseudonymContext, VerifiedShowing};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use status::StatusMessage;
use url::Url;

/// What the Verifier learned: what it asked for, and nothing else that may have been sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Answer {
    /// When the answer was found to be good.
    pub answered_at: Timestamp,
    /// The credentials, in the order of their queries.
    pub credentials: Vec<AnsweredCredential>,
    /// How many claims the wallet disclosed although nobody asked: they were not kept.
    pub unasked: usize,
}

/// A credential that answered a credential query.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct AnsweredCredential {
    /// The credential query.
    pub query: String,
    /// The Credential Format Identifier of the format that it came in.
    pub format: String,
    /// Who issued it.
    pub issuer: String,
    /// The `vct`, or the W3C `type` values.
    pub types: Vec<String>,
    /// The claims that were asked for.
    pub claims: Vec<AnsweredClaim>,
    /// When it stops being valid, if it says so.
    pub valid_until: Option<Timestamp>,
    /// The `id`s of what it refers to (`relatedResource`, `credentialSchema`) and what was not held
    /// against it, since the Verifier does not know it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<String>,
    /// What its Issuer lets it say beside whether it is good: no reason to refuse it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<AnsweredMessage>,
    /// What is particular to a Net Certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_certificate: Option<ShownCertificate>,
}

/// What an Issuer lets a credential say (Bitstring Status List 1.0, the purpose `message`), for
/// whoever runs the Verifier: not to be shown to people as it is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AnsweredMessage {
    /// The value; none if the Issuer's list was not at hand, or has no such entry.
    pub status: Option<u8>,
    /// What the value means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where more is said of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Url>,
}

impl From<StatusMessage> for AnsweredMessage {
    fn from(told: StatusMessage) -> Self {
        Self {
            status: Some(told.status),
            message: Some(told.message),
            references: told.references,
        }
    }
}

/// What a Net Certificate says beside its slots.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ShownCertificate {
    /// The epoch.
    pub epoch: u64,
    /// Whether wallets show a newer epoch by now: good, but to be warned about.
    pub superseded: bool,
    /// The number, if one was asked for.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub pseudonym: Option<ShownPseudonym>,
}

/// A number: one person, in one context.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ShownPseudonym {
    /// The whole Pseudonym. It alone is compared.
    pub pseudonym: Pseudonym,
    /// What it is bound to: base64url of SHA-256 of the context's identifier.
    pub context: String,
    /// The scope in which it was asked for, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The form for people, `nn1…`: somebody might choose one that looks alike.
    pub net_number: String,
    /// Whether it was never seen before, if the Verifier keeps accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_visit: Option<bool>,
}

/// A claim that was asked for.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct AnsweredClaim {
    /// The path that was asked for.
    pub path: ClaimPath,
    /// What it selects, at least one value.
    pub values: Vec<Value>,
}

impl Answer {
    /// Notes for each number whether this is its first visit.
    #[must_use]
    pub fn admit(mut self, first_visit: impl Fn(&ShownPseudonym) -> bool) -> Self {
        let credentials = self.credentials.iter_mut();
        for pseudonym in credentials.filter_map(AnsweredCredential::pseudonym_mut) {
            pseudonym.first_visit = Some(first_visit(pseudonym));
        }
        self
    }

    /// Finds the first value of a claim by the credential query and the path.
    #[must_use]
    pub fn value(&self, query: &str, path: &ClaimPath) -> Option<&Value> {
        self.credentials
            .iter()
            .filter(|credential| credential.query == query)
            .flat_map(|credential| &credential.claims)
            .find(|claim| claim.path == *path)
            .and_then(|claim| claim.values.first())
    }
}

impl AnsweredCredential {
    /// Returns the number, if one was asked for.
    #[must_use]
    pub fn pseudonym(&self) -> Option<&ShownPseudonym> {
        self.net_certificate.as_ref()?.pseudonym.as_ref()
    }

    fn pseudonym_mut(&mut self) -> Option<&mut ShownPseudonym> {
        self.net_certificate.as_mut()?.pseudonym.as_mut()
    }

    pub(super) fn keep(answer: &AnsweredQuery, credential: &Credential, claims: &Value) -> Self {
        Self {
            query: answer.query.clone(),
            format: credential.format.name().to_owned(),
            issuer: credential.issuer.clone(),
            types: credential.types.clone(),
            claims: kept(answer, claims),
            valid_until: credential.valid_until,
            unjudged: Vec::new(),
            messages: Vec::new(),
            net_certificate: None,
        }
    }

    pub(crate) fn keep_shown(
        answer: &AnsweredQuery,
        showing: &VerifiedShowing,
        context: Option<&PseudonymContext>,
        scope: Option<&str>,
        claims: &Value,
    ) -> Self {
        let shown = showing.pseudonym().zip(context);
        let pseudonym = shown.map(|(pseudonym, context)| ShownPseudonym {
            pseudonym: *pseudonym,
            context: base64url::encode(sha256(&context.id())),
            scope: scope.map(str::to_owned),
            net_number: NetNumber::of(pseudonym).to_string(),
            first_visit: None,
        });
        Self {
            query: answer.query.clone(),
            format: formats::NET_CERTIFICATE.to_owned(),
            issuer: showing.issuer().to_owned(),
            types: netcert::TYPES.map(str::to_owned).to_vec(),
            claims: kept(answer, claims),
            valid_until: Some(showing.valid_until()),
            unjudged: Vec::new(),
            messages: Vec::new(),
            net_certificate: Some(ShownCertificate {
                epoch: showing.epoch(),
                superseded: showing.superseded(),
                pseudonym,
            }),
        }
    }
}

fn kept(answer: &AnsweredQuery, claims: &Value) -> Vec<AnsweredClaim> {
    let kept = answer.values(claims).map(|(path, values)| AnsweredClaim {
        path: path.clone(),
        values: values.into_iter().cloned().collect(),
    });
    kept.collect()
}

impl fmt::Debug for AnsweredCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnsweredCredential")
            .field("query", &self.query)
            .field("issuer", &self.issuer)
            .field("types", &self.types)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AnsweredClaim {
    /// Leaves the values out: logs must not hold them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)
    }
}
