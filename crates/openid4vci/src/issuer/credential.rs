//! The Credential Endpoint (OpenID4VCI 1.0, section 8).

use std::collections::HashSet;

use http::{HeaderMap, Method};
use jiff::Timestamp;
use netcert::IssuanceProofError;
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use strict_json::Limits;
use zeroize::Zeroizing;

use super::net_certificate::{MAX_EPOCHS, NetRequest};
use super::proof::{self, ProofFailure};
use super::sealed::Grant;
use super::{
    AccessError, CredentialIssuer, HolderKey, NonceError, ProofError, di_vp, nonce, notification,
};
use crate::messages::{CredentialRequest, CredentialResponse, IssuedCredential, Proofs};
use crate::oauth::Spend;

/// A Credential Request from whom may ask.
#[derive(Debug)]
pub enum CredentialCall {
    /// For Credentials that are bound to keys, all proven.
    Keyed(Accepted),
    /// For net certificates: the proofs are yet to be judged.
    NetCertificate(Box<NetRequest>),
}

/// A Credential Request that is good: what to issue, to whom, under which keys.
pub struct Accepted {
    /// What was asked for.
    pub configuration_id: String,
    /// The host's name for the enrolment. The host looks whether it was revoked.
    pub handle: String,
    /// The claims from the offer.
    pub claims: Zeroizing<Vec<u8>>,
    /// Which claims these are. The host refuses older ones than it knows of.
    pub claims_version: u32,
    /// One Credential is made for each of these keys, all different.
    pub holder_keys: Vec<HolderKey>,
    /// The `c_nonce`s and the DPoP proof: used once, in the same commit as what the host records.
    ///
    /// If one conflicts, the host answers [`Accepted::conflict`].
    pub spends: Vec<Spend>,
    judged_at: Timestamp,
}

impl std::fmt::Debug for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accepted")
            .field("configuration_id", &self.configuration_id)
            .field("holder_keys", &self.holder_keys.len())
            .finish_non_exhaustive()
    }
}

impl Accepted {
    /// The error for a spend that was not the first.
    pub fn conflict(kind: &str) -> CredentialError {
        if kind == super::nonce::SPEND_KIND {
            CredentialError::Nonce(NonceError::Spent)
        } else {
            CredentialError::Access(AccessError::Replayed)
        }
    }

    /// Whether a spend is of this kind of thing: used once, and refused the second time.
    pub fn is_spent(kind: &str) -> bool {
        kind == super::nonce::SPEND_KIND || kind == crate::oauth::dpop::SPEND_KIND
    }

