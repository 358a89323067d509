use claim_path::{ClaimPath, Component};
use jiff::Timestamp;
use keys::{KeyError, NamedKey};
use serde_json::{Map, Value};

use crate::error::VerificationError;
use crate::presentation::Challenge;
use crate::sd_jwt::format::UnverifiedSdJwt;
use crate::sd_jwt::key_binding;
use crate::sd_jwt::process::Observer;

/// An SD-JWT in the hands of its Holder, who can choose what to disclose.
///
/// It is read without checking the Issuer's signature: verify it once, on receipt, through
/// [`crate::UnverifiedCredential`].
pub struct Held {
    issuer_signed: String,
    disclosures: Vec<HeldDisclosure>,
    claims: Map<String, Value>,
}

impl Held {
    /// Reads an SD-JWT as it was issued, without a Key Binding JWT.
    ///
    /// # Errors
    /// If it is malformed, or its Disclosures do not fit its digests.
    pub fn parse(text: &str) -> Result<Self, VerificationError> {
        let sd_jwt = UnverifiedSdJwt::parse(text)?;
        let mut parts = sd_jwt.presented.split_terminator('~').map(str::to_owned);
        let issuer_signed = parts.next().unwrap_or_default();
        let encoded: Vec<String> = parts.collect();
        let mut places = Places::of(encoded.len());
        let claims = sd_jwt.process_unverified(&mut places)?;
        let disclosures = encoded
            .into_iter()
            .zip(places.found)
            .filter_map(|(encoded, path)| {
                Some(HeldDisclosure {
                    encoded,
                    path: path?,
                })
            })
            .collect();
        Ok(Self {
            issuer_signed,
            disclosures,
            claims,
        })
    }

    /// All claims, as a Verifier would see them with everything disclosed.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The places of everything that is selectively disclosable, in the order of the Disclosures.
    pub fn disclosable(&self) -> impl Iterator<Item = &ClaimPath> {
        self.disclosures.iter().map(|disclosure| &disclosure.path)
    }

    /// Chooses the Disclosures for these claims, and no others.
    ///
    /// For each path: what it names, everything inside that, and the ancestors needed to reach it.
    /// Paths of claims that are always visible are permitted and add nothing.
    ///
    /// # Errors
    /// If a path names nothing in this Credential.
    pub fn select(&self, paths: &[ClaimPath]) -> Result<Selected, HoldError> {
        let mut wanted = Vec::new();
        for path in paths {
            let places = path.locate_in(&self.claims);
            if places.is_empty() {
                return Err(HoldError::NoSuchClaim);
            }
            wanted.extend(places);
        }
        let mut presented = self.issuer_signed.clone();
        presented.push('~');
        for disclosure in &self.disclosures {
            if wanted
                .iter()
                .any(|place| place.is_related(&disclosure.path))
            {
                presented.push_str(&disclosure.encoded);
                presented.push('~');
            }
        }
        Ok(Selected { presented })
    }
}

/// An SD-JWT with the Disclosures that its Holder selected.
pub struct Selected {
    presented: String,
}

impl Selected {
    /// Exactly what a Verifier will learn: show this before asking the Holder.
    ///
    /// # Errors
    /// Never for a selection of a well-formed SD-JWT; the computation is the Verifier's own.
    pub fn claims(&self) -> Result<Map<String, Value>, VerificationError> {
        UnverifiedSdJwt::parse(&self.presented)?.process_unverified(&mut ())
    }

    /// Signs the Key Binding JWT: an SD-JWT+KB (RFC 9901, section 4.3).
    ///
    /// # Errors
    /// If signing fails.
    pub fn bind<'k>(
        self,
        holder: impl Into<NamedKey<'k>>,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<String, KeyError> {
        let key_binding = key_binding::sign(&self.presented, challenge, holder.into(), now)?;
        Ok(self.presented + &key_binding)
    }

    /// The SD-JWT without key binding, for a Verifier that does not require it.
    #[must_use]
    pub fn into_unbound(self) -> String {
        self.presented
    }
}

/// Why a selection cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HoldError {
    /// A selected path leads nowhere.
    #[error("the credential has no such claim")]
    NoSuchClaim,
}

struct HeldDisclosure {
    encoded: String,
    path: ClaimPath,
}

/// Notes the place of every Disclosure.
pub(super) struct Places {
    walked: Vec<Component>,
    pub(super) found: Vec<Option<ClaimPath>>,
}

impl Places {
    pub(super) fn of(disclosures: usize) -> Self {
        Self {
            walked: Vec::new(),
            found: vec![None; disclosures],
        }
    }

    fn note(&mut self, disclosure: usize, path: Vec<Component>) {
        if let Some(place) = self.found.get_mut(disclosure) {
            *place = ClaimPath::new(path).ok();
        }
    }
}

impl Observer for Places {
    fn enter_claim(&mut self, name: &str) {
        self.walked.push(name.into());
    }

    fn enter_element(&mut self, index: usize) {
        self.walked.push(Component::Index(index));
    }

    fn disclosed_claim(&mut self, disclosure: usize, name: &str) {
        let mut path = Vec::with_capacity(self.walked.len() + 1);
        path.extend_from_slice(&self.walked);
        path.push(name.into());
        self.note(disclosure, path);
    }

    fn disclosed_element(&mut self, disclosure: usize) {
        self.note(disclosure, self.walked.clone());
    }

    fn leave(&mut self) {
        self.walked.pop();
    }
}
