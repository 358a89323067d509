use claim_path::ClaimPath;
use keys::{PublicKey, SigningKey};
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::data_model::{DataModel, Model};
use crate::error::IssuerFault;
use crate::key_reference::KeyReference;
use crate::sd_jwt;
use crate::sd_jwt::issue::Payload;
use crate::vc_jwt::check_mapped;
use crate::vc_sd_jwt::{CREDENTIAL_TYPE, PLAIN_MEMBERS};

/// A VCDM 2.0 Credential about to be issued as `vc+sd-jwt`.
pub struct Issuance<'a> {
    /// The whole Credential, with everything disclosed.
    pub credential: Map<String, Value>,
    /// Which of its members the Holder may withhold. Each path must lead somewhere.
    pub disclosable: &'a [ClaimPath],
    /// Every `_sd` array is filled up to this many digests with decoys (RFC 9901, section 4.2.5).
    pub pad_digests_to: usize,
    /// The key that the Credential is bound to (`cnf`).
    pub holder: Option<&'a PublicKey>,
    /// How Verifiers find the key.
    pub key_reference: &'a KeyReference,
}

impl Issuance<'_> {
    /// Checks the data model, makes salts, digests and Disclosures, and signs.
    ///
    /// # Errors
    /// If the Credential is not well-formed, what a Verifier must see is disclosable, a path leads
    /// nowhere, or signing fails.
    pub fn sign(
        self,
        key: &SigningKey,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<String, IssueError> {
        Model::read_to_issue(DataModel::V2, &self.credential).map_err(IssueError::Model)?;
        check_mapped(&self.credential).map_err(IssueError::Model)?;
        let header = self
            .key_reference
            .header(key.algorithm().name(), CREDENTIAL_TYPE);
        let payload = Payload {
            claims: self.credential,
            disclosable: self.disclosable,
            pad_digests_to: self.pad_digests_to,
            holder: self.holder,
            plain: &PLAIN_MEMBERS,
        };
        Ok(payload.sign(&header, key, rng)?)
    }
}

/// Why a Credential was not issued.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssueError {
    /// The data model is broken.
    #[error(transparent)]
    Model(IssuerFault),
    /// It cannot be made an SD-JWT.
    #[error(transparent)]
    SdJwt(#[from] sd_jwt::IssueError),
}
