//! Secured Credentials and Presentations in `data:` URLs (VCDM 2.0, sections 4.13 and 4.14).

use serde_json::{Map, Value, json};

use crate::data_model::{DataModel, check_context, types};
use crate::error::PeerFault;

/// What an envelope holds, by its media type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Enveloped<'a> {
    /// `application/vc+jwt`.
    VcJwt(&'a str),
    /// `application/vc+sd-jwt`.
    VcSdJwt(&'a str),
    /// `application/vp+jwt`.
    VpJwt(&'a str),
    /// `application/vp+sd-jwt`.
    VpSdJwt(&'a str),
}

impl<'a> Enveloped<'a> {
    /// Opens an EnvelopedVerifiableCredential or EnvelopedVerifiablePresentation.
    ///
    /// # Errors
    /// [`PeerFault::Format`] if it is neither, or holds what is secured in another way.
    pub fn open(envelope: &'a Map<String, Value>) -> Result<Self, PeerFault> {
        check_context(DataModel::V2, envelope).map_err(|_| PeerFault::Format)?;
        let is = |name| types(envelope, name).is_ok();
        let id = envelope.get("id").and_then(Value::as_str);
        let url = id.and_then(|id| id.strip_prefix("data:application/"));
        let (kind, text) = url
            .and_then(|url| url.split_once(','))
            .ok_or(PeerFault::Format)?;
        match (kind, is(CREDENTIAL), is(PRESENTATION)) {
            ("vc+jwt", true, false) => Ok(Self::VcJwt(text)),
            ("vc+sd-jwt", true, false) => Ok(Self::VcSdJwt(text)),
            ("vp+jwt", false, true) => Ok(Self::VpJwt(text)),
            ("vp+sd-jwt", false, true) => Ok(Self::VpSdJwt(text)),
            _ => Err(PeerFault::Format),
        }
    }
}

/// Whether an object says that it is an envelope of a Credential.
pub(crate) fn is_of_credential(object: &Map<String, Value>) -> bool {
    types(object, CREDENTIAL).is_ok()
}

/// Whether a token is an SD-JWT: no other token has a tilde.
pub(crate) fn is_sd_jwt(token: &str) -> bool {
    token.contains('~')
}

/// Puts a `vc+jwt` or `vc+sd-jwt` into an envelope.
pub(crate) fn seal(token: &str) -> Value {
    let kind = match is_sd_jwt(token) {
        true => "vc+sd-jwt",
        false => "vc+jwt",
    };
    json!({
        "@context": DataModel::V2.context(),
        "id": format!("data:application/{kind},{token}"),
        "type": CREDENTIAL,
    })
}

const CREDENTIAL: &str = "EnvelopedVerifiableCredential";
const PRESENTATION: &str = "EnvelopedVerifiablePresentation";
