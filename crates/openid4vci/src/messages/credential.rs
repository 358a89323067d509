//! Nonce, Credential and Notification messages (OpenID4VCI 1.0, sections 7, 8 and 11).

use std::fmt;

use keys::token::BearerToken;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NetAnchorProof, bearer};

/// A Nonce Response (section 7.2).
#[derive(Debug, Deserialize, Serialize)]
pub struct NonceResponse {
    /// The challenge for the next proofs.
    #[serde(with = "bearer")]
    pub c_nonce: BearerToken,
}

/// A Credential Request (section 8.2).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct CredentialRequest {
    /// What is wanted, when the Token Response had `credential_identifiers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_identifier: Option<String>,
    /// What is wanted, otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_configuration_id: Option<String>,
    /// The Holder's keys, proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proofs: Option<Proofs>,
    /// How the response shall be encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<Encryption>,
}

/// Key proofs: exactly one proof type (section 8.2 and appendix F).
#[derive(Clone, Default, Deserialize, PartialEq, Serialize)]
pub struct Proofs {
    /// Proofs of the type `di_vp`: W3C Presentations with a Data Integrity proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub di_vp: Option<Vec<Map<String, Value>>>,
    /// Proofs of the type `jwt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<Vec<String>>,
    /// Proofs of the type `net_anchor`: one for each epoch, with the `c_nonce` that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_anchor: Option<Vec<NetAnchorProof>>,
    /// Proofs of other types, to be refused by name.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.jwt.as_ref().map(Vec::len);
        let anchors = self.net_anchor.as_ref().map(Vec::len);
        let presentations = self.di_vp.as_ref().map(Vec::len);
        f.debug_struct("Proofs")
            .field("di_vp", &presentations)
            .field("jwt", &count)
            .field("net_anchor", &anchors)
            .finish_non_exhaustive()
    }
}

/// How a response shall be encrypted (section 8.2).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Encryption {
    /// The wallet's public key.
    pub jwk: Map<String, Value>,
    /// The content encryption algorithm.
    pub enc: String,
    /// The compression algorithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
}

/// A Credential Response (section 8.3).
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct CredentialResponse {
    /// The Credentials, at most one for each key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Vec<IssuedCredential>>,
    /// Deferred issuance: what to ask for later.
    #[serde(
        default,
        with = "bearer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_id: Option<BearerToken>,
    /// Deferred issuance: seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<u64>,
    /// What a notification names.
    #[serde(
        default,
        with = "bearer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_id: Option<BearerToken>,
}

/// One issued Credential.
#[derive(Deserialize, Serialize)]
pub struct IssuedCredential {
    /// The Credential: a string or an object, as its format says.
    pub credential: Value,
}

impl fmt::Debug for IssuedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuedCredential([REDACTED])")
    }
}

/// A Notification Request (section 11.1).
#[derive(Debug, Deserialize, Serialize)]
pub struct NotificationRequest {
    /// From the Credential Response.
    #[serde(with = "bearer")]
    pub notification_id: BearerToken,
    /// What became of the Credentials.
    pub event: NotificationEvent,
    /// A text for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_description: Option<String>,
}

/// What became of the Credentials (section 11.1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// They are stored in the wallet.
    CredentialAccepted,
    /// The Holder did not want them.
    CredentialDeleted,
    /// Something else went wrong.
    CredentialFailure,
}
