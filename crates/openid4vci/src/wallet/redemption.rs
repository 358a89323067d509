//! From the Holder's consent to access (OpenID4VCI 1.0, section 6; RFC 9449, section 5).

use std::collections::BTreeMap;

use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use keys::{PublicKey, SigningKey};
use netcert::EpochProfile;
use rand_core::CryptoRng;

use super::exchange::{FORM, dpop_nonce, insert_proof, post, read, wants_dpop_nonce};
use super::{
    AnchorLookup, Endpoint, Issuance, IssuanceError, IssuerProfile, NetIssuance, Notification,
    Progress, Received, RedemptionError, ResponseError, ResponseFault,
};
use crate::messages::{
    AuthorizationDetail, ErrorCode, NotificationEvent, OPENID_CREDENTIAL, RefreshBinding,
    TokenRequest, TokenResponse, TokenType,
};
use crate::oauth::dpop;

/// Redeems a code or a refresh token. Repeats the request once if the server wants a DPoP nonce.
#[derive(Debug)]
pub struct Redemption {
    profile: IssuerProfile,
    request: TokenRequest,
    dpop_nonce: Option<String>,
}

impl Redemption {
    pub(super) fn new(profile: IssuerProfile, request: TokenRequest) -> Self {
        Self {
            profile,
            request,
            dpop_nonce: None,
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.profile.identifier
    }

    /// The next request, with a proof by the key to which the tokens will be bound.
    ///
    /// # Errors
    /// [`RedemptionError::Key`] if the key cannot be used with this server.
    pub fn request(
        &self,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, RedemptionError> {
        self.request_bound(None, dpop_key, now, rng)
    }

    /// The same, asking that the refresh token be bound to this key.
    pub(super) fn request_bound(
        &self,
        binding: Option<RefreshBinding>,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, RedemptionError> {
        let signer = self.profile.dpop_signer(dpop_key);
        let signer = signer.ok_or(RedemptionError::Key)?;
        let url = &self.profile.token_endpoint;
        let nonce = self.dpop_nonce.as_deref();
        let proof = dpop::prove(signer, &Method::POST, url, None, nonce, now, rng)
            .map_err(|_| RedemptionError::Key)?;
        let mut request = post(url, Some(FORM), self.request.form_with(binding.as_ref()));
        if !insert_proof(&mut request, &proof) {
            return Err(RedemptionError::Key);
        }
        Ok(request)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// A [`RedemptionError`] says why there is no access.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Progress<Self, AccessGrant>, RedemptionError> {
        if self.dpop_nonce.is_none()
            && let Some(nonce) = wants_dpop_nonce(response)
        {
            return Ok(Progress::More(Self {
                dpop_nonce: Some(nonce),
                ..self
            }));
        }
        let tokens: TokenResponse =
            read(Endpoint::Token, response, MAX_TOKENS).map_err(|error| match error.fault {
                ResponseFault::Refused(ErrorCode::InvalidGrant) => RedemptionError::InvalidGrant,
                _ => RedemptionError::Response(error),
            })?;
        let token_type = TokenType::parse(&tokens.token_type).ok_or(RedemptionError::TokenType)?;
        if token_type == TokenType::Bearer && self.profile.dpop_algorithms.is_some() {
            return Err(RedemptionError::TokenType);
        }
        let kept = match self.request {
            TokenRequest::RefreshToken { refresh_token, .. } => Some(refresh_token),
            TokenRequest::PreAuthorizedCode { .. } => None,
        };
        let lifetime = tokens
            .expires_in
            .and_then(|seconds| i64::try_from(seconds).ok());
        Ok(Progress::Done(AccessGrant {
            identifiers: identifiers(tokens.authorization_details)?,
            profile: self.profile,
            access_token: tokens.access_token,
            token_type,
            refresh_token: tokens.refresh_token.or(kept),
            dpop_nonce: dpop_nonce(response),
            expires_at: lifetime
                .and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()),
        }))
    }
}

/// Access to an Issuer: good for several Credentials, until it expires.
#[derive(Debug)]
pub struct AccessGrant {
    pub(super) profile: IssuerProfile,
    pub(super) access_token: BearerToken,
    pub(super) token_type: TokenType,
    pub(super) dpop_nonce: Option<String>,
    refresh_token: Option<BearerToken>,
    expires_at: Option<Timestamp>,
    /// By configuration: what requests name instead, if the server laid that down.
    identifiers: Option<BTreeMap<String, String>>,
}

impl AccessGrant {
    /// Who grants, and what.
    pub fn issuer(&self) -> &IssuerProfile {
        &self.profile
    }

    /// The server that gave it: the only one that a later [`super::Refill`] may ask.
    pub fn authorization_server(&self) -> &str {
        &self.profile.authorization_server
    }

    /// What a later [`super::Refill`] needs: to be kept in the vault, and nowhere else.
    pub fn refresh_token(&self) -> Option<&BearerToken> {
        self.refresh_token.as_ref()
    }

    /// When the access token expires, if the server said so.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Orders one Credential for each of these keys; none for a Credential without Key Binding.
    ///
    /// # Errors
    /// [`IssuanceError::NotGranted`] for what was not offered, and [`IssuanceError::Keys`] for
    /// keys that are repeated, too many, or of the wrong kind.
    pub fn order(
        &self,
        configuration_id: &str,
        keys: Vec<PublicKey>,
    ) -> Result<Issuance<'_>, IssuanceError> {
        let offered = self
            .profile
            .credential(configuration_id)
            .ok_or(IssuanceError::NotGranted)?;
        let identifier = match &self.identifiers {
            None => None,
            Some(all) => Some(all.get(configuration_id).ok_or(IssuanceError::NotGranted)?),
        };
        Issuance::new(self, offered, identifier.map(String::as_str), keys)
    }

    /// Orders one net certificate for each of these epochs: the current one and the next at first,
    /// and later the next alone.
    ///
    /// # Errors
    /// [`IssuanceError::NotGranted`] if no net certificate was offered, and
    /// [`IssuanceError::Epochs`] for profiles of another Issuer, or none.
    pub fn order_net(&self, profiles: Vec<EpochProfile>) -> Result<NetIssuance<'_>, IssuanceError> {
        let offered = self.profile.net_certificate.as_ref();
        let id = &offered.ok_or(IssuanceError::NotGranted)?.configuration_id;
        let identifier = match &self.identifiers {
            None => None,
            Some(all) => Some(all.get(id).ok_or(IssuanceError::NotGranted)?.as_str()),
        };
        NetIssuance::new(self, id, identifier, profiles)
    }

