//! Writes that apply together or not at all.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

use jiff::Timestamp;

use crate::error::StoreError;
use crate::record::{Record, micros};

/// A list of writes, each with its condition, for
/// [`Store::commit`](crate::Store::commit).
///
/// Writes are counted from 0 in the order in which they were added;
/// [`StoreError::Conflict`] names the position of one whose condition failed.
#[derive(Debug, Default)]
#[must_use = "a batch does nothing until it is committed"]
pub struct Batch {
    writes: Vec<Write>,
}

impl Batch {
    /// Makes an empty batch. Committing it does nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record; the condition is that no living record has this identifier.
    ///
    /// From `expires_at` on the record counts as absent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unserializable`] if the record cannot be written as JSON.
    pub fn create<T: Record>(
        self,
        id: impl AsRef<[u8]>,
        record: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let content = Content::of(record, expires_at)?;
        Ok(self.with(T::KIND, id, Change::Create(content)))
    }

    /// Replaces a record and its expiry; the condition is that it lives and still
    /// has the version that was read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unserializable`] if the record cannot be written as JSON.
    pub fn replace<T: Record>(
        self,
        id: impl AsRef<[u8]>,
        read_version: u64,
        record: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let content = Content::of(record, expires_at)?;
        Ok(self.with(T::KIND, id, Change::Replace(version(read_version), content)))
    }

    /// Deletes a record; the condition is that it lives and still has the version
    /// that was read.
    pub fn delete<T: Record>(self, id: impl AsRef<[u8]>, read_version: u64) -> Self {
        self.with(T::KIND, id, Change::Delete(version(read_version)))
    }

    /// Writes nothing; the condition is that a record lives and still has the version that was
    /// read.
    ///
    /// Batches that require the same record do not hinder each other; one that changes it waits
    /// for them, or they fail.
    pub fn require<T: Record>(self, id: impl AsRef<[u8]>, read_version: u64) -> Self {
        self.with(T::KIND, id, Change::Require(version(read_version)))
    }

    /// Leaves a marker that something was used; the condition is that no living
    /// marker of this kind and identifier exists.
    ///
    /// This is the replay check: of any number of batches that spend the same
    /// identifier, in any number of processes, exactly one succeeds. From
    /// `expires_at` on it can be spent again, so the thing spent must have
    /// expired by then for other reasons.
    pub fn spend(
        self,
        kind: &'static str,
        id: impl AsRef<[u8]>,
        expires_at: Option<Timestamp>,
    ) -> Self {
        let marker = Content {
            value: Vec::new(),
            expires_at: expires_at.map(micros),
            version: fresh_version(),
        };
        self.with(kind, id, Change::Create(marker))
    }

    /// The version that a record has from the commit on, if this batch creates or replaces it: so
    /// that whoever remembers what it wrote can change it without reading it.
    #[must_use]
    pub fn version_of<T: Record>(&self, id: impl AsRef<[u8]>) -> Option<u64> {
        let id = id.as_ref();
        let of_it = |write: &&Write| write.key.kind == T::KIND && write.key.id == id;
        match &self.writes.iter().rfind(of_it)?.change {
            Change::Create(content) | Change::Replace(_, content) => {
                u64::try_from(content.version).ok()
            }
            Change::Delete(_) | Change::Require(_) => None,
        }
    }

    /// How many writes the batch holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether the batch holds no write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    pub(crate) fn into_writes(self) -> Vec<Write> {
        self.writes
    }

    fn with(mut self, kind: &'static str, id: impl AsRef<[u8]>, change: Change) -> Self {
        self.writes.push(Write {
            key: Key {
                kind,
                id: id.as_ref().to_vec(),
            },
            change,
        });
        self
    }
}

/// What a record is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) kind: &'static str,
    pub(crate) id: Vec<u8>,
}

/// One conditional write.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) key: Key,
    pub(crate) change: Change,
}

/// What a write does; the numbers are versions that must still hold.
#[derive(Debug)]
pub(crate) enum Change {
    Create(Content),
    Delete(i64),
    Replace(i64, Content),
    Require(i64),
}

/// What a row holds.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) value: Vec<u8>,
    pub(crate) expires_at: Option<i64>,
    /// That of the row from then on.
    pub(crate) version: i64,
}

impl Content {
    fn of<T: Record>(record: &T, expires_at: Option<Timestamp>) -> Result<Self, StoreError> {
        let value =
            serde_json::to_vec(record).map_err(|_| StoreError::Unserializable { kind: T::KIND })?;
        Ok(Self {
            value,
            expires_at: expires_at.map(micros),
            version: fresh_version(),
        })
    }
}

/// A version is random, so that none is given out twice for one identifier, not even after a
/// deletion or by another process. The standard library's keys of hash tables are random enough
/// for that, and cost no way into the kernel; nothing is secret about a version.
fn fresh_version() -> i64 {
    let random = RandomState::new().build_hasher().finish() >> 1;
    i64::try_from(random).map_or(1, |version| version.max(1))
}

/// The engines count in `i64` and give out positive versions only, so a number
/// beyond them is a version that nothing has.
fn version(read: u64) -> i64 {
    i64::try_from(read).unwrap_or(-1)
}
