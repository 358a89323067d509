//! Keyed tags: a document and a person are known again without being kept.
//!
//! A tag is a chain of keyed hashes, `HMAC(k_n, … HMAC(k_1, HMAC(k_0, message)))`. When a key is
//! replaced there is no plaintext to tag anew: the tags themselves are wrapped under the next key
//! (`tag' = HMAC(k_new, tag)`), and look-ups apply the whole chain. Whoever has a copy of the
//! database and all keys but the newest can search for nobody.
//!
//! The database says which generation its tags have; every batch that writes a tag requires that it
//! still does. A process that does not have the newest key enrols nobody until it has. Nor does one
//! whose key is another of the same name: the database remembers a check value of each.

mod chain;
mod marks;
mod rotation;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};

pub(crate) use chain::{KeyCheck, TagChain};
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
    /// [`TagsError`] if the database has tags under a key that the folder lacks, or has another of.
    pub(crate) async fn open(
        folder: PathBuf,
        chain: TagChain,
        store: Store,
        now: Timestamp,
    ) -> Result<Self, TagsError> {
        let head = TagHead {
            generation: chain.generation(),
            checks: chain.checks(chain.generation()),
            ..TagHead::default()
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

    /// Looks again, and tells whether the tags lie where they did: whoever was not found while they
    /// moved may be known all the same.
    ///
    /// # Errors
    /// As [`Tags::open`].
    pub(crate) async fn are_still(&self, seen: &Seen, now: Timestamp) -> Result<bool, TagsError> {
        Ok(self.look_again(now).await?.version == seen.version)
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

    /// Whether a tag may lie at one of two places.
    #[must_use]
    pub(crate) fn are_moving(&self) -> bool {
        self.head.moving
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

    /// A mark wrapped as often as tags are now; `None` for one under a key that is not here.
    #[must_use]
    pub(crate) fn current(&self, mark: &Mark) -> Option<Mark> {
        let generation = self.head.generation;
        let tag = self.chain.wrap(mark.tag, mark.generation, generation)?;
        Some(Mark { tag, generation })
    }

    fn earliest(&self) -> u32 {
        let moving = u32::from(self.head.moving);
        self.head.generation.saturating_sub(moving)
    }

    /// Adds to a batch that this is still so.
    pub(crate) fn guard(&self, batch: Batch) -> Batch {
        batch.require::<TagHead>(HEAD, self.version)
    }

    /// Reads the head, and judges the keys by it before anything is done with them.
    async fn read(chain: TagChain, store: &Store, now: Timestamp) -> Result<Self, TagsError> {
        loop {
            let head = store.load::<TagHead>(HEAD, now).await?;
            let head = head.ok_or(StoreError::Corrupt {
                kind: TagHead::KIND,
            })?;
            let (version, mut head) = (head.version, head.value);
            if head.generation > chain.generation() {
                return Err(TagsError::KeyMissing {
                    file: TagChain::file(head.generation),
                });
            }
            let checks = chain.checks(head.generation);
            let mut pairs = (0..).zip(head.checks.iter().zip(&checks));
            if let Some((generation, _)) = pairs.find(|(_, (known, here))| known != here) {
                return Err(TagsError::KeyDiffers {
                    file: TagChain::file(generation),
                });
            }
            if head.checks.len() < checks.len() {
                // An earlier version of this program wrote the head: whoever starts first says which
                // keys they are.
                head.checks = checks;
                let batch = Batch::new().replace(HEAD, version, &head, None)?;
                match store.commit(batch, now).await {
                    Err(error) if error.is_conflict() => {}
                    other => other?,
                }
                continue;
            }
            return Ok(Self {
                chain,
                head,
                version,
            });
        }
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
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct TagHead {
    /// How many times tags are wrapped.
    pub generation: u32,
    /// Whether some are still wrapped once less.
    pub moving: bool,
    /// Whether tags that are not looked up yet, because their document is not redeemed, may still be
    /// wrapped less often.
    #[serde(default)]
    pub trailing: bool,
    /// By which the keys are told from others of the same name; none if an earlier version of this
    /// program wrote the head.
    #[serde(default)]
    pub checks: Vec<KeyCheck>,
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
    /// The key of this machine is not the one under which the tags lie, although it has its name:
    /// everybody would be taken for somebody new.
    #[error(
        "the tags lie under another key than the {file} of this machine: the operator must copy {file} \
         here from a machine of this issuer that works, or from the backup of its keys"
    )]
    KeyDiffers {
        /// The file that is another.
        file: String,
    },
    /// The tags were wrapped under a key that this machine does not have.
    #[error(
        "the tags lie under a key that is not here: the operator must copy {file} from the machine \
         that made it"
    )]
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
