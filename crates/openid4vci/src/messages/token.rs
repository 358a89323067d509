//! Token requests and responses (OpenID4VCI 1.0, section 6; RFC 6749, sections 5 and 6).

use std::collections::BTreeMap;

use keys::token::BearerToken;
use serde::{Deserialize, Serialize};
use strict_json::Limits;
use url::form_urlencoded;

use super::{ClaimDescription, OPENID_CREDENTIAL, PRE_AUTHORIZED_CODE, REFRESH_TOKEN, bearer};

/// A Token Request (section 6.1). Parameters that no text names are ignored.
#[derive(Debug)]
pub enum TokenRequest {
    /// The Pre-Authorized Code Flow.
    PreAuthorizedCode {
        /// The Pre-Authorized Code.
        pre_authorized_code: BearerToken,
        /// The Transaction Code.
        tx_code: Option<BearerToken>,
        /// Which of the offered Credentials; all of them if absent.
        authorization_details: Option<Vec<AuthorizationDetail>>,
    },
    /// A refresh (RFC 6749, section 6).
    RefreshToken {
        /// The refresh token.
        refresh_token: BearerToken,
        /// That it shall be bound to the key of this request: a wallet that was restored has lost
        /// the key to which it was bound.
        binding: Option<RefreshBinding>,
    },
}

/// By what right a refresh token is bound to another key (docs/profiles/net-certificate.md).
#[derive(Debug)]
pub struct RefreshBinding {
    /// The proof of the anchor.
    pub net_anchor_proof: BearerToken,
    /// The challenge that it answers.
    pub c_nonce: BearerToken,
}

impl TokenRequest {
    /// Reads the body of a request (`application/x-www-form-urlencoded`).
    ///
    /// A parameter without a value counts as absent, and one that is repeated spoils the request
    /// (RFC 6749, section 3.2).
    ///
    /// # Errors
    /// A [`TokenRequestError`] says what is wrong with the request.
    pub fn parse(form: &[u8]) -> Result<Self, TokenRequestError> {
        if form.len() > MAX_FORM {
            return Err(TokenRequestError::TooLong);
        }
        if std::str::from_utf8(form).is_err() {
            return Err(TokenRequestError::Encoding);
        }
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(form) {
            if value.contains('\u{fffd}') {
                return Err(TokenRequestError::Encoding);
            }
            if !value.is_empty() && parameters.insert(name, value).is_some() {
                return Err(TokenRequestError::Repeated);
            }
        }
        if parameters.contains_key("client_secret") || parameters.contains_key("client_assertion") {
            return Err(TokenRequestError::ClientAuthentication);
        }
        let mut take = |name: &'static str| {
            parameters
                .remove(name)
                .map(|value| BearerToken::from(value.into_owned()))
        };
        let grant_type = take("grant_type").ok_or(TokenRequestError::Missing("grant_type"))?;
        match grant_type.expose() {
            PRE_AUTHORIZED_CODE => Ok(Self::PreAuthorizedCode {
                pre_authorized_code: take("pre-authorized_code")
                    .ok_or(TokenRequestError::Missing("pre-authorized_code"))?,
                tx_code: take("tx_code"),
                authorization_details: take("authorization_details")
                    .map(|details| {
                        strict_json::from_slice(details.expose().as_bytes(), Limits::default())
                            .map_err(|_| TokenRequestError::AuthorizationDetails)
                    })
                    .transpose()?,
            }),
            REFRESH_TOKEN => Ok(Self::RefreshToken {
                refresh_token: take("refresh_token")
                    .ok_or(TokenRequestError::Missing("refresh_token"))?,
                binding: match (take(NET_ANCHOR_PROOF), take(C_NONCE)) {
                    (None, _) => None,
                    (Some(_), None) => return Err(TokenRequestError::Missing(C_NONCE)),
                    (Some(net_anchor_proof), Some(c_nonce)) => Some(RefreshBinding {
                        net_anchor_proof,
                        c_nonce,
                    }),
                },
            }),
            _ => Err(TokenRequestError::GrantType),
        }
    }

    /// Writes the body of a request.
    pub fn form(&self) -> Vec<u8> {
        self.form_with(None)
    }

    /// The same; a refresh asks that the token be bound to another key.
    pub(crate) fn form_with(&self, binding: Option<&RefreshBinding>) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match self {
            Self::PreAuthorizedCode {
                pre_authorized_code,
                tx_code,
                authorization_details,
            } => {
                form.append_pair("grant_type", PRE_AUTHORIZED_CODE);
                form.append_pair("pre-authorized_code", pre_authorized_code.expose());
                if let Some(tx_code) = tx_code {
                    form.append_pair("tx_code", tx_code.expose());
                }
                if let Some(Ok(details)) = authorization_details.as_ref().map(serde_json::to_string)
                {
                    form.append_pair("authorization_details", &details);
                }
            }
            Self::RefreshToken {
                refresh_token,
                binding: own,
            } => {
                form.append_pair("grant_type", REFRESH_TOKEN);
                form.append_pair("refresh_token", refresh_token.expose());
                if let Some(binding) = binding.or(own.as_ref()) {
                    form.append_pair(NET_ANCHOR_PROOF, binding.net_anchor_proof.expose());
                    form.append_pair(C_NONCE, binding.c_nonce.expose());
                }
            }
        }
        form.finish().into_bytes()
    }
}

