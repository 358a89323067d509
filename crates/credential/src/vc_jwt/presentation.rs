use jiff::Timestamp;
use keys::PublicKey;
use keys::jws::UnverifiedJws;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::{Credential, Format};
use crate::data_integrity::Leniency;
use crate::data_model::{DataModel, check_context, types};
use crate::door::UnverifiedCredential;
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
use crate::presentation::{Challenge, common_holder};
use crate::registered::{check_freshness, subject_key};
use crate::vc_jwt::credential::{is_plain_jwt, object};
use crate::vc_jwt::{MOST_CREDENTIALS, PRESENTATION_TYPE};

/// A W3C Presentation secured by JOSE, as anybody may send it.
pub(crate) struct UnverifiedVpJwt {
    jws: UnverifiedJws,
    payload: Map<String, Value>,
    model: DataModel,
    pub(crate) credentials: Vec<UnverifiedCredential>,
}

impl UnverifiedVpJwt {
    pub(crate) fn parse(token: &str) -> Result<Self, VerificationError> {
        let jws = UnverifiedJws::parse(token, Limits::default().max_bytes)?;
        let payload = object(&jws)?;
        let (model, credentials) = match payload.get("vp") {
            Some(vp) => (DataModel::V1, credentials_v1(vp)?),
            None => (DataModel::V2, enclosed(&payload)?),
        };
        Ok(Self {
            jws,
            payload,
            model,
            credentials,
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
        verify_signer(self.jws, self.model, &holder)?;
        check_answer(self.model, &self.payload, &holder, challenge, now)?;
        Ok((credentials, holder))
    }
}

/// Verifies Credentials one after the other.
pub(crate) fn judge_each(
    credentials: Vec<UnverifiedCredential>,
    issuers: &[IssuerKey],
    now: Timestamp,
) -> Result<Vec<Credential>, VerificationError> {
    let mut judge = Judge::new(issuers, Leniency::None, now);
    let credentials = credentials.into_iter();
    credentials.map(|one| one.judge(&mut judge)).collect()
}

/// Verifies that this key signed a Presentation, under the media type that its data model has.
pub(crate) fn verify_signer(
    jws: UnverifiedJws,
    model: DataModel,
    holder: &PublicKey,
) -> Result<(), VerificationError> {
    match model {
        DataModel::V1 if !is_plain_jwt(&jws) => return Err(PeerFault::Format.into()),
        DataModel::V1 => jws.verify(holder, &[])?,
        DataModel::V2 => jws.verify(holder, &[PRESENTATION_TYPE])?,
    };
    Ok(())
}

/// Judges what a Presentation says, once its signature by this key has been verified.
pub(crate) fn check_answer(
    model: DataModel,
    payload: &Map<String, Value>,
    holder: &PublicKey,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<(), PeerFault> {
    check_claims(payload, challenge, now)?;
    let object = match payload.get("vp") {
        Some(Value::Object(vp)) => vp,
        _ => payload,
    };
    if model == DataModel::V2 && ["vc", "vp"].iter().any(|name| payload.contains_key(*name)) {
        return Err(PeerFault::Format);
    }
    check_model(model, object)?;
    for name in [payload.get("iss"), object.get("holder")] {
        check_holder_name(name, holder)?;
    }
    Ok(())
}

/// Whether a token says, unverified, that it is a Presentation and not a Credential.
pub(crate) fn is_presentation(token: &str) -> bool {
    let Ok(jws) = UnverifiedJws::parse(token, Limits::default().max_bytes) else {
        return false;
    };
    jws.header().is_type(PRESENTATION_TYPE)
        || object(&jws).is_ok_and(|payload| payload.contains_key("vp"))
}

/// `verifiableCredential` of VCDM 2.0: enveloped Credentials, and no others (VC-JOSE-COSE, section
/// 3.1.2).
pub(crate) fn enclosed(
    vp: &Map<String, Value>,
) -> Result<Vec<UnverifiedCredential>, VerificationError> {
    several(vp.get("verifiableCredential"))?
        .iter()
        .map(|one| UnverifiedCredential::open(one.as_object().ok_or(PeerFault::Format)?))
        .collect()
}

/// `verifiableCredential` of VCDM 1.1: the tokens as strings.
fn credentials_v1(vp: &Value) -> Result<Vec<UnverifiedCredential>, VerificationError> {
    several(vp.get("verifiableCredential"))?
        .iter()
        .map(|token| {
            let token = token.as_str().ok_or(PeerFault::Format)?;
            UnverifiedCredential::parse(Format::JwtVcJson, token)
        })
        .collect()
}

fn several(value: Option<&Value>) -> Result<&[Value], PeerFault> {
    let values = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => return Err(PeerFault::Format),
    };
    if values.is_empty() || values.len() > MOST_CREDENTIALS {
        return Err(PeerFault::Format);
    }
    Ok(values)
}

/// `aud`, `nonce` and the times (OpenID4VP 1.0, appendix B.1.3.1.5).
fn check_claims(
    payload: &Map<String, Value>,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<(), PeerFault> {
    let audience = match payload.get("aud") {
        Some(Value::Array(audiences)) if audiences.len() == 1 => audiences.first(),
        other => other,
    };
    if audience.and_then(Value::as_str) != Some(&challenge.audience) {
        return Err(PeerFault::Audience);
    }
    if payload.get("nonce").and_then(Value::as_str) != Some(&challenge.nonce) {
        return Err(PeerFault::Nonce);
    }
    let time = |name| match payload.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(PeerFault::Freshness),
    };
    // `iat` is optional here: without it, the nonce alone vouches for freshness.
    let made = time("iat")?.unwrap_or_else(|| now.as_second());
    check_freshness(made, time("nbf")?, time("exp")?, now)
}

fn check_model(model: DataModel, vp: &Map<String, Value>) -> Result<(), PeerFault> {
    check_context(model, vp).map_err(|_| PeerFault::Format)?;
    types(vp, "VerifiablePresentation").map_err(|_| PeerFault::Format)?;
    Ok(())
}

/// If the Presentation names its Holder by a DID that holds its own key, it is this key.
fn check_holder_name(name: Option<&Value>, holder: &PublicKey) -> Result<(), PeerFault> {
    let id = match name {
        None => return Ok(()),
        Some(Value::Object(members)) => members.get("id").and_then(Value::as_str),
        Some(name) => name.as_str(),
    };
    let id = id.ok_or(PeerFault::Format)?;
    match subject_key(id) {
        Some(key) if key != *holder => Err(PeerFault::HolderMismatch),
        _ => Ok(()),
    }
}
