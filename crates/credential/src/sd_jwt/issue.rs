use std::cmp::Ordering;
use std::mem;

use claim_path::{ClaimPath, Component};
use keys::jws;
use keys::{KeyError, PublicKey, SigningKey, base64url};
use rand_core::CryptoRng;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::key_reference::KeyReference;
use crate::sd_jwt::disclosure::digest;
use crate::sd_jwt::process::{has_digests, is_reserved};
use crate::sd_jwt::vc::{MEDIA_TYPE, PLAIN_CLAIMS};
use crate::sd_jwt::{DIGEST_ALGORITHM, DIGESTS, ELEMENT_DIGEST, SHA_256};

/// An SD-JWT VC about to be issued.
///
/// The claims are complete: `iss`, `vct`, `iat`, `exp`, `status` and so on are the caller's.
pub struct Issuance<'a> {
    /// The Unsecured Payload, without `cnf`.
    pub claims: Map<String, Value>,
    /// Which of them the Holder may withhold. Each path must lead somewhere.
    pub disclosable: &'a [ClaimPath],
    /// Every `_sd` array is filled up to this many digests with decoys (RFC 9901, section 4.2.5),
    /// so that a claim that somebody lacks does not show.
    pub pad_digests_to: usize,
    /// The key that the Credential is bound to (`cnf`).
    pub holder: Option<&'a PublicKey>,
    /// How Verifiers find the key.
    pub key_reference: &'a KeyReference,
}

impl Issuance<'_> {
    /// Makes salts, digests and Disclosures, and signs.
    ///
    /// # Errors
    /// If the claims are not fit for an SD-JWT VC, or signing fails.
    pub fn sign(self, key: &SigningKey, rng: &mut impl CryptoRng) -> Result<String, IssueError> {
        self.check()?;
        let header = self
            .key_reference
            .header(key.algorithm().name(), MEDIA_TYPE);
        let payload = Payload {
            claims: self.claims,
            disclosable: self.disclosable,
            pad_digests_to: self.pad_digests_to,
            holder: self.holder,
            plain: &PLAIN_CLAIMS,
        };
        payload.sign(&header, key, rng)
    }

    fn check(&self) -> Result<(), IssueError> {
        if !self.claims.get("vct").is_some_and(Value::is_string) {
            return Err(IssueError::TypeMissing);
        }
        let unidentified = matches!(self.key_reference, KeyReference::KeyId(_));
        if unidentified && !self.claims.get("iss").is_some_and(Value::is_string) {
            return Err(IssueError::IssuerMissing);
        }
        Ok(())
    }
}

/// What an SD-JWT is made of, whatever it means.
pub(crate) struct Payload<'a> {
    pub(crate) claims: Map<String, Value>,
    pub(crate) disclosable: &'a [ClaimPath],
    pub(crate) pad_digests_to: usize,
    pub(crate) holder: Option<&'a PublicKey>,
    /// The members of which nothing may be disclosable.
    pub(crate) plain: &'a [&'static str],
}

impl Payload<'_> {
    /// Makes salts, digests and Disclosures, and signs.
    pub(crate) fn sign(
        self,
        header: &impl Serialize,
        key: &SigningKey,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<String, IssueError> {
        self.check()?;
        let paths = self.disclosable.iter().map(ClaimPath::components);
        let mut paths: Vec<&[Component]> = paths.collect();
        paths.sort_unstable();
        let mut concealer = Concealer {
            rng,
            pad_digests_to: self.pad_digests_to,
            disclosures: Vec::new(),
        };
        let mut payload = concealer.object(self.claims, &paths)?;
        if !concealer.disclosures.is_empty() {
            payload.insert(DIGEST_ALGORITHM.to_owned(), SHA_256.into());
        }
        if let Some(holder) = self.holder {
            payload.insert("cnf".to_owned(), json!({ "jwk": holder.jwk() }));
        }
        let payload = serde_json::to_vec(&payload).map_err(|_| IssueError::Signing)?;
        let mut text = jws::sign(header, &payload, key)?;
        text.push('~');
        for disclosure in concealer.disclosures {
            text.push_str(&disclosure);
            text.push('~');
        }
        Ok(text)
    }

    fn check(&self) -> Result<(), IssueError> {
        if self.claims.contains_key("cnf")
            || self.claims.contains_key(DIGEST_ALGORITHM)
            || self
                .claims
                .iter()
                .any(|(name, value)| is_reserved(name) || has_digests(value))
        {
            return Err(IssueError::ReservedName);
        }
        for path in self.disclosable {
            if let Some(Component::Key(name)) = path.components().first()
                && self.plain.contains(&name.as_str())
            {
                return Err(IssueError::MustBePlain);
            }
        }
        Ok(())
    }
}

