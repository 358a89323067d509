//! One order at the Nonce and Credential Endpoints, whatever is ordered (OpenID4VCI 1.0, sections 7
//! and 8).

use http::header::AUTHORIZATION;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{KeyError, SigningKey};
use rand_core::CryptoRng;
use url::Url;

use super::exchange::{
    JSON, dpop_nonce, insert_proof, insert_secret, post, read, wants_dpop_nonce,
};
use super::{AccessGrant, Endpoint, IssuanceError, ResponseFault};
use crate::messages::{
    CredentialRequest, CredentialResponse, ErrorCode, NonceResponse, Proofs, TokenType,
};
use crate::oauth::dpop;

/// Fetches a fresh `c_nonce` first if there is a Nonce Endpoint to ask, and once more if it is
/// refused; sends a DPoP proof anew if the server wants a nonce in it.
#[derive(Debug)]
pub(super) struct Order<'g> {
    grant: &'g AccessGrant,
    configuration_id: &'g str,
    identifier: Option<&'g str>,
    step: Step,
    dpop: DpopNonce,
    nonce_renewed: bool,
}

#[derive(Debug)]
enum Step {
    Credential(Option<BearerToken>),
    Nonce(Url),
}

impl<'g> Order<'g> {
    pub(super) fn new(
        grant: &'g AccessGrant,
        configuration_id: &'g str,
        identifier: Option<&'g str>,
        nonce_endpoint: Option<Url>,
    ) -> Self {
        Self {
            grant,
            configuration_id,
            identifier,
            step: nonce_endpoint.map_or(Step::Credential(None), Step::Nonce),
            dpop: DpopNonce::of(grant),
            nonce_renewed: false,
        }
    }

    pub(super) fn grant(&self) -> &'g AccessGrant {
        self.grant
    }

    pub(super) fn configuration_id(&self) -> &'g str {
        self.configuration_id
    }

    /// The request for a `c_nonce`, while there is one to fetch first.
    pub(super) fn nonce_request(&self) -> Option<Request<Vec<u8>>> {
        match &self.step {
            Step::Nonce(url) => Some(post(url, None, Vec::new())),
            Step::Credential(_) => None,
        }
    }

    /// What proofs are bound to, if the Issuer has given any.
    pub(super) fn c_nonce(&self) -> Option<&BearerToken> {
        match &self.step {
            Step::Nonce(_) => None,
            Step::Credential(c_nonce) => c_nonce.as_ref(),
        }
    }

    /// The Credential Request.
    pub(super) fn request(
        &self,
        proofs: Option<Proofs>,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, IssuanceError> {
        let body = CredentialRequest {
            credential_identifier: self.identifier.map(str::to_owned),
            credential_configuration_id: match self.identifier {
                None => Some(self.configuration_id.to_owned()),
                Some(_) => None,
            },
            proofs,
            credential_response_encryption: None,
        };
        let body = serde_json::to_vec(&body).map_err(|_| IssuanceError::Proof)?;
        let url = &self.grant.profile.credential_endpoint;
        let mut request = post(url, Some(JSON), body);
        let nonce = self.dpop.get();
        let to = (&Method::POST, url);
        authorize(&mut request, self.grant, to, dpop_key, nonce, now, rng)?;
        Ok(request)
    }

    /// Takes the answer: `None` if there is another request to send first.
    pub(super) fn receive(
        &mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Option<CredentialResponse>, IssuanceError> {
        if let Step::Nonce(_) = self.step {
            let answer: NonceResponse = read(Endpoint::Nonce, response, MAX_NONCE)?;
            self.step = Step::Credential(Some(answer.c_nonce));
            self.dpop.follow(response);
            return Ok(None);
        }
        if self.dpop.is_wanted(response) {
            return Ok(None);
        }
        if response.status() == StatusCode::ACCEPTED {
            return Err(IssuanceError::Deferred);
        }
        let answer = read(Endpoint::Credential, response, MAX_CREDENTIALS);
        let answer: CredentialResponse = match answer.map_err(|error| (error.fault, error)) {
            Ok(answer) => answer,
            Err((ResponseFault::Refused(ErrorCode::InvalidNonce), error)) => {
                return match self.grant.profile.nonce_endpoint.clone() {
                    Some(url) if !self.nonce_renewed => {
                        self.step = Step::Nonce(url);
                        self.nonce_renewed = true;
                        Ok(None)
                    }
                    _ => Err(error.into()),
                };
            }
            Err((_, error)) => return Err(IssuanceError::refused(error)),
        };
        match answer.transaction_id {
            Some(_) => Err(IssuanceError::Deferred),
            None => Ok(Some(answer)),
        }
    }
}

/// The nonce that a server wants in DPoP proofs (RFC 9449, section 8). It may ask once: whoever
/// asks again and again keeps the wallet running in a circle.
#[derive(Debug)]
pub(super) struct DpopNonce {
    nonce: Option<String>,
    renewed: bool,
}

impl DpopNonce {
    /// Begins with what came along with the access token.
    pub(super) fn of(grant: &AccessGrant) -> Self {
        Self {
            nonce: grant.dpop_nonce.clone(),
            renewed: false,
        }
    }

    pub(super) fn get(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// Whether the answer only asks for a proof with another nonce, which is then kept.
    pub(super) fn is_wanted(&mut self, response: &Response<Vec<u8>>) -> bool {
        match wants_dpop_nonce(response) {
            Some(nonce) if !self.renewed => {
                self.nonce = Some(nonce);
                self.renewed = true;
                true
            }
            _ => false,
        }
    }

    /// Keeps the nonce that came along with an answer, if one did.
    fn follow(&mut self, response: &Response<Vec<u8>>) {
        self.nonce = dpop_nonce(response).or(self.nonce.take());
    }
}

/// Adds the access token, and a proof of the key to which it is bound.
pub(super) fn authorize(
    request: &mut Request<Vec<u8>>,
    grant: &AccessGrant,
    (method, url): (&Method, &Url),
    dpop_key: &SigningKey,
    nonce: Option<&str>,
    now: Timestamp,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(), KeyError> {
    let token = &grant.access_token;
    let field = format!("{} {}", grant.token_type.as_str(), token.expose());
    let mut written = insert_secret(request, AUTHORIZATION, &field);
    if grant.token_type == TokenType::Dpop {
        let signer = grant.profile.dpop_signer(dpop_key);
        let signer = signer.ok_or(KeyError::AlgorithmMismatch)?;
        let proof = dpop::prove(signer, method, url, Some(token), nonce, now, rng)?;
        written &= insert_proof(request, &proof);
    }
    if written {
        Ok(())
    } else {
        Err(KeyError::Unserializable)
    }
}

pub(super) const MAX_NONCE: usize = 16 * 1024;
const MAX_CREDENTIALS: usize = 4 * 1024 * 1024;
