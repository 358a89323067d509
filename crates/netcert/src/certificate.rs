use std::fmt;

use bbs::{
    BlindSigned, Lengths, NymSecrets, ProverBlind, Scalar, Signature, blind_sign_with_nym,
    verify_finalize_with_nym,
};
use keys::base64url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::document;
use crate::{
    Anchor, AnchorOpening, EpochKey, EpochProfile, HolderSecret, NYMS, Prepared, ProfileError,
    ProvenCommitment, SLOTS, SlotError, Slots, slot,
};

/// The lengths of the profile: they never come from what the other side sends.
pub(crate) const LENGTHS: Lengths = Lengths {
    messages: SLOTS,
    committed_messages: 0,
    nyms: NYMS,
};

/// Signs a certificate, blindly: the Issuer sees the slots, and no number.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    key: &EpochKey,
    profile: &EpochProfile,
    slots: &Slots,
    proven: &ProvenCommitment,
) -> Result<Value, IssueError> {
    if key.secret().public() != profile.key() {
        return Err(IssueError::Key);
    }
    if proven.profile_hash != profile.hash() {
        return Err(IssueError::Profile);
    }
    let signature = blind_sign_with_nym(
        key.secret(),
        &proven.commitment,
        LENGTHS,
        proven.anchor.entropy(),
        &profile.header(),
        &slots.messages(),
    )
    .map_err(|error| match error {
        bbs::Error::Commitment | bbs::Error::Count => IssueError::Commitment,
        other => IssueError::Bbs(other),
    })?;
    let proof_value = document::write_base(&profile.hash(), &signature.to_bytes());
    Ok(document::write(profile, slots.subject(), &proof_value))
}

/// Why a certificate is not signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssueError {
    /// A computation failed; no honest run does.
    #[error(transparent)]
    Bbs(bbs::Error),
    /// The commitment's own proof does not hold: the Wallet is at fault.
    #[error("the commitment is not proven")]
    Commitment,
    /// The key is not the profile's.
    #[error("the signing key is not the epoch profile's")]
    Key,
    /// The commitment was proven for another profile.
    #[error("the commitment was proven for another epoch profile")]
    Profile,
}

/// A certificate as it arrived from an Issuer.
#[derive(Clone)]
pub struct UnverifiedCertificate {
    document: Value,
    profile_hash: [u8; 32],
    signature: Signature,
    slots: Slots,
}

impl UnverifiedCertificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// [`CertificateError::Shape`], [`CertificateError::Signature`] or [`CertificateError::Slot`].
    pub fn parse(document: &Value) -> Result<Self, CertificateError> {
        let (subject, proof_value) = document::read(document).ok_or(CertificateError::Shape)?;
        let (profile_hash, signature) =
            document::read_base(proof_value).ok_or(CertificateError::Shape)?;
        Ok(Self {
            document: document.clone(),
            profile_hash,
            signature: Signature::from_bytes(&signature)
                .map_err(|_| CertificateError::Signature)?,
            slots: Slots::new(slot::read_subject(&subject)?)?,
        })
    }

    /// The hash of the profile that it claims to follow.
    #[must_use]
    pub fn profile_hash(&self) -> [u8; 32] {
        self.profile_hash
    }

    /// Checks everything, and removes the blinding (VerifyFinalizeWithNym).
    ///
    /// The profile is the one that the Wallet pinned; the entropy is computed from its own anchor.
    /// So a certificate that differs from everybody else's in more than slots and signature, or
    /// whose numbers would be others, is refused.
    ///
    /// # Errors
    /// [`CertificateError`]: the Issuer is at fault, or it is not this Wallet's certificate.
    pub fn finish(
        self,
        profile: &EpochProfile,
        secret: &HolderSecret,
        opening: &AnchorOpening,
        anchor: &Anchor,
        prepared: &Prepared,
    ) -> Result<Certificate, CertificateError> {
        let proof_value = document::write_base(&profile.hash(), &self.signature.to_bytes());
        if self.document != document::write(profile, self.slots.subject(), &proof_value) {
            return Err(CertificateError::Deviates);
        }
        let blind = Zeroizing::new(opening.scalar() + prepared.delta());
        let certificate = Certificate {
            profile: profile.clone(),
            slots: self.slots,
            signature: self.signature,
            blind: ProverBlind::new(*blind),
            anchor: *anchor,
            domain: secret.domain().to_owned(),
            generation: secret.generation(),
        };
        certificate.verify(secret)?;
        Ok(certificate)
    }
}

impl fmt::Debug for UnverifiedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedCertificate([REDACTED])")
    }
}

/// A Net Certificate that its Holder can show, for one epoch.
///
/// It holds the blinding; the secret scalars come from the seed whenever something is shown.
pub struct Certificate {
    pub(crate) profile: EpochProfile,
    pub(crate) slots: Slots,
    pub(crate) signature: Signature,
    pub(crate) blind: ProverBlind,
    pub(crate) anchor: Anchor,
    domain: String,
    generation: u32,
}

