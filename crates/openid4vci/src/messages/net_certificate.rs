//! What the net certificate adds to the messages (docs/profiles/net-certificate.md).

use netcert::{IssuanceProof, IssuanceProofError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// What the metadata of a credential configuration say of a net certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NetCertificateMetadata {
    /// The profile's version, with the revisions of its drafts.
    pub profile: String,
    /// Where the list of published epoch profiles is.
    pub epochs: Url,
}

/// The published epoch profiles of an Issuer: the same for everybody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EpochList {
    /// The epoch that has begun last.
    pub current: u64,
    /// Where the profiles are: the list's own address, a slash, and the number of the epoch.
    pub profiles: Vec<Url>,
}

/// A key proof of the type `net_anchor`, as it was written: the members of
/// [`netcert::IssuanceProofWire`], and `c_nonce`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NetAnchorProof(Map<String, Value>);

impl NetAnchorProof {
    /// Writes a proof down, with the `c_nonce` that it answers.
    pub fn new(proof: &IssuanceProof, c_nonce: &str) -> Self {
        let mut members = match serde_json::to_value(proof) {
            Ok(Value::Object(members)) => members,
            // Texts and a number in a struct are an object.
            _ => Map::new(),
        };
        members.insert(C_NONCE.to_owned(), c_nonce.into());
        Self(members)
    }

    /// Reads the proof and its `c_nonce`; `None` if one of them is not there, or something else
    /// is.
    ///
    /// # Errors
    /// [`IssuanceProofError`] names the member that holds something else.
    pub fn read(self) -> Result<Option<(IssuanceProof, String)>, IssuanceProofError> {
        let mut members = self.0;
        let Some(Value::String(c_nonce)) = members.remove(C_NONCE) else {
            return Ok(None);
        };
        match serde_json::from_value(Value::Object(members)) {
            Ok(wire) => Ok(Some((IssuanceProof::from_wire(&wire)?, c_nonce))),
            Err(_) => Ok(None),
        }
    }
}

/// What a restored wallet learns of its enrolment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AnchorResponse {
    /// The anchor (base64url).
    pub anchor: String,
    /// Its opening, as the wallet sealed it (base64url); none after a withdrawal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor_box: Option<String>,
}

const C_NONCE: &str = "c_nonce";
