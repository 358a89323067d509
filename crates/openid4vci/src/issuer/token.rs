//! The Token Endpoint (OpenID4VCI 1.0, section 6).

use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use keys::token::BearerToken;
use netcert::{Anchor, IssuanceProofError, TokenBinding, TokenSession};
use rand_core::CryptoRng;

use super::sealed::{Grant, Kind, TokenDefect};
use super::{CredentialIssuer, NonceError, OfferId, Step, nonce};
use crate::messages::{
    AuthorizationDetail, RefreshBinding, TokenRequest, TokenRequestError, TokenResponse, TokenType,
};
use crate::oauth::Spend;
use crate::oauth::dpop::{DpopError, DpopProof};

/// A Token Request whose sender has proven a key.
#[derive(Debug)]
pub enum TokenCall {
    /// Redeems an offer.
    PreAuthorizedCode(PreAuthorizedCall),
    /// Asks for a fresh access token, and that the refresh token be bound to a new key.
    Rebinding(RebindingCall),
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

    /// Which claims the token holds: if the host knows of later ones, it answers
    /// [`TokenError::Stale`].
    pub fn claims_version(&self) -> u32 {
        self.grant.claims_version
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

/// A request of a restored wallet, with a refresh token that is good and bound to a key that is
/// lost. Whether it may is shown by the enrolment's anchor.
pub struct RebindingCall {
    grant: Grant,
    dpop: DpopProof,
    proof: TokenBinding,
    c_nonce: BearerToken,
    c_nonce_spend: Spend,
}

impl std::fmt::Debug for RebindingCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RebindingCall").finish_non_exhaustive()
    }
}

impl RebindingCall {
    /// As [`RefreshCall::handle`].
    pub fn handle(&self) -> &str {
        &self.grant.handle
    }

    /// As [`RefreshCall::claims_version`].
    pub fn claims_version(&self) -> u32 {
        self.grant.claims_version
    }

    /// Judges the proof, for the anchor of the enrolment. It takes a millisecond.
    ///
    /// # Errors
    /// [`TokenError::Anchor`] if the sender does not have the anchor's secret, or made the proof
    /// for another `c_nonce`, key or Issuer.
    pub fn verify(
        self,
        issuer: &CredentialIssuer,
        enrolled: &Anchor,
    ) -> Result<BoundCall, TokenError> {
        let session = TokenSession {
            issuer: issuer.identifier(),
            c_nonce: self.c_nonce.expose(),
            dpop_jkt: self.dpop.thumbprint(),
        };
        self.proof
            .verify(enrolled, &session)
            .map_err(TokenError::Anchor)?;
        Ok(BoundCall {
            spends: vec![self.dpop.spend().clone(), self.c_nonce_spend],
            grant: Grant {
                jkt: self.dpop.thumbprint().to_owned(),
                ..self.grant
            },
        })
    }
}

/// A request of a restored wallet that has proven the anchor.
pub struct BoundCall {
    grant: Grant,
    spends: Vec<Spend>,
}

impl std::fmt::Debug for BoundCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoundCall").finish_non_exhaustive()
    }
}

impl BoundCall {
    /// Answers with a fresh access token, and a refresh token for the new key with the same claims
    /// and the same end. If the commit of a spend conflicts, the host answers
    /// [`TokenError::conflict`].
    pub fn answer(
        self,
        issuer: &CredentialIssuer,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Step<(), TokenResponse> {
        let ticket = self
            .grant
            .seal(Kind::Refresh, &issuer.settings.secrets, now, rng);
        let mut reply = self.grant.access_token(issuer, now, rng);
        reply.refresh_token = Some(ticket);
        Step {
            next: (),
            spends: self.spends,
            reply,
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
            TokenRequest::RefreshToken {
                refresh_token,
                binding,
            } => {
                let secrets = &self.settings.secrets;
                let grant =
                    Grant::open(Kind::Refresh, &refresh_token, secrets, now).map_err(|defect| {
                        match defect {
                            TokenDefect::Expired => TokenError::Expired,
                            TokenDefect::RetiredKey => TokenError::RetiredKey,
                            TokenDefect::Unknown => TokenError::UnknownRefreshToken,
                        }
                    })?;
                match binding {
                    None if grant.jkt == dpop.thumbprint() => {
                        Ok(TokenCall::RefreshToken(RefreshCall { grant, dpop }))
                    }
                    None => Err(TokenError::Key),
                    Some(RefreshBinding {
                        net_anchor_proof,
                        c_nonce,
                    }) => Ok(TokenCall::Rebinding(RebindingCall {
                        proof: TokenBinding::try_from(net_anchor_proof.expose().to_owned())
                            .map_err(TokenError::Anchor)?,
                        c_nonce_spend: nonce::check(c_nonce.expose(), secrets, now)
                            .map_err(TokenError::Nonce)?,
                        grant,
                        dpop,
                        c_nonce,
                    })),
                }
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
        let refresh_token = self.seal(Kind::Refresh, &issuer.settings.secrets, now, rng);
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
            access_token: self.seal(Kind::Access, &issuer.settings.secrets, now, rng),
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

impl TokenError {
    /// The error for a spend that was not the first.
    pub fn conflict(kind: &str) -> Self {
        if kind == nonce::SPEND_KIND {
            Self::Nonce(NonceError::Spent)
        } else {
            Self::Replayed
        }
    }
}

/// Why no token is issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// The anchor's secret is not shown to be the sender's. The wallet must act.
    #[error(transparent)]
    Anchor(IssuanceProofError),
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
    /// The `c_nonce` of a proof of the anchor is refused. The wallet must fetch a new one.
    #[error(transparent)]
    Nonce(NonceError),
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
    /// The refresh token was sealed under a key that this Issuer has retired. The Holder must show the
    /// document again.
    #[error("the refresh token was sealed under a key that is retired")]
    RetiredKey,
    /// The document was shown again since, and the refresh token holds what it said before. The host
    /// decides this; the Holder must use the wallet that was last given an offer.
    #[error("the refresh token holds earlier claims than the enrolment has")]
    Stale,
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
