use std::fmt;

/// Why an identity document could not be read. No variant carries anything that the document says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// A line has a character outside `A`-`Z`, `0`-`9` and `<`, or a field one it may not have.
    #[error("line {line}, position {position}: this character may not stand here")]
    Character {
        /// The line, from 1.
        line: usize,
        /// The position in the line, from 1.
        position: usize,
    },
    /// A check digit disagrees with the characters that it covers.
    #[error(
        "line 2, position {position}: the check digit of the {field} should be {expected}, \
         but is {found}"
    )]
    CheckDigit {
        /// What the check digit covers.
        field: Field,
        /// Where the check digit stands in line 2, from 1.
        position: usize,
        /// The digit computed.
        expected: char,
        /// The character found.
        found: char,
    },
    /// A date is not in the calendar, or not written as it should be.
    #[error("the {field} is not a date")]
    Date {
        /// The date concerned.
        field: Field,
    },
    /// The document code is not that of a passport.
    #[error("line 1, position 1: this is not the zone of a passport")]
    DocumentCode,
    /// A field that must be filled is empty.
    #[error("the {field} is empty")]
    Empty {
        /// The field concerned.
        field: Field,
    },
    /// A line does not have 44 characters.
    #[error("line {line} has {found} characters instead of 44")]
    Length {
        /// The line, from 1.
        line: usize,
        /// How many characters it has.
        found: usize,
    },
    /// The zone does not have two lines.
    #[error("the zone has {found} lines instead of 2")]
    Lines {
        /// How many lines it has.
        found: usize,
    },
    /// The document ends before its holder was born.
    #[error("the expiry date is before the birth date")]
    Order,
    /// The sex is none of `F`, `M` and unspecified.
    #[error("the sex is none of F, M and unspecified")]
    Sex,
    /// A field of a record holds a character that has no place in a machine-readable zone.
    #[error("the {field} has a character that cannot be written in a machine-readable zone")]
    Spelling {
        /// The field concerned.
        field: Field,
    },
    /// A state code is unknown, or may not stand in this field.
    #[error("the {field} is not a state code of ICAO Doc 9303")]
    StateCode {
        /// The field concerned.
        field: Field,
    },
    /// A field is longer than the document allows.
    #[error("the {field} is longer than {most} characters")]
    TooLong {
        /// The field concerned.
        field: Field,
        /// The greatest length.
        most: usize,
    },
    /// The birth year is unknown, so no age can be told.
    #[error("the birth year is unknown")]
    UnknownYear,
}

/// A field of an identity document, for errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// The date of birth.
    BirthDate,
    /// Everything that the composite check digit covers.
    Composite,
    /// The document number.
    DocumentNumber,
    /// The date of expiry.
    ExpiryDate,
    /// The given names (secondary identifier).
    GivenNames,
    /// The issuing state or organization.
    IssuingState,
    /// The nationality.
    Nationality,
    /// The personal number or other optional data.
    PersonalNumber,
    /// The surname (primary identifier).
    Surname,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BirthDate => "birth date",
            Self::Composite => "whole line",
            Self::DocumentNumber => "document number",
            Self::ExpiryDate => "expiry date",
            Self::GivenNames => "given names",
            Self::IssuingState => "issuing state",
            Self::Nationality => "nationality",
            Self::PersonalNumber => "personal number",
            Self::Surname => "surname",
        })
    }
}
