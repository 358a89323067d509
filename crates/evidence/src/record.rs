use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use crate::document::{DocumentType, Fields, Sex};
use crate::error::{DocumentError, Field};
use crate::name::transliterate;
use crate::state_code::StateCode;

/// An identity document as a desk or another program writes it down, not yet validated.
///
/// Unknown members are refused, so that a mistyped name of a member does not pass as an absent
/// one. Dates are `YYYY-MM-DD`; a birth date may leave out day, or day and month.
///
/// ```json
/// {
///   "issuing_state": "UTO", "number": "L898902C3",
///   "surname": "Eriksson", "given_names": "Anna Maria",
///   "nationality": "UTO", "birth_date": "1974-08-12", "sex": "F", "expires_on": "2032-04-15"
/// }
/// ```
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The kind of document; a passport unless said otherwise.
    #[serde(default)]
    pub document_type: DocumentType,
    /// The code of the issuing state.
    pub issuing_state: String,
    /// The document number.
    pub number: String,
    /// The surname, in Latin letters.
    pub surname: String,
    /// The given names, in Latin letters; may be empty.
    #[serde(default)]
    pub given_names: String,
    /// The code of the nationality.
    pub nationality: String,
    /// The date of birth.
    pub birth_date: String,
    /// `F`, `M` or `X`; absent means `X`.
    #[serde(default)]
    pub sex: Option<String>,
    /// The last day of validity.
    pub expires_on: String,
    /// The personal number, if the document has one.
    #[serde(default)]
    pub personal_number: Option<String>,
}

impl Record {
    /// Validates each field by itself.
    pub(crate) fn fields(&self) -> Result<Fields, DocumentError> {
        Ok(Fields {
            document_type: self.document_type,
            issuing_state: state(&self.issuing_state, Field::IssuingState)?,
            number: number(&self.number, self.document_type)?,
            surname: required(name(&self.surname, Field::Surname)?, Field::Surname)?,
            given_names: name(&self.given_names, Field::GivenNames)?,
            nationality: state(&self.nationality, Field::Nationality)?,
            birth_date: self.birth_date.parse()?,
            sex: sex(self.sex.as_deref())?,
            expires_on: expiry_date(&self.expires_on)?,
            personal_number: self.personal_number()?,
        })
    }

    fn personal_number(&self) -> Result<Option<String>, DocumentError> {
        let Some(text) = &self.personal_number else {
            return Ok(None);
        };
        let text = characters(text, Field::PersonalNumber, PERSONAL_NUMBER_LENGTH)?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("document_type", &self.document_type)
            .finish_non_exhaustive()
    }
}

fn state(code: &str, field: Field) -> Result<StateCode, DocumentError> {
    StateCode::parse(code).ok_or(DocumentError::StateCode { field })
}

fn number(text: &str, document_type: DocumentType) -> Result<String, DocumentError> {
    let most = match document_type {
        DocumentType::IdentityCard => CARD_NUMBER_LENGTH,
        DocumentType::Passport => PASSPORT_NUMBER_LENGTH,
    };
    let field = Field::DocumentNumber;
    required(characters(text, field, most)?, field)
}

fn name(text: &str, field: Field) -> Result<String, DocumentError> {
    if text.len() > NAME_LENGTH {
        return Err(DocumentError::TooLong {
            field,
            most: NAME_LENGTH,
        });
    }
    transliterate(text).ok_or(DocumentError::Spelling { field })
}

/// Writes letters and digits as the zone does: blanks and hyphens become fillers.
fn characters(text: &str, field: Field, most: usize) -> Result<String, DocumentError> {
    let zone = text
        .trim()
        .chars()
        .map(|character| match character.to_ascii_uppercase() {
            kept @ ('A'..='Z' | '0'..='9') => Ok(kept),
            ' ' | '-' | '<' => Ok('<'),
            _ => Err(DocumentError::Spelling { field }),
        })
        .collect::<Result<String, _>>()?;
    let zone = zone.trim_end_matches('<');
    if zone.starts_with('<') {
        return Err(DocumentError::Spelling { field });
    }
    if zone.len() > most {
        return Err(DocumentError::TooLong { field, most });
    }
    Ok(zone.to_owned())
}

fn required(text: String, field: Field) -> Result<String, DocumentError> {
    if text.is_empty() {
        return Err(DocumentError::Empty { field });
    }
    Ok(text)
}

fn expiry_date(text: &str) -> Result<Date, DocumentError> {
    let error = DocumentError::Date {
        field: Field::ExpiryDate,
    };
    let text = text.trim();
    if text.len() != "YYYY-MM-DD".len() {
        return Err(error);
    }
    text.parse().map_err(|_| error)
}

fn sex(text: Option<&str>) -> Result<Sex, DocumentError> {
    match text.map(str::trim) {
        Some("F" | "f") => Ok(Sex::Female),
        Some("M" | "m") => Ok(Sex::Male),
        Some("" | "<" | "X" | "x") | None => Ok(Sex::Unspecified),
        Some(_) => Err(DocumentError::Sex),
    }
}

/// Doc 9303, part 4: positions 1 to 9 of the lower line.
const PASSPORT_NUMBER_LENGTH: usize = 9;

/// Doc 9303, part 5, section 4.2.4: nine characters, and at most thirteen carried over.
const CARD_NUMBER_LENGTH: usize = 22;

/// Doc 9303, part 4: positions 29 to 42 of the lower line.
const PERSONAL_NUMBER_LENGTH: usize = 14;

/// More than any register writes, so that a record stays small.
const NAME_LENGTH: usize = 200;
