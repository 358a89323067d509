use jiff::Timestamp;
use keys::PublicKey;
use keys::jws::UnverifiedJws;
use serde_json::{Map, Value};

use crate::credential::Credential;
use crate::data_model::DataModel;
use crate::door::UnverifiedCredential;
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::presentation::{Challenge, common_holder};
use crate::sd_jwt::UnverifiedSdJwt;
use crate::sd_jwt::vc::PlainClaims;
use crate::vc_jwt::{check_answer, enclosed, judge_each};
use crate::vc_sd_jwt::{PLAIN_ANSWER, PRESENTATION_TYPE};

/// A W3C Presentation secured by SD-JWT, as anybody may send it.
pub(crate) struct UnverifiedVpSdJwt {
    sd_jwt: UnverifiedSdJwt,
    pub(crate) credentials: Vec<UnverifiedCredential>,
}

impl UnverifiedVpSdJwt {
    /// Reads the Presentation, and the Credentials in it that are disclosed.
    pub(crate) fn parse(text: &str) -> Result<Self, VerificationError> {
        let sd_jwt = UnverifiedSdJwt::parse(text)?;
        // The Holder's own signature answers: there is nobody to bind it to besides.
        if sd_jwt.has_key_binding() {
            return Err(PeerFault::Format.into());
        }
        let payload = UnverifiedSdJwt::parse(text)?.unverified_claims()?;
        Ok(Self {
            credentials: enclosed(&payload)?,
            sd_jwt,
        })
    }

    /// Verifies the Credentials, then that the key they are all bound to signed this answer.
    pub(crate) fn verify(
        self,
        issuers: &[IssuerKey],
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(Vec<Credential>, PublicKey), VerificationError> {
        let credentials = judge_each(self.credentials, issuers, now)?;
        let holder = common_holder(&credentials)?;
        let payload = verified_answer(self.sd_jwt, &holder)?;
        check_answer(DataModel::V2, &payload, &holder, challenge, now)?;
        Ok((credentials, holder))
    }
}

/// Verifies that this key signed a Presentation, and returns what it says.
pub(crate) fn verified_answer(
    sd_jwt: UnverifiedSdJwt,
    holder: &PublicKey,
) -> Result<Map<String, Value>, VerificationError> {
    let plain = PlainClaims::of(&sd_jwt.payload, PLAIN_ANSWER);
    let answer = sd_jwt.verify(holder, &[PRESENTATION_TYPE])?.claims;
    plain.check(&answer).map_err(|_| PeerFault::Format)?;
    Ok(answer)
}

/// Whether an SD-JWT says, unverified, that it is a Presentation and not a Credential.
pub(crate) fn is_presentation(text: &str) -> bool {
    let token = text.split('~').next().unwrap_or_default();
    UnverifiedJws::parse(token, text.len()).is_ok_and(|jws| jws.header().is_type(PRESENTATION_TYPE))
}
