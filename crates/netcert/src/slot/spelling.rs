//! How texts are spelled: in one way, and without what nobody sees.

use jiff::civil::Date;
use unicode_normalization::is_nfc;

use super::{Slot, SlotError};

/// Judges the text of a slot.
pub(super) fn check(slot: Slot, text: &str) -> Result<(), SlotError> {
    let listed = |values: &[&str]| match values.contains(&text) {
        true => Ok(()),
        false => Err(SlotError::Unlisted(slot)),
    };
    match slot {
        Slot::Assurance => listed(&ASSURANCE),
        Slot::DocumentType => listed(&DOCUMENT_TYPES),
        Slot::Guardianship => listed(&GUARDIANSHIP),
        Slot::Nationality => {
            match text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
                true => Ok(()),
                false => Err(SlotError::Spelling(slot)),
            }
        }
        Slot::BirthDate => match is_date(text) {
            true => Ok(()),
            false => Err(SlotError::Date(slot)),
        },
        Slot::DocumentNumber => {
            bounded(slot, text, LONGEST_NUMBER)?;
            let lawful = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<';
            match text.bytes().all(lawful) {
                true => Ok(()),
                false => Err(SlotError::Spelling(slot)),
            }
        }
        _ => {
            bounded(slot, text, LONGEST_NAME)?;
            let spaced = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
            match !spaced && is_nfc(text) && !text.chars().any(is_invisible) {
                true => Ok(()),
                false => Err(SlotError::Spelling(slot)),
            }
        }
    }
}

fn bounded(slot: Slot, text: &str, most: usize) -> Result<(), SlotError> {
    match (1..=most).contains(&text.len()) {
        true => Ok(()),
        false => Err(SlotError::Length(slot)),
    }
}

/// Characters that nobody sees could carry a mark. Blanks other than U+0020 are among them.
fn is_invisible(character: char) -> bool {
    character != ' '
        && (character.is_control()
            || character.is_whitespace()
            || matches!(character,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
                | '\u{e0000}'..='\u{10ffff}'))
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, and a date that there was.
fn is_date(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    let digits = whole.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    digits && whole.parse::<Date>().is_ok()
}

const ASSURANCE: [&str; 3] = ["high", "low", "substantial"];
const DOCUMENT_TYPES: [&str; 3] = ["identity_card", "passport", "residence_permit"];
const GUARDIANSHIP: [&str; 2] = ["legal_guardian", "parental_authority"];
/// In bytes: 40 ideographs, or 120 Latin letters.
const LONGEST_NAME: usize = 120;
const LONGEST_NUMBER: usize = 32;
