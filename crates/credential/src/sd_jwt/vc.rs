//! What an SD-JWT VC must be besides an SD-JWT (draft-ietf-oauth-sd-jwt-vc, section 3).

use std::mem;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::credential::{Credential, Format};
use crate::error::{IssuerFault, PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::presentation::Challenge;
use crate::registered::{check_validity, confirmation_key, numeric_date, text};
use crate::sd_jwt::format::UnverifiedSdJwt;
use crate::sd_jwt::process::has_digests;
use crate::status;

impl UnverifiedSdJwt {
    /// Who must be asked for the key (section 3.5).
    pub(crate) fn key_source(&self) -> Result<&KeySource, PeerFault> {
        if let Some(source) = self.source.get() {
            return Ok(source);
        }
        let issuer = match self.payload.get("iss") {
            None => None,
            Some(Value::String(issuer)) => Some(issuer.as_str()),
            Some(_) => return Err(PeerFault::KeyEvidence),
        };
        let source = KeySource::read(issuer, self.header())?;
        Ok(self.source.get_or_init(|| source))
    }

    /// Verifies an SD-JWT VC (section 3.4), and its key binding if there is a challenge.
    pub(crate) fn verify_credential(
        self,
        issuer: &IssuerKey,
        challenge: Option<&Challenge>,
        now: Timestamp,
    ) -> Result<Credential, VerificationError> {
        issuer.check(self.key_source()?, now)?;
        let authority_key_ids = issuer.authority_key_ids().to_vec();
        let plain = self.plain_claims();
        let mut processed =
            self.verify(issuer.signature_key()?, &[MEDIA_TYPE, FORMER_MEDIA_TYPE])?;
        let claims = mem::take(&mut processed.claims);
        plain.check(&claims)?;
        let disclosed = mem::take(&mut processed.disclosed);
        let credential = Credential {
            disclosed,
            ..credential(claims, issuer, authority_key_ids)?
        };
        check_validity(credential.valid_from, credential.valid_until, now)?;
        if let Some(challenge) = challenge {
            let holder = credential.holder.as_ref();
            let holder = holder.ok_or(PeerFault::HolderBindingAbsent)?;
            processed.verify_key_binding(holder, challenge, now)?;
        }
        Ok(credential)
    }

    /// What the Issuer left readable, as far as it must be.
    fn plain_claims(&self) -> PlainClaims {
        PlainClaims {
            present: PLAIN_CLAIMS.map(|name| self.payload.contains_key(name)),
            concealed: PLAIN_CLAIMS
                .into_iter()
                .find(|name| self.payload.get(*name).is_some_and(has_digests)),
        }
    }
}

fn credential(
    claims: Map<String, Value>,
    issuer: &IssuerKey,
    authority_key_ids: Vec<String>,
) -> Result<Credential, VerificationError> {
    let vct = text(&claims, "vct")?
        .filter(|vct| !vct.is_empty())
        .ok_or(IssuerFault::Missing("vct"))?;
    let issued_at = numeric_date(&claims, "iat")?;
    let not_before = numeric_date(&claims, "nbf")?;
    Ok(Credential {
        format: Format::SdJwtVc,
        issuer: issuer.issuer().to_owned(),
        types: vec![vct.to_owned()],
        holder: confirmation_key(&claims)?,
        status: status::token(&claims)?,
        valid_from: not_before.max(issued_at),
        valid_until: numeric_date(&claims, "exp")?,
        authority_key_ids,
        disclosed: Vec::new(),
        claims,
    })
}

/// Which of [`PLAIN_CLAIMS`] were in the payload before any Disclosure was put into it.
struct PlainClaims {
    present: [bool; PLAIN_CLAIMS.len()],
    concealed: Option<&'static str>,
}

impl PlainClaims {
    fn check(&self, processed: &Map<String, Value>) -> Result<(), IssuerFault> {
        let disclosed = PLAIN_CLAIMS
            .into_iter()
            .zip(self.present)
            .find(|(name, present)| !present && processed.contains_key(*name))
            .map(|(name, _)| name);
        match self.concealed.or(disclosed) {
            Some(name) => Err(IssuerFault::MustBePlain(name)),
            None => Ok(()),
        }
    }
}

/// The media type of an SD-JWT VC, as `typ` (section 3.2.1).
pub(crate) const MEDIA_TYPE: &str = "dc+sd-jwt";

/// What it was until November 2024; verifiers are recommended to accept it for a while.
const FORMER_MEDIA_TYPE: &str = "vc+sd-jwt";

/// Claims that must not be in Disclosures (section 3.2.2.2).
pub(super) const PLAIN_CLAIMS: [&str; 7] =
    ["cnf", "exp", "iss", "nbf", "status", "vct", "vct#integrity"];
