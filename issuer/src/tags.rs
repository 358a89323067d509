//! Keyed tags: a document and a person are known again without being kept.
//!
//! A tag is a chain of keyed hashes, `HMAC(k_n, … HMAC(k_1, HMAC(k_0, message)))`. When a key is
//! replaced there is no plaintext to tag anew: the tags themselves are wrapped under the next key
//! (`tag' = HMAC(k_new, tag)`), and look-ups apply the whole chain. Whoever has a copy of the
//! database and all keys but the newest can search for nobody.
//!
//! The database says which generation its tags have; every batch that writes a tag requires that it
//! still does. A process that does not have the newest key enrols nobody until it has.

mod chain;
mod marks;
mod rotation;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};

pub(crate) use chain::TagChain;
pub(crate) use marks::Marks;
pub use rotation::Rotation;

use crate::keyring::KeyringError;

/// The tags of an issuer's database.
#[derive(Debug)]
pub(crate) struct Tags {
    folder: PathBuf,
    store: Store,
    seen: Mutex<Arc<Seen>>,
}

impl Tags {
    /// Takes hold of the tags; a new database begins with all keys that there are.
    ///
    /// # Errors
    /// [`TagsError`] if the database has tags under a key that the folder lacks.
    pub(crate) async fn open(
        folder: PathBuf,
        chain: TagChain,
        store: Store,
        now: Timestamp,
    ) -> Result<Self, TagsError> {
        let head = TagHead {
            generation: chain.generation(),
            moving: false,
        };
        if store.load::<TagHead>(HEAD, now).await?.is_none() {
            match store
                .commit(Batch::new().create(HEAD, &head, None)?, now)
                .await
            {
                // Another process began.
                Err(error) if error.is_conflict() => {}
                other => other?,
            }
        }
        let seen = Arc::new(Seen::read(chain, &store, now).await?);
        Ok(Self {
            folder,
            store,
            seen: Mutex::new(seen),
        })
    }

    /// The state as it was seen last. A batch that relies on it names it by [`Seen::guard`].
    pub(crate) fn seen(&self) -> Arc<Seen> {
        let seen = self.seen.lock();
        Arc::clone(&seen.unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks again: after a batch has failed, and before tags are moved.
    ///
    /// # Errors
    /// As [`Tags::open`].
    pub(crate) async fn look_again(&self, now: Timestamp) -> Result<Arc<Seen>, TagsError> {
        let chain = TagChain::load(&self.folder).map_err(KeyringError::from)?;
        let seen = Arc::new(Seen::read(chain, &self.store, now).await?);
        let mut last = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Arc::clone(&seen);
        Ok(seen)
    }
}

/// Keys and generation at one moment.
#[derive(Debug)]
pub(crate) struct Seen {
    chain: TagChain,
    head: TagHead,
    version: u64,
}

impl Seen {
    /// How many times new tags are wrapped.
    #[must_use]
    pub(crate) fn generation(&self) -> u32 {
        self.head.generation
    }

    /// A tag that is not looked up yet: wrapped as seldom as any is, so that all places where it
    /// may lie follow from it.
    #[must_use]
    pub(crate) fn mark(&self, message: &[u8]) -> Mark {
        let generation = self.earliest();
        Mark {
            tag: self.chain.tag(message, generation),
            generation,
        }
    }

    /// Where a tag may lie, and last where it is written now. The earlier place comes first, so
    /// that a tag that moves meanwhile is found in one of the two.
    ///
    /// Returns `None` for a mark under a key that is not here.
    #[must_use]
    pub(crate) fn places(&self, mark: &Mark) -> Option<Places> {
        let at = |generation| self.chain.wrap(mark.tag, mark.generation, generation);
        let earlier = match self.head.moving {
            true => Some(at(self.earliest())?),
            false => None,
        };
        Some(Places {
            earlier,
            current: at(self.head.generation)?,
        })
    }

    fn earliest(&self) -> u32 {
        let moving = u32::from(self.head.moving);
        self.head.generation.saturating_sub(moving)
    }

    /// Adds to a batch that this is still so.
    pub(crate) fn guard(&self, batch: Batch) -> Batch {
        batch.require::<TagHead>(HEAD, self.version)
    }

    async fn read(chain: TagChain, store: &Store, now: Timestamp) -> Result<Self, TagsError> {
        let head = store.load::<TagHead>(HEAD, now).await?;
        let head = head.ok_or(StoreError::Corrupt {
            kind: TagHead::KIND,
        })?;
        let (version, head) = (head.version, head.value);
        if head.generation > chain.generation() {
            return Err(TagsError::KeyMissing {
                file: TagChain::file(head.generation),
            });
        }
        Ok(Self {
            chain,
            head,
            version,
        })
    }
}

/// A tag, and how many times it is wrapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) tag: [u8; 32],
    pub(crate) generation: u32,
}

/// Where a tag may lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    earlier: Option<[u8; 32]>,
    /// Where it is written now.
    pub(crate) current: [u8; 32],
}

impl Places {
    /// All places, in the order in which to look.
    pub(crate) fn iter(&self) -> impl Iterator<Item = [u8; 32]> {
        self.earlier.into_iter().chain([self.current])
    }
}

/// Under how many keys the tags of the database lie, found by [`HEAD`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct TagHead {
    /// How many times tags are wrapped.
    pub generation: u32,
    /// Whether some are still wrapped once less.
    pub moving: bool,
}

impl Record for TagHead {
    const KIND: &'static str = "tag_head";
}

/// Which enrolment a document or a personal number has, found by its tag.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct KnownTag {
    /// The enrolment's handle.
    pub handle: String,
    /// How many times the tag is wrapped.
    #[serde(default)]
    pub generation: u32,
}

impl Record for KnownTag {
    const KIND: &'static str = "known_document";
}

/// Which enrolments share name, birth date, sex and nationality, found by the tag of these.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct LookAlikes {
    /// The enrolments' handles.
    pub handles: Vec<String>,
    /// How many times the tag is wrapped.
    pub generation: u32,
}

impl Record for LookAlikes {
    const KIND: &'static str = "look_alikes";
}

/// Why tags cannot be read or moved. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum TagsError {
    /// The tags were wrapped under a key that this machine does not have.
    #[error("the tags lie under a key that is not here: {file}")]
    KeyMissing {
        /// The file to copy.
        file: String,
    },
    /// A key cannot be read or written.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const HEAD: &str = "current";
