use std::path::Path;

use host::{KeyFileError, read_secret};
use keys::mac::MacKey;

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

    /// The keys after one generation, up to and with another.
    fn links(&self, after: u32, to: u32) -> impl Iterator<Item = &MacKey> {
        let place = |generation: u32| usize::try_from(generation).unwrap_or(usize::MAX);
        self.later.iter().take(place(to)).skip(place(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
