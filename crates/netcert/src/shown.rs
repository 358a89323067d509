use bbs::Proof;
use jiff::Timestamp;
use serde_json::Value;

use crate::cbor::{NotDeterministic, Reader, TextOrFlag, Writer};
use crate::certificate::LENGTHS;
use crate::{
    EpochProfile, NYMS, PresentationHeader, Pseudonym, PseudonymContext, SLOTS, ShownSlots, Slot,
    SlotError, SlotValue, document, slot,
};

/// A presentation: what a Holder shows, or what arrived and is not verified.
///
/// It has two forms of the same content: a derived W3C credential, and CBOR for QR codes.
#[derive(Clone, Debug)]
pub struct Shown {
    profile_hash: [u8; 32],
    slots: ShownSlots,
    pseudonym: Option<Pseudonym>,
    proof: Vec<u8>,
    /// As it arrived, to be compared with what the profile makes of it.
    document: Option<Value>,
}

impl Shown {
    /// The greatest length of the CBOR form of a default disclosure (a true age flag and a
    /// pseudonym), so that it fits a QR code.
    pub const QR_BYTES: usize = 1528;

    /// What a Holder has just made.
    pub(crate) fn new(
        profile: &EpochProfile,
        slots: ShownSlots,
        pseudonym: Option<Pseudonym>,
        proof: &Proof,
    ) -> Self {
        Self {
            profile_hash: profile.hash(),
            slots,
            pseudonym,
            proof: proof.to_bytes(),
            document: None,
        }
    }

    /// Reads the W3C form.
    ///
    /// # Errors
    /// [`ShownError::Shape`] or [`ShownError::Slot`].
    pub fn from_json(document: &Value) -> Result<Self, ShownError> {
        let (subject, proof_value) = document::read(document).ok_or(ShownError::Shape)?;
        let derived = document::read_derived(proof_value).ok_or(ShownError::Shape)?;
        let mut slots = ShownSlots::default();
        for (slot, value) in slot::read_subject(&subject)? {
            slots.insert(slot, value)?;
        }
        Ok(Self {
            profile_hash: derived.profile_hash,
            slots,
            pseudonym: derived
                .pseudonym
                .map(|bytes| bytes.try_into().map_err(|_| ShownError::Shape))
                .transpose()?
                .map(Pseudonym::from_array),
            proof: derived.proof,
            document: Some(document.clone()),
        })
    }

    /// Writes the W3C form.
    ///
    /// # Errors
    /// [`ShownError::Profile`] if it is not of this profile.
    pub fn to_json(&self, profile: &EpochProfile) -> Result<Value, ShownError> {
        if profile.hash() != self.profile_hash {
            return Err(ShownError::Profile);
        }
        let pseudonym = self.pseudonym.as_ref().map(Pseudonym::as_bytes);
        let proof_value = document::write_derived(
            &self.profile_hash,
            pseudonym.map(<[u8; 48]>::as_slice),
            &self.proof,
        );
        Ok(document::write(profile, self.slots.subject(), &proof_value))
    }

    /// Reads the CBOR form: deterministic, or not at all.
    ///
    /// # Errors
    /// [`ShownError::Shape`] or [`ShownError::Slot`].
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, ShownError> {
        if bytes.len() > LONGEST_CBOR {
            return Err(ShownError::Shape);
        }
        let mut reader = Reader::new(bytes);
        reader.array(5)?;
        if reader.number()? != CBOR_VERSION as u64 {
            return Err(ShownError::Shape);
        }
        let profile_hash = reader.bytes()?.try_into().map_err(|_| ShownError::Shape)?;
        let mut slots = ShownSlots::default();
        let mut next = 0;
        for _ in 0..reader.map()? {
            let key = reader.number()?;
            let index = usize::try_from(key).map_err(|_| ShownError::Shape)?;
            let slot = Slot::at(index).ok_or(ShownError::Shape)?;
            if index < next {
                return Err(ShownError::Shape);
            }
            next = index + 1;
            let value = match reader.text_or_flag()? {
                TextOrFlag::Flag(flag) => SlotValue::Flag(flag),
                TextOrFlag::Text(text) => SlotValue::Text(text.to_owned()),
            };
            slots.insert(slot, value)?;
        }
        let pseudonym = reader
            .optional_bytes()?
            .map(|bytes| bytes.try_into().map_err(|_| ShownError::Shape))
            .transpose()?
            .map(Pseudonym::from_array);
        let proof = reader.bytes()?.to_vec();
        reader.finish()?;
        Ok(Self {
            profile_hash,
            slots,
            pseudonym,
            proof,
            document: None,
        })
    }

