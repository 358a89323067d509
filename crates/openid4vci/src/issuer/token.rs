//! The Token Endpoint (OpenID4VCI 1.0, section 6).

use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use keys::token::BearerToken;
use rand_core::CryptoRng;

use super::sealed::{Grant, Kind, TokenDefect};
use super::{CredentialIssuer, OfferId, Step};
use crate::messages::{
    AuthorizationDetail, TokenRequest, TokenRequestError, TokenResponse, TokenType,
};
use crate::oauth::dpop::{DpopError, DpopProof};

/// A Token Request whose sender has proven a key.
#[derive(Debug)]
pub enum TokenCall {
    /// Redeems an offer.
    PreAuthorizedCode(PreAuthorizedCall),
    /// Asks for a fresh access token.
    RefreshToken(RefreshCall),
}

/// A request to redeem an offer.
#[derive(Debug)]
pub struct PreAuthorizedCall {
    pub(super) code: BearerToken,
    pub(super) tx_code: Option<BearerToken>,
    pub(super) authorization_details: Option<Vec<AuthorizationDetail>>,
    pub(super) dpop: DpopProof,
}

impl PreAuthorizedCall {
    /// The offer to load. If there is none, the host answers [`TokenError::UnknownCode`].
    pub fn offer_id(&self) -> OfferId {
        OfferId::of(&self.code)
    }
}

/// A request for a fresh access token, with a refresh token that is good.
pub struct RefreshCall {
    grant: Grant,
    dpop: DpopProof,
}

impl std::fmt::Debug for RefreshCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshCall").finish_non_exhaustive()
    }
}

impl RefreshCall {
    /// The host's name for the enrolment: if it was revoked, the host answers
    /// [`TokenError::Denied`].
    pub fn handle(&self) -> &str {
        &self.grant.handle
    }

    /// Answers with a fresh access token (RFC 6749, section 6).
    ///
    /// The refresh token stays as it is: it is bound to the wallet's key, and its end is fixed. If
    /// the commit of the spend conflicts, the host answers [`TokenError::Replayed`].
    pub fn answer(
        self,
        issuer: &CredentialIssuer,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Step<(), TokenResponse> {
        Step {
            next: (),
            spends: vec![self.dpop.spend().clone()],
            reply: self.grant.access_token(issuer, now, rng),
        }
    }
}

impl CredentialIssuer {
    /// Reads a Token Request and verifies its DPoP proof, which is required: tokens live longer
    /// than five minutes and must be bound (section 13.9).
    ///
    /// # Errors
    /// A [`TokenError`] says what is wrong with the request.
    pub fn token_call(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<TokenCall, TokenError> {
        if headers.contains_key(header::AUTHORIZATION) {
            return Err(TokenRequestError::ClientAuthentication.into());
        }
        let request = TokenRequest::parse(body)?;
        let dpop = DpopProof::verify(headers, &Method::POST, &self.endpoints.token, None, now)?;
        match request {
            TokenRequest::PreAuthorizedCode {
                pre_authorized_code: code,
                tx_code,
                authorization_details,
            } => Ok(TokenCall::PreAuthorizedCode(PreAuthorizedCall {
                code,
                tx_code,
                authorization_details,
                dpop,
            })),
            TokenRequest::RefreshToken { refresh_token } => {
                let secrets = &self.settings.secrets;
                let grant =
                    Grant::open(Kind::Refresh, &refresh_token, secrets, now).map_err(|defect| {
                        match defect {
                            TokenDefect::Expired => TokenError::Expired,
                            TokenDefect::Unknown => TokenError::UnknownRefreshToken,
                        }
                    })?;
                if grant.jkt != dpop.thumbprint() {
                    return Err(TokenError::Key);
                }
                Ok(TokenCall::RefreshToken(RefreshCall { grant, dpop }))
            }
        }
    }
}

impl Grant {
    /// The tokens for what was granted; the time in `self` is set anew for each.
    pub(super) fn tokens(
        mut self,
        issuer: &CredentialIssuer,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> TokenResponse {
        self.expires_at = now + issuer.settings.lifetimes.refresh_token;
        let refresh_token = self.seal(Kind::Refresh, &issuer.settings.secrets, rng);
        let mut response = self.access_token(issuer, now, rng);
        response.refresh_token = Some(refresh_token);
        response
    }

    /// A fresh access token alone.
    pub(super) fn access_token(
        mut self,
        issuer: &CredentialIssuer,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> TokenResponse {
        let lifetime = issuer.settings.lifetimes.access_token;
        self.expires_at = now + lifetime;
        TokenResponse {
            access_token: self.seal(Kind::Access, &issuer.settings.secrets, rng),
            token_type: TokenType::Dpop.as_str().to_owned(),
            expires_in: u64::try_from(lifetime.as_secs()).ok(),
            refresh_token: None,
            authorization_details: self.by_identifier.then(|| {
                let detail = |id: &String| AuthorizationDetail {
                    credential_identifiers: Some(vec![id.clone()]),
                    ..AuthorizationDetail::credential(id)
                };
                self.configuration_ids.iter().map(detail).collect()
            }),
        }
    }
}

/// Why no token is issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// The `authorization_details` ask for what was not offered. The wallet must act.
    #[error("the authorization_details ask for what was not offered")]
    AuthorizationDetails,
    /// The enrolment was revoked. The host decides this.
    #[error("the enrolment was revoked")]
    Denied,
    /// The DPoP proof is not believed. The wallet must act.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// The offer or the refresh token expired. The Holder must ask for a new offer.
    #[error("the offer or refresh token expired")]
    Expired,
    /// The refresh token is bound to another key. The wallet must act.
    #[error("the refresh token is bound to another key")]
    Key,
    /// The offer was redeemed, or tried, at the same instant. The host finds this out when it
    /// commits.
    #[error("the offer was used at the same instant")]
    Raced,
    /// The DPoP proof was already used. The host finds this out when it commits.
    #[error("the DPoP proof was already used")]
    Replayed,
    /// The body is not a Token Request. The wallet must act.
    #[error(transparent)]
    Request(#[from] TokenRequestError),
    /// The Transaction Code is wrong. The Holder must look again, as often as is left.
    #[error("the transaction code is wrong ({attempts_left} attempts left)")]
    TxCode {
        /// How often it may still be tried.
        attempts_left: u32,
    },
    /// A Transaction Code is expected. The wallet must act.
    #[error("the transaction code is missing")]
    TxCodeMissing,
    /// No Transaction Code is expected. The wallet must act.
    #[error("a transaction code was sent, but none is expected")]
    TxCodeUnexpected,
    /// There is no such offer, or no longer. The Holder must ask for a new one.
    #[error("there is no such offer")]
    UnknownCode,
    /// The refresh token is not one of this Issuer.
    #[error("the refresh token is not one of this issuer")]
    UnknownRefreshToken,
}
