use serde::{Deserialize, Serialize};

/// What the Verifier answers to a Response that it accepted (OpenID4VP 1.0, section 8.2).
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct DirectPostReply {
    /// Where the Holder goes on, on the device of the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
}