    /// Writes the CBOR form: `[1, profile hash, {slot: value}, pseudonym or null, proof]`.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer
            .array(5)
            .number(CBOR_VERSION)
            .bytes(&self.profile_hash)
            .map(self.slots.len());
        for (slot, value) in self.slots.iter() {
            writer.number(slot.index());
            match value {
                SlotValue::Absent => writer.null(),
                SlotValue::Flag(flag) => writer.flag(*flag),
                SlotValue::Text(text) => writer.string(text),
            };
        }
        match &self.pseudonym {
            Some(pseudonym) => writer.bytes(pseudonym.as_bytes()),
            None => writer.null(),
        };
        writer.bytes(&self.proof);
        writer.finish()
    }

    /// The hash of the profile that it claims to follow: the Verifier looks it up among those
    /// that it fetched on schedule, and never fetches one because of it.
    #[must_use]
    pub fn profile_hash(&self) -> [u8; 32] {
        self.profile_hash
    }

    /// What it claims to show, not verified: for showing to its own Holder.
    #[must_use]
    pub fn unverified_slots(&self) -> &ShownSlots {
        &self.slots
    }

    /// The pseudonym that it claims to have, not verified.
    #[must_use]
    pub fn unverified_pseudonym(&self) -> Option<&Pseudonym> {
        self.pseudonym.as_ref()
    }

    /// Verifies the presentation (ProofVerifyWithNym), against the Verifier's own profile, context
    /// and header.
    ///
    /// # Errors
    /// [`ShownError`].
    pub fn verify(
        &self,
        profile: &EpochProfile,
        context: Option<&PseudonymContext>,
        header: &PresentationHeader<'_>,
        now: Timestamp,
    ) -> Result<VerifiedShowing, ShownError> {
        let expected = self.to_json(profile)?;
        if self
            .document
            .as_ref()
            .is_some_and(|arrived| *arrived != expected)
        {
            return Err(ShownError::Deviates);
        }
        if now < profile.valid_from() {
            return Err(ShownError::NotYetValid);
        }
        if profile.valid_until() < now {
            return Err(ShownError::Expired);
        }
        if self.proof.len() != proof_length(self.slots.len()) {
            return Err(ShownError::Lengths);
        }
        let proof = Proof::from_bytes(&self.proof).map_err(|_| ShownError::Malformed)?;
        let messages: Vec<(usize, Vec<u8>)> = self
            .slots
            .iter()
            .map(|(slot, value)| (slot.index(), value.message()))
            .collect();
        let messages: Vec<(usize, &[u8])> = messages
            .iter()
            .map(|(index, message)| (*index, message.as_slice()))
            .collect();
        let shown = bbs::Shown {
            public: profile.key(),
            header: &profile.header(),
            ph: &header.bytes(context),
            lengths: LENGTHS,
            messages: &messages,
            committed_messages: &[],
        };
        match (context, &self.pseudonym) {
            (None, None) => bbs::proof_verify_hiding_nym(&shown, &proof),
            (Some(context), Some(pseudonym)) => {
                let point = pseudonym.point().map_err(|_| ShownError::Malformed)?;
                bbs::proof_verify_with_nym(&shown, &proof, &point, &context.id())
            }
            (None, Some(_)) => return Err(ShownError::PseudonymUnasked),
            (Some(_), None) => return Err(ShownError::PseudonymMissing),
        }
        .map_err(|error| match error {
            bbs::Error::Count => ShownError::Lengths,
            _ => ShownError::Proof,
        })?;
        Ok(VerifiedShowing {
            profile: profile.clone(),
            slots: self.slots.clone(),
            pseudonym: self.pseudonym,
            superseded: profile
                .schedule()
                .shown_at(now)
                .is_some_and(|shown| profile.epoch() < shown),
        })
    }
}

/// Evidence: somebody holds a certificate of this epoch with these slots, and answered just now.
#[derive(Clone, Debug)]
pub struct VerifiedShowing {
    profile: EpochProfile,
    slots: ShownSlots,
    pseudonym: Option<Pseudonym>,
    superseded: bool,
}

impl VerifiedShowing {
    /// The Issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.profile.issuer()
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.profile.epoch()
    }

    /// When certificates of the epoch run out.
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.profile.valid_until()
    }

    /// What was shown.
    #[must_use]
    pub fn slots(&self) -> &ShownSlots {
        &self.slots
    }

    /// The pseudonym in the Verifier's own context.
    #[must_use]
    pub fn pseudonym(&self) -> Option<&Pseudonym> {
        self.pseudonym.as_ref()
    }

    /// Whether wallets show a newer epoch by now: good, but to be warned about.
    #[must_use]
    pub fn superseded(&self) -> bool {
        self.superseded
    }
}

/// Why a presentation is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ShownError {
    /// It differs from everybody else's in more than what is shown: a mark.
    #[error("the presentation deviates from the issuer's published epoch profile")]
    Deviates,
    /// The epoch is over, and its overlap too.
    #[error("the certificate has run out")]
    Expired,
    /// It is about more or fewer slots or scalars than the profile has.
    #[error("the proof is not about as many slots and scalars as the profile has")]
    Lengths,
    /// The proof or the pseudonym has no point or scalar of the group where one belongs.
    #[error("the proof cannot be read")]
    Malformed,
    /// The epoch has not begun.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// It is of another profile.
    #[error("the presentation is of another epoch profile")]
    Profile,
    /// The proof does not hold for this key, request, context, and what is shown.
    #[error("the proof does not verify")]
    Proof,
    /// A pseudonym was asked for.
    #[error("the pseudonym is missing")]
    PseudonymMissing,
    /// No pseudonym was asked for: the Wallet shows more than the Holder agreed to.
    #[error("a pseudonym was shown that was not asked for")]
    PseudonymUnasked,
    /// It has not the shape of a presentation.
    #[error("the presentation cannot be read")]
    Shape,
    /// A slot's value is not as the profile wants it.
    #[error(transparent)]
    Slot(#[from] SlotError),
}

impl From<NotDeterministic> for ShownError {
    fn from(_: NotDeterministic) -> Self {
        Self::Shape
    }
}

/// Three points, and scalars: three, one for each hidden message, and the challenge. Hidden are
/// the blinding, the nyms and what is not shown.
const fn proof_length(shown: usize) -> usize {
    3 * bbs::POINT_LENGTH + (4 + SLOTS + 1 + NYMS - shown) * bbs::SCALAR_LENGTH
}

const CBOR_VERSION: usize = 1;
const LONGEST_CBOR: usize = 4096;