/// Why a body is not a Token Request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenRequestError {
    /// `authorization_details` is not JSON of that shape.
    #[error("the authorization_details are malformed")]
    AuthorizationDetails,
    /// The request authenticates a client in a way that is not supported.
    #[error("client authentication is not supported")]
    ClientAuthentication,
    /// The bytes are not UTF-8.
    #[error("the form is not UTF-8")]
    Encoding,
    /// The grant type is not supported.
    #[error("the grant type is not supported")]
    GrantType,
    /// A required parameter is absent.
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    /// A parameter is repeated.
    #[error("a parameter is repeated")]
    Repeated,
    /// The body is too long.
    #[error("the form is too long")]
    TooLong,
}

/// An authorization details object of type `openid_credential` (sections 5.1.1 and 6.2).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorizationDetail {
    /// The type: `openid_credential`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A key of `credential_configurations_supported`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_configuration_id: Option<String>,
    /// The Credential Issuer Identifier, where a server serves several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locations: Option<Vec<String>>,
    /// Which claims are wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimDescription>>,
    /// In a response alone: what a Credential Request may name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_identifiers: Option<Vec<String>>,
}

impl AuthorizationDetail {
    /// Asks for one kind of Credential.
    pub fn credential(configuration_id: &str) -> Self {
        Self {
            kind: OPENID_CREDENTIAL.to_owned(),
            credential_configuration_id: Some(configuration_id.to_owned()),
            locations: None,
            claims: None,
            credential_identifiers: None,
        }
    }
}

/// A successful Token Response (section 6.2).
#[derive(Debug, Deserialize, Serialize)]
pub struct TokenResponse {
    /// The access token.
    #[serde(with = "bearer")]
    pub access_token: BearerToken,
    /// How the token is used: `DPoP` or `Bearer`, compared without regard to case.
    pub token_type: String,
    /// Seconds until the access token expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// The refresh token.
    #[serde(
        default,
        with = "bearer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub refresh_token: Option<BearerToken>,
    /// What was granted, when the request had `authorization_details`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Vec<AuthorizationDetail>>,
}

/// How an access token is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenType {
    /// By whoever holds it (RFC 6750).
    Bearer,
    /// With a proof by the key to which it is bound (RFC 9449).
    Dpop,
}

impl TokenType {
    /// Recognizes `token_type` and the scheme of an `Authorization` field.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Bearer, Self::Dpop]
            .into_iter()
            .find(|kind| text.eq_ignore_ascii_case(kind.as_str()))
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

const C_NONCE: &str = "c_nonce";
const NET_ANCHOR_PROOF: &str = "net_anchor_proof";
const MAX_FORM: usize = 64 * 1024;
