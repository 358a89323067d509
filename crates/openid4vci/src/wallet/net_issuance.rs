//! From access to net certificates that are not yet verified (docs/profiles/net-certificate.md).

use std::fmt;

use http::{Method, Request, Response};
use jiff::Timestamp;
use keys::SigningKey;
use keys::token::BearerToken;
use netcert::{Binding, EpochProfile, IssuanceProof};
use rand_core::CryptoRng;
use serde_json::Value;
use url::Url;

use super::exchange::{JSON, dpop_nonce, post, read, wants_dpop_nonce};
use super::issuance::{MAX_CREDENTIALS, MAX_NONCE, authorize};
use super::{AccessGrant, Endpoint, IssuanceError, Progress, ResponseFault};
use crate::messages::{
    CredentialRequest, CredentialResponse, ErrorCode, NetAnchorProof, NonceResponse, Proofs,
};

/// Orders one net certificate for each of some epochs. Fetches a fresh `c_nonce` first, and once
/// more if it is refused.
#[derive(Debug)]
pub struct NetIssuance<'g> {
    grant: &'g AccessGrant,
    configuration_id: String,
    identifier: Option<&'g str>,
    profiles: Vec<EpochProfile>,
    step: Step,
    dpop_nonce: Option<String>,
    nonce_renewed: bool,
    dpop_renewed: bool,
}

#[derive(Debug)]
enum Step {
    Credential(BearerToken),
    Nonce(Url),
}

impl<'g> NetIssuance<'g> {
    pub(super) fn new(
        grant: &'g AccessGrant,
        configuration_id: &str,
        identifier: Option<&'g str>,
        profiles: Vec<EpochProfile>,
    ) -> Result<Self, IssuanceError> {
        let epochs: std::collections::BTreeSet<_> =
            profiles.iter().map(EpochProfile::epoch).collect();
        let issuer = &grant.profile.identifier;
        let fits = !profiles.is_empty()
            && epochs.len() == profiles.len()
            && profiles.iter().all(|profile| profile.issuer() == issuer);
        let nonce = grant.profile.nonce_endpoint.clone();
        match nonce {
            Some(url) if fits => Ok(Self {
                grant,
                configuration_id: configuration_id.to_owned(),
                identifier,
                profiles,
                step: Step::Nonce(url),
                dpop_nonce: grant.dpop_nonce.clone(),
                nonce_renewed: false,
                dpop_renewed: false,
            }),
            _ => Err(IssuanceError::Epochs),
        }
    }

    /// The next request. `prove` makes the proof of one epoch, bound to the session that it is
    /// given: at a first enrolment that of the first epoch opens the anchor
    /// ([`IssuanceProof::prove_first`]), and all others do not ([`IssuanceProof::prove_renewal`]).
    /// It is not asked while a nonce is fetched.
    ///
    /// # Errors
    /// [`IssuanceError::Keys`] if the DPoP key cannot be used, and [`IssuanceError::Proof`] if
    /// there is no proof.
    pub fn request<E>(
        &self,
        mut prove: impl FnMut(usize, &Binding<'_>) -> Result<IssuanceProof, E>,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, IssuanceError> {
        let c_nonce = match &self.step {
            Step::Nonce(url) => return Ok(post(url, None, Vec::new())),
            Step::Credential(c_nonce) => c_nonce.expose(),
        };
        let dpop_jkt = dpop_key.public().thumbprint();
        let mut proofs = Vec::with_capacity(self.profiles.len());
        for (place, profile) in self.profiles.iter().enumerate() {
            let binding = Binding {
                profile,
                c_nonce,
                dpop_jkt: &dpop_jkt,
            };
            let proof = prove(place, &binding).map_err(|_| IssuanceError::Proof)?;
            proofs.push(NetAnchorProof::new(&proof, c_nonce));
        }
        let body = CredentialRequest {
            credential_identifier: self.identifier.map(str::to_owned),
            credential_configuration_id: match self.identifier {
                None => Some(self.configuration_id.clone()),
                Some(_) => None,
            },
            proofs: Some(Proofs {
                net_anchor: Some(proofs),
                ..Proofs::default()
            }),
            credential_response_encryption: None,
        };
        let body = serde_json::to_vec(&body).map_err(|_| IssuanceError::Proof)?;
        let url = &self.grant.profile.credential_endpoint;
        let mut request = post(url, Some(JSON), body);
        authorize(
            &mut request,
            self.grant,
            (&Method::POST, url),
            dpop_key,
            self.dpop_nonce.as_deref(),
            now,
            rng,
        )?;
        Ok(request)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// An [`IssuanceError`] says why there are no certificates; above all
    /// [`IssuanceError::AnotherAnchor`]: the person is enrolled with another secret.
    pub fn receive(
        mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, ReceivedNet>, IssuanceError> {
        if let Step::Nonce(_) = self.step {
            let answer: NonceResponse = read(Endpoint::Nonce, response, MAX_NONCE)?;
            self.step = Step::Credential(answer.c_nonce);
            self.dpop_nonce = dpop_nonce(response).or(self.dpop_nonce);
            return Ok(Progress::More(self));
        }
        if !self.dpop_renewed
            && let Some(nonce) = wants_dpop_nonce(response)
        {
            self.dpop_nonce = Some(nonce);
            self.dpop_renewed = true;
            return Ok(Progress::More(self));
        }
        let answer = read(Endpoint::Credential, response, MAX_CREDENTIALS);
        match answer.map_err(|error| (error.fault, error)) {
            Ok(answer) => self.judge(answer).map(Progress::Done),
            Err((ResponseFault::Refused(ErrorCode::InvalidNonce), error)) => {
                match self.grant.profile.nonce_endpoint.clone() {
                    Some(url) if !self.nonce_renewed => {
                        self.step = Step::Nonce(url);
                        self.nonce_renewed = true;
                        Ok(Progress::More(self))
                    }
                    _ => Err(error.into()),
                }
            }
            Err((_, error)) => Err(IssuanceError::refused(error)),
        }
    }

    /// Takes exactly what was ordered.
    fn judge(self, answer: CredentialResponse) -> Result<ReceivedNet, IssuanceError> {
        if answer.transaction_id.is_some() {
            return Err(IssuanceError::Deferred);
        }
        let certificates: Vec<Value> = answer
            .credentials
            .unwrap_or_default()
            .into_iter()
            .map(|one| one.credential)
            .collect();
        if certificates.len() != self.profiles.len() {
            return Err(IssuanceError::Count);
        }
        if !certificates.iter().all(Value::is_object) {
            return Err(IssuanceError::Format);
        }
        Ok(ReceivedNet {
            configuration_id: self.configuration_id,
            certificates,
            profiles: self.profiles,
        })
    }
}

/// What the Issuer sent: of the right number and shape, and not yet verified. A renewal compartment
/// keeps it as it is until the wallet is unlocked.
pub struct ReceivedNet {
    /// What was ordered.
    pub configuration_id: String,
    /// The certificates, for `netcert::UnverifiedCertificate::parse`, in the order of the profiles.
    pub certificates: Vec<Value>,
    /// The profiles under which they were ordered: each must be exactly as its own says.
    pub profiles: Vec<EpochProfile>,
}

impl fmt::Debug for ReceivedNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedNet")
            .field("configuration_id", &self.configuration_id)
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}
