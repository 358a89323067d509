//! Error responses: the wire learns a code.

use serde::{Deserialize, Serialize};

/// The body of an error response (RFC 6749, section 5.2; OpenID4VCI 1.0, sections 8.3.1 and 11.3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ErrorResponse {
    /// The code, as written. [`ErrorCode::parse`] knows the codes of the texts.
    pub error: String,
    /// A text for developers: never shown as the program's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal,)*) => {
        /// Every error code of the texts that an Issuer or its Authorization Server may answer.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Recognizes a code; `None` for one that no text defines.
            pub fn parse(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

error_codes! {
    /// OpenID4VCI 1.0, section 8.3.1.2.
    CredentialRequestDenied => "credential_request_denied",
    /// RFC 6750, section 3.1.
    InsufficientScope => "insufficient_scope",
    /// RFC 9396, section 5.
    InvalidAuthorizationDetails => "invalid_authorization_details",
    /// RFC 6749, section 5.2.
    InvalidClient => "invalid_client",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    InvalidCredentialRequest => "invalid_credential_request",
    /// RFC 9449, section 5.
    InvalidDpopProof => "invalid_dpop_proof",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    InvalidEncryptionParameters => "invalid_encryption_parameters",
    /// RFC 6749, section 5.2.
    InvalidGrant => "invalid_grant",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    InvalidNonce => "invalid_nonce",
    /// OpenID4VCI 1.0, section 11.3.
    InvalidNotificationId => "invalid_notification_id",
    /// OpenID4VCI 1.0, section 11.3.
    InvalidNotificationRequest => "invalid_notification_request",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    InvalidProof => "invalid_proof",
    /// RFC 6749, section 5.2.
    InvalidRequest => "invalid_request",
    /// RFC 6749, section 5.2.
    InvalidScope => "invalid_scope",
    /// RFC 6750, section 3.1.
    InvalidToken => "invalid_token",
    /// OpenID4VCI 1.0, section 9.3.
    InvalidTransactionId => "invalid_transaction_id",
    /// The person is enrolled with another secret (docs/profiles/net-certificate.md).
    NetAnchorMismatch => "net_anchor_mismatch",
    /// RFC 6749, section 5.2.
    UnauthorizedClient => "unauthorized_client",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    UnknownCredentialConfiguration => "unknown_credential_configuration",
    /// OpenID4VCI 1.0, section 8.3.1.2.
    UnknownCredentialIdentifier => "unknown_credential_identifier",
    /// RFC 6749, section 5.2.
    UnsupportedGrantType => "unsupported_grant_type",
    /// RFC 9449, section 8.
    UseDpopNonce => "use_dpop_nonce",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_in_alphabetical_order() {
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(codes.is_sorted());
        assert!(
            ErrorCode::ALL
                .iter()
                .all(|code| ErrorCode::parse(code.as_str()) == Some(*code))
        );
        assert_eq!(ErrorCode::parse("server_on_fire"), None);
    }
}
