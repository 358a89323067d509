use std::sync::OnceLock;

use jiff::Timestamp;
use keys::jws::UnverifiedJws;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::{Credential, Format};
use crate::data_model::{self, DataModel, Model};
use crate::error::{IssuerFault, PeerFault, VerificationError};
use crate::holder_key::HolderKey;
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
use crate::key_source::KeySource;
use crate::registered::{check_validity, confirmation_key, numeric_date, text};
use crate::status;
use crate::vc_jwt::CREDENTIAL_TYPE;

/// A W3C Credential secured by JOSE, as anybody may send it.
pub(crate) struct UnverifiedVcJwt {
    jws: UnverifiedJws,
    payload: Map<String, Value>,
    model: DataModel,
    /// Read when it is first asked for.
    source: OnceLock<KeySource>,
}

impl UnverifiedVcJwt {
    pub(crate) fn parse(token: &str) -> Result<Self, VerificationError> {
        Self::parse_within(token, Limits::default().max_bytes)
    }

    /// As [`Self::parse`], with another bound than 64 KiB.
    pub(crate) fn parse_within(token: &str, max_bytes: usize) -> Result<Self, VerificationError> {
        let jws = UnverifiedJws::parse(token, max_bytes)?;
        let payload = object(&jws)?;
        let model = if payload.contains_key("vc") {
            DataModel::V1
        } else {
            DataModel::V2
        };
        Ok(Self {
            jws,
            payload,
            model,
            source: OnceLock::new(),
        })
    }

    pub(super) const fn model(&self) -> DataModel {
        self.model
    }

    /// The identifier of the subject, unverified.
    pub(super) fn unverified_subject(&self) -> Option<&str> {
        let object = match self.model {
            DataModel::V1 => self.payload.get("vc")?.as_object()?,
            DataModel::V2 => &self.payload,
        };
        object
            .get("credentialSubject")
            .and_then(|subject| subject.get("id"))
            .or_else(|| self.payload.get("sub"))
            .and_then(Value::as_str)
    }

    pub(crate) fn key_source(&self) -> Result<&KeySource, PeerFault> {
        if let Some(source) = self.source.get() {
            return Ok(source);
        }
        let issuer = match self.model {
            DataModel::V1 => self.payload.get("iss").and_then(Value::as_str),
            DataModel::V2 => data_model::issuer(&self.payload),
        };
        let issuer = issuer.ok_or(PeerFault::KeyEvidence)?;
        let source = KeySource::read(Some(issuer), self.jws.header())?;
        Ok(self.source.get_or_init(|| source))
    }

    /// Verifies the signature, the data model, and that it is valid now.
    pub(crate) fn judge(self, judge: &mut Judge<'_>) -> Result<Credential, VerificationError> {
        let issuer = judge.issuer(self.key_source()?)?;
        let types: &[&str] = match self.model {
            DataModel::V1 if !is_plain_jwt(&self.jws) => return Err(PeerFault::Format.into()),
            DataModel::V1 => &[],
            DataModel::V2 => &[CREDENTIAL_TYPE],
        };
        judge.token(self.jws, issuer.signature_key()?, types)?;
        believed(self.model, self.payload, issuer, judge.now)
    }
}

/// The Credential, once its signature has been verified: the data model, and that it is valid now.
pub(crate) fn believed(
    model: DataModel,
    payload: Map<String, Value>,
    issuer: &IssuerKey,
    now: Timestamp,
) -> Result<Credential, VerificationError> {
    let confirmed = confirmation_key(&payload)?;
    let mut status = status::token(&payload)?;
    let not_before = numeric_date(&payload, "nbf")?.max(signed_at(model, &payload)?);
    let expires = numeric_date(&payload, "exp")?;
    let claims = match model {
        DataModel::V1 => decode_v1(payload)?,
        DataModel::V2 => {
            check_mapped(&payload)?;
            payload
        }
    };
    let model = Model::read(model, &claims)?;
    status.extend(status::entries(&claims)?);
    if model.issuer != issuer.issuer() {
        return Err(IssuerFault::Contradiction("iss", "issuer").into());
    }
    let valid_from = not_before.max(model.valid_from);
    let valid_until = match (expires, model.valid_until) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    check_validity(valid_from, valid_until, now)?;
    Ok(Credential {
        format: Format::JwtVcJson,
        issuer: model.issuer,
        types: model.types,
        holder: HolderKey::new(confirmed, model.subject),
        status,
        valid_from,
        valid_until,
        authority_key_ids: issuer.authority_key_ids().to_vec(),
        disclosed: Vec::new(),
        choice: None,
        cryptosuites: Vec::new(),
        claims,
    })
}