    /// Answers with the Credentials, in the order of the keys (section 8.3).
    pub fn response(
        &self,
        issuer: &CredentialIssuer,
        credentials: Vec<impl Into<Value>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> CredentialResponse {
        let wrapped = |credential| IssuedCredential { credential };
        let credentials = credentials.into_iter().map(Into::into);
        CredentialResponse {
            credentials: Some(credentials.map(wrapped).collect()),
            notification_id: Some(notification::identify(
                issuer,
                &self.handle,
                self.judged_at,
                rng,
            )),
            ..CredentialResponse::default()
        }
    }
}

impl CredentialIssuer {
    /// Judges a Credential Request (section 8.2).
    ///
    /// # Errors
    /// A [`CredentialError`] names the first check that failed.
    pub fn credential_call(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<CredentialCall, CredentialError> {
        let endpoint = &self.endpoints.credential;
        let (grant, dpop) = self.access(headers, &Method::POST, endpoint, now)?;
        let request: CredentialRequest = strict_json::from_slice(body, Limits::default())
            .map_err(|_| CredentialError::Malformed)?;
        let configuration_id = self.requested(&grant, &request)?;
        if request.credential_response_encryption.is_some() {
            return Err(CredentialError::Encryption);
        }
        let net = self.settings.net_certificate.as_ref();
        if net.is_some_and(|net| net.id == configuration_id) {
            let request = self.net_request(grant, dpop, request.proofs, now)?;
            return Ok(CredentialCall::NetCertificate(Box::new(request)));
        }
        let proofs = self.proofs(request.proofs, &configuration_id)?;
        let mut spends = vec![dpop];
        let mut seen = HashSet::new();
        let mut holder_keys = Vec::with_capacity(proofs.len());
        for proof in proofs {
            let (identifier, secrets) = (&self.identifier, &self.settings.secrets);
            let proven = match proof {
                KeyProof::DiVp(object) => di_vp::verify(object, identifier, secrets, now),
                KeyProof::Jwt(text) => proof::verify(&text, identifier, secrets, now),
            };
            let proven = proven.map_err(|failure| match failure {
                ProofFailure::Nonce(error) => CredentialError::Nonce(error),
                ProofFailure::Proof(error) => CredentialError::Proof(error),
            })?;
            if !seen.insert(proven.holder.key.clone()) {
                return Err(CredentialError::RepeatedKey);
            }
            // Proofs of one request may share a c_nonce: it is spent once for all of them.
            if !spends.contains(&proven.spend) {
                spends.push(proven.spend);
            }
            holder_keys.push(proven.holder);
        }
        let Grant {
            handle,
            claims,
            claims_version,
            ..
        } = grant;
        Ok(CredentialCall::Keyed(Accepted {
            configuration_id,
            handle,
            claims,
            claims_version,
            holder_keys,
            spends,
            judged_at: now,
        }))
    }

    /// Reads the proofs of a request for net certificates: one `c_nonce` for all, and an epoch for
    /// each.
    fn net_request(
        &self,
        grant: Grant,
        dpop: Spend,
        proofs: Option<Proofs>,
        now: Timestamp,
    ) -> Result<NetRequest, CredentialError> {
        let proofs = proofs.ok_or(CredentialError::ProofType)?;
        let others = proofs.jwt.is_some() || proofs.di_vp.is_some() || !proofs.other.is_empty();
        let (Some(written), false) = (proofs.net_anchor, others) else {
            return Err(CredentialError::ProofType);
        };
        if !(1..=MAX_EPOCHS).contains(&written.len()) {
            return Err(CredentialError::ProofCount);
        }
        let mut c_nonce = None;
        let mut epochs = HashSet::new();
        let mut proofs = Vec::with_capacity(written.len());
        for proof in written {
            let (proof, nonce) = proof.read()?.ok_or(CredentialError::Malformed)?;
            if !epochs.insert(proof.epoch()) || *c_nonce.get_or_insert(nonce.clone()) != nonce {
                return Err(CredentialError::Malformed);
            }
            proofs.push(proof);
        }
        let c_nonce = c_nonce.ok_or(CredentialError::ProofCount)?;
        let spend =
            nonce::check(&c_nonce, &self.settings.secrets, now).map_err(CredentialError::Nonce)?;
        Ok(NetRequest {
            handle: grant.handle,
            claims: grant.claims,
            claims_version: grant.claims_version,
            dpop_jkt: grant.jkt,
            c_nonce,
            proofs,
            spends: vec![dpop, spend],
        })
    }

    /// What is asked for: named in the way that the Token Response laid down, and granted.
    fn requested(
        &self,
        grant: &Grant,
        request: &CredentialRequest,
    ) -> Result<String, CredentialError> {
        let granted = |id: &String| {
            grant.configuration_ids.contains(id) && self.configurations.contains_key(id)
        };
        match (
            &request.credential_configuration_id,
            &request.credential_identifier,
        ) {
            (Some(id), None) if !granted(id) => Err(CredentialError::UnknownConfiguration),
            // After `authorization_details`, the wallet must name an identifier (section 8.2).
            (Some(_), None) if grant.by_identifier => Err(CredentialError::Malformed),
            (Some(id), None) => Ok(id.clone()),
            (None, Some(id)) if grant.by_identifier && granted(id) => Ok(id.clone()),
            (None, Some(_)) => Err(CredentialError::UnknownIdentifier),
            (None, None) | (Some(_), Some(_)) => Err(CredentialError::Malformed),
        }
    }

    /// Proofs of one type, which the metadata name for what is asked for.
    fn proofs(
        &self,
        proofs: Option<Proofs>,
        configuration_id: &str,
    ) -> Result<Vec<KeyProof>, CredentialError> {
        let proofs = proofs.ok_or(CredentialError::ProofType)?;
        let takes = |name: &str| {
            let configuration = self.configurations.get(configuration_id);
            let types = configuration.and_then(|one| one.proof_types_supported.as_ref());
            types.is_some_and(|types| types.contains_key(name))
        };
        if proofs.net_anchor.is_some() || !proofs.other.is_empty() {
            return Err(CredentialError::ProofType);
        }
        let proofs: Vec<KeyProof> = match (proofs.jwt, proofs.di_vp) {
            (Some(texts), None) => texts.into_iter().map(KeyProof::Jwt).collect(),
            (None, Some(objects)) if takes(di_vp::PROOF_TYPE) => {
                objects.into_iter().map(KeyProof::DiVp).collect()
            }
            _ => return Err(CredentialError::ProofType),
        };
        let batch_size = usize::try_from(self.settings.batch_size).unwrap_or(usize::MAX);
        if proofs.is_empty() || proofs.len() > batch_size {
            return Err(CredentialError::ProofCount);
        }
        Ok(proofs)
    }
}

/// A key proof, of one of the types that are read.
enum KeyProof {
    DiVp(Map<String, Value>),
    Jwt(String),
}

/// Why no Credential is issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CredentialError {
    /// The request may not use the endpoint. The wallet must act.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A proof for a net certificate does not hold. The wallet must act.
    #[error(transparent)]
    Anchor(IssuanceProofError),
    /// The person is enrolled with another secret, or the secret with another person. The Holder
    /// must restore the wallet that has it.
    #[error("the person is enrolled with another nym anchor")]
    AnotherAnchor,
    /// The commitment of a net certificate is not proven; signing finds out. The wallet must act.
    #[error("the commitment is not proven")]
    Commitment,
    /// The enrolment was revoked, or has had all its copies. The host decides this.
    #[error("the issuer does not issue this credential any more")]
    Denied,
    /// An encrypted response is asked for, which is not supported. The wallet must act.
    #[error("encrypted responses are not supported")]
    Encryption,
    /// Certificates of an epoch are asked for that are not issued now. The wallet must look at the
    /// published profiles again.
    #[error("certificates of that epoch are not issued now")]
    Epoch,
    /// The body is not a Credential Request. The wallet must act.
    #[error("the credential request is malformed")]
    Malformed,
    /// A `c_nonce` is refused. The wallet must fetch a new one.
    #[error(transparent)]
    Nonce(NonceError),
    /// A key proof is not believed. The wallet must act.
    #[error(transparent)]
    Proof(ProofError),
    /// There are no proofs, or more than the metadata allow. The wallet must act.
    #[error("there are too few or too many key proofs")]
    ProofCount,
    /// There is not exactly one proof type, or not that of the format. The wallet must act.
    #[error("the key proofs are not of the type that the format wants")]
    ProofType,
    /// Two proofs are for one key: one-time Credentials would share it. The wallet must act.
    #[error("two key proofs are for the same key")]
    RepeatedKey,
    /// The configuration is unknown or was not granted. The wallet must act.
    #[error("the credential configuration is unknown or was not granted")]
    UnknownConfiguration,
    /// The identifier is unknown or was not granted. The wallet must act.
    #[error("the credential identifier is unknown or was not granted")]
    UnknownIdentifier,
}

impl From<IssuanceProofError> for CredentialError {
    fn from(error: IssuanceProofError) -> Self {
        match error {
            IssuanceProofError::AnotherAnchor => Self::AnotherAnchor,
            other => Self::Anchor(other),
        }
    }
}
