use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::SLOTS;

mod spelling;

/// A place in the certificate. All certificates have all 16, in this order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Slot {
    /// Whether 14 years of life were completed when the epoch began.
    AgeOver14,
    /// Whether 16 years of life were completed when the epoch began.
    AgeOver16,
    /// Whether 18 years of life were completed when the epoch began.
    AgeOver18,
    /// Whether 21 years of life were completed when the epoch began.
    AgeOver21,
    /// Whether 60 years of life were completed when the epoch began.
    AgeOver60,
    /// The nationality, as three letters (ICAO Doc 9303, part 3, section 5).
    Nationality,
    /// `identity_card`, `passport` or `residence_permit`.
    DocumentType,
    /// How well the evidence was checked: `low`, `substantial` or `high`.
    Assurance,
    /// Under whom the Holder acts: `legal_guardian` or `parental_authority`; absent for nobody.
    Guardianship,
    /// Whether the number has been the same for twelve months.
    Stable12Months,
    /// The given names in Latin letters.
    GivenName,
    /// The family name in Latin letters.
    FamilyName,
    /// The name in its own script.
    NativeName,
    /// The date of birth, as far as the document knows it.
    BirthDate,
    /// The number of the identity document.
    DocumentNumber,
    /// Always absent.
    Spare,
}

impl Slot {
    /// All slots, in the order in which they are signed.
    pub const ALL: [Self; SLOTS] = [
        Self::AgeOver14,
        Self::AgeOver16,
        Self::AgeOver18,
        Self::AgeOver21,
        Self::AgeOver60,
        Self::Nationality,
        Self::DocumentType,
        Self::Assurance,
        Self::Guardianship,
        Self::Stable12Months,
        Self::GivenName,
        Self::FamilyName,
        Self::NativeName,
        Self::BirthDate,
        Self::DocumentNumber,
        Self::Spare,
    ];

    /// The name, as in the credential's subject.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AgeOver14 => "age_over_14",
            Self::AgeOver16 => "age_over_16",
            Self::AgeOver18 => "age_over_18",
            Self::AgeOver21 => "age_over_21",
            Self::AgeOver60 => "age_over_60",
            Self::Nationality => "nationality",
            Self::DocumentType => "document_type",
            Self::Assurance => "assurance",
            Self::Guardianship => "guardianship",
            Self::Stable12Months => "stable_12_months",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::NativeName => "native_name",
            Self::BirthDate => "birth_date",
            Self::DocumentNumber => "document_number",
            Self::Spare => "spare",
        }
    }

    /// Finds a slot by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }

    /// The slot for an age, if there is one.
    #[must_use]
    pub const fn age_over(years: u8) -> Option<Self> {
        match years {
            14 => Some(Self::AgeOver14),
            16 => Some(Self::AgeOver16),
            18 => Some(Self::AgeOver18),
            21 => Some(Self::AgeOver21),
            60 => Some(Self::AgeOver60),
            _ => None,
        }
    }

    /// The place among the signed messages, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The slot at a place.
    #[must_use]
    pub fn at(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Whether the slot holds a flag.
    #[must_use]
    pub const fn is_flag(self) -> bool {
        matches!(
            self,
            Self::AgeOver14
                | Self::AgeOver16
                | Self::AgeOver18
                | Self::AgeOver21
                | Self::AgeOver60
                | Self::Stable12Months
        )
    }

    /// Whether the slot alone, or nearly, tells who somebody is. Beside a pseudonym it would put
    /// a name to a number.
    #[must_use]
    pub const fn is_identifying(self) -> bool {
        matches!(
            self,
            Self::GivenName
                | Self::FamilyName
                | Self::NativeName
                | Self::BirthDate
                | Self::DocumentNumber
        )
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a slot holds. Its `Debug` form shows the kind and not the value.
#[derive(Clone, Eq, PartialEq)]
pub enum SlotValue {
    /// Nothing.
    Absent,
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
}

impl SlotValue {
    /// The message that is signed: a byte for the kind, then the value.
    #[must_use]
    pub(crate) fn message(&self) -> Vec<u8> {
        match self {
            Self::Absent => vec![0],
            Self::Flag(flag) => vec![1, u8::from(*flag)],
            Self::Text(text) => [&[2], text.as_bytes()].concat(),
        }
    }

    /// The value in a credential's subject; none if absent.
    #[must_use]
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Flag(flag) => Some(Value::Bool(*flag)),
            Self::Text(text) => Some(Value::String(text.clone())),
        }
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Flag(*flag)),
            Value::String(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }
}

impl fmt::Debug for SlotValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Flag(_) => "Flag([REDACTED])",
            Self::Text(_) => "Text([REDACTED])",
        })
    }
}

/// The values of all 16 slots, each as its slot wants it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Slots([SlotValue; SLOTS]);

