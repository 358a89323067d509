use dcql::{Meta, Shortfall};
use did::Did;
use jiff::Timestamp;
use keys::mac::MacKey;
use keys::{KeyError, base64url};
use netcert::{
    ContextError, EpochProfile, PresentationHeader, PseudonymContext, Shown, ShownError,
    VerifiedShowing, request_digest,
};
use serde_json::{Map, Value};

use super::{PRINTED, RESPONSE_MODE, from_qr_text};
use crate::ClientId;
use crate::messages::{AuthorizationRequest, ClientMetadata, Parameters};
use crate::request::{Signer, loopback};
use crate::verifier::{Answer, AnsweredCredential, Policy, showing_presented};

/// A Verifier's own door: it shows requests, and judges answers, without a network and without
/// remembering what it showed.
pub struct Door {
    client_id: ClientId,
    context: Option<PseudonymContext>,
    nonces: DoorNonces,
    policy: Policy,
}

/// Makes the nonces of a door: one for each step of time, known only to whoever has its key.
pub struct DoorNonces(MacKey);

/// Why a policy is not one for a door: whoever wrote it has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DoorError {
    /// It asks for something else than one Net Certificate, or for a number in a scope.
    #[error("a door asks for one net certificate, and for no number in a scope")]
    Policy,
    /// The Verifier cannot have numbers.
    #[error("the policy cannot ask for a number: {0}")]
    Pseudonym(#[from] ContextError),
}

/// A good answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DoorAnswer {
    /// What was shown.
    pub answer: Answer,
    /// Whether a picture of it would have done.
    pub freshness: Freshness,
}

/// Whether an answer was made just now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// It answers a code that the door showed a moment ago.
    Fresh,
    /// It answers a code on paper: anybody who has seen it can show it again.
    Replayable,
}