    /// Asks for the anchor of the enrolment: what a wallet does that has words, and nothing else.
    pub fn anchor(&self) -> AnchorLookup<'_> {
        AnchorLookup::new(self)
    }

    /// Tells the Issuer what became of the Credentials.
    ///
    /// Returns `None` if the Issuer does not want to know.
    pub fn notify(
        &self,
        received: &Received,
        event: NotificationEvent,
    ) -> Option<Notification<'_>> {
        Notification::new(self, received, event)
    }
}

/// Section 6.2: if the response has `authorization_details`, each names its identifiers.
fn identifiers(
    details: Option<Vec<AuthorizationDetail>>,
) -> Result<Option<BTreeMap<String, String>>, RedemptionError> {
    let Some(details) = details else {
        return Ok(None);
    };
    let malformed = RedemptionError::Response(ResponseError {
        endpoint: Endpoint::Token,
        fault: ResponseFault::Json(strict_json::JsonError::Shape { line: 0, column: 0 }),
    });
    let mut identifiers = BTreeMap::new();
    for detail in details
        .into_iter()
        .filter(|detail| detail.kind == OPENID_CREDENTIAL)
    {
        let identifier = detail
            .credential_identifiers
            .and_then(|all| all.into_iter().next());
        match (detail.credential_configuration_id, identifier) {
            (Some(configuration), Some(identifier)) => {
                identifiers.insert(configuration, identifier);
            }
            _ => return Err(malformed),
        }
    }
    Ok((!identifiers.is_empty()).then_some(identifiers))
}

const MAX_TOKENS: usize = 64 * 1024;
