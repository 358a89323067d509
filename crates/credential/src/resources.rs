//! What a Credential refers to, judged once a host has fetched it (VCDM 2.0, sections 4.10 and
//! 5.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys::base64url;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::credential::Credential;
use crate::schema::{self, SchemaFault};

/// Something that a host fetched because a Credential refers to it.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// The `id` by which the Credential refers to it.
    pub id: &'a str,
    /// The bytes, as they came.
    pub content: &'a [u8],
}

impl Credential {
    /// The `id`s of what it refers to as `relatedResource` or `credentialSchema`, each once.
    ///
    /// Whoever fetches these tells their hosts that the Credential is being looked at.
    #[must_use]
    pub fn resources(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for reference in references(&self.claims) {
            match reference.get("id").and_then(Value::as_str) {
                Some(id) if !ids.contains(&id) => ids.push(id),
                _ => {}
            }
        }
        ids
    }

    /// Compares what was fetched with the digests that the Credential states for it.
    ///
    /// What was not fetched is not judged, and neither is what the Credential states no digest
    /// for. Of `digestSRI`, the strongest algorithm counts, as Subresource Integrity has it; every
    /// `digestMultibase` must fit.
    ///
    /// # Errors
    /// [`ResourceFault`]: what was fetched must not be used.
    pub fn check_resources(&self, fetched: &[Resource<'_>]) -> Result<(), ResourceFault> {
        for reference in references(&self.claims) {
            let id = reference.get("id").and_then(Value::as_str);
            for resource in fetched.iter().filter(|one| Some(one.id) == id) {
                check_sri(reference, resource.content)?;
                check_multibase(reference, resource.content)?;
            }
        }
        Ok(())
    }

    /// Validates the Credential against those of its schemas that were fetched, and whose type is
    /// `JsonSchema` (VC JSON Schema, section 2.1), after comparing digests as
    /// [`Self::check_resources`] does.
    ///
    /// Drafts 2020-12, 2019-09 and 7, 6 and 4 are known; the schema says which it is. A schema
    /// that refers to other documents is refused: nothing is loaded.
    ///
    /// # Errors
    /// [`SchemaFault`]; [`SchemaFault::Unsupported`] means that it cannot be told.
    pub fn check_schemas(&self, fetched: &[Resource<'_>]) -> Result<(), SchemaFault> {
        self.check_resources(fetched)?;
        for reference in several(&self.claims, "credentialSchema") {
            let id = reference.get("id").and_then(Value::as_str);
            for resource in fetched.iter().filter(|one| Some(one.id) == id) {
                if reference.get("type").and_then(Value::as_str) != Some("JsonSchema") {
                    return Err(SchemaFault::Unsupported);
                }
                schema::validate(resource.content, &self.claims)?;
            }
        }
        Ok(())
    }
}

/// Why something that was fetched is not what the Credential means.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ResourceFault {
    /// The content has another digest.
    #[error("a related resource has another digest than the credential states")]
    Digest,
    /// The Credential states a digest that is none.
    #[error("the credential states a malformed digest")]
    Malformed,
    /// The Credential states digests of kinds that are not known here.
    #[error("the credential states digests of unknown kinds only")]
    Unsupported,
}

fn references(claims: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    ["relatedResource", "credentialSchema"]
        .into_iter()
        .flat_map(|name| several(claims, name))
}

/// The objects of a member that holds one or several.
fn several<'a>(
    claims: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    texts_or_objects(claims.get(name)).filter_map(Value::as_object)
}

fn texts_or_objects(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let all = match value {
        None => &[],
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    all.iter()
}

/// Subresource Integrity, section 3.3.4: of the strongest algorithm, one digest must fit.
fn check_sri(reference: &Map<String, Value>, content: &[u8]) -> Result<(), ResourceFault> {
    let mut stated = Vec::new();
    for text in texts_or_objects(reference.get("digestSRI")) {
        let text = text.as_str().ok_or(ResourceFault::Malformed)?;
        stated.extend(text.split_ascii_whitespace());
    }
    if stated.is_empty() {
        return match reference.contains_key("digestSRI") {
            true => Err(ResourceFault::Malformed),
            false => Ok(()),
        };
    }
    for hash in Hash::STRONGEST_FIRST {
        let mut known = stated
            .iter()
            .filter_map(|text| text.strip_prefix(hash.name())?.strip_prefix('-'))
            .peekable();
        if known.peek().is_none() {
            continue;
        }
        let digest = hash.digest(content);
        for text in known {
            // Options, which nobody has defined, stand behind a question mark.
            let text = text.split('?').next().unwrap_or_default();
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| ResourceFault::Malformed)?;
            if bytes == digest {
                return Ok(());
            }
        }
        return Err(ResourceFault::Digest);
    }
    Err(ResourceFault::Unsupported)
}

/// Controlled Identifiers 1.0, section 2.5: a multihash in multibase.
fn check_multibase(reference: &Map<String, Value>, content: &[u8]) -> Result<(), ResourceFault> {
    for text in texts_or_objects(reference.get("digestMultibase")) {
        let text = text.as_str().ok_or(ResourceFault::Malformed)?;
        let bytes = match text.split_at_checked(1) {
            Some(("z", digits)) if digits.len() <= LONGEST => bs58::decode(digits).into_vec().ok(),
            Some(("u", text)) => base64url::decode(text).ok(),
            _ => return Err(ResourceFault::Malformed),
        };
        let bytes = bytes.ok_or(ResourceFault::Malformed)?;
        let (code, rest) = bytes.split_first().ok_or(ResourceFault::Malformed)?;
        let (length, stated) = rest.split_first().ok_or(ResourceFault::Malformed)?;
        let mut known = Hash::STRONGEST_FIRST.into_iter();
        let hash = known
            .find(|hash| hash.code() == *code)
            .ok_or(ResourceFault::Unsupported)?;
        let digest = hash.digest(content);
        if usize::from(*length) != stated.len() || stated.len() != digest.len() {
            return Err(ResourceFault::Malformed);
        }
        if digest != stated {
            return Err(ResourceFault::Digest);
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const STRONGEST_FIRST: [Self; 3] = [Self::Sha512, Self::Sha384, Self::Sha256];

    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The code of the multihash.
    const fn code(self) -> u8 {
        match self {
            Self::Sha256 => 0x12,
            Self::Sha384 => 0x20,
            Self::Sha512 => 0x13,
        }
    }

    fn digest(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(content).to_vec(),
            Self::Sha384 => Sha384::digest(content).to_vec(),
            Self::Sha512 => Sha512::digest(content).to_vec(),
        }
    }
}

/// Base58 costs the square of the length; 66 bytes need 91 digits.
const LONGEST: usize = 100;
