use did::DidUrl;
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::data_integrity::credential::object;
use crate::data_integrity::issue::{ProofOptions, SecureError, secure};
use crate::data_integrity::presentation::{MOST_CREDENTIALS, PRESENTATION};
use crate::data_integrity::proof::Purpose;
use crate::data_integrity::suite::Cryptosuite;
use crate::data_model::DataModel;
use crate::error::VerificationError;
use crate::key_source::own_method;
use crate::presentation::Challenge;
use crate::registered::subject_key;

/// Presents Credentials that are all bound to this key, by its did:key or did:jwk.
///
/// The proof is `eddsa-rdfc-2022` or `ecdsa-rdfc-2019`: `ldp_vc` of OpenID4VP knows suites that
/// canonicalize statements only.
///
/// # Errors
/// If there is no Credential, too many, one is malformed or somebody else's, or signing fails.
pub fn present(
    credentials: &[&str],
    holder: &SigningKey,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<String, PresentError> {
    if credentials.is_empty() || credentials.len() > MOST_CREDENTIALS {
        return Err(PresentError::Count);
    }
    let credentials: Vec<Map<String, Value>> = credentials
        .iter()
        .map(|text| object(text).map_err(VerificationError::from))
        .collect::<Result<_, _>>()?;
    let first = credentials.first().ok_or(PresentError::Count)?;
    let subject = first
        .get("credentialSubject")
        .and_then(|subject| subject.get("id"))
        .and_then(Value::as_str)
        .filter(|subject| subject_key(subject).as_ref() == Some(holder.public()))
        .ok_or(PresentError::Holder)?;
    let method = did::Did::parse(subject)
        .ok()
        .and_then(|did| own_method(&did))
        .ok_or(PresentError::Holder)?;
    let context = DataModel::of(first).context();
    let mut presentation = Map::new();
    presentation.insert("@context".to_owned(), presentation_contexts(context));
    presentation.insert("type".to_owned(), json!([PRESENTATION]));
    presentation.insert("holder".to_owned(), subject.into());
    presentation.insert("verifiableCredential".to_owned(), json!(credentials));
    let options = proof_options(holder.algorithm(), &method, challenge, now);
    Ok(Value::Object(secure(presentation, &options, holder)?).to_string())
}

fn proof_options<'a>(
    algorithm: Algorithm,
    method: &'a DidUrl,
    challenge: &'a Challenge,
    now: Timestamp,
) -> ProofOptions<'a> {
    let suite = Cryptosuite::over_statements(algorithm);
    ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some(&challenge.nonce),
        domain: Some(&challenge.audience),
        ..ProofOptions::assertion(suite, method, now)
    }
}

/// The context of VCDM 1.1 does not define Data Integrity proofs.
fn presentation_contexts(model: &str) -> Value {
    if model == DataModel::V1.context() {
        json!([model, "https://w3id.org/security/data-integrity/v2"])
    } else {
        json!([model])
    }
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
    /// The first Credential is bound to no key, or another one.
    #[error("the credential is not bound to this key")]
    Holder,
    /// The Presentation could not be secured.
    #[error(transparent)]
    Secure(#[from] SecureError),
}
