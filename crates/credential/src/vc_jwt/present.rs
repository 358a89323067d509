use did::Did;
use jiff::Timestamp;
use keys::jws;
use keys::{KeyError, NamedKey, PublicKey};
use serde_json::{Value, json};

use crate::data_model::DataModel;
use crate::error::VerificationError;
use crate::key_reference::KeyReference;
use crate::key_source::own_method;
use crate::presentation::Challenge;
use crate::registered::subject_key;
use crate::vc_jwt::credential::UnverifiedVcJwt;
use crate::vc_jwt::{ENVELOPE, ENVELOPED, MOST_CREDENTIALS, PRESENTATION_TYPE};

/// Presents Credentials that are all bound to this key.
///
/// The answer is a `vp+jwt` (VC-JOSE-COSE, section 3.1.2); or, if all Credentials came in the
/// VCDM 1.1 form, a JWT with a `vp` claim (VCDM 1.1, section 6.3.1).
///
/// # Errors
/// If there is no Credential, too many, one is malformed, or signing fails.
pub fn present<'k>(
    credentials: &[&str],
    holder: impl Into<NamedKey<'k>>,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<String, PresentError> {
    let holder = holder.into();
    if credentials.is_empty() || credentials.len() > MOST_CREDENTIALS {
        return Err(PresentError::Count);
    }
    let parsed = credentials
        .iter()
        .map(|credential| UnverifiedVcJwt::parse(credential))
        .collect::<Result<Vec<_>, _>>()?;
    let did = holder_did(&parsed, holder.public());
    let kid = own_method(&did).ok_or(PresentError::Signing)?.to_string();
    let all_v1 = parsed.iter().all(|one| one.model() == DataModel::V1);
    let (typ, mut payload) = if all_v1 {
        let presentation = json!({
            "@context": [DataModel::V1.context()],
            "type": ["VerifiablePresentation"],
            "holder": did,
            "verifiableCredential": credentials,
        });
        ("JWT", json!({ "vp": presentation }))
    } else {
        let enveloped: Vec<Value> = credentials.iter().map(|token| envelope(token)).collect();
        let presentation = json!({
            "@context": [DataModel::V2.context()],
            "type": ["VerifiablePresentation"],
            "holder": did,
            "verifiableCredential": enveloped,
        });
        (PRESENTATION_TYPE, presentation)
    };
    if let Value::Object(claims) = &mut payload {
        claims.insert("iss".to_owned(), json!(did));
        claims.insert("aud".to_owned(), challenge.audience.clone().into());
        claims.insert("nonce".to_owned(), challenge.nonce.clone().into());
        claims.insert("iat".to_owned(), now.as_second().into());
    }
    let header = KeyReference::KeyId(kid).header(holder.alg(), typ);
    Ok(jws::sign(
        &header,
        payload.to_string().as_bytes(),
        holder.key(),
    )?)
}

/// Why a Presentation was not made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PresentError {
    /// None, or too many Credentials.
    #[error("a presentation holds between 1 and 16 credentials")]
    Count,
    /// A Credential is malformed.
    #[error(transparent)]
    Credential(#[from] VerificationError),
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
}

impl From<KeyError> for PresentError {
    fn from(_: KeyError) -> Self {
        Self::Signing
    }
}

/// The Holder as the Credentials name it, or as did:jwk.
fn holder_did(credentials: &[UnverifiedVcJwt], holder: &PublicKey) -> Did {
    credentials
        .iter()
        .filter_map(UnverifiedVcJwt::unverified_subject)
        .filter(|subject| subject_key(subject).as_ref() == Some(holder))
        .find_map(|subject| Did::parse(subject).ok())
        .unwrap_or_else(|| did::jwk::did(holder))
}

fn envelope(token: &str) -> Value {
    json!({
        "@context": DataModel::V2.context(),
        "id": format!("{ENVELOPE}{token}"),
        "type": ENVELOPED,
    })
}
