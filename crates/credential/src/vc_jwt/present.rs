use did::Did;
use jiff::Timestamp;
use keys::jws;
use keys::{KeyError, NamedKey, PublicKey};
use serde_json::{Map, Value, json};

use crate::data_model::DataModel;
use crate::envelope::{self, is_sd_jwt};
use crate::error::VerificationError;
use crate::key_reference::KeyReference;
use crate::key_source::own_method;
use crate::presentation::Challenge;
use crate::registered::subject_key;
use crate::sd_jwt::Held;
use crate::vc_jwt::credential::UnverifiedVcJwt;
use crate::vc_jwt::{MOST_CREDENTIALS, PRESENTATION_TYPE};

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
    let (mut payload, kid) = answer(credentials, holder.public(), challenge, now)?;
    let is_v1 =
        |token: &&str| UnverifiedVcJwt::parse(token).map(|one| one.model() == DataModel::V1);
    let v1 = credentials
        .iter()
        .filter(|token| !is_sd_jwt(token))
        .map(is_v1)
        .collect::<Result<Vec<_>, _>>()?;
    let all_v1 = v1.len() == credentials.len() && v1.iter().all(|one| *one);
    let typ = if all_v1 {
        // The claims of the answer stay where they are; what it presents moves.
        let mut presentation = Map::new();
        presentation.insert("@context".to_owned(), json!([DataModel::V1.context()]));
        presentation.insert("verifiableCredential".to_owned(), json!(credentials));
        for name in ["type", "holder"] {
            presentation.extend(payload.remove_entry(name));
        }
        payload.retain(|name, _| ANSWER.contains(&name.as_str()));
        payload.insert("vp".to_owned(), Value::Object(presentation));
        "JWT"
    } else {
        PRESENTATION_TYPE
    };
    let header = KeyReference::KeyId(kid).header(holder.alg(), typ);
    Ok(jws::sign(
        &header,
        Value::Object(payload).to_string().as_bytes(),
        holder.key(),
    )?)
}

/// What a Presentation of VCDM 2.0 says in answer to a challenge, and the Holder's verification
/// method.
pub(crate) fn answer(
    credentials: &[&str],
    holder: &PublicKey,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<(Map<String, Value>, String), PresentError> {
    if credentials.is_empty() || credentials.len() > MOST_CREDENTIALS {
        return Err(PresentError::Count);
    }
    let did = holder_did(credentials, holder)?;
    let method = own_method(&did).ok_or(PresentError::Signing)?.to_string();
    let enveloped: Vec<Value> = credentials
        .iter()
        .map(|token| envelope::seal(token))
        .collect();
    let mut claims = Map::new();
    let mut insert = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    insert("@context", json!([DataModel::V2.context()]));
    insert("type", json!(["VerifiablePresentation"]));
    insert("holder", json!(did));
    insert("verifiableCredential", enveloped.into());
    insert("iss", json!(did));
    insert("aud", challenge.audience.clone().into());
    insert("nonce", challenge.nonce.clone().into());
    insert("iat", now.as_second().into());
    Ok((claims, method))
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
fn holder_did(credentials: &[&str], holder: &PublicKey) -> Result<Did, PresentError> {
    for token in credentials {
        let subject = match is_sd_jwt(token) {
            true => {
                let claims = Held::parse(token)?;
                let subject = claims.claims().get("credentialSubject");
                let id = subject.and_then(|subject| subject.get("id"));
                id.and_then(Value::as_str).map(str::to_owned)
            }
            false => UnverifiedVcJwt::parse(token)?
                .unverified_subject()
                .map(str::to_owned),
        };
        let subject = subject.filter(|subject| subject_key(subject).as_ref() == Some(holder));
        if let Some(did) = subject.and_then(|subject| Did::parse(&subject).ok()) {
            return Ok(did);
        }
    }
    Ok(did::jwk::did(holder))
}

/// The members of the answer itself.
const ANSWER: [&str; 4] = ["aud", "iat", "iss", "nonce"];
