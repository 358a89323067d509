//! The machine-readable zone of passports, TD3 (ICAO Doc 9303, part 4, section 4.2).
//!
//! Two lines of 44 characters. Blanks, line breaks and lower case are forgiven at the door;
//! afterwards every position must be as the text has it. Positions count from 1, as there.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::{self, BirthDate};
use crate::check_digit::check_digit;
use crate::document::{DocumentType, Fields, IdentityDocument, Sex};
use crate::error::{DocumentError, Field};
use crate::state_code::StateCode;

/// Reads a zone. `now` decides the century of two-digit years.
///
/// All five check digits must agree. A two-digit birth year is the youngest reading, an unknown
/// day or month the latest: no one is taken for older than the document proves, and what was
/// completed is not taken for what the document says ([`BirthDate::exact`]).
///
/// # Errors
/// Names the line and position, or the field, that is not as it should be.
pub fn parse(zone: &str, now: Timestamp) -> Result<IdentityDocument, DocumentError> {
    let (upper, lower) = lines(zone)?;
    let today = calendar::day(now);
    if !matches!(upper.field(1, 2).as_bytes(), [b'P', b'A'..=b'Z' | b'<']) {
        return Err(DocumentError::DocumentCode);
    }
    lower.check_digits()?;
    let (surname, given_names) = names(&upper)?;
    IdentityDocument::new(Fields {
        document_type: DocumentType::Passport,
        issuing_state: state(&upper, 3, Field::IssuingState)?,
        number: number(&lower)?,
        surname,
        given_names,
        nationality: state(&lower, 11, Field::Nationality)?,
        birth_date: birth_date(&lower, today)?,
        sex: sex(&lower)?,
        expires_on: expiry_date(&lower, today)?,
        personal_number: personal_number(&lower)?,
    })
}

/// Composes the zone of a passport, two lines parted by a line break.
///
/// A name that does not fit is cut off, so that at least one letter of the given names stays
/// (part 4, section 4.2.3).
///
/// # Errors
/// Only a passport has such a zone.
pub fn compose(document: &IdentityDocument) -> Result<String, DocumentError> {
    if document.document_type() != DocumentType::Passport {
        return Err(DocumentError::DocumentCode);
    }
    let number = format!("{:<<9}", document.number());
    let birth = document.birth_date().zone();
    let expiry = six_digits(document.expires_on());
    let personal = format!("{:<<14}", document.personal_number().unwrap_or_default());
    let sex = match document.sex() {
        Sex::Female => 'F',
        Sex::Male => 'M',
        Sex::Unspecified => '<',
    };
    let personal_digit = match document.personal_number() {
        Some(_) => check_digit(&personal),
        None => '<',
    };
    let number = format!("{number}{}", check_digit(&number));
    let birth = format!("{birth}{}", check_digit(&birth));
    let rest = format!("{expiry}{}{personal}{personal_digit}", check_digit(&expiry));
    let composite = check_digit(&format!("{number}{birth}{rest}"));
    Ok(format!(
        "P<{}{}\n{number}{}{birth}{sex}{rest}{composite}",
        document.issuing_state().zone(),
        name_field(document.surname(), document.given_names()),
        document.nationality().zone(),
    ))
}

/// One line of 44 characters, all of them `A`-`Z`, `0`-`9` or `<`.
struct Line {
    number: usize,
    text: String,
}

impl Line {
    fn new(number: usize, text: String) -> Result<Self, DocumentError> {
        let allowed = |c: char| matches!(c, 'A'..='Z' | '0'..='9' | '<');
        if let Some(index) = text.chars().position(|c| !allowed(c)) {
            return Err(DocumentError::Character {
                line: number,
                position: index + 1,
            });
        }
        if text.len() != LINE_LENGTH {
            return Err(DocumentError::Length {
                line: number,
                found: text.len(),
            });
        }
        Ok(Self { number, text })
    }

    /// The characters from one position to another, both included.
    fn field(&self, from: usize, to: usize) -> &str {
        self.text.get(from - 1..to).unwrap_or_default()
    }

    fn character_error(&self, position: usize) -> DocumentError {
        DocumentError::Character {
            line: self.number,
            position,
        }
    }

    /// Checks the five check digits of a lower line.
    fn check_digits(&self) -> Result<(), DocumentError> {
        self.check_digit(Field::DocumentNumber, self.field(1, 9), 10)?;
        self.check_digit(Field::BirthDate, self.field(14, 19), 20)?;
        self.check_digit(Field::ExpiryDate, self.field(22, 27), 28)?;
        // A state that does not use the field may leave the filler in place of its check digit.
        if self.field(29, 43) != EMPTY_PERSONAL_NUMBER {
            self.check_digit(Field::PersonalNumber, self.field(29, 42), 43)?;
        }
        let covered = [self.field(1, 10), self.field(14, 20), self.field(22, 43)].concat();
        self.check_digit(Field::Composite, &covered, 44)
    }

    fn check_digit(
        &self,
        field: Field,
        covered: &str,
        position: usize,
    ) -> Result<(), DocumentError> {
        let expected = check_digit(covered);
        match self.field(position, position).chars().next() {
            Some(found) if found != expected => Err(DocumentError::CheckDigit {
                field,
                position,
                expected,
                found,
            }),
            _ => Ok(()),
        }
    }
}

