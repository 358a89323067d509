//! The Credential Endpoint (OpenID4VCI 1.0, section 8).

use std::collections::HashSet;

use http::HeaderMap;
use jiff::Timestamp;
use rand_core::CryptoRng;
use strict_json::Limits;
use zeroize::Zeroizing;

use super::proof::{self, ProofFailure};
use super::sealed::Grant;
use super::{AccessError, CredentialIssuer, HolderKey, NonceError, ProofError, notification};
use crate::messages::{CredentialRequest, CredentialResponse, IssuedCredential, Proofs};
use crate::oauth::Spend;

/// A Credential Request that is good: what to issue, to whom, under which keys.
pub struct Accepted {
    /// What was asked for.
    pub configuration_id: String,
    /// The host's name for the enrolment. The host looks whether it was revoked.
    pub handle: String,
    /// The claims from the offer.
    pub claims: Zeroizing<Vec<u8>>,
    /// One Credential is made for each of these keys, all different.
    pub holder_keys: Vec<HolderKey>,
    /// The `c_nonce`s and the DPoP proof: used once, in the same commit as what the host records.
    ///
    /// If one conflicts, the host answers [`Accepted::conflict`].
    pub spends: Vec<Spend>,
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

    /// Answers with the Credentials, in the order of the keys (section 8.3).
    pub fn response(
        &self,
        issuer: &CredentialIssuer,
        credentials: Vec<String>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> CredentialResponse {
        let wrapped = |credential: String| IssuedCredential {
            credential: credential.into(),
        };
        CredentialResponse {
            credentials: Some(credentials.into_iter().map(wrapped).collect()),
            notification_id: Some(notification::identify(issuer, &self.handle, rng)),
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
    ) -> Result<Accepted, CredentialError> {
        let (grant, dpop) = self.access(headers, &self.endpoints.credential, now)?;
        let request: CredentialRequest = strict_json::from_slice(body, Limits::default())
            .map_err(|_| CredentialError::Malformed)?;
        let configuration_id = self.requested(&grant, &request)?;
        if request.credential_response_encryption.is_some() {
            return Err(CredentialError::Encryption);
        }
        let proofs = self.proofs(request.proofs)?;
        let mut spends = vec![dpop];
        let mut seen = HashSet::new();
        let mut holder_keys = Vec::with_capacity(proofs.len());
        for proof in &proofs {
            let proven = proof::verify(proof, &self.identifier, &self.settings.secrets, now)
                .map_err(|failure| match failure {
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
        let Grant { handle, claims, .. } = grant;
        Ok(Accepted {
            configuration_id,
            handle,
            claims,
            holder_keys,
            spends,
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

    fn proofs(&self, proofs: Option<Proofs>) -> Result<Vec<String>, CredentialError> {
        let proofs = proofs.ok_or(CredentialError::ProofType)?;
        let (Some(jwts), true) = (proofs.jwt, proofs.other.is_empty()) else {
            return Err(CredentialError::ProofType);
        };
        let batch_size = usize::try_from(self.settings.batch_size).unwrap_or(usize::MAX);
        if jwts.is_empty() || jwts.len() > batch_size {
            return Err(CredentialError::ProofCount);
        }
        Ok(jwts)
    }
}

/// Why no Credential is issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CredentialError {
    /// The request may not use the endpoint. The wallet must act.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The enrolment was revoked, or has had all its copies. The host decides this.
    #[error("the issuer does not issue this credential any more")]
    Denied,
    /// An encrypted response is asked for, which is not supported. The wallet must act.
    #[error("encrypted responses are not supported")]
    Encryption,
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
    /// There is not exactly one proof type, or it is not `jwt`. The wallet must act.
    #[error("the key proofs are not of the type jwt")]
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
