use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Verifier metadata (OpenID4VP 1.0, sections 5.1 and 11.1). Other members are ignored.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct ClientMetadata {
    /// What the Verifier calls itself (RFC 7591, section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The formats that the Verifier reads, with their parameters (appendix B).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vp_formats_supported: Option<Map<String, Value>>,
}

/// Wallet metadata (OpenID4VP 1.0, section 10.1), as sent to a `request_uri` by POST.
///
/// The same for every wallet of this suite: it must not tell Holders apart.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WalletMetadata {
    /// The Client Identifier Prefixes that the wallet supports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_prefixes_supported: Option<Vec<String>>,
    /// The algorithms with which a Request Object may be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg_values_supported: Option<Vec<String>>,
    /// The Response Modes that the wallet supports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_modes_supported: Option<Vec<String>>,
    /// The Response Types that the wallet supports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_types_supported: Option<Vec<String>>,
    /// The formats that the wallet presents, with their parameters (appendix B).
    pub vp_formats_supported: Map<String, Value>,
}
