//! The anchor endpoint: what a restored wallet asks for (docs/profiles/net-certificate.md).

use http::{HeaderMap, Method};
use jiff::Timestamp;
use keys::base64url;
use netcert::{Anchor, AnchorBox};

use super::{AccessError, CredentialIssuer};
use crate::messages::AnchorResponse;
use crate::oauth::Spend;

/// A request for the anchor of an enrolment, from whom may ask.
#[derive(Debug)]
pub struct AnchorCall {
    /// The host's name for the enrolment. The host looks whether it was revoked.
    pub handle: String,
    /// Which claims the token holds. The host refuses older ones than it knows of.
    pub claims_version: u32,
    /// The DPoP proof. If it conflicts, the host answers [`AccessError::Replayed`].
    pub spends: Vec<Spend>,
}

impl AnchorCall {
    /// Answers with the anchor and its sealed opening, which only the 24 words open. For an
    /// enrolment without an anchor the host answers 404.
    pub fn response(anchor: &Anchor, sealed: Option<&AnchorBox>) -> AnchorResponse {
        AnchorResponse {
            anchor: base64url::encode(anchor.to_bytes()),
            anchor_box: sealed.map(|sealed| base64url::encode(sealed.to_bytes())),
        }
    }
}

impl CredentialIssuer {
    /// Judges a request for the anchor.
    ///
    /// # Errors
    /// An [`AnchorError`] if the request may not use the endpoint.
    pub fn anchor_call(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<AnchorCall, AnchorError> {
        let (grant, dpop) = self.access(headers, &Method::GET, &self.endpoints.anchor, now)?;
        Ok(AnchorCall {
            handle: grant.handle,
            claims_version: grant.claims_version,
            spends: vec![dpop],
        })
    }
}

/// Why no anchor is given out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnchorError {
    /// The request may not use the endpoint. The wallet must act.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The enrolment was revoked. The host decides this.
    #[error("the issuer does not issue to this enrolment any more")]
    Denied,
}
