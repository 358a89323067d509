//! What an SD-JWT VC must be besides an SD-JWT (draft-ietf-oauth-sd-jwt-vc, section 3).

use std::mem;

use serde_json::{Map, Value};

use crate::credential::{Credential, Format};
use crate::error::{IssuerFault, PeerFault, VerificationError};
use crate::holder_key::HolderKey;
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
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
    pub(crate) fn judge_credential(
        self,
        judge: &mut Judge<'_>,
        challenge: Option<&Challenge>,
    ) -> Result<Credential, VerificationError> {
        let now = judge.now;
        let issuer = judge.issuer(self.key_source()?)?;
        let authority_key_ids = issuer.authority_key_ids().to_vec();
        let plain = PlainClaims::of(&self.payload, PLAIN_CLAIMS);
        let types = [MEDIA_TYPE, FORMER_MEDIA_TYPE];
        let mut processed = self.judge(judge, issuer.signature_key()?, &types)?;
        let claims = mem::take(&mut processed.claims);
        plain.check(&claims)?;
        let disclosed = mem::take(&mut processed.disclosed);
        let credential = Credential {
            disclosed,
            ..credential(claims, issuer, authority_key_ids)?
        };
        check_validity(credential.valid_from, credential.valid_until, now)?;
        if let Some(challenge) = challenge {
            processed.verify_holder(&credential, challenge, now)?;
        }
        Ok(credential)
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
        holder: HolderKey::Stated(confirmation_key(&claims)?),
        status: status::token(&claims)?,
        valid_from: not_before.max(issued_at),
        valid_until: numeric_date(&claims, "exp")?,
        authority_key_ids,
        disclosed: Vec::new(),
        choice: None,
        cryptosuites: Vec::new(),
        claims,
    })
}

/// Which claims that must be readable were in the payload before any Disclosure was put into it.
pub(crate) struct PlainClaims<const N: usize> {
    names: [&'static str; N],
    present: [bool; N],
    concealed: Option<&'static str>,
}

impl<const N: usize> PlainClaims<N> {
    /// What was left readable of these, as far as it must be.
    pub(crate) fn of(payload: &Map<String, Value>, names: [&'static str; N]) -> Self {
        let (mut present, mut concealed) = ([false; N], None);
        for (name, value) in payload {
            let mut known = names.into_iter().zip(&mut present);
            if let Some((known, present)) = known.find(|(known, _)| known == name) {
                *present = true;
                if concealed.is_none() && has_digests(value) {
                    concealed = Some(known);
                }
            }
        }
        Self {
            names,
            present,
            concealed,
        }
    }

    pub(crate) fn check(&self, processed: &Map<String, Value>) -> Result<(), IssuerFault> {
        let kept = self.names.into_iter().zip(self.present);
        let mut disclosed = kept.filter(|(_, present)| !present).map(|(name, _)| name);
        let disclosed = disclosed.find(|name| processed.contains_key(*name));
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
