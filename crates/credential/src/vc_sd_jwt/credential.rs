use std::mem;
use std::sync::OnceLock;

use crate::credential::Credential;
use crate::data_model::{self, DataModel};
use crate::error::{PeerFault, VerificationError};
use crate::judge::Judge;
use crate::key_source::KeySource;
use crate::presentation::Challenge;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::sd_jwt::vc::PlainClaims;
use crate::vc_jwt;
use crate::vc_sd_jwt::{CREDENTIAL_TYPE, PLAIN_MEMBERS};

/// A W3C Credential secured by SD-JWT, as anybody may send it.
pub(crate) struct UnverifiedVcSdJwt {
    sd_jwt: UnverifiedSdJwt,
    /// Read when it is first asked for.
    source: OnceLock<KeySource>,
}

impl UnverifiedVcSdJwt {
    pub(crate) fn parse(text: &str) -> Result<Self, VerificationError> {
        Ok(Self {
            sd_jwt: UnverifiedSdJwt::parse(text)?,
            source: OnceLock::new(),
        })
    }

    pub(crate) const fn has_key_binding(&self) -> bool {
        self.sd_jwt.has_key_binding()
    }

    pub(crate) fn key_source(&self) -> Result<&KeySource, PeerFault> {
        if let Some(source) = self.source.get() {
            return Ok(source);
        }
        let issuer = data_model::issuer(&self.sd_jwt.payload).ok_or(PeerFault::KeyEvidence)?;
        let source = KeySource::read(Some(issuer), self.sd_jwt.header())?;
        Ok(self.source.get_or_init(|| source))
    }

    /// Verifies the signature, the Disclosures, the data model, that it is valid now, and the key
    /// binding if there is a challenge.
    pub(crate) fn judge(
        self,
        judge: &mut Judge<'_>,
        challenge: Option<&Challenge>,
    ) -> Result<Credential, VerificationError> {
        let now = judge.now;
        let issuer = judge.issuer(self.key_source()?)?;
        let plain = PlainClaims::of(&self.sd_jwt.payload, PLAIN_MEMBERS);
        let key = issuer.signature_key()?;
        let mut processed = self.sd_jwt.judge(judge, key, &[CREDENTIAL_TYPE])?;
        plain.check(&processed.claims)?;
        let claims = mem::take(&mut processed.claims);
        let disclosed = mem::take(&mut processed.disclosed);
        let credential = Credential {
            disclosed,
            ..vc_jwt::believed(DataModel::V2, claims, issuer, now)?
        };
        if let Some(challenge) = challenge {
            processed.verify_holder(&credential, challenge, now)?;
        }
        Ok(credential)
    }
}
