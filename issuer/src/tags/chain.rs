use std::path::Path;

use host::{KeyFileError, read_secret};
use keys::base64url;
use keys::mac::MacKey;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The keys of tags, the oldest first. None is ever thrown away: the tags lie under all of them.
#[derive(Debug)]
pub(crate) struct TagChain {
    first: MacKey,
    later: Vec<MacKey>,
}

impl TagChain {
    /// Reads `tags.key`, and `tags.1.key`, `tags.2.key` and so on as long as there are any.
    ///
    /// # Errors
    /// [`KeyFileError`] names the file that is missing or is no key.
    pub(crate) fn load(folder: &Path) -> Result<Self, KeyFileError> {
        let read = |generation| read_secret(&folder.join(Self::file(generation)));
        let first = MacKey::new(&*read(0)?);
        let mut later = Vec::new();
        for generation in 1.. {
            if !folder.join(Self::file(generation)).exists() {
                break;
            }
            later.push(MacKey::new(&*read(generation)?));
        }
        Ok(Self { first, later })
    }

    /// The name of a key's file.
    #[must_use]
    pub(crate) fn file(generation: u32) -> String {
        match generation {
            0 => "tags.key".to_owned(),
            later => format!("tags.{later}.key"),
        }
    }

    /// The generation of the newest key, counted from 0.
    #[must_use]
    pub(crate) fn generation(&self) -> u32 {
        u32::try_from(self.later.len()).unwrap_or(u32::MAX)
    }

    /// The tag of a message under the keys up to a generation.
    #[must_use]
    pub(crate) fn tag(&self, message: &[u8], generation: u32) -> [u8; 32] {
        let first = self.first.tag(message);
        self.links(0, generation)
            .fold(first, |tag, key| key.tag(&tag))
    }

    /// A tag of one generation, wrapped to a later one; `None` if it is not later.
    #[must_use]
    pub(crate) fn wrap(&self, tag: [u8; 32], from: u32, to: u32) -> Option<[u8; 32]> {
        (from <= to).then(|| self.links(from, to).fold(tag, |tag, key| key.tag(&tag)))
    }

    /// What the database remembers of the keys up to a generation, so that another key is noticed:
    /// one value for each, in their order.
    ///
    /// Each is a tag of nothing but its generation, under a key that is derived for this alone: it
    /// tells two keys apart, and nothing can be searched for with it.
    #[must_use]
    pub(crate) fn checks(&self, generation: u32) -> Vec<KeyCheck> {
        let count = usize::try_from(generation).map_or(usize::MAX, |last| last.saturating_add(1));
        let keys = std::iter::once(&self.first).chain(&self.later).take(count);
        let check = |(generation, key): (u32, &MacKey)| {
            KeyCheck(key.derive(CHECK).tag(&generation.to_be_bytes()))
        };
        (0..).zip(keys).map(check).collect()
    }

    /// The keys after one generation, up to and with another.
    fn links(&self, after: u32, to: u32) -> impl Iterator<Item = &MacKey> {
        let place = |generation: u32| usize::try_from(generation).unwrap_or(usize::MAX);
        self.later.iter().take(place(to)).skip(place(after))
    }
}

/// What tells a key from every other, and nothing else of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct KeyCheck([u8; 32]);

impl Serialize for KeyCheck {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64url::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for KeyCheck {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        base64url::decode_array(&text)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

const CHECK: &str = "pessoa issuer tag key check v1";

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(secrets: &[u8]) -> TagChain {
        let keys = secrets.iter().map(|secret| MacKey::new(&[*secret; 32]));
        let mut keys = keys.collect::<Vec<_>>().into_iter();
        TagChain {
            first: keys.next().unwrap(),
            later: keys.collect(),
        }
    }

    #[test]
    fn a_check_tells_keys_and_places_apart_and_is_no_tag() {
        let checks = chain(&[1, 2, 3]).checks(2);
        assert_eq!(checks.len(), 3);
        assert_eq!(chain(&[1, 2, 3]).checks(1), checks[..2]);
        let other = chain(&[1, 9, 3]).checks(2);
        assert_eq!((other[0], other[2]), (checks[0], checks[2]));
        assert_ne!(other[1], checks[1]);
        assert_ne!(chain(&[1, 1]).checks(1)[0], chain(&[1, 1]).checks(1)[1]);
        let tag = chain(&[1]).tag(&0_u32.to_be_bytes(), 0);
        assert_ne!(KeyCheck(tag), checks[0]);
        let text = serde_json::to_string(&checks).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<KeyCheck>>(&text).unwrap(),
            checks
        );
    }

    #[test]
    fn wrapping_a_tag_is_tagging_under_the_longer_chain() {
        let place = tempfile::tempdir().unwrap();
        for generation in 0..3 {
            let secret = host::secret_line(&[u8::try_from(generation).unwrap(); 32]);
            std::fs::write(place.path().join(TagChain::file(generation)), &*secret).unwrap();
        }
        let chain = TagChain::load(place.path()).unwrap();
        assert_eq!(chain.generation(), 2);
        let tags = [0, 1, 2].map(|generation| chain.tag(b"message", generation));
        assert_eq!(tags[1], MacKey::new(&[1; 32]).tag(&tags[0]));
        assert_eq!(chain.wrap(tags[0], 0, 2), Some(tags[2]));
        assert_eq!(chain.wrap(tags[1], 1, 2), Some(tags[2]));
        assert_eq!(chain.wrap(tags[2], 2, 2), Some(tags[2]));
        assert_eq!(chain.wrap(tags[2], 2, 1), None);
    }
}
