//! The name under which an enrolment is known.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;

/// The random name of an enrolment: operators and logs say it instead of a person's name.
///
/// Sixteen characters of Crockford's base 32 (80 bits), in groups of four. Reading forgives case,
/// missing hyphens, and the letters that look like digits.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Handle(String);

impl Handle {
    /// Makes a new name.
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut random = [0; CHARACTERS];
        rng.fill_bytes(&mut random);
        Self::grouped(random.iter().map(|byte| {
            // 256 is a multiple of 32, so that every character is equally likely.
            ALPHABET
                .as_bytes()
                .get(usize::from(byte % 32))
                .map_or('0', |&byte| char::from(byte))
        }))
    }

    /// The name as it is written and stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn grouped(characters: impl Iterator<Item = char>) -> Self {
        let mut text = String::with_capacity(CHARACTERS + 3);
        for (position, character) in characters.enumerate() {
            if position > 0 && position.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.push(character);
        }
        Self(text)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Handle {
    type Err = NotAHandle;

    fn from_str(text: &str) -> Result<Self, NotAHandle> {
        let characters = text
            .trim()
            .chars()
            .filter(|character| *character != '-')
            .map(|character| match character.to_ascii_lowercase() {
                'o' => Some('0'),
                'i' | 'l' => Some('1'),
                known if ALPHABET.contains(known) => Some(known),
                _ => None,
            })
            .collect::<Option<Vec<char>>>()
            .filter(|characters| characters.len() == CHARACTERS)
            .ok_or(NotAHandle)?;
        Ok(Self::grouped(characters.into_iter()))
    }
}

/// The text is not the name of an enrolment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an enrolment handle has sixteen letters and digits, such as 7k2m-q9rt-0xwe-5hc3")]
pub struct NotAHandle;

const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";
const CHARACTERS: usize = 16;
const GROUP: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read() {
        let handle = Handle::generate(&mut host::system_rng());
        assert_eq!(handle.as_str().len(), 19);
        assert_eq!(handle.as_str().parse(), Ok(handle));
    }

    #[test]
    fn reading_forgives_what_people_do() {
        let handle: Handle = "7k2m-q9rt-0xwe-5hc1".parse().unwrap();
        assert_eq!(" 7K2MQ9RTOXWE5HCl".parse(), Ok(handle));
        for text in [
            "",
            "7k2m-q9rt-0xwe-5hc",
            "7k2m-q9rt-0xwe-5hcu",
            "7k2m-q9rt-0xwe-5hc12",
        ] {
            assert_eq!(text.parse::<Handle>(), Err(NotAHandle), "{text}");
        }
    }
}