/// Why an SD-JWT was not issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssueError {
    /// Without a certificate, `iss` must say who issues.
    #[error("the claim iss is missing")]
    IssuerMissing,
    /// A registered claim may not be selectively disclosable.
    #[error("a registered claim cannot be selectively disclosable")]
    MustBePlain,
    /// A path of a disclosable claim leads nowhere, so a claim would stay visible by mistake.
    #[error("a disclosable path names no claim")]
    NoSuchClaim,
    /// A claim has a name that SD-JWT keeps for itself, or that this crate sets.
    #[error("a claim has a reserved name")]
    ReservedName,
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
    /// The claim `vct` is required.
    #[error("the claim vct is missing")]
    TypeMissing,
}

impl From<KeyError> for IssueError {
    fn from(_: KeyError) -> Self {
        Self::Signing
    }
}

/// Replaces claims by digests, innermost first, so that Disclosures may hold digests.
struct Concealer<'r, R: ?Sized> {
    rng: &'r mut R,
    pad_digests_to: usize,
    disclosures: Vec<String>,
}

/// Paths are sorted, so that those of one member are found without asking all.
impl<R: CryptoRng + ?Sized> Concealer<'_, R> {
    fn value(&mut self, value: Value, paths: &[&[Component]]) -> Result<Value, IssueError> {
        match value {
            value if paths.is_empty() => Ok(value),
            Value::Object(members) => self.object(members, paths).map(Value::Object),
            Value::Array(elements) => self.array(elements, paths).map(Value::Array),
            _ => Err(IssueError::NoSuchClaim),
        }
    }

    fn object(
        &mut self,
        members: Map<String, Value>,
        paths: &[&[Component]],
    ) -> Result<Map<String, Value>, IssueError> {
        let leads_somewhere = |path: &&[Component]| match path.first() {
            Some(Component::Key(name)) => members.contains_key(name),
            _ => false,
        };
        if !paths.iter().all(leads_somewhere) {
            return Err(IssueError::NoSuchClaim);
        }
        let mut visible = Map::new();
        let mut digests = Vec::new();
        for (name, value) in members {
            let (hidden, inner) = descend(named(paths, &name), |_| true);
            let value = self.value(value, &inner)?;
            if hidden {
                digests.push(self.disclose(|salt| (salt, name, value))?);
            } else {
                visible.insert(name, value);
            }
        }
        if !digests.is_empty() {
            while digests.len() < self.pad_digests_to {
                digests.push(digest(&self.salt()));
            }
            // The order of the claims would tell them apart from the decoys.
            digests.sort_unstable();
            visible.insert(DIGESTS.to_owned(), digests.into());
        }
        Ok(visible)
    }

    fn array(
        &mut self,
        mut elements: Vec<Value>,
        paths: &[&[Component]],
    ) -> Result<Vec<Value>, IssueError> {
        let leads_somewhere = |path: &&[Component]| match path.first() {
            Some(Component::Index(index)) => *index < elements.len(),
            Some(Component::Every) => !elements.is_empty(),
            _ => false,
        };
        if !paths.iter().all(leads_somewhere) {
            return Err(IssueError::NoSuchClaim);
        }
        for (index, element) in elements.iter_mut().enumerate() {
            let (hidden, mut inner) = descend(paths, |step| {
                matches!(step, Component::Every) || *step == Component::Index(index)
            });
            inner.sort_unstable();
            let value = self.value(mem::take(element), &inner)?;
            *element = if hidden {
                let digest = self.disclose(|salt| (salt, value))?;
                json!({ ELEMENT_DIGEST: digest })
            } else {
                value
            };
        }
        Ok(elements)
    }

    /// Makes a Disclosure, a JSON array, and returns its digest.
    fn disclose<T: Serialize>(
        &mut self,
        content: impl FnOnce(String) -> T,
    ) -> Result<String, IssueError> {
        let content = content(self.salt());
        let content = serde_json::to_vec(&content).map_err(|_| IssueError::Signing)?;
        let encoded = base64url::encode(content);
        let digest = digest(&encoded);
        self.disclosures.push(encoded);
        Ok(digest)
    }

    /// 128 bits, as RFC 9901, section 9.3 recommends.
    fn salt(&mut self) -> String {
        let mut salt = [0; 16];
        self.rng.fill_bytes(&mut salt);
        base64url::encode(salt)
    }
}

/// Whether a path ends with this step, and how those that go on go on.
fn descend<'p>(
    paths: &[&'p [Component]],
    takes: impl Fn(&Component) -> bool,
) -> (bool, Vec<&'p [Component]>) {
    let mut ends = false;
    let mut inner = Vec::new();
    for path in paths {
        if let Some((step, rest)) = path.split_first()
            && takes(step)
        {
            if rest.is_empty() {
                ends = true;
            } else {
                inner.push(rest);
            }
        }
    }
    (ends, inner)
}

/// Those of sorted paths that begin with this member.
fn named<'s, 'p>(paths: &'s [&'p [Component]], name: &str) -> &'s [&'p [Component]] {
    let first = |path: &[Component]| match path.first() {
        Some(Component::Key(claim)) => claim.as_str().cmp(name),
        _ => Ordering::Less,
    };
    let begin = paths.partition_point(|path| first(path).is_lt());
    let rest = paths.get(begin..).unwrap_or_default();
    let end = rest.partition_point(|path| first(path).is_eq());
    rest.get(..end).unwrap_or_default()
}
