//! Who may use the protected endpoints: a sealed token, and a proof by the key that it names.

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use keys::token::BearerToken;
use url::Url;

use super::CredentialIssuer;
use super::sealed::{Grant, Kind, TokenDefect};
use crate::messages::TokenType;
use crate::oauth::Spend;
use crate::oauth::dpop::{DpopError, DpopProof};

impl CredentialIssuer {
    /// Opens the access token of a request to `endpoint` and verifies that its sender may use it
    /// (RFC 9449, section 7).
    pub(super) fn access(
        &self,
        headers: &HeaderMap,
        method: &Method,
        endpoint: &Url,
        now: Timestamp,
    ) -> Result<(Grant, Spend), AccessError> {
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let field = fields.next().ok_or(AccessError::Missing)?;
        if fields.next().is_some() {
            return Err(AccessError::Repeated);
        }
        let (scheme, token) = field
            .to_str()
            .ok()
            .and_then(|field| field.split_once(' '))
            .ok_or(AccessError::Token)?;
        // All our tokens are bound to a key. Taking one as a bearer token would undo the binding.
        if TokenType::parse(scheme) != Some(TokenType::Dpop) {
            return Err(AccessError::Scheme);
        }
        let token = BearerToken::from(token);
        let proof = DpopProof::verify(headers, method, endpoint, Some(&token), now)
            .map_err(AccessError::Dpop)?;
        let grant =
            Grant::open(Kind::Access, &token, &self.settings.secrets, now).map_err(|defect| {
                match defect {
                    TokenDefect::Expired => AccessError::Expired,
                    TokenDefect::RetiredKey => AccessError::RetiredKey,
                    TokenDefect::Unknown => AccessError::Token,
                }
            })?;
        if grant.jkt != proof.thumbprint() {
            return Err(AccessError::Key);
        }
        Ok((grant, proof.spend().clone()))
    }
}

/// Why a request may not use a protected endpoint. The wallet must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AccessError {
    /// The DPoP proof is not believed.
    #[error(transparent)]
    Dpop(DpopError),
    /// The access token expired.
    #[error("the access token expired")]
    Expired,
    /// The access token is bound to another key.
    #[error("the access token is bound to another key")]
    Key,
    /// There is no access token.
    #[error("the access token is missing")]
    Missing,
    /// There is more than one access token.
    #[error("there is more than one access token")]
    Repeated,
    /// The DPoP proof was already used. The host finds this out when it commits.
    #[error("the DPoP proof was already used")]
    Replayed,
    /// The access token was sealed under a key that this Issuer has retired.
    #[error("the access token was sealed under a key that is retired")]
    RetiredKey,
    /// The access token is not presented with a proof of possession.
    #[error("the access token is presented without DPoP")]
    Scheme,
    /// The access token is not one of this Issuer.
    #[error("the access token is not one of this issuer")]
    Token,
}
