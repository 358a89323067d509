use std::fmt;

use did::{Did, DidError};
use serde::{Deserialize, Serialize};
use url::Url;

/// A Client Identifier with its prefix (OpenID4VP 1.0, section 5.9).
///
/// The whole text is what presentations are bound to (section 14.8).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId {
    text: String,
    prefix: Prefix,
}

/// The Client Identifier Prefixes that are supported.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Prefix {
    /// `decentralized_identifier`: requests are signed with a key of the DID.
    DecentralizedIdentifier(Did),
    /// `redirect_uri`: requests cannot be signed; nobody vouches for the Verifier.
    RedirectUri(Url),
}

/// Why a Client Identifier is refused; one variant per prefix of section 5.9.3 that is not
/// supported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClientIdError {
    /// The DID cannot be used.
    #[error("the client identifier's DID is refused: {0}")]
    Did(#[from] DidError),
    /// `openid_federation`.
    #[error("OpenID Federation client identifiers are not supported")]
    OpenidFederation,
    /// `origin`: reserved for the Digital Credentials API, and forbidden in requests.
    #[error("a client identifier must not use the prefix origin")]
    Origin,
    /// No prefix: a client that had to be known beforehand.
    #[error("the verifier is not registered with this wallet")]
    PreRegistered,
    /// The redirect URI is not an absolute URL.
    #[error("the client identifier's redirect URI is malformed")]
    RedirectUri,
    /// A prefix that the specification does not define.
    #[error("the client identifier has an unknown prefix")]
    Unknown,
    /// `verifier_attestation`.
    #[error("verifier attestations are not supported")]
    VerifierAttestation,
    /// `x509_hash`.
    #[error("x509_hash client identifiers are not supported")]
    X509Hash,
    /// `x509_san_dns`.
    #[error("x509_san_dns client identifiers are not supported")]
    X509SanDns,
}

impl ClientId {
    /// Reads a Client Identifier.
    ///
    /// # Errors
    /// [`ClientIdError`]
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        Self::try_from(text.to_owned())
    }

    /// Makes the Client Identifier of a DID.
    #[must_use]
    pub fn of_did(did: &Did) -> Self {
        Self {
            text: format!("decentralized_identifier:{did}"),
            prefix: Prefix::DecentralizedIdentifier(did.clone()),
        }
    }

    /// Makes the Client Identifier of a Verifier that is nothing but its Response URI.
    #[must_use]
    pub fn of_redirect_uri(uri: &Url) -> Self {
        Self {
            text: format!("redirect_uri:{uri}"),
            prefix: Prefix::RedirectUri(uri.clone()),
        }
    }

    /// Returns the whole text, the audience of presentations.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what the identifier means.
    #[must_use]
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }
}

impl TryFrom<String> for ClientId {
    type Error = ClientIdError;

    fn try_from(text: String) -> Result<Self, ClientIdError> {
        let (prefix, identifier) = text.split_once(':').ok_or(ClientIdError::PreRegistered)?;
        let prefix = match prefix {
            "decentralized_identifier" => Prefix::DecentralizedIdentifier(Did::parse(identifier)?),
            "openid_federation" => return Err(ClientIdError::OpenidFederation),
            "origin" => return Err(ClientIdError::Origin),
            // The text is shown to people, and the parser would forgive what makes it read as
            // another one: a URI is visible ASCII (RFC 3986, section 2).
            "redirect_uri" => match Url::parse(identifier) {
                Ok(url) if url.has_host() && identifier.bytes().all(|b| b.is_ascii_graphic()) => {
                    Prefix::RedirectUri(url)
                }
                _ => return Err(ClientIdError::RedirectUri),
            },
            "verifier_attestation" => return Err(ClientIdError::VerifierAttestation),
            "x509_hash" => return Err(ClientIdError::X509Hash),
            "x509_san_dns" => return Err(ClientIdError::X509SanDns),
            _ => return Err(ClientIdError::Unknown),
        };
        Ok(Self { text, prefix })
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.text
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
