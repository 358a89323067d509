//! The scopes of a Verifier: for which purposes it may ask for numbers of their own
//! (`docs/profiles/net-certificate.md`, "Scopes").

use did::{Did, DidDocument};
use http::Uri;
use jiff::{SignedDuration, Timestamp};
use keys::KeyError;
use keys::jws::{self, JwsError, UnverifiedJws};
use netcert::{ContextError, Scope};
use serde::{Deserialize, Serialize};
use strict_json::{JsonError, Limits};

use crate::request::{Signer, signing_key};

/// A purpose for which the same person has another number at the same Verifier.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NumberScope {
    /// What requests call it: letters, digits, hyphens and underscores.
    pub name: String,
    /// What the number is for. It is part of what the number is bound to.
    pub purpose: String,
    /// The period after which the number is another one, in words that the Verifier changes then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// The scopes that a Verifier publishes, signed with a key of its DID: the same for everybody, so
/// that none can be made up for one person.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Vec<NumberScope>", into = "Vec<NumberScope>")]
pub struct NumberScopes(Vec<NumberScope>);

/// The scopes of a Verifier, and when it signed them: what a Wallet remembers, so that a Verifier
/// does not show another list to each person, or an old one again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignedScopes {
    signed_at: Timestamp,
    scopes: NumberScopes,
}

/// Why a list of scopes is refused. The Verifier must act.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ScopesFault {
    /// The DID document does not have the key.
    #[error("the key of the list of scopes is refused: {0}")]
    Did(#[from] did::DidError),
    /// It was made by another DID.
    #[error("the list of scopes is another verifier's")]
    Issuer,
    /// It is said to be signed at a moment that is still to come.
    #[error("the list of scopes is signed in the future")]
    Future,
    /// It is no JSON of the expected form.
    #[error("the list of scopes cannot be read: {0}")]
    Json(#[from] JsonError),
    /// It is not a JWS as it should be, or its signature is wrong.
    #[error("the list of scopes is not signed as it should be: {0}")]
    Jws(#[from] JwsError),
    /// The key that signed is not named, or belongs to another DID.
    #[error("the list of scopes is not signed with a key of the verifier")]
    KeyId,
    /// It differs from a list that was seen before and signed no earlier: the Verifier shows an old
    /// list, or two at once.
    #[error(
        "the verifier has shown a list of scopes before that differs from this one and is not older"
    )]
    Rollback,
    /// A name, purpose or period is empty, too long, or has other characters than it may.
    #[error("a scope has a name, purpose or period that is refused")]
    Scope,
    /// Two scopes share a name, or are for the same purpose and period.
    #[error("two scopes are the same")]
    Twice,
    /// There are more than sixteen.
    #[error("there are more than 16 scopes")]
    TooMany,
}

impl NumberScopes {
    /// Checks a list.
    ///
    /// # Errors
    /// [`ScopesFault::Scope`], [`ScopesFault::TooMany`] or [`ScopesFault::Twice`].
    pub fn new(scopes: Vec<NumberScope>) -> Result<Self, ScopesFault> {
        if scopes.len() > MOST {
            return Err(ScopesFault::TooMany);
        }
        for (position, scope) in scopes.iter().enumerate() {
            if !scope.is_well_formed() {
                return Err(ScopesFault::Scope);
            }
            let mut before = scopes.iter().take(position);
            if before.any(|other| other.name == scope.name || other.means(scope)) {
                return Err(ScopesFault::Twice);
            }
        }
        Ok(Self(scopes))
    }

    /// Finds a scope by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&NumberScope> {
        self.0.iter().find(|scope| scope.name == name)
    }

    /// Says whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists the scopes.
    pub fn iter(&self) -> impl Iterator<Item = &NumberScope> {
        self.0.iter()
    }

    /// Signs the list.
    ///
    /// # Errors
    /// [`KeyError`] if the key cannot sign: a defect.
    pub fn sign(&self, signer: Signer<'_>, now: Timestamp) -> Result<String, KeyError> {
        let header = Header {
            alg: signer.key.algorithm().name(),
            kid: signer.method.to_string(),
            typ: SCOPES_TYPE,
        };
        let payload = Payload {
            iss: signer.method.did().to_string(),
            iat: now.as_second(),
            scopes: self.0.clone(),
        };
        let payload = serde_json::to_vec(&payload).map_err(|_| KeyError::Unserializable)?;
        jws::sign(&header, &payload, signer.key)
    }

    /// Reads and verifies the list of a Verifier whose DID document is at hand, whenever it was
    /// signed.
    ///
    /// # Errors
    /// [`ScopesFault`]
    pub fn verify(text: &str, document: &DidDocument) -> Result<Self, ScopesFault> {
        verify(text, document).and_then(|payload| Self::new(payload.scopes))
    }
}