/// `iat`: when it was signed. Data model 2.0: the W3C's own test suite writes it as that model
/// writes times, and not as a NumericDate.
fn signed_at(
    model: DataModel,
    payload: &Map<String, Value>,
) -> Result<Option<Timestamp>, IssuerFault> {
    match (model, payload.get("iat")) {
        (DataModel::V2, Some(Value::String(_))) => data_model::date_time(payload, "iat"),
        _ => numeric_date(payload, "iat"),
    }
}

/// The payload of a JWS, as a JSON object.
pub(super) fn object(jws: &UnverifiedJws) -> Result<Map<String, Value>, PeerFault> {
    // Not longer than the token, whose length was bounded.
    match strict_json::parse(jws.unverified_payload(), Limits::bytes(usize::MAX))? {
        Value::Object(members) => Ok(members),
        _ => Err(PeerFault::Format),
    }
}

/// Whether the `typ` is that of a VCDM 1.1 token: absent, or `JWT`.
pub(super) fn is_plain_jwt(jws: &UnverifiedJws) -> bool {
    jws.header().typ.is_none() || jws.header().is_type("JWT")
}

/// JWT claims that repeat a member of the Credential say the same (VC-JOSE-COSE, section 3.1.3), and
/// those of VCDM 1.1 are absent (section 1.1.2.1).
pub(crate) fn check_mapped(payload: &Map<String, Value>) -> Result<(), IssuerFault> {
    for name in ["vc", "vp"] {
        if payload.contains_key(name) {
            return Err(IssuerFault::Claim(name));
        }
    }
    let subject = payload
        .get("credentialSubject")
        .and_then(|subject| subject.get("id"));
    let pairs = [
        ("iss", "issuer", data_model::issuer(payload)),
        ("sub", "credentialSubject", subject.and_then(Value::as_str)),
        ("jti", "id", payload.get("id").and_then(Value::as_str)),
    ];
    for (claim, member, value) in pairs {
        if let Some(stated) = text(payload, claim)?
            && value != Some(stated)
        {
            return Err(IssuerFault::Contradiction(claim, member));
        }
    }
    Ok(())
}

/// Puts the Credential together from `vc` and the JWT claims (VCDM 1.1, section 6.3.1).
fn decode_v1(mut payload: Map<String, Value>) -> Result<Map<String, Value>, IssuerFault> {
    let Some(Value::Object(mut credential)) = payload.remove("vc") else {
        return Err(IssuerFault::Claim("vc"));
    };
    let issuer = text(&payload, "iss")?.ok_or(IssuerFault::Missing("iss"))?;
    match data_model::issuer(&credential) {
        None if !credential.contains_key("issuer") => {
            credential.insert("issuer".to_owned(), issuer.into());
        }
        Some(repeated) if repeated == issuer => {}
        _ => return Err(IssuerFault::Contradiction("iss", "issuer")),
    }
    if let Some(id) = text(&payload, "jti")? {
        restate(
            &mut credential,
            "id",
            id,
            IssuerFault::Contradiction("jti", "id"),
        )?;
    }
    if let Some(subject) = text(&payload, "sub")? {
        let fault = IssuerFault::Contradiction("sub", "credentialSubject");
        match credential.get_mut("credentialSubject") {
            Some(Value::Object(members)) => restate(members, "id", subject, fault)?,
            _ => return Err(fault),
        }
    }
    for (claim, member) in [("nbf", "issuanceDate"), ("exp", "expirationDate")] {
        if let Some(instant) = numeric_date(&payload, claim)?
            && !credential.contains_key(member)
        {
            credential.insert(member.to_owned(), instant.to_string().into());
        }
    }
    Ok(credential)
}

/// Adds a member, or sees to it that it says the same.
fn restate(
    members: &mut Map<String, Value>,
    name: &str,
    value: &str,
    fault: IssuerFault,
) -> Result<(), IssuerFault> {
    match members.get(name) {
        None => {
            members.insert(name.to_owned(), value.into());
            Ok(())
        }
        Some(Value::String(repeated)) if repeated == value => Ok(()),
        Some(_) => Err(fault),
    }
}
