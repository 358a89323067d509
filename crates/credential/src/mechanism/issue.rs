use did::DidUrl;
use jiff::Timestamp;
use keys::{KeyError, SigningKey, jws};
use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::data_integrity::selective::{issue_bbs, issue_ecdsa_sd};
use crate::data_integrity::{self, Leniency, ProofFault, ProofOptions, Purpose, SecureError};
use crate::data_model::{self, DataModel, several};
use crate::error::IssuerFault;
use crate::key_reference::KeyReference;
use crate::mechanism::disclose::disclosable;
use crate::mechanism::presentation::{self, HELD, check_presentation};
use crate::mechanism::{Mechanism, MechanismKey};
use crate::{vc_jwt, vc_sd_jwt};

/// What a Credential's proof says besides its signature.
#[derive(Clone, Copy, Debug)]
pub struct IssueOptions<'a> {
    /// The key's name, in the DID document of the Issuer.
    pub verification_method: &'a DidUrl,
    /// When. Tokens do not say it.
    pub created: Option<Timestamp>,
    /// JSON pointers to what every derived Credential discloses, beside its status; with SD-JWT,
    /// beside all that is not a member of the subject. Of no use to mechanisms that do not derive.
    pub mandatory: &'a [String],
}

/// What a Presentation's proof says besides its signature.
#[derive(Clone, Copy, Debug)]
pub struct PresentOptions<'a> {
    /// The key's name, in the DID document of the Holder.
    pub verification_method: &'a DidUrl,
    /// When.
    pub created: Option<Timestamp>,
    /// The challenge of a Verifier: `challenge`, or `nonce` of a token.
    pub challenge: Option<&'a str>,
    /// The Verifier: `domain`, or `aud` of a token.
    pub domain: Option<&'a str>,
}