impl SignedScopes {
    /// Reads and verifies the list of a Verifier whose DID document is at hand.
    ///
    /// # Errors
    /// [`ScopesFault`]
    pub fn verify(text: &str, document: &DidDocument, now: Timestamp) -> Result<Self, ScopesFault> {
        let payload = verify(text, document)?;
        let signed_at = Timestamp::from_second(payload.iat).map_err(|_| ScopesFault::Future)?;
        if signed_at.duration_since(now) > LEEWAY {
            return Err(ScopesFault::Future);
        }
        Ok(Self {
            signed_at,
            scopes: NumberScopes::new(payload.scopes)?,
        })
    }

    /// Takes the place of a list that was seen before; returns that one, if it was another.
    ///
    /// A Verifier that signs the same list again is free to: of two signatures, the later counts.
    ///
    /// # Errors
    /// [`ScopesFault::Rollback`] when it is another one, and not later.
    pub fn follow(self, before: &Self) -> Result<(Self, Option<NumberScopes>), ScopesFault> {
        if self.scopes == before.scopes {
            let signed_at = self.signed_at.max(before.signed_at);
            return Ok((Self { signed_at, ..self }, None));
        }
        match self.signed_at > before.signed_at {
            true => Ok((self, Some(before.scopes.clone()))),
            false => Err(ScopesFault::Rollback),
        }
    }

    /// Returns the scopes.
    #[must_use]
    pub fn scopes(&self) -> &NumberScopes {
        &self.scopes
    }
}

impl TryFrom<Vec<NumberScope>> for NumberScopes {
    type Error = ScopesFault;

    fn try_from(scopes: Vec<NumberScope>) -> Result<Self, ScopesFault> {
        Self::new(scopes)
    }
}

impl From<NumberScopes> for Vec<NumberScope> {
    fn from(scopes: NumberScopes) -> Self {
        scopes.0
    }
}

impl NumberScope {
    /// Whether it leads to the same numbers.
    fn means(&self, other: &Self) -> bool {
        (&self.purpose, &self.period) == (&other.purpose, &other.period)
    }

    /// What a number is bound to besides who asks.
    ///
    /// # Errors
    /// [`ContextError::Scope`]; never for a scope of a [`NumberScopes`].
    pub fn bound(&self) -> Result<Scope, ContextError> {
        Scope::new(&self.purpose, self.period.as_deref())
    }

    fn is_well_formed(&self) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (1..=MOST_BYTES).contains(&self.name.len())
            && self.name.bytes().all(allowed)
            && self.bound().is_ok()
    }
}

/// Where a did:web publishes its scopes: beside its document. `None` for a DID that is no place.
#[must_use]
pub fn scopes_url(did: &Did, dev_loopback: bool) -> Option<url::Url> {
    let mut url = did::web::url(did, dev_loopback).ok()?;
    let folder = url.path().strip_suffix("did.json")?.to_owned();
    url.set_path(&format!("{folder}{SCOPES_FILE}"));
    Uri::try_from(url.as_str()).ok()?;
    Some(url)
}

fn verify(text: &str, document: &DidDocument) -> Result<Payload, ScopesFault> {
    let did = document.id();
    let jws = UnverifiedJws::parse(text.trim(), Limits::default().max_bytes)?;
    let kid = jws.header().kid.as_deref().ok_or(ScopesFault::KeyId)?;
    let kid = did.join(kid).map_err(|_| ScopesFault::KeyId)?;
    if kid.did() != did {
        return Err(ScopesFault::KeyId);
    }
    let key = signing_key(document, &kid)?;
    let verified = jws.verify(&key, &[SCOPES_TYPE])?;
    let payload: Payload = strict_json::from_slice(verified.payload(), Limits::default())?;
    if payload.iss != did.as_str() {
        return Err(ScopesFault::Issuer);
    }
    Ok(payload)
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    kid: String,
    typ: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Payload {
    iss: String,
    iat: i64,
    scopes: Vec<NumberScope>,
}

/// The media type of the list over HTTP.
pub const SCOPES_MEDIA_TYPE: &str = "application/net-number-scopes+jwt";

/// For clocks that differ.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);
const MOST: usize = 16;
const MOST_BYTES: usize = 64;
const SCOPES_FILE: &str = "net-number-scopes";
const SCOPES_TYPE: &str = "net-number-scopes+jwt";
