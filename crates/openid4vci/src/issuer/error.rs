//! What the wire learns: a code and a status. The reasons stay with the host's log.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use keys::Algorithm;
use serde::Serialize;

use super::{
    AccessError, AnchorError, CredentialError, NonceError, NotificationError, ProofError,
    TokenError,
};
use crate::messages::{ErrorCode, ErrorResponse, TokenRequestError};
use crate::oauth::dpop::DpopError;

/// An error as the wallet sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WireError {
    /// The code; `None` if the request had no authorization at all (RFC 6750, section 3.1).
    pub code: Option<ErrorCode>,
    /// The HTTP status.
    pub status: StatusCode,
}

impl WireError {
    /// Writes the response: JSON, never cached, with a challenge where access was denied.
    pub fn response(self) -> Response<Vec<u8>> {
        let mut response = match self.code {
            Some(code) => {
                let error = code.as_str().to_owned();
                json_response(
                    self.status,
                    &ErrorResponse {
                        error,
                        error_description: None,
                    },
                )
            }
            None => no_store(self.status, Vec::new()),
        };
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = match self.code {
                Some(code) => format!("DPoP error=\"{}\", {}", code.as_str(), dpop_algorithms()),
                None => format!("DPoP {}", dpop_algorithms()),
            };
            if let Ok(challenge) = HeaderValue::try_from(challenge) {
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
        }
        response
    }

    const fn bad_request(code: ErrorCode) -> Self {
        Self {
            code: Some(code),
            status: StatusCode::BAD_REQUEST,
        }
    }

    const fn unauthorized(code: Option<ErrorCode>) -> Self {
        Self {
            code,
            status: StatusCode::UNAUTHORIZED,
        }
    }
}

/// Writes a JSON response that no cache keeps.
pub fn json_response(status: StatusCode, body: &impl Serialize) -> Response<Vec<u8>> {
    match serde_json::to_vec(body) {
        Ok(body) => {
            let mut response = no_store(status, body);
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Err(_) => no_store(StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    }
}

impl From<AccessError> for WireError {
    /// RFC 6750, section 3.1, and RFC 9449, section 7.1.
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Missing => Self::unauthorized(None),
            AccessError::Repeated => Self::bad_request(ErrorCode::InvalidRequest),
            AccessError::Expired
            | AccessError::Key
            | AccessError::RetiredKey
            | AccessError::Scheme
            | AccessError::Token => Self::unauthorized(Some(ErrorCode::InvalidToken)),
            AccessError::Dpop(_) | AccessError::Replayed => {
                Self::unauthorized(Some(ErrorCode::InvalidDpopProof))
            }
        }
    }
}

impl From<AnchorError> for WireError {
    fn from(error: AnchorError) -> Self {
        match error {
            AnchorError::Access(error) => error.into(),
            AnchorError::Denied => Self::bad_request(ErrorCode::CredentialRequestDenied),
        }
    }
}

impl From<CredentialError> for WireError {
    /// OpenID4VCI 1.0, section 8.3.1.
    fn from(error: CredentialError) -> Self {
        let code = match error {
            CredentialError::Access(error) => return error.into(),
            CredentialError::Anchor(_) | CredentialError::Commitment => ErrorCode::InvalidProof,
            CredentialError::AnotherAnchor => ErrorCode::NetAnchorMismatch,
            CredentialError::Denied => ErrorCode::CredentialRequestDenied,
            CredentialError::Encryption => ErrorCode::InvalidEncryptionParameters,
            CredentialError::Epoch | CredentialError::Malformed => {
                ErrorCode::InvalidCredentialRequest
            }
            CredentialError::Nonce(
                NonceError::Expired | NonceError::Spent | NonceError::Unknown,
            ) => ErrorCode::InvalidNonce,
            CredentialError::ProofCount | CredentialError::ProofType => ErrorCode::InvalidProof,
            CredentialError::Proof(
                ProofError::Audience
                | ProofError::Key
                | ProofError::Malformed
                | ProofError::NonceMissing
                | ProofError::Signature
                | ProofError::Time,
            )
            | CredentialError::RepeatedKey => ErrorCode::InvalidProof,
            CredentialError::UnknownConfiguration => ErrorCode::UnknownCredentialConfiguration,
            CredentialError::UnknownIdentifier => ErrorCode::UnknownCredentialIdentifier,
        };
        Self::bad_request(code)
    }
}

impl From<DpopError> for WireError {
    /// At the Token Endpoint (RFC 9449, section 5).
    fn from(error: DpopError) -> Self {
        match error {
            DpopError::AccessToken
            | DpopError::Key
            | DpopError::Malformed
            | DpopError::Method
            | DpopError::Missing
            | DpopError::Repeated
            | DpopError::Signature
            | DpopError::Time
            | DpopError::Url => Self::bad_request(ErrorCode::InvalidDpopProof),
        }
    }
}

impl From<NotificationError> for WireError {
    /// OpenID4VCI 1.0, section 11.3.
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::Access(error) => error.into(),
            NotificationError::Malformed => {
                Self::bad_request(ErrorCode::InvalidNotificationRequest)
            }
            NotificationError::UnknownId => Self::bad_request(ErrorCode::InvalidNotificationId),
        }
    }
}

impl From<TokenError> for WireError {
    /// OpenID4VCI 1.0, section 6.3, and RFC 6749, section 5.2.
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Anchor(_) => ErrorCode::InvalidProof,
            TokenError::AuthorizationDetails => ErrorCode::InvalidAuthorizationDetails,
            TokenError::Dpop(error) => return error.into(),
            TokenError::Nonce(_) => ErrorCode::InvalidNonce,
            TokenError::Replayed => ErrorCode::InvalidDpopProof,
            TokenError::Request(error) => return error.into(),
            TokenError::Denied
            | TokenError::Expired
            | TokenError::Key
            | TokenError::Raced
            | TokenError::RetiredKey
            | TokenError::Stale
            | TokenError::TxCode { .. }
            | TokenError::UnknownCode
            | TokenError::UnknownRefreshToken => ErrorCode::InvalidGrant,
            TokenError::TxCodeMissing | TokenError::TxCodeUnexpected => ErrorCode::InvalidRequest,
        };
        Self::bad_request(code)
    }
}

impl From<TokenRequestError> for WireError {
    /// RFC 6749, section 5.2.
    fn from(error: TokenRequestError) -> Self {
        let code = match error {
            TokenRequestError::AuthorizationDetails => ErrorCode::InvalidAuthorizationDetails,
            TokenRequestError::ClientAuthentication => ErrorCode::InvalidClient,
            TokenRequestError::GrantType => ErrorCode::UnsupportedGrantType,
            TokenRequestError::Encoding
            | TokenRequestError::Missing(_)
            | TokenRequestError::Repeated
            | TokenRequestError::TooLong => ErrorCode::InvalidRequest,
        };
        Self::bad_request(code)
    }
}

fn no_store(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The algorithms that the metadata list too (RFC 9449, section 7.1).
fn dpop_algorithms() -> String {
    let names: Vec<&str> = Algorithm::all_names().collect();
    format!("algs=\"{}\"", names.join(" "))
}