impl Mechanism {
    /// Issues a Credential: checks its data model and secures it.
    ///
    /// Where a proof goes into a document whose contexts do not say what a proof is, a context that
    /// does is appended (VC Data Integrity 1.0, section 2.4.1).
    ///
    /// # Errors
    /// [`MechanismError`].
    pub fn issue(
        self,
        credential: Map<String, Value>,
        key: &MechanismKey,
        options: &IssueOptions<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Secured, MechanismError> {
        self.issue_with(credential, key, options, Leniency::None, rng)
    }

    /// As [`Self::issue`], with what test suites need.
    ///
    /// # Errors
    /// As [`Self::issue`].
    pub fn issue_with(
        self,
        mut credential: Map<String, Value>,
        key: &MechanismKey,
        options: &IssueOptions<'_>,
        leniency: Leniency,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Secured, MechanismError> {
        self.check_key(key)?;
        check_issuer(&credential, options)?;
        let method = options.verification_method;
        if !options.mandatory.is_empty() && !self.derives() {
            return Err(MechanismError::Pointers);
        }
        let Some(suite) = self.suite() else {
            let reference = KeyReference::KeyId(method.to_string());
            if self.is_sd_jwt() {
                let disclosable = disclosable(&credential, options.mandatory)?;
                let issuance = vc_sd_jwt::Issuance {
                    credential,
                    disclosable: &disclosable,
                    pad_digests_to: 0,
                    holder: None,
                    key_reference: &reference,
                };
                let text = issuance.sign(signing(key)?, rng)?;
                return Ok(Secured::Token {
                    envelope: ENVELOPED_CREDENTIAL,
                    media_type: "application/vc+sd-jwt",
                    text,
                });
            }
            let issuance = vc_jwt::Issuance {
                credential,
                holder: None,
                status: None,
                key_reference: &reference,
            };
            return Ok(Secured::credential(issuance.sign(signing(key)?)?));
        };
        define_proofs(&mut credential);
        let proof = ProofOptions {
            created: options.created,
            leniency,
            ..ProofOptions::assertion(suite, method, Timestamp::UNIX_EPOCH)
        };
        Ok(Secured::Object(match (self, key) {
            (Self::Bbs2023, MechanismKey::Bbs(key)) => {
                issue_bbs(credential, &proof, options.mandatory, key, rng)?
            }
            (Self::EcdsaSd2023, MechanismKey::Signing(key)) => {
                issue_ecdsa_sd(credential, &proof, options.mandatory, key, rng)?
            }
            (_, key) => data_integrity::issue(credential, &proof, signing(key)?)?,
        }))
    }

    /// Secures a Presentation, for its Holder.
    ///
    /// The Credentials in it are not looked into; in a token they are enveloped, or without any proof
    /// (VC-JOSE-COSE, section 3.1.2).
    ///
    /// # Errors
    /// [`MechanismError`].
    pub fn present(
        self,
        presentation: Map<String, Value>,
        key: &MechanismKey,
        options: &PresentOptions<'_>,
    ) -> Result<Secured, MechanismError> {
        if !self.presents() {
            return Err(MechanismError::Unsupported);
        }
        self.check_key(key)?;
        let key = signing(key)?;
        let method = options.verification_method;
        check_presentation(&presentation).map_err(MechanismError::Model)?;
        let holder = presentation::holder(&presentation).map_err(MechanismError::Model)?;
        if holder.is_some_and(|holder| holder != method.did().as_str()) {
            return Err(ProofFault::Controller.into());
        }
        let Some(suite) = self.suite() else {
            if has_proofs(&presentation) {
                return Err(MechanismError::Model(IssuerFault::Claim(HELD)));
            }
            return Ok(Secured::presentation(sign(presentation, key, options)?));
        };
        let proof = ProofOptions {
            purpose: Purpose::Authentication,
            created: options.created,
            challenge: options.challenge,
            domain: options.domain,
            ..ProofOptions::assertion(suite, method, Timestamp::UNIX_EPOCH)
        };
        Ok(Secured::Object(data_integrity::secure(
            presentation,
            &proof,
            key,
        )?))
    }

    fn check_key(self, key: &MechanismKey) -> Result<(), MechanismError> {
        if !self.issues() {
            return Err(MechanismError::Unsupported);
        }
        if key.kind() != self.key_kind() {
            return Err(MechanismError::Key);
        }
        Ok(())
    }
}

/// Something secured: an object with a proof in it, or a token around it.
#[derive(Clone, Debug)]
pub enum Secured {
    /// With an embedded proof.
    Object(Map<String, Value>),
    /// Enveloped.
    Token {
        /// `EnvelopedVerifiableCredential` or `EnvelopedVerifiablePresentation`.
        envelope: &'static str,
        /// What the token is.
        media_type: &'static str,
        /// The token.
        text: String,
    },
}

impl Secured {
    fn credential(text: String) -> Self {
        Self::Token {
            envelope: ENVELOPED_CREDENTIAL,
            media_type: CREDENTIAL_TOKEN,
            text,
        }
    }

    fn presentation(text: String) -> Self {
        Self::Token {
            envelope: ENVELOPED_PRESENTATION,
            media_type: PRESENTATION_TOKEN,
            text,
        }
    }

    /// As an object: a token becomes an envelope with a `data:` URL (VCDM 2.0, section 4.13).
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Object(members) => Value::Object(members),
            Self::Token {
                envelope,
                media_type,
                text,
            } => json!({
                "@context": [DataModel::V2.context()],
                "id": format!("data:{media_type},{text}"),
                "type": envelope,
            }),
        }
    }

    /// As text: JSON, or the token itself.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Self::Object(members) => Value::Object(members).to_string(),
            Self::Token { text, .. } => text,
        }
    }
}

/// Why nothing was issued, derived or presented.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MechanismError {
    /// The key is of another kind than the mechanism takes.
    #[error("the mechanism takes another kind of key")]
    Key,
    /// The data model is broken.
    #[error(transparent)]
    Model(IssuerFault),
    /// Pointers to mandatory parts were given to a mechanism that signs all or nothing.
    #[error("the mechanism does not disclose selectively")]
    Pointers,
    /// The document or the options do not suit.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// The signature could not be made.
    #[error("signing failed")]
    Signing,
    /// The mechanism cannot do this.
    #[error("the mechanism does not support this")]
    Unsupported,
}

impl From<KeyError> for MechanismError {
    fn from(_: KeyError) -> Self {
        Self::Signing
    }
}

impl From<SecureError> for MechanismError {
    fn from(error: SecureError) -> Self {
        match error {
            SecureError::Model(fault) => Self::Model(fault),
            SecureError::Proof(fault) => Self::Proof(fault),
            SecureError::Signing => Self::Signing,
        }
    }
}

