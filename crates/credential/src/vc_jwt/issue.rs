use keys::jws;
use keys::{KeyError, PublicKey, SigningKey};
use serde_json::{Map, Value, json};

use crate::data_model::{DataModel, Model};
use crate::error::IssuerFault;
use crate::key_reference::KeyReference;
use crate::registered::subject_key;
use crate::status::StatusReference;
use crate::vc_jwt::CREDENTIAL_TYPE;
use crate::vc_jwt::credential::check_mapped;

/// A VCDM 2.0 Credential about to be issued as `vc+jwt`.
pub struct Issuance<'a> {
    /// The whole Credential: `@context`, `type`, `issuer`, `validFrom`, `credentialSubject`, …
    pub credential: Map<String, Value>,
    /// The Holder's key. It becomes `credentialSubject.id` as did:jwk, unless the identifier there
    /// stands for that key already.
    pub holder: Option<&'a PublicKey>,
    /// Where the status is published, if in a Status List Token (the claim `status`). Entries of
    /// Bitstring Status Lists stand in the Credential.
    pub status: Option<&'a StatusReference>,
    /// How Verifiers find the key.
    pub key_reference: &'a KeyReference,
}

impl Issuance<'_> {
    /// Checks the data model and signs.
    ///
    /// # Errors
    /// If the Credential is not well-formed, names another Holder, or signing fails.
    pub fn sign(self, key: &SigningKey) -> Result<String, IssueError> {
        let mut credential = self.credential;
        if let Some(holder) = self.holder {
            name_holder(&mut credential, holder)?;
        }
        if let Some(StatusReference { uri, index }) = self.status {
            let status = json!({ "status_list": { "idx": index, "uri": uri } });
            credential.insert("status".to_owned(), status);
        }
        Model::read_to_issue(DataModel::V2, &credential).map_err(IssueError::Model)?;
        check_mapped(&credential).map_err(IssueError::Model)?;
        let header = self
            .key_reference
            .header(key.algorithm().name(), CREDENTIAL_TYPE);
        let payload = serde_json::to_vec(&credential).map_err(|_| IssueError::Signing)?;
        Ok(jws::sign(&header, &payload, key)?)
    }
}

/// Why a Credential was not issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssueError {
    /// There are several subjects, or the one there is names another key.
    #[error("the credential subject is not the holder")]
    Holder,
    /// The data model is broken.
    #[error(transparent)]
    Model(IssuerFault),
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
}

impl From<KeyError> for IssueError {
    fn from(_: KeyError) -> Self {
        Self::Signing
    }
}

fn name_holder(credential: &mut Map<String, Value>, holder: &PublicKey) -> Result<(), IssueError> {
    let Some(Value::Object(subject)) = credential.get_mut("credentialSubject") else {
        return Err(IssueError::Holder);
    };
    match subject.get("id") {
        None => {
            let id = did::jwk::did(holder).to_string();
            subject.insert("id".to_owned(), id.into());
            Ok(())
        }
        Some(Value::String(id)) if subject_key(id).as_ref() == Some(holder) => Ok(()),
        Some(_) => Err(IssueError::Holder),
    }
}