/// Why an answer is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnswerFault {
    /// It is from an Issuer that the policy does not believe.
    #[error("the verifier does not trust the certificate's issuer")]
    IssuerNotTrusted,
    /// It is not for this door, not for this moment, or not genuine.
    #[error("the answer is refused: {0}")]
    NetCertificate(#[from] ShownError),
    /// It does not show what was asked for.
    #[error(transparent)]
    NotAnAnswer(#[from] Shortfall),
    /// It is of an epoch that was not fetched while there was a network.
    #[error("the certificate is of an epoch profile that is not known here")]
    UnknownProfile,
    /// The code is none that a wallet shows at a door.
    #[error("this is not the code of an answer")]
    Unreadable,
}

impl DoorNonces {
    /// Takes the door's key.
    #[must_use]
    pub fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The nonce of a step of time.
    fn at(&self, did: &Did, step: i64) -> String {
        let message = [
            b"net-door".as_slice(),
            &step.to_be_bytes(),
            did.as_str().as_bytes(),
        ];
        let tag = self.0.tag(&message.concat());
        base64url::encode(tag.get(..16).unwrap_or(&tag))
    }
}

impl Door {
    /// Makes the door of a Verifier.
    ///
    /// # Errors
    /// [`DoorError`]
    pub fn new(
        policy: Policy,
        did: &Did,
        nonces: DoorNonces,
        dev_loopback: bool,
    ) -> Result<Self, DoorError> {
        let [only] = policy.query.credentials() else {
            return Err(DoorError::Policy);
        };
        let Meta::NetCertificate { pseudonym } = only.meta() else {
            return Err(DoorError::Policy);
        };
        let context = match pseudonym {
            None => None,
            Some(asked) if asked.scope.is_some() => return Err(DoorError::Policy),
            Some(_) => Some(PseudonymContext::of_did_web(did, loopback(dev_loopback))?),
        };
        Ok(Self {
            client_id: ClientId::of_did(did),
            context,
            nonces,
            policy,
        })
    }

    /// Writes the code that the door shows now, and until when. With `printed`, the one for paper.
    ///
    /// # Errors
    /// [`KeyError`] if the key cannot sign: a defect.
    pub fn code(
        &self,
        signer: Signer<'_>,
        printed: bool,
        now: Timestamp,
    ) -> Result<(String, Option<Timestamp>), KeyError> {
        let step = step(now);
        let (nonce, until) = match printed {
            true => (PRINTED.to_owned(), None),
            false => (self.nonces.at(signer.method.did(), step), Some(end(step))),
        };
        let payload = AuthorizationRequest {
            // A wallet that looked a moment ago is given time to ask its Holder.
            exp: until.map(|until| (until.as_second() + STEP_SECONDS).into()),
            ..self.wire(nonce)
        };
        let mut parameters = Parameters::default();
        parameters.push("client_id", self.client_id.as_str());
        parameters.push("request", signer.sign(&payload)?);
        Ok((format!("openid4vp://?{}", parameters.encode()), until))
    }

    /// Judges the code that a wallet shows, against the profiles that were fetched before.
    ///
    /// Codes of the current step and of the two before it are good, since people take their time:
    /// that is how long a picture of an answer is worth something at this door.
    ///
    /// # Errors
    /// [`AnswerFault`]
    pub fn judge(
        &self,
        text: &str,
        printed: bool,
        profiles: impl FnOnce([u8; 32]) -> Option<EpochProfile>,
        now: Timestamp,
    ) -> Result<DoorAnswer, AnswerFault> {
        let cbor = from_qr_text(text).ok_or(AnswerFault::Unreadable)?;
        if cbor.len() > Shown::QR_BYTES {
            return Err(AnswerFault::Unreadable);
        }
        let shown = Shown::from_cbor(&cbor)?;
        let profile = profiles(shown.profile_hash()).ok_or(AnswerFault::UnknownProfile)?;
        let query = self.policy.query.credentials().first();
        let id = query.map(dcql::CredentialQuery::id).unwrap_or_default();
        if !self.policy.trusts(id, profile.issuer()) {
            return Err(AnswerFault::IssuerNotTrusted);
        }
        let (showing, freshness) = match printed {
            true => (
                self.verify(&shown, &profile, PRINTED.to_owned(), now)?,
                Freshness::Replayable,
            ),
            false => (self.verify_recent(&shown, &profile, now)?, Freshness::Fresh),
        };
        let presented = [showing_presented(id, &showing)];
        let judgement = dcql::judge(&self.policy.query, &presented)?;
        let kept = |answer: &dcql::AnsweredQuery| {
            let claims = &presented.first()?.credential.claims;
            let context = self.context.as_ref();
            Some(AnsweredCredential::keep_shown(
                answer, &showing, context, None, claims,
            ))
        };
        Ok(DoorAnswer {
            answer: Answer {
                answered_at: now,
                credentials: judgement.answers.iter().filter_map(kept).collect(),
                unasked: judgement.unasked.len(),
            },
            freshness,
        })
    }

    fn verify_recent(
        &self,
        shown: &Shown,
        profile: &EpochProfile,
        now: Timestamp,
    ) -> Result<VerifiedShowing, ShownError> {
        let did = match self.client_id.prefix() {
            crate::Prefix::DecentralizedIdentifier(did) => did,
            crate::Prefix::RedirectUri(_) => return Err(ShownError::Proof),
        };
        let current = step(now);
        let mut last = ShownError::Proof;
        for back in 0..GOOD_STEPS {
            let nonce = self.nonces.at(did, current - back);
            match self.verify(shown, profile, nonce, now) {
                Err(error @ ShownError::Proof) => last = error,
                other => return other,
            }
        }
        Err(last)
    }

    fn verify(
        &self,
        shown: &Shown,
        profile: &EpochProfile,
        nonce: String,
        now: Timestamp,
    ) -> Result<VerifiedShowing, ShownError> {
        let parameters = match serde_json::to_value(self.wire(nonce.clone())) {
            Ok(Value::Object(parameters)) => parameters,
            _ => Map::new(),
        };
        let header = PresentationHeader {
            nonce: &nonce,
            client_id: self.client_id.as_str(),
            response_uri: RESPONSE_MODE,
            request_digest: request_digest(&parameters).map_err(|_| ShownError::Proof)?,
        };
        shown.verify(profile, self.context.as_ref(), &header, now)
    }

    /// The parameters, without what the digest leaves out.
    fn wire(&self, nonce: String) -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: Some(self.client_id.as_str().to_owned()),
            client_metadata: self.policy.client_name.clone().map(|name| ClientMetadata {
                client_name: Some(name),
                vp_formats_supported: None,
            }),
            dcql_query: Some(self.policy.query.clone().into()),
            nonce: Some(nonce),
            purpose: self.policy.purpose.clone(),
            response_mode: Some(RESPONSE_MODE.to_owned()),
            response_type: Some("vp_token".to_owned()),
            ..AuthorizationRequest::default()
        }
    }
}

fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

fn end(step: i64) -> Timestamp {
    let end = Timestamp::from_second(step.saturating_add(1).saturating_mul(STEP_SECONDS));
    end.unwrap_or(Timestamp::MAX)
}

/// How long a door shows one code.
pub const STEP_SECONDS: i64 = 30;
/// The steps whose codes are answered: the current one and two before it.
pub const GOOD_STEPS: i64 = 3;
