//! The form of a pseudonym for people: Bech32m (BIP 350) with the prefix `nn`.

use std::fmt;
use std::str::FromStr;

use keys::sha256;

use crate::Pseudonym;
use crate::fields::Fields;

/// A pseudonym as people read it aloud: 100 bits of its hash in 20 letters and digits, and a
/// checksum that finds any four mistyped ones.
///
/// Accounts are compared by the whole [`Pseudonym`]: a Holder could search for a number that looks
/// like another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct NetNumber([u8; NUMBER]);

impl NetNumber {
    /// The number of a pseudonym.
    #[must_use]
    pub fn of(pseudonym: &Pseudonym) -> Self {
        let input = Fields::new("pessoa-net-number-v1").bytes(pseudonym.as_bytes());
        let hash = sha256(&input.finish());
        let mut digits = [0; NUMBER];
        for (digit, place) in digits.iter_mut().zip(0..) {
            for bit in place * 5..place * 5 + 5 {
                let byte: u8 = hash.get(bit / 8).copied().unwrap_or(0);
                *digit = *digit << 1 | (byte >> (7 - bit % 8) & 1);
            }
        }
        Self(digits)
    }

    /// The form for reading aloud: `nn1` and groups of four, then the checksum in threes.
    #[must_use]
    pub fn grouped(&self) -> String {
        let text = self.to_string();
        let (prefix, rest) = text.split_at(PREFIX.len());
        let mut grouped = prefix.to_owned();
        for (at, character) in rest.chars().enumerate() {
            if (at <= NUMBER && at % 4 == 0) || at == NUMBER + 3 {
                grouped.push(' ');
            }
            grouped.push(character);
        }
        grouped
    }

    /// Reads a number as people type it: in any case, with blanks and hyphens anywhere.
    ///
    /// # Errors
    /// [`NetNumberError`] says where the mistake is, if that can be known.
    pub fn parse(text: &str) -> Result<Self, NetNumberError> {
        let typed: Vec<(usize, char)> = text
            .chars()
            .enumerate()
            .filter(|(_, character)| !character.is_whitespace() && *character != '-')
            .map(|(place, character)| (place, character.to_ascii_lowercase()))
            .collect();
        let (prefix, body) = typed
            .split_at_checked(PREFIX.len())
            .ok_or(NetNumberError::Prefix)?;
        if !prefix
            .iter()
            .map(|(_, character)| *character)
            .eq(PREFIX.chars())
        {
            return Err(NetNumberError::Prefix);
        }
        if body.len() > LENGTH + 1 {
            return Err(NetNumberError::Length { typed: body.len() });
        }
        let digits: Vec<Option<u8>> = body.iter().map(|(_, typed)| value(*typed)).collect();
        let places: Vec<usize> = body.iter().map(|(place, _)| *place).collect();
        match digits.iter().copied().collect::<Option<Vec<u8>>>() {
            Some(digits) if is_number(&digits) => Self::from_digits(&digits),
            _ => Err(diagnose(&digits, &places, text.chars().count())),
        }
    }

    fn from_digits(digits: &[u8]) -> Result<Self, NetNumberError> {
        let digits = digits.first_chunk();
        digits.copied().map(Self).ok_or(NetNumberError::Prefix)
    }
}

impl fmt::Display for NetNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        for digit in self.0.iter().chain(&checksum(HRP, &self.0)) {
            let letter = CHARSET.get(usize::from(*digit)).copied().unwrap_or(b'q');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for NetNumber {
    type Err = NetNumberError;

    fn from_str(text: &str) -> Result<Self, NetNumberError> {
        Self::parse(text)
    }
}

/// What is wrong with a typed number. Places count characters of the text as typed, from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NetNumberError {
    /// A character that no number has; if it is the only mistake, what belongs there.
    #[error("character {} is none that a net number has", .place + 1)]
    Character {
        /// Where it stands.
        place: usize,
        /// The number without the mistake, if there is exactly one.
        repair: Option<Repair>,
    },
    /// Too long or too short by more than one character.
    #[error("the number has {typed} characters after nn1 instead of 26")]
    Length {
        /// How many there are after `nn1`.
        typed: usize,
    },
    /// The characters do not belong together, in a way that one change explains.
    #[error("character {} is mistyped", .0.place + 1)]
    Mistyped(Repair),
    /// It does not begin with `nn1`.
    #[error("a net number begins with nn1")]
    Prefix,
    /// The characters do not belong together: two or more are mistyped.
    #[error("the number is mistyped in more than one place")]
    Scrambled,
}

