use did::{Did, DidUrl};
use jiff::Timestamp;
use keys::PublicKey;
use keys::jws::{Header, UnverifiedJws};
use serde_json::{Map, Value};

use crate::data_integrity::{Leniency, PresentationProofs, ProofFault};
use crate::data_model::{DataModel, check_context, is_url, properties, several, types};
use crate::error::{HolderFault, IssuerFault, PeerFault, VerificationError};
use crate::key_source::own_key;
use crate::mechanism::judgement::Expected;
use crate::mechanism::unverified::{
    Form, PRESENTATION, is_presentation_token, of_proofs, token_parts,
};
use crate::mechanism::{Mechanism, Unverified};
use crate::registered::numeric_date;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::verify_signer;
use crate::vc_sd_jwt::verified_answer;

/// A Presentation, secured in whatever way or not at all.
pub(super) struct UnverifiedPresentation {
    pub(super) document: Map<String, Value>,
    pub(super) proof: PresentationProof,
    /// The Credentials, as far as they can be read.
    pub(super) credentials: Vec<Result<Unverified, VerificationError>>,
}

/// What says who presents.
pub(super) enum PresentationProof {
    None,
    Object(Result<PresentationProofs, ProofFault>),
    Jwt(Box<UnverifiedJws>, Map<String, Value>),
    SdJwt(Box<UnverifiedSdJwt>),
}

impl UnverifiedPresentation {
    pub(super) fn object(document: Map<String, Value>) -> Self {
        let proof = match document.contains_key("proof") {
            true => PresentationProof::Object(PresentationProofs::take(document.clone())),
            false => PresentationProof::None,
        };
        Self {
            credentials: credentials(&document),
            document,
            proof,
        }
    }

    pub(super) fn jwt(token: &str) -> Result<Self, VerificationError> {
        let (jws, payload) = token_parts(token)?;
        let document = match payload.get("vp") {
            Some(Value::Object(vp)) => vp.clone(),
            Some(_) => return Err(PeerFault::Format.into()),
            None => payload.clone(),
        };
        let credentials = credentials(&document);
        Ok(Self {
            credentials: match payload.contains_key("vp") {
                true => credentials,
                false => without_proofs(credentials),
            },
            document,
            proof: PresentationProof::Jwt(Box::new(jws), payload),
        })
    }

    pub(super) fn sd_jwt(text: &str) -> Result<Self, VerificationError> {
        let sd_jwt = UnverifiedSdJwt::parse(text)?;
        // The Holder's own signature answers: there is nobody to bind it to besides.
        if sd_jwt.has_key_binding() {
            return Err(PeerFault::Format.into());
        }
        let document = UnverifiedSdJwt::parse(text)?.unverified_claims()?;
        Ok(Self {
            credentials: without_proofs(credentials(&document)),
            document,
            proof: PresentationProof::SdJwt(Box::new(sd_jwt)),
        })
    }

    pub(super) fn mechanisms(&self) -> Vec<Mechanism> {
        match &self.proof {
            PresentationProof::None => Vec::new(),
            PresentationProof::Object(_) => of_proofs(&self.document),
            PresentationProof::Jwt(jws, _) => vec![Mechanism::of_token(jws.header().alg)],
            PresentationProof::SdJwt(sd_jwt) => vec![Mechanism::of_sd_jwt(sd_jwt.header().alg)],
        }
    }

    pub(super) fn credentials(&self) -> impl Iterator<Item = &Unverified> {
        self.credentials
            .iter()
            .filter_map(|credential| credential.as_ref().ok())
    }
}