impl From<vc_sd_jwt::IssueError> for MechanismError {
    fn from(error: vc_sd_jwt::IssueError) -> Self {
        match error {
            vc_sd_jwt::IssueError::Model(fault) => Self::Model(fault),
            // A member with a name that SD-JWT keeps for itself.
            vc_sd_jwt::IssueError::SdJwt(_) => Self::Model(IssuerFault::Claim("credentialSubject")),
        }
    }
}

impl From<vc_jwt::IssueError> for MechanismError {
    fn from(error: vc_jwt::IssueError) -> Self {
        match error {
            vc_jwt::IssueError::Holder => Self::Model(IssuerFault::Claim("credentialSubject")),
            vc_jwt::IssueError::Model(fault) => Self::Model(fault),
            vc_jwt::IssueError::Signing => Self::Signing,
        }
    }
}

/// What verification would refuse is not issued.
fn check_issuer(
    credential: &Map<String, Value>,
    options: &IssueOptions<'_>,
) -> Result<(), MechanismError> {
    if DataModel::of(credential) == DataModel::V1 && !credential.contains_key("issuanceDate") {
        return Err(MechanismError::Model(IssuerFault::Missing("issuanceDate")));
    }
    let fault = match credential.contains_key("issuer") {
        true => IssuerFault::Claim("issuer"),
        false => IssuerFault::Missing("issuer"),
    };
    let issuer = data_model::issuer(credential).ok_or(MechanismError::Model(fault))?;
    if issuer == options.verification_method.did().as_str() {
        Ok(())
    } else {
        Err(ProofFault::Controller.into())
    }
}

/// Appends the context that says what a proof is, unless there is one that does.
fn define_proofs(credential: &mut Map<String, Value>) {
    let Some(context) = credential.get_mut("@context") else {
        return;
    };
    let contexts = several(Some(context));
    let mut names = contexts.iter().filter_map(Value::as_str);
    if !names.any(|name| name == DataModel::V2.context() || PROOF_CONTEXTS.contains(&name)) {
        *context = [contexts, &[PROOF_CONTEXTS[0].into()]].concat().into();
    }
}

/// Whether Credentials in the Presentation have proofs of their own.
fn has_proofs(presentation: &Map<String, Value>) -> bool {
    let mut held = several(presentation.get(HELD)).iter();
    held.any(|one| one.get("proof").is_some())
}

/// A `vp+jwt` (VC-JOSE-COSE, section 3.1.2).
fn sign(
    mut presentation: Map<String, Value>,
    key: &SigningKey,
    options: &PresentOptions<'_>,
) -> Result<String, MechanismError> {
    let method = options.verification_method;
    presentation.insert("iss".to_owned(), method.did().as_str().into());
    for (claim, value) in [("nonce", options.challenge), ("aud", options.domain)] {
        if let Some(value) = value {
            presentation.insert(claim.to_owned(), value.into());
        }
    }
    if let Some(created) = options.created {
        presentation.insert("iat".to_owned(), created.as_second().into());
    }
    let header = KeyReference::KeyId(method.to_string());
    let header = header.header(key.algorithm().name(), vc_jwt::PRESENTATION_TYPE);
    let payload = Value::Object(presentation).to_string();
    Ok(jws::sign(&header, payload.as_bytes(), key)?)
}

fn signing(key: &MechanismKey) -> Result<&SigningKey, MechanismError> {
    match key {
        MechanismKey::Bbs(_) => Err(MechanismError::Key),
        MechanismKey::Signing(key) => Ok(key),
    }
}

/// The type of a Credential in a token.
pub(super) const ENVELOPED_CREDENTIAL: &str = "EnvelopedVerifiableCredential";
/// The type of a Presentation in a token.
pub(super) const ENVELOPED_PRESENTATION: &str = "EnvelopedVerifiablePresentation";
/// The media type of a Credential in a JWT (VC-JOSE-COSE, section 6.1.1).
pub(super) const CREDENTIAL_TOKEN: &str = "application/vc+jwt";
/// The media type of a Presentation in a JWT.
pub(super) const PRESENTATION_TOKEN: &str = "application/vp+jwt";
/// What says what a proof is, beside the newer data model; the first is the newest.
const PROOF_CONTEXTS: [&str; 2] = [
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/security/data-integrity/v1",
];
