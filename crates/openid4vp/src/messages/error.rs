use std::fmt;

use serde::{Deserialize, Serialize};

/// The error codes of OpenID4VP 1.0, section 8.5, and those of RFC 6749 that it leans on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The Holder declined, or has nothing that answers: the Verifier cannot tell which.
    AccessDenied,
    /// The Verifier is known in another way than its metadata says.
    InvalidClient,
    /// The message breaks the protocol.
    InvalidRequest,
    /// `request_uri_method` is neither `get` nor `post`.
    InvalidRequestUriMethod,
    /// The `scope` is unknown.
    InvalidScope,
    /// The `transaction_data` is not supported.
    InvalidTransactionData,
    /// Something failed that is not the sender's fault.
    ServerError,
    /// Something that is needed cannot be reached; the same message may succeed later.
    TemporarilyUnavailable,
    /// The Response Mode or Response Type is not supported.
    UnsupportedResponseType,
    /// None of the requested formats is supported.
    VpFormatsNotSupported,
    /// There is no wallet to answer.
    WalletUnavailable,
}

impl ErrorCode {
    /// Returns the code on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidClient => "invalid_client",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidRequestUriMethod => "invalid_request_uri_method",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTransactionData => "invalid_transaction_data",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::VpFormatsNotSupported => "vp_formats_not_supported",
            Self::WalletUnavailable => "wallet_unavailable",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    const ALL: [Self; 11] = [
        Self::AccessDenied,
        Self::InvalidClient,
        Self::InvalidRequest,
        Self::InvalidRequestUriMethod,
        Self::InvalidScope,
        Self::InvalidTransactionData,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::UnsupportedResponseType,
        Self::VpFormatsNotSupported,
        Self::WalletUnavailable,
    ];
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The body of an error that the Verifier answers with (RFC 6749, section 5.2).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ErrorReply {
    /// The code.
    pub error: String,
    /// A text for developers, without personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}