impl PresentationProof {
    /// Verifies that one Holder secured this; `None` if nobody did, and nobody was asked to.
    pub(super) fn verify(
        self,
        document: &Map<String, Value>,
        expected: &Expected<'_>,
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<Option<Did>, VerificationError> {
        let signer = match self {
            Self::None if expected.challenge.is_some() => return Err(PeerFault::Nonce.into()),
            Self::None if expected.domain.is_some() => return Err(PeerFault::Audience.into()),
            Self::None => return Ok(None),
            Self::Object(proofs) => {
                proofs?.verify(expected.challenge, expected.domain, leniency, now)?
            }
            Self::Jwt(jws, payload) => verify_jwt(*jws, &payload, expected, now)?,
            Self::SdJwt(sd_jwt) => verify_sd_jwt(*sd_jwt, document, expected, now)?,
        };
        let holder = holder(document)?;
        if holder.is_some_and(|holder| holder != signer.as_str()) {
            return Err(ProofFault::Controller.into());
        }
        Ok(Some(signer))
    }
}

/// What the data model says of a Presentation besides its Credentials (VCDM 2.0, section 4.13).
pub(super) fn check_presentation(document: &Map<String, Value>) -> Result<(), IssuerFault> {
    check_context(DataModel::of(document), document)?;
    types(document, PRESENTATION)?;
    if document
        .get("id")
        .is_some_and(|id| !is_url(id) || is_token(id))
    {
        return Err(IssuerFault::Claim("id"));
    }
    let held = several(document.get(HELD));
    // VCDM 1.1 has tokens there as strings.
    let formed = |one: &Value| match DataModel::of(document) {
        DataModel::V1 => one.is_object() || one.is_string(),
        DataModel::V2 => one.is_object(),
    };
    if held.len() > MOST_CREDENTIALS || !held.iter().all(formed) {
        return Err(IssuerFault::Claim(HELD));
    }
    properties::check_presented(document)?;
    holder(document).map(drop)
}

/// Whether an identifier is a secured Presentation, which only an envelope has for one: whatever else
/// it stood beside would pass for what it says.
fn is_token(id: &Value) -> bool {
    let id = id.as_str().unwrap_or_default();
    id.starts_with("data:application/vp+")
}

/// `holder`: a URL, or an object with one as `id`.
pub(super) fn holder(document: &Map<String, Value>) -> Result<Option<&str>, IssuerFault> {
    let holder = match document.get("holder") {
        None => return Ok(None),
        Some(Value::Object(members)) => members.get("id"),
        named => named,
    };
    holder
        .filter(|id| is_url(id))
        .and_then(Value::as_str)
        .map(Some)
        .ok_or(IssuerFault::Claim("holder"))
}

fn credentials(document: &Map<String, Value>) -> Vec<Result<Unverified, VerificationError>> {
    let held = several(document.get(HELD)).iter();
    let read = |one: &Value| match is_presentation(one) {
        true => Err(PeerFault::Format.into()),
        false => Unverified::read(one.clone()),
    };
    held.take(MOST_CREDENTIALS).map(read).collect()
}

/// In a token, Credentials are enveloped if anything but the token secures them (VC-JOSE-COSE,
/// sections 3.1.2 and 3.2.2).
fn without_proofs(
    credentials: Vec<Result<Unverified, VerificationError>>,
) -> Vec<Result<Unverified, VerificationError>> {
    let refused = |one| match one {
        Ok(Unverified(Form::Object { .. })) => Err(PeerFault::Format.into()),
        other => other,
    };
    credentials.into_iter().map(refused).collect()
}

/// A Presentation in a Presentation is none of its Credentials, and would be read without end.
fn is_presentation(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            types(members, PRESENTATION).is_ok()
                || types(members, "EnvelopedVerifiablePresentation").is_ok()
        }
        Value::String(token) => is_presentation_token(token),
        _ => false,
    }
}

/// A `vp+jwt`, or the VCDM 1.1 form with a `vp` claim.
fn verify_jwt(
    jws: UnverifiedJws,
    payload: &Map<String, Value>,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Did, VerificationError> {
    let (signer, key) = signer(jws.header(), payload).ok_or(PeerFault::KeyEvidence)?;
    let model = match payload.contains_key("vp") {
        true => DataModel::V1,
        false => DataModel::V2,
    };
    verify_signer(jws, model, &key)?;
    check_answer(payload, &signer, expected, now)?;
    Ok(signer)
}

/// A `vp+sd-jwt`.
fn verify_sd_jwt(
    sd_jwt: UnverifiedSdJwt,
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Did, VerificationError> {
    let (signer, key) = signer(sd_jwt.header(), claims).ok_or(PeerFault::KeyEvidence)?;
    let verified = verified_answer(sd_jwt, &key)?;
    check_answer(&verified, &signer, expected, now)?;
    Ok(signer)
}

/// What the claims of a token say, once it is verified.
fn check_answer(
    payload: &Map<String, Value>,
    signer: &Did,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<(), VerificationError> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    if payload.contains_key("iss") && text("iss") != Some(signer.as_str()) {
        return Err(PeerFault::HolderMismatch.into());
    }
    if expected.challenge.is_some() && text("nonce") != expected.challenge {
        return Err(PeerFault::Nonce.into());
    }
    let audience = match payload.get("aud") {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        other => other,
    };
    if expected.domain.is_some() && audience.and_then(Value::as_str) != expected.domain {
        return Err(PeerFault::Audience.into());
    }
    let begins = numeric_date(payload, "nbf")?.max(numeric_date(payload, "iat")?);
    crate::registered::check_validity(begins, numeric_date(payload, "exp")?, now).map_err(
        |fault| match fault {
            HolderFault::Expired | HolderFault::NotYetValid => PeerFault::Freshness,
        },
    )?;
    Ok(())
}

/// Whose key a token says that it is signed with.
fn signer(header: &Header, payload: &Map<String, Value>) -> Option<(Did, PublicKey)> {
    let kid = header.kid.as_deref()?;
    let method = match DidUrl::parse(kid) {
        Ok(method) => method,
        Err(_) => {
            let holder = || holder(payload).ok().flatten();
            let named = payload.get("iss").and_then(Value::as_str).or_else(holder)?;
            Did::parse(named).ok()?.join(kid).ok()?
        }
    };
    let key = own_key(method.did())?;
    Some((method.did().clone(), key))
}

/// The member that holds the Credentials.
pub(super) const HELD: &str = "verifiableCredential";
/// How many Credentials one Presentation may hold.
const MOST_CREDENTIALS: usize = 16;
