use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::calendar::{self, BirthDate};
use crate::error::{DocumentError, Field};
use crate::record::Record;
use crate::state_code::StateCode;
use crate::td3;

/// What an identity document says, validated.
///
/// Made by [`td3::parse`](crate::td3::parse) or [`IdentityDocument::from_record`]. Names and
/// numbers have the form of the machine-readable zone, so that both ways of reading the same
/// document give equal values. Its `Debug` form shows the type of document and nothing else.
#[derive(Clone, Eq, PartialEq)]
pub struct IdentityDocument {
    document_type: DocumentType,
    issuing_state: StateCode,
    number: String,
    surname: String,
    given_names: String,
    nationality: StateCode,
    birth_date: BirthDate,
    sex: Sex,
    expires_on: Date,
    personal_number: Option<String>,
}

impl IdentityDocument {
    /// Validates a record typed at a desk or sent by another program.
    ///
    /// # Errors
    /// Names the first field that is not as an identity document would have it.
    pub fn from_record(record: &Record) -> Result<Self, DocumentError> {
        record.fields().and_then(Self::new)
    }

    /// Judges whether the document may serve as evidence at the moment `now`. It counts as
    /// current through its last day, in UTC.
    ///
    /// # Errors
    /// Refuses an expired document, and one whose holder is not born yet.
    pub fn judge(self, now: Timestamp) -> Result<CurrentDocument, Refused> {
        let today = calendar::day(now);
        if self.expires_on < today {
            Err(Refused::Expired)
        } else if self.birth_date.latest().year() > today.year() {
            Err(Refused::Unborn)
        } else {
            Ok(CurrentDocument(self))
        }
    }

    /// Whether the holder has certainly completed `years` years of life on the day `on`: where day or
    /// month of birth are unknown, by the latest that they can be. Who was born on 29 February
    /// completes a year on 1 March where there is no such day.
    #[must_use]
    pub fn age_over(&self, years: u8, on: Date) -> bool {
        calendar::age_over(self.birth_date.latest(), years, on)
    }

    /// The kind of document.
    #[must_use]
    pub fn document_type(&self) -> DocumentType {
        self.document_type
    }

    /// The state or organization that issued the document.
    #[must_use]
    pub fn issuing_state(&self) -> StateCode {
        self.issuing_state
    }

    /// The document number, without trailing fillers. A filler inside stands for whatever is
    /// printed there other than a letter or digit.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The surname (primary identifier), transliterated; a long one may have been cut off by the
    /// document's issuer.
    #[must_use]
    pub fn surname(&self) -> &str {
        &self.surname
    }

    /// The given names (secondary identifier), transliterated, possibly cut off, possibly none.
    #[must_use]
    pub fn given_names(&self) -> &str {
        &self.given_names
    }

    /// The names as the 39 positions of a passport's zone hold them: cut off alike, however much of
    /// them the document or the desk wrote down.
    #[must_use]
    pub fn names_in_zone(&self) -> String {
        td3::name_field(&self.surname, &self.given_names)
    }

    /// The holder's nationality.
    #[must_use]
    pub fn nationality(&self) -> StateCode {
        self.nationality
    }

    /// The date of birth, as far as the document says it.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        self.birth_date
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// The last day on which the document is valid.
    #[must_use]
    pub fn expires_on(&self) -> Date {
        self.expires_on
    }

    /// The personal number, or other optional data that the state prints there.
    #[must_use]
    pub fn personal_number(&self) -> Option<&str> {
        self.personal_number.as_deref()
    }

    /// Checks what concerns more than one field, whichever way the fields were read.
    pub(crate) fn new(fields: Fields) -> Result<Self, DocumentError> {
        if !fields.issuing_state.issues_documents() {
            return Err(DocumentError::StateCode {
                field: Field::IssuingState,
            });
        }
        if fields.expires_on < fields.birth_date.latest() {
            return Err(DocumentError::Order);
        }
        Ok(Self {
            document_type: fields.document_type,
            issuing_state: fields.issuing_state,
            number: fields.number,
            surname: fields.surname,
            given_names: fields.given_names,
            nationality: fields.nationality,
            birth_date: fields.birth_date,
            sex: fields.sex,
            expires_on: fields.expires_on,
            personal_number: fields.personal_number,
        })
    }
}

impl fmt::Debug for IdentityDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityDocument")
            .field("document_type", &self.document_type)
            .finish_non_exhaustive()
    }
}

/// An identity document that was judged current. Only [`IdentityDocument::judge`] makes one.
#[derive(Debug)]
pub struct CurrentDocument(IdentityDocument);

impl CurrentDocument {
    /// What the document says.
    #[must_use]
    pub fn get(&self) -> &IdentityDocument {
        &self.0
    }

    /// What the document says, without the evidence.
    #[must_use]
    pub fn into_inner(self) -> IdentityDocument {
        self.0
    }
}

/// Why a well-formed document is not taken as evidence.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The document has expired: its holder needs a new one.
    #[error("the document has expired")]
    Expired,
    /// The birth date lies in a year to come.
    #[error("the birth date is in the future")]
    Unborn,
}

/// The kind of an identity document.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// A national identity card.
    IdentityCard,
    /// A passport.
    #[default]
    Passport,
}

impl DocumentType {
    /// The name used in records and claims: `identity_card` or `passport`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityCard => "identity_card",
            Self::Passport => "passport",
        }
    }
}

/// The sex that a document states (ICAO Doc 9303, part 4, section 4.1.1.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Sex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// A filler in the zone, `X` elsewhere.
    Unspecified,
}

impl Sex {
    /// `F`, `M` or `X`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
            Self::Unspecified => "X",
        }
    }
}

/// The fields of a document, each validated by itself.
pub(crate) struct Fields {
    pub(crate) document_type: DocumentType,
    pub(crate) issuing_state: StateCode,
    pub(crate) number: String,
    pub(crate) surname: String,
    pub(crate) given_names: String,
    pub(crate) nationality: StateCode,
    pub(crate) birth_date: BirthDate,
    pub(crate) sex: Sex,
    pub(crate) expires_on: Date,
    pub(crate) personal_number: Option<String>,
}