/// The one change of one character that makes a number of what was typed. It is for asking ("did
/// you mean …?"), never for going ahead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Repair {
    /// Where, counting characters of the text as typed, from 0.
    pub place: usize,
    /// What to do there.
    pub change: Change,
    /// The number that results.
    pub number: NetNumber,
}

/// A change of one character.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// Put this one before the place: one was left out.
    Insert(char),
    /// Take the one at the place away.
    Remove,
    /// Put this one in its stead.
    Replace(char),
}

/// Finds what is wrong. An unknown digit is `None`.
fn diagnose(digits: &[Option<u8>], places: &[usize], end: usize) -> NetNumberError {
    let unknown: Vec<usize> = (0..digits.len())
        .filter(|at| digits.get(*at) == Some(&None))
        .collect();
    let repair = match unknown.len() {
        0 | 1 => repair(digits, places, end),
        _ => None,
    };
    let first = unknown.first().and_then(|at| places.get(*at)).copied();
    match (first, repair) {
        (Some(place), repair) => NetNumberError::Character { place, repair },
        (None, Some(repair)) => NetNumberError::Mistyped(repair),
        (None, None) if digits.len() == LENGTH => NetNumberError::Scrambled,
        (None, None) => NetNumberError::Length {
            typed: digits.len(),
        },
    }
}

/// Tries every change of one character; the repair, if all that work give the same number (of two
/// equal neighbours either can go).
fn repair(digits: &[Option<u8>], places: &[usize], end: usize) -> Option<Repair> {
    let mut repairs = candidates(digits).filter_map(|(at, change, digits)| {
        let digits: Vec<u8> = digits.into_iter().collect::<Option<_>>()?;
        if !is_number(&digits) {
            return None;
        }
        Some(Repair {
            place: places.get(at).copied().unwrap_or(end),
            change,
            number: NetNumber::from_digits(&digits).ok()?,
        })
    });
    let first = repairs.next()?;
    let unique = repairs.all(|other| other.number == first.number);
    unique.then_some(first)
}

/// All texts of the right length that are one change away.
fn candidates(
    digits: &[Option<u8>],
) -> impl Iterator<Item = (usize, Change, Vec<Option<u8>>)> + '_ {
    let length = digits.len();
    (0..=length).flat_map(move |at| {
        let (before, after) = digits.split_at_checked(at).unwrap_or_default();
        let rest = after.split_first().map(|(_, rest)| rest);
        let removed = rest
            .filter(|_| length == LENGTH + 1)
            .map(|rest| (at, Change::Remove, [before, rest].concat()));
        let put = (0..).zip(CHARSET).filter_map(move |(digit, letter)| {
            let (letter, digit) = (char::from(*letter), [Some(digit)]);
            match rest {
                Some(rest) if length == LENGTH => {
                    let digits = [before, &digit, rest].concat();
                    Some((at, Change::Replace(letter), digits))
                }
                _ if length + 1 == LENGTH => {
                    let digits = [before, &digit, after].concat();
                    Some((at, Change::Insert(letter), digits))
                }
                _ => None,
            }
        });
        removed.into_iter().chain(put)
    })
}

fn value(character: char) -> Option<u8> {
    let byte = u8::try_from(character).ok()?;
    let at = CHARSET.iter().position(|letter| *letter == byte)?;
    u8::try_from(at).ok()
}

fn is_number(digits: &[u8]) -> bool {
    digits.len() == LENGTH && polymod(HRP, digits) == BECH32M
}

/// `bech32_create_checksum` (BIP 173), with the constant of BIP 350.
fn checksum(prefix: &[u8], digits: &[u8]) -> [u8; CHECKSUM] {
    let padded = [digits, &[0; CHECKSUM]].concat();
    let sum = polymod(prefix, &padded) ^ BECH32M;
    let mut checksum = [0; CHECKSUM];
    for (digit, place) in checksum.iter_mut().rev().zip(0..) {
        *digit = u8::try_from(sum >> (5 * place) & 31).unwrap_or(0);
    }
    checksum
}

/// `bech32_polymod` over the expanded prefix and the digits (BIP 173).
fn polymod(prefix: &[u8], digits: &[u8]) -> u32 {
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    let values = high.chain([0]).chain(low).chain(digits.iter().copied());
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        GENERATOR
            .iter()
            .zip(0..)
            .filter(|(_, bit)| top >> bit & 1 == 1)
            .fold(sum, |sum, (generator, _)| sum ^ generator)
    })
}

const HRP: &[u8] = b"nn";
const PREFIX: &str = "nn1";
const NUMBER: usize = 20;
const CHECKSUM: usize = 6;
const LENGTH: usize = NUMBER + CHECKSUM;
const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32M: u32 = 0x2bc8_30a3;
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];