impl Certificate {
    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &EpochProfile {
        &self.profile
    }

    /// The slots with their values.
    #[must_use]
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// The anchor.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The uniqueness domain and the generation of the secret that it was issued to.
    #[must_use]
    pub fn secret_of(&self) -> (&str, u32) {
        (&self.domain, self.generation)
    }

    /// The subject with what could be shown: no false flag, nothing absent.
    #[must_use]
    pub fn disclosable(&self) -> Map<String, Value> {
        let mut subject = self.slots.subject();
        subject.retain(|_, value| *value != Value::Bool(false));
        subject
    }

    /// The form in which a vault keeps the certificate.
    #[must_use]
    pub fn to_record(&self) -> CertificateRecord {
        CertificateRecord {
            profile: String::from_utf8_lossy(self.profile.canonical()).into_owned(),
            subject: Value::Object(self.slots.subject()).to_string(),
            signature: base64url::encode(self.signature.to_bytes()),
            blind: base64url::encode(
                Zeroizing::new(self.blind.expose_secret().to_bytes()).as_slice(),
            ),
            anchor: base64url::encode(self.anchor.to_bytes()),
            domain: self.domain.clone(),
            generation: self.generation,
        }
    }

    /// Reads what a vault kept. The signature is not verified again.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_record(record: &CertificateRecord) -> Result<Self, CertificateError> {
        let subject: Map<String, Value> = serde_json::from_str(&record.subject)?;
        let signature =
            base64url::decode(&record.signature).map_err(|_| CertificateError::Shape)?;
        let blind = base64url::decode_array(&record.blind)
            .map(Zeroizing::new)
            .map_err(|_| CertificateError::Shape)?;
        let anchor = base64url::decode(&record.anchor).map_err(|_| CertificateError::Shape)?;
        Ok(Self {
            profile: EpochProfile::parse(record.profile.as_bytes())?,
            slots: Slots::new(slot::read_subject(&subject)?)?,
            signature: Signature::from_bytes(&signature)
                .map_err(|_| CertificateError::Signature)?,
            blind: ProverBlind::new(
                Scalar::from_bytes(&blind).map_err(|_| CertificateError::Shape)?,
            ),
            anchor: Anchor::from_bytes(&anchor).map_err(|_| CertificateError::Shape)?,
            domain: record.domain.clone(),
            generation: record.generation,
        })
    }

    /// Verifies the signature over all that this Wallet knows of.
    ///
    /// # Errors
    /// [`CertificateError::Secret`] or [`CertificateError::Signature`].
    pub fn verify(&self, secret: &HolderSecret) -> Result<(), CertificateError> {
        self.with_signed(secret, |signed, _| {
            verify_finalize_with_nym(signed, secret.nyms(), self.anchor.entropy())
        })?
        .map_err(|_| CertificateError::Signature)?;
        Ok(())
    }

    pub(crate) fn with_signed<T>(
        &self,
        secret: &HolderSecret,
        act: impl FnOnce(&BlindSigned<'_>, &NymSecrets) -> T,
    ) -> Result<T, CertificateError> {
        if self.secret_of() != (secret.domain(), secret.generation()) {
            return Err(CertificateError::Secret);
        }
        let header = self.profile.header();
        let messages = self.slots.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signed = BlindSigned {
            public: self.profile.key(),
            signature: &self.signature,
            header: &header,
            messages: &messages,
            committed_messages: &[],
            secret_prover_blind: &self.blind,
        };
        let nyms = NymSecrets::new(secret.nyms(), self.anchor.entropy());
        Ok(act(&signed, &nyms))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// A certificate as a vault keeps it. Whoever has it and the seed can show the certificate.
#[derive(Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct CertificateRecord {
    profile: String,
    subject: String,
    signature: String,
    blind: String,
    anchor: String,
    domain: String,
    generation: u32,
}

impl fmt::Debug for CertificateRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateRecord([REDACTED])")
    }
}

/// Why a certificate is not taken. No variant carries a value of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CertificateError {
    /// It differs from everybody else's in more than slots and signature: a mark.
    #[error("the certificate deviates from the issuer's published epoch profile")]
    Deviates,
    /// The kept profile is not usable.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// It was issued to the secret of another domain or generation.
    #[error("the certificate belongs to another secret")]
    Secret,
    /// It has not the shape of a Net Certificate.
    #[error("the certificate cannot be read")]
    Shape,
    /// The signature is not over these slots, this secret and this Wallet's own entropy.
    #[error("the certificate's signature does not verify")]
    Signature,
    /// A slot's value is not as the profile wants it.
    #[error(transparent)]
    Slot(#[from] SlotError),
}

impl From<serde_json::Error> for CertificateError {
    fn from(_: serde_json::Error) -> Self {
        Self::Shape
    }
}
