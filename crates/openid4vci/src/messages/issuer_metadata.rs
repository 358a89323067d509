//! Credential Issuer Metadata (OpenID4VCI 1.0, section 12.2.4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{ClaimDescription, NetCertificateMetadata};

/// What a Credential Issuer says of itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CredentialIssuerMetadata {
    /// The Credential Issuer Identifier: compared as a string, never normalized.
    pub credential_issuer: String,
    /// The Authorization Servers; absent when the Issuer is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_servers: Option<Vec<String>>,
    /// The Credential Endpoint.
    pub credential_endpoint: Url,
    /// The Nonce Endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce_endpoint: Option<Url>,
    /// The Deferred Credential Endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<Url>,
    /// The Notification Endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<Url>,
    /// Encryption of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<CredentialRequestEncryption>,
    /// Encryption of responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<CredentialResponseEncryption>,
    /// How many proofs one request may carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchCredentialIssuance>,
    /// Names of the Issuer, one for each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Vec<IssuerDisplay>>,
    /// What can be issued, by `credential_configuration_id`.
    pub credential_configurations_supported: BTreeMap<String, CredentialConfiguration>,
}

/// Encryption of requests (section 12.2.4).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CredentialRequestEncryption {
    /// The Issuer's encryption keys.
    pub jwks: JwkSet,
    /// Content encryption algorithms.
    pub enc_values_supported: Vec<String>,
    /// Compression algorithms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_values_supported: Option<Vec<String>>,
    /// Whether a plain request is refused.
    pub encryption_required: bool,
}

/// A JSON Web Key Set (RFC 7517, section 5), kept as written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Map<String, Value>>,
}

/// Encryption of responses (section 12.2.4).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CredentialResponseEncryption {
    /// Key agreement algorithms.
    pub alg_values_supported: Vec<String>,
    /// Content encryption algorithms.
    pub enc_values_supported: Vec<String>,
    /// Compression algorithms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_values_supported: Option<Vec<String>>,
    /// Whether responses are always encrypted.
    pub encryption_required: bool,
}

/// How many proofs one request may carry (section 12.2.4).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BatchCredentialIssuance {
    /// The largest number of proofs, 2 or more.
    pub batch_size: u32,
}

/// The Issuer's name in one language.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct IssuerDisplay {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language tag (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A picture. The wallet does not fetch it: that would tell the Issuer who looks when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Image>,
}

/// A picture by its URI.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Image {
    /// Where it is.
    pub uri: String,
    /// What it shows, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

/// One kind of Credential that can be issued (section 12.2.4 and appendix A).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct CredentialConfiguration {
    /// The Credential Format Identifier.
    pub format: String,
    /// The type, for `dc+sd-jwt` (appendix A.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vct: Option<String>,
    /// The types, for the W3C formats (appendix A.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_definition: Option<CredentialDefinition>,
    /// The type, for `mso_mdoc` (appendix A.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doctype: Option<String>,
    /// The OAuth scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// How the Issuer signs: names for JOSE, numbers for COSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_signing_alg_values_supported: Option<Vec<Value>>,
    /// How the Holder's key is named: `jwk`, `cose_key`, `did:key`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cryptographic_binding_methods_supported: Option<Vec<String>>,
    /// How the Holder's key is proven, by proof type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_types_supported: Option<BTreeMap<String, ProofType>>,
    /// What the Holder is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
    /// Profile and epochs, for `net_certificate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_certificate: Option<NetCertificateMetadata>,
}

/// The types of a W3C Credential (appendix A.1).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CredentialDefinition {
    /// JSON-LD contexts, for `ldp_vc` alone.
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    pub context: Option<Vec<Value>>,
    /// The types.
    #[serde(rename = "type")]
    pub types: Vec<String>,
}

/// What a proof type asks for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ProofType {
    /// Signature algorithms.
    pub proof_signing_alg_values_supported: Vec<Value>,
    /// Asked-for attestations of the key storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_attestations_required: Option<Map<String, Value>>,
}

/// What the Holder is shown of a Credential.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CredentialMetadata {
    /// Names, one for each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Vec<CredentialDisplay>>,
    /// The claims, in the order in which they are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimDescription>>,
}

/// How a Credential looks in one language.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CredentialDisplay {
    /// The name.
    pub name: String,
    /// The language tag (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Image>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A CSS color.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
    /// A picture behind the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_image: Option<Image>,
    /// A CSS color.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_color: Option<String>,
}
