use std::sync::{Arc, OnceLock};

use claim_path::ClaimPath;
use jiff::Timestamp;
use keys::jws::{Header, UnverifiedJws};
use keys::{PublicKey, sha256};
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::Credential;
use crate::error::{PeerFault, VerificationError};
use crate::judge::Judge;
use crate::key_source::KeySource;
use crate::presentation::Challenge;
use crate::sd_jwt::disclosure::Disclosure;
use crate::sd_jwt::hold::Places;
use crate::sd_jwt::key_binding;
use crate::sd_jwt::process::{Observer, process};

/// An SD-JWT or SD-JWT+KB in compact serialization (RFC 9901, section 4), as anybody may send it.
///
/// This is plain SD-JWT. What an SD-JWT VC must have besides is checked behind
/// [`crate::UnverifiedCredential`].
pub struct UnverifiedSdJwt {
    /// Everything up to and including the last tilde: what a Key Binding JWT signs.
    pub(super) presented: Arc<str>,
    jws: UnverifiedJws,
    pub(crate) payload: Map<String, Value>,
    disclosures: Vec<Disclosure>,
    key_binding: Option<UnverifiedJws>,
    /// Read when it is first asked for.
    pub(super) source: OnceLock<KeySource>,
}

impl UnverifiedSdJwt {
    /// Reads `<JWT>~<Disclosure>~...~<Disclosure>~[<KB-JWT>]`.
    ///
    /// # Errors
    /// If it is not of this form, longer than 64 KiB, or not acceptable JSON inside.
    pub fn parse(text: &str) -> Result<Self, VerificationError> {
        if text.len() > Limits::default().max_bytes {
            return Err(PeerFault::Size.into());
        }
        let (presented, key_binding) = split_key_binding(text)?;
        let presented: Arc<str> = presented.into();
        let mut parts = presented.split_terminator('~');
        let jws = parts.next().unwrap_or_default();
        let jws = UnverifiedJws::parse_start(&presented, jws.len())?;
        let payload = payload(&jws)?;
        let disclosures = parts.map(Disclosure::parse).collect::<Result<_, _>>()?;
        let key_binding = match key_binding {
            "" => None,
            token => Some(UnverifiedJws::parse(token, text.len())?),
        };
        Ok(Self {
            presented,
            jws,
            payload,
            disclosures,
            key_binding,
            source: OnceLock::new(),
        })
    }

    /// The header of the Issuer-signed JWT, unverified.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.jws.header()
    }

    /// Whether a Key Binding JWT is attached.
    #[must_use]
    pub const fn has_key_binding(&self) -> bool {
        self.key_binding.is_some()
    }

    /// Verifies the Issuer's signature and processes the Disclosures (RFC 9901, section 7.1).
    ///
    /// The Key Binding JWT is not looked at, and neither are validity times.
    ///
    /// # Errors
    /// If the signature is not by `issuer`, `typ` is none of these, or any step fails.
    pub fn verify(
        self,
        issuer: &PublicKey,
        typ: &[&str],
    ) -> Result<ProcessedSdJwt, VerificationError> {
        let hash = match self.key_binding {
            None => self.jws.verify(issuer, typ).map(|_| None)?,
            Some(_) => self
                .jws
                .verify_hashing(issuer, typ)
                .map(|(_, hash)| Some(hash))?,
        };
        let presented = Presented {
            text: self.presented,
            hash,
        };
        ProcessedSdJwt::of(self.payload, self.disclosures, presented, self.key_binding)
    }

    /// As [`Self::verify`], by a judge who may leave the signature to a batch.
    pub(crate) fn judge(
        self,
        judge: &mut Judge<'_>,
        issuer: &PublicKey,
        typ: &[&str],
    ) -> Result<ProcessedSdJwt, VerificationError> {
        let hash = match self.key_binding {
            None => judge.token(self.jws, issuer, typ).map(|()| None)?,
            Some(_) => judge.beginning(self.jws, issuer, typ)?,
        };
        let presented = Presented {
            text: self.presented,
            hash,
        };
        ProcessedSdJwt::of(self.payload, self.disclosures, presented, self.key_binding)
    }

    /// The claims with what is disclosed, unverified: good for finding keys, and for nothing else.
    pub(crate) fn unverified_claims(self) -> Result<Map<String, Value>, VerificationError> {
        self.process_unverified(&mut ())
    }

    /// Processes without verifying: for a Holder who verified on receipt.
    pub(super) fn process_unverified(
        self,
        observer: &mut impl Observer,
    ) -> Result<Map<String, Value>, VerificationError> {
        let mut claims = self.payload;
        process(&mut claims, self.disclosures, observer)?;
        Ok(claims)
    }
}

/// An SD-JWT whose Issuer's signature and Disclosures were verified.
pub struct ProcessedSdJwt {
    /// The Processed SD-JWT Payload.
    pub claims: Map<String, Value>,
    /// The places in it that came from Disclosures.
    pub disclosed: Vec<ClaimPath>,
    presented: Presented,
    key_binding: Option<UnverifiedJws>,
}

/// What a Key Binding JWT signs the hash of.
struct Presented {
    text: Arc<str>,
    /// If it was taken with the hash of what the Issuer signed, with which the text begins.
    hash: Option<[u8; 32]>,
}

impl Presented {
    fn hash(&self) -> [u8; 32] {
        self.hash.unwrap_or_else(|| sha256(self.text.as_bytes()))
    }
}

impl ProcessedSdJwt {
    /// Puts the Disclosures in their places.
    fn of(
        mut claims: Map<String, Value>,
        disclosures: Vec<Disclosure>,
        presented: Presented,
        key_binding: Option<UnverifiedJws>,
    ) -> Result<Self, VerificationError> {
        let mut places = Places::of(disclosures.len());
        process(&mut claims, disclosures, &mut places)?;
        Ok(Self {
            claims,
            disclosed: places.found.into_iter().flatten().collect(),
            presented,
            key_binding,
        })
    }

    /// Verifies the Key Binding JWT (RFC 9901, section 7.3) with the key that the claims confirm.
    ///
    /// # Errors
    /// If there is none, or it is not by this Holder, for this challenge, these Disclosures, now.
    pub fn verify_key_binding(
        self,
        holder: &PublicKey,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(), VerificationError> {
        let token = self.key_binding.ok_or(PeerFault::HolderBindingMissing)?;
        key_binding::verify(token, &self.presented.hash(), holder, challenge, now)
    }

    /// As [`Self::verify_key_binding`], with the key that the Credential is bound to.
    pub(crate) fn verify_holder(
        self,
        credential: &Credential,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(), VerificationError> {
        let holder = credential.holder();
        let holder = holder.ok_or(PeerFault::HolderBindingAbsent)?;
        self.verify_key_binding(holder, challenge, now)
    }
}

fn split_key_binding(text: &str) -> Result<(&str, &str), PeerFault> {
    let end = text.rfind('~').ok_or(PeerFault::Format)? + 1;
    text.split_at_checked(end).ok_or(PeerFault::Format)
}

fn payload(jws: &UnverifiedJws) -> Result<Map<String, Value>, PeerFault> {
    match strict_json::parse(jws.unverified_payload(), Limits::default())? {
        Value::Object(members) => Ok(members),
        _ => Err(PeerFault::Format),
    }
}
