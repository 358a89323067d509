//! One-time copies: counted whenever the vault is open, and read when one is shown. They are most of
//! what a vault holds.

use std::fmt;
use std::ops::Range;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use vault::Vault;

use crate::contents::{ContentsError, to_bytes};
use crate::held::{OneTimeCopy, Sealed};
use crate::wallet::WalletError;

/// The copies of one Credential. The contents of the vault say how long each is; they themselves
/// are in its annex, each behind the one before.
#[derive(Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Copies(Vec<Stored>);

impl Copies {
    /// Takes copies that the vault does not have yet.
    pub(crate) fn new(copies: &[OneTimeCopy]) -> Result<Self, ContentsError> {
        let fresh = copies.iter().map(Stored::fresh);
        fresh.collect::<Result<_, _>>().map(Self)
    }

    /// Removes the one that [`Self::last`] returns.
    pub(crate) fn remove_last(&mut self) {
        self.0.pop();
    }

    /// Removes all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Says where each is in the annex, whose earlier part ends at `at`.
    pub(crate) fn place(&mut self, at: &mut usize) {
        for copy in &mut self.0 {
            if let Stored::Kept(place) = copy {
                let end = at.saturating_add(place.len());
                *place = *at..end;
                *at = end;
            }
        }
    }

    /// Notes that the vault has them now; [`Self::place`] says where.
    pub(crate) fn note_kept(&mut self) {
        for copy in &mut self.0 {
            *copy = Stored::Kept(0..copy.length());
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The one that is shown next.
    ///
    /// # Errors
    /// A [`WalletError`] when the vault is damaged.
    pub(crate) fn last(&self, vault: &Vault) -> Result<Option<OneTimeCopy>, WalletError> {
        let Some(copy) = self.0.last() else {
            return Ok(None);
        };
        let text = copy.text(vault.annex()?)?;
        let copy = serde_json::from_slice(text).map_err(|_| ContentsError::Malformed)?;
        Ok(Some(copy))
    }

    /// How long they are in an annex.
    pub(crate) fn length(&self) -> usize {
        self.0.iter().map(Stored::length).sum()
    }

    /// Adds them to an annex, from the one that the vault has now.
    pub(crate) fn write(&self, kept: &[u8], annex: &mut Vec<u8>) -> Result<(), ContentsError> {
        for copy in &self.0 {
            annex.extend_from_slice(copy.text(kept)?);
        }
        Ok(())
    }
}

/// One copy, as JSON.
enum Stored {
    Fresh(Sealed),
    /// In this place of the vault's annex.
    Kept(Range<usize>),
}

impl Stored {
    fn fresh(copy: &OneTimeCopy) -> Result<Self, ContentsError> {
        let json = to_bytes(copy)?;
        let text = std::str::from_utf8(&json).map_err(|_| ContentsError::Malformed)?;
        Ok(Self::Fresh(Sealed::from(text)))
    }

    fn length(&self) -> usize {
        match self {
            Self::Fresh(text) => text.expose().len(),
            Self::Kept(place) => place.len(),
        }
    }

    fn text<'a>(&'a self, kept: &'a [u8]) -> Result<&'a [u8], ContentsError> {
        match self {
            Self::Fresh(text) => Ok(text.expose().as_bytes()),
            Self::Kept(place) => kept.get(place.clone()).ok_or(ContentsError::Malformed),
        }
    }
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.length().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyFormat)
    }
}

/// A length, or the copy itself, as before format 3.
struct AnyFormat;

impl<'de> Visitor<'de> for AnyFormat {
    type Value = Stored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a copy, or its length")
    }

    fn visit_u64<E: Error>(self, length: u64) -> Result<Stored, E> {
        let length = usize::try_from(length).map_err(E::custom)?;
        Ok(Stored::Kept(0..length))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Stored, A::Error> {
        let copy = OneTimeCopy::deserialize(MapAccessDeserializer::new(members))?;
        Stored::fresh(&copy).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COPY: &str = r#"{"credential":"x","key":{"algorithm":"ES256","secret":"y"}}"#;

    fn read(json: &str) -> Copies {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn copies_of_an_earlier_format_are_written_into_an_annex_and_found_there() {
        let mut copies = read(&format!("[{COPY},{COPY}]"));
        let mut annex = Vec::new();
        copies.write(b"", &mut annex).unwrap();
        assert_eq!(annex, [COPY, COPY].concat().as_bytes());
        copies.note_kept();
        copies.place(&mut 0);
        let json = serde_json::to_string(&copies).unwrap();
        assert_eq!(json, format!("[{0},{0}]", COPY.len()));

        // Behind those of another.
        let (mut again, mut at) = (read(&json), 7);
        again.place(&mut at);
        assert_eq!(at, 7 + annex.len());
        again.remove_last();
        let mut less = Vec::new();
        let shifted = [b"another", annex.as_slice()].concat();
        again.write(&shifted, &mut less).unwrap();
        assert_eq!(less, COPY.as_bytes());
    }

    #[test]
    fn a_length_beyond_the_annex_is_refused() {
        let mut copies = read(&format!("[3,{}]", usize::MAX));
        copies.place(&mut 0);
        let written = copies.write(b"abcdef", &mut Vec::new());
        assert_eq!(written, Err(ContentsError::Malformed));
        assert!(serde_json::from_str::<Copies>(r#"["text"]"#).is_err());
        assert!(serde_json::from_str::<Copies>("[-1]").is_err());
    }
}