impl Slots {
    /// Takes values; slots that are not named are absent.
    ///
    /// # Errors
    /// A [`SlotError`] names the first slot whose value is not as the profile wants it, or that
    /// is named twice.
    pub fn new(values: impl IntoIterator<Item = (Slot, SlotValue)>) -> Result<Self, SlotError> {
        let mut slots = [const { SlotValue::Absent }; SLOTS];
        let mut named = [false; SLOTS];
        for (slot, value) in values {
            check(slot, &value)?;
            if let (Some(at), Some(named)) =
                (slots.get_mut(slot.index()), named.get_mut(slot.index()))
            {
                if *named {
                    return Err(SlotError::Twice(slot));
                }
                *named = true;
                *at = value;
            }
        }
        Ok(Self(slots))
    }

    /// The value of a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &SlotValue {
        self.0.get(slot.index()).unwrap_or(&SlotValue::Absent)
    }

    /// All slots with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &SlotValue)> {
        Slot::ALL.into_iter().zip(&self.0)
    }

    /// The messages that are signed.
    pub(crate) fn messages(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(SlotValue::message).collect()
    }

    /// The members of a credential's subject.
    pub(crate) fn subject(&self) -> Map<String, Value> {
        subject(self.iter())
    }
}

/// Slots that are shown, with their values. None is absent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ShownSlots(BTreeMap<Slot, SlotValue>);

impl ShownSlots {
    /// The value of a slot, if it is shown.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&SlotValue> {
        self.0.get(&slot)
    }

    /// Whether a flag is shown to be true.
    #[must_use]
    pub fn is_true(&self, slot: Slot) -> bool {
        self.get(slot) == Some(&SlotValue::Flag(true))
    }

    /// The shown slots with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &SlotValue)> {
        self.0.iter().map(|(slot, value)| (*slot, value))
    }

    /// How many are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members of a derived credential's subject.
    #[must_use]
    pub fn subject(&self) -> Map<String, Value> {
        subject(self.iter())
    }

    /// Takes one more. What no Wallet shows, no Verifier takes.
    pub(crate) fn insert(&mut self, slot: Slot, value: SlotValue) -> Result<(), SlotError> {
        check(slot, &value)?;
        match value {
            SlotValue::Absent => return Err(SlotError::Absent(slot)),
            SlotValue::Flag(false) => return Err(SlotError::FalseFlag(slot)),
            SlotValue::Flag(true) | SlotValue::Text(_) => {}
        }
        match self.0.insert(slot, value) {
            None => Ok(()),
            Some(_) => Err(SlotError::Twice(slot)),
        }
    }
}

/// Reads the members of a credential's subject, without its type.
pub(crate) fn read_subject(
    members: &Map<String, Value>,
) -> Result<Vec<(Slot, SlotValue)>, SlotError> {
    members
        .iter()
        .map(|(name, value)| {
            let slot = Slot::named(name).ok_or(SlotError::Unknown)?;
            let value = SlotValue::from_json(value).ok_or(SlotError::Kind(slot))?;
            Ok((slot, value))
        })
        .collect()
}

/// Why a value does not fit. No variant carries the value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SlotError {
    /// There is nothing in the slot that could be shown.
    #[error("{0} is absent")]
    Absent(Slot),
    /// No such date, or not written `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[error("{0} is no date")]
    Date(Slot),
    /// False flags are never shown: a number whose flag turns true later would tell a birthday.
    #[error("{0} is false, and false flags are never shown")]
    FalseFlag(Slot),
    /// A flag where a text belongs, or the other way round.
    #[error("{0} holds another kind of value")]
    Kind(Slot),
    /// Empty, or too long.
    #[error("{0} is empty or too long")]
    Length(Slot),
    /// The spare slot has to stay empty: whatever stood there would be a mark.
    #[error("{0} has to be absent")]
    Spare(Slot),
    /// Characters that do not belong there, or a text that is not in Unicode's form C.
    #[error("{0} is not spelled as the profile wants it")]
    Spelling(Slot),
    /// Given twice.
    #[error("{0} is given twice")]
    Twice(Slot),
    /// There is no slot of this name.
    #[error("there is no such slot")]
    Unknown,
    /// Not one of the values that the profile lists.
    #[error("{0} is none of the listed values")]
    Unlisted(Slot),
}

fn check(slot: Slot, value: &SlotValue) -> Result<(), SlotError> {
    match (slot, value) {
        (_, SlotValue::Absent) => Ok(()),
        (Slot::Spare, _) => Err(SlotError::Spare(slot)),
        (_, SlotValue::Flag(_)) if slot.is_flag() => Ok(()),
        (_, SlotValue::Text(text)) if !slot.is_flag() => spelling::check(slot, text),
        (_, SlotValue::Flag(_) | SlotValue::Text(_)) => Err(SlotError::Kind(slot)),
    }
}

fn subject<'a>(values: impl Iterator<Item = (Slot, &'a SlotValue)>) -> Map<String, Value> {
    values
        .filter_map(|(slot, value)| Some((slot.name().to_owned(), value.to_json()?)))
        .collect()
}
