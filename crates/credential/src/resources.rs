//! What a Credential refers to, as far as a host has it (VCDM 2.0, sections 4.11 and 5.3).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::credential::{Credential, Format};
use crate::data_model::several;
use crate::schema::JsonSchema;

mod digest;

pub use digest::{DigestFault, check_digest};

/// What Credentials may refer to as `relatedResource` or `credentialSchema`, known beforehand.
///
/// Nothing is fetched because a Credential says so: whoever fetches tells others that it is being
/// looked at. What is not known is never passed over in silence: it is told, or refused.
#[derive(Clone, Debug, Default)]
pub struct KnownResources {
    known: BTreeMap<String, Known>,
    refuses_unknown: bool,
}

#[derive(Clone, Debug)]
struct Known {
    content: Arc<[u8]>,
    schema: Option<Arc<JsonSchema>>,
}

impl KnownResources {
    /// Adds something, by the `id` with which Credentials refer to it.
    #[must_use]
    pub fn with_resource(mut self, id: impl Into<String>, content: Vec<u8>) -> Self {
        let known = Known {
            content: content.into(),
            schema: None,
        };
        self.known.insert(id.into(), known);
        self
    }

    /// Adds a JSON Schema with the bytes that it was read from, which Credentials may state a
    /// digest of.
    #[must_use]
    pub fn with_schema(
        mut self,
        id: impl Into<String>,
        schema: JsonSchema,
        content: Vec<u8>,
    ) -> Self {
        let known = Known {
            content: content.into(),
            schema: Some(Arc::new(schema)),
        };
        self.known.insert(id.into(), known);
        self
    }

    /// Refuses Credentials that refer to what is not known, instead of telling it.
    #[must_use]
    pub const fn refusing_unknown(mut self, refuses: bool) -> Self {
        self.refuses_unknown = refuses;
        self
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Holds a W3C Credential against what it refers to: compares digests, and validates it against
    /// its schemas of the type `JsonSchema` (VC JSON Schema, section 2.1).
    ///
    /// A Credential that is disclosed in part is judged by what it shows. Returns the `id`s of what
    /// could not be judged, each once: it is not known here, or of an unknown kind.
    ///
    /// # Errors
    /// [`ReferenceFault`]: the Credential must not be used, or issued.
    pub fn judge(&self, credential: &Map<String, Value>) -> Result<Vec<String>, ReferenceFault> {
        let mut unknown = Vec::new();
        for (member, reference) in references(credential) {
            let id = reference.get("id").and_then(Value::as_str);
            let known = id.and_then(|id| self.known.get(id));
            let judged = match known {
                None => false,
                Some(known) => {
                    let is_digest_known = judge_digest(reference, &known.content)?;
                    let is_judged = match member {
                        Member::RelatedResource => true,
                        Member::CredentialSchema => known.judge(reference, credential)?,
                    };
                    is_digest_known && is_judged
                }
            };
            let id = id.unwrap_or_default();
            if !judged && !unknown.iter().any(|one| one == id) {
                unknown.push(id.to_owned());
            }
        }
        match unknown.is_empty() || !self.refuses_unknown {
            true => Ok(unknown),
            false => Err(ReferenceFault::Unknown),
        }
    }

    /// As [`Self::judge`], of a verified Credential of any format. SD-JWT VCs refer to nothing.
    ///
    /// # Errors
    /// As [`Self::judge`].
    pub fn judge_credential(&self, credential: &Credential) -> Result<Vec<String>, ReferenceFault> {
        match credential.format {
            Format::SdJwtVc => Ok(Vec::new()),
            Format::JwtVcJson | Format::LdpVc => self.judge(&credential.claims),
        }
    }
}

impl Known {
    /// Validates against a schema; tells whether that could be done.
    fn judge(
        &self,
        reference: &Map<String, Value>,
        credential: &Map<String, Value>,
    ) -> Result<bool, ReferenceFault> {
        let is_json_schema = match reference.get("type") {
            Some(Value::Array(several)) => several.iter().any(|one| one == JSON_SCHEMA),
            one => one.is_some_and(|one| one == JSON_SCHEMA),
        };
        match &self.schema {
            Some(schema) if is_json_schema => schema.judge(credential).map(|()| true),
            _ => Ok(false),
        }
    }
}

/// Why a Credential does not go together with what it refers to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReferenceFault {
    /// The Credential is too large for its schema.
    #[error("judging the credential by its schema would cost too much")]
    Costly,
    /// What it refers to has another digest.
    #[error("what the credential refers to has another digest than it states")]
    Digest,
    /// The Credential is not as its schema has it.
    #[error("the credential does not conform to its schema")]
    Invalid,
    /// The Credential states a digest that is none.
    #[error("the credential states a malformed digest of what it refers to")]
    MalformedDigest,
    /// The Credential refers to something that is not known here, and is refused for that.
    #[error("the credential refers to a resource or schema that is not known here")]
    Unknown,
}

#[derive(Clone, Copy)]
enum Member {
    CredentialSchema,
    RelatedResource,
}

/// Tells whether the digests, if there are any, could be compared.
fn judge_digest(reference: &Map<String, Value>, content: &[u8]) -> Result<bool, ReferenceFault> {
    match digest::check(reference, content) {
        Ok(()) => Ok(true),
        Err(DigestFault::Other) => Err(ReferenceFault::Digest),
        Err(DigestFault::Malformed) => Err(ReferenceFault::MalformedDigest),
        Err(DigestFault::Unsupported) => Ok(false),
    }
}

fn references(claims: &Map<String, Value>) -> impl Iterator<Item = (Member, &Map<String, Value>)> {
    let of = |name, member| {
        let objects = several(claims.get(name))
            .iter()
            .filter_map(Value::as_object);
        objects.map(move |reference| (member, reference))
    };
    let schemas = of("credentialSchema", Member::CredentialSchema);
    of("relatedResource", Member::RelatedResource).chain(schemas)
}

const JSON_SCHEMA: &str = "JsonSchema";