/// Splits a zone into its lines; one run of 88 characters is two lines.
fn lines(zone: &str) -> Result<(Line, Line), DocumentError> {
    let mut lines: Vec<String> = zone
        .split(['\n', '\r'])
        .map(|line| line.chars().filter(|c| !c.is_whitespace()).collect())
        .map(|line: String| line.to_ascii_uppercase())
        .filter(|line| !line.is_empty())
        .take(LINES_COUNTED)
        .collect();
    if let [line] = lines.as_slice()
        && line.len() == 2 * LINE_LENGTH
        && let Some((upper, lower)) = line.split_at_checked(LINE_LENGTH)
    {
        lines = vec![upper.to_owned(), lower.to_owned()];
    }
    let found = lines.len();
    let [upper, lower] =
        <[String; 2]>::try_from(lines).map_err(|_| DocumentError::Lines { found })?;
    Ok((Line::new(1, upper)?, Line::new(2, lower)?))
}

fn state(line: &Line, from: usize, field: Field) -> Result<StateCode, DocumentError> {
    StateCode::parse(line.field(from, from + 2)).ok_or(DocumentError::StateCode { field })
}

/// Reads positions 6 to 44 of the upper line: primary identifier, two fillers, secondary
/// identifier; one filler parts the components of each.
fn names(upper: &Line) -> Result<(String, String), DocumentError> {
    let field = upper.field(NAMES_FROM, LINE_LENGTH);
    if let Some(index) = field.find(|c: char| c.is_ascii_digit()) {
        return Err(upper.character_error(NAMES_FROM + index));
    }
    let names = field.trim_end_matches('<');
    if names.is_empty() {
        return Err(DocumentError::Empty {
            field: Field::Surname,
        });
    }
    if names.starts_with('<') {
        return Err(upper.character_error(NAMES_FROM));
    }
    let (primary, secondary) = names.split_once("<<").unwrap_or((names, ""));
    if secondary.starts_with('<') {
        return Err(upper.character_error(NAMES_FROM + primary.len() + 2));
    }
    if let Some(index) = secondary.find("<<") {
        return Err(upper.character_error(NAMES_FROM + primary.len() + 2 + index));
    }
    Ok((primary.replace('<', " "), secondary.replace('<', " ")))
}

/// Reads positions 1 to 9 of the lower line.
fn number(lower: &Line) -> Result<String, DocumentError> {
    let number = lower.field(1, 9).trim_end_matches('<');
    if number.is_empty() {
        return Err(DocumentError::Empty {
            field: Field::DocumentNumber,
        });
    }
    if number.starts_with('<') {
        return Err(lower.character_error(1));
    }
    Ok(number.to_owned())
}

/// Reads positions 14 to 19 of the lower line; fillers stand for an unknown day or month.
fn birth_date(lower: &Line, today: Date) -> Result<BirthDate, DocumentError> {
    let error = DocumentError::Date {
        field: Field::BirthDate,
    };
    let year = match lower.field(14, 15) {
        "<<" => return Err(DocumentError::UnknownYear),
        year => two_digits(year).ok_or(error)?,
    };
    let part = |text: &str| match text {
        "<<" => Ok(None),
        text => two_digits(text).map(Some).ok_or(error),
    };
    let month = part(lower.field(16, 17))?;
    let day = part(lower.field(18, 19))?;
    calendar::birth(year.into(), month, day, today).ok_or(error)
}

/// Reads position 21 of the lower line.
fn sex(lower: &Line) -> Result<Sex, DocumentError> {
    match lower.field(21, 21) {
        "F" => Ok(Sex::Female),
        "M" => Ok(Sex::Male),
        "<" => Ok(Sex::Unspecified),
        _ => Err(DocumentError::Sex),
    }
}

/// Reads positions 22 to 27 of the lower line.
fn expiry_date(lower: &Line, today: Date) -> Result<Date, DocumentError> {
    let part = |from| two_digits(lower.field(from, from + 1));
    let date = || calendar::expiry(part(22)?.into(), part(24)?, part(26)?, today);
    date().ok_or(DocumentError::Date {
        field: Field::ExpiryDate,
    })
}

/// Reads positions 29 to 42 of the lower line.
fn personal_number(lower: &Line) -> Result<Option<String>, DocumentError> {
    let number = lower.field(29, 42).trim_end_matches('<');
    if number.starts_with('<') {
        return Err(lower.character_error(29));
    }
    Ok(Some(number.to_owned()).filter(|number| !number.is_empty()))
}

fn two_digits(text: &str) -> Option<i8> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn six_digits(date: Date) -> String {
    let year = date.year().rem_euclid(100);
    format!("{year:02}{:02}{:02}", date.month(), date.day())
}

/// Writes the 39 positions of the names.
pub(crate) fn name_field(surname: &str, given_names: &str) -> String {
    let width = LINE_LENGTH + 1 - NAMES_FROM;
    let mut field = surname.replace(' ', "<");
    if !given_names.is_empty() {
        field.truncate(width - "<<X".len());
        // A cut between two components would make three fillers, which part nothing.
        field.truncate(field.trim_end_matches('<').len());
        field.push_str("<<");
        field.push_str(&given_names.replace(' ', "<"));
    }
    field.truncate(width);
    format!("{field:<<width$}")
}

const EMPTY_PERSONAL_NUMBER: &str = "<<<<<<<<<<<<<<<";
const LINE_LENGTH: usize = 44;
/// More lines than this are not counted, however long the input.
const LINES_COUNTED: usize = 9;
const NAMES_FROM: usize = 6;

#[cfg(test)]
mod tests;
