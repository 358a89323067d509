//! Digests by which a Credential fixes what it refers to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys::base64url;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::data_model::several;

/// Compares a content with a digest as Subresource Integrity writes it, such as `sha384-…`: of
/// several, the strongest algorithm counts.
///
/// # Errors
/// [`DigestFault`]
pub fn check_digest(digest: &str, content: &[u8]) -> Result<(), DigestFault> {
    check_sri(digest.split_ascii_whitespace().collect(), content)
}

/// Compares a content with all digests that a reference states for it. Of `digestSRI`, the strongest
/// algorithm counts; every `digestMultibase` must fit.
pub(super) fn check(reference: &Map<String, Value>, content: &[u8]) -> Result<(), DigestFault> {
    let mut judged = Vec::new();
    if reference.contains_key("digestSRI") {
        let mut stated = Vec::new();
        for text in several(reference.get("digestSRI")) {
            let text = text.as_str().ok_or(DigestFault::Malformed)?;
            stated.extend(text.split_ascii_whitespace());
        }
        judged.push(check_sri(stated, content));
    }
    for text in several(reference.get("digestMultibase")) {
        let text = text.as_str().ok_or(DigestFault::Malformed)?;
        judged.push(check_multibase(text, content));
    }
    // What can be compared must fit, whatever else there is.
    let (unsupported, others): (Vec<_>, Vec<_>) = judged
        .into_iter()
        .partition(|one| *one == Err(DigestFault::Unsupported));
    others.into_iter().chain(unsupported).collect()
}

/// Why a content is not what a digest stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DigestFault {
    /// It is no digest.
    #[error("the digest is malformed")]
    Malformed,
    /// The content has another one.
    #[error("the content has another digest")]
    Other,
    /// It is of a kind that is not known here.
    #[error("the kind of digest is not known here")]
    Unsupported,
}

/// Subresource Integrity, section 3.3.4: of the strongest algorithm, one digest must fit.
fn check_sri(stated: Vec<&str>, content: &[u8]) -> Result<(), DigestFault> {
    if stated.is_empty() {
        return Err(DigestFault::Malformed);
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
            let bytes = STANDARD.decode(text).map_err(|_| DigestFault::Malformed)?;
            if bytes == digest {
                return Ok(());
            }
        }
        return Err(DigestFault::Other);
    }
    Err(DigestFault::Unsupported)
}

/// Controlled Identifiers 1.0, section 2.5: a multihash in multibase.
fn check_multibase(text: &str, content: &[u8]) -> Result<(), DigestFault> {
    let bytes = match text.split_at_checked(1) {
        Some(("z", digits)) if digits.len() <= LONGEST => bs58::decode(digits).into_vec().ok(),
        Some(("u", text)) => base64url::decode(text).ok(),
        _ => None,
    };
    let bytes = bytes.ok_or(DigestFault::Malformed)?;
    let (code, rest) = bytes.split_first().ok_or(DigestFault::Malformed)?;
    let (length, stated) = rest.split_first().ok_or(DigestFault::Malformed)?;
    let mut known = Hash::STRONGEST_FIRST.into_iter();
    let hash = known
        .find(|hash| hash.code() == *code)
        .ok_or(DigestFault::Unsupported)?;
    let digest = hash.digest(content);
    if usize::from(*length) != stated.len() || stated.len() != digest.len() {
        return Err(DigestFault::Malformed);
    }
    match digest == stated {
        true => Ok(()),
        false => Err(DigestFault::Other),
    }
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
