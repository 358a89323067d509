//! The status lists: which index a copy gets, and the signed files that say who was revoked.
//!
//! Indexes come in blocks from a counter of the database (so that processes do not wait for each
//! other) through a keyed permutation (so that neighbours in a list are not neighbours in time).
//! A list is a file: any web server or CDN can serve it, and reading it tells nobody about whom
//! one wanted to know.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use credential::{KeyReference, StatusReference};
use jiff::{SignedDuration, Timestamp};
use keys::SigningKey;
use keys::mac::MacKey;
use status::{Bits, IndexPermutation, Publication, Status, StatusError, StatusList};
use store::{Batch, Store, StoreError};
use url::Url;

use crate::config::StatusConfig;
use crate::records::{Position, RevokedCopy, StatusListHead};
use crate::status_files::{StatusFiles, StatusFilesError};

/// The status lists of an issuer.
pub(crate) struct StatusLists {
    store: Store,
    files: StatusFiles,
    entries: u64,
    time_to_live: SignedDuration,
    base: Url,
    issuer: String,
    key_reference: KeyReference,
    index_key: MacKey,
    free: Mutex<VecDeque<Range<u64>>>,
    permutations: Mutex<HashMap<u32, Arc<IndexPermutation>>>,
    published: Mutex<BTreeMap<u32, Published>>,
}

impl StatusLists {
    /// Takes hold of the lists. Nothing is written yet.
    #[must_use]
    pub(crate) fn new(
        config: &StatusConfig,
        store: Store,
        base: Url,
        (issuer, key_reference): (String, KeyReference),
        index_key: &[u8; 32],
    ) -> Self {
        let default = u32::try_from(status::MINIMUM_ENTRIES).unwrap_or(u32::MAX);
        Self {
            store,
            files: StatusFiles::new(config.folder.clone()),
            entries: config.entries.max(default).into(),
            time_to_live: SignedDuration::from_secs(config.ttl_seconds.max(1).into()),
            base,
            issuer,
            key_reference,
            index_key: MacKey::new(index_key),
            free: Mutex::default(),
            permutations: Mutex::default(),
            published: Mutex::default(),
        }
    }

    /// The files.
    #[must_use]
    pub(crate) fn files(&self) -> &StatusFiles {
        &self.files
    }

    /// How long a reader may keep a list.
    #[must_use]
    pub(crate) fn time_to_live(&self) -> SignedDuration {
        self.time_to_live
    }

    /// Gives out places that nobody had before.
    ///
    /// # Errors
    /// [`StatusListsError`] if the counter or the first signing of a new list fails.
    pub(crate) async fn allocate(
        &self,
        count: usize,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<Allocation, StatusListsError> {
        let mut counters = self.take(count);
        while counters.len() < count {
            let first = self.store.reserve(COUNTER, BLOCK).await?;
            locked(&self.free).push_back(first..first + BLOCK);
            counters.extend(self.take(count - counters.len()));
        }
        let mut positions = Vec::with_capacity(count);
        for counter in &counters {
            let list =
                u32::try_from(counter / self.entries).map_err(|_| StatusListsError::Exhausted)?;
            let permutation = self.permutation(list, key, now).await?;
            let index = permutation.index(counter % self.entries);
            let index = index.and_then(|index| u32::try_from(index).ok());
            positions.push(Position(list, index.ok_or(StatusListsError::Exhausted)?));
        }
        Ok(Allocation {
            positions,
            counters,
        })
    }

    /// Takes back places of copies that were certainly not issued, so that whoever repeats a
    /// request does not use up the lists.
    pub(crate) fn take_back(&self, unused: Allocation) {
        let singles = unused
            .counters
            .into_iter()
            .map(|counter| counter..counter + 1);
        locked(&self.free).extend(singles);
    }

    /// What a credential says of its place.
    #[must_use]
    pub(crate) fn reference(&self, position: Position) -> StatusReference {
        StatusReference {
            uri: self.uri(position.0),
            index: position.1.into(),
        }
    }

    /// Adds revocations to a batch, and that their lists have changed. Returns these lists.
    ///
    /// # Errors
    /// [`StoreError`] from reading the lists' state.
    pub(crate) async fn revoke(
        &self,
        mut batch: Batch,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        let mut lists: Vec<u32> = copies.iter().map(|(position, _)| position.0).collect();
        lists.sort_unstable();
        lists.dedup();
        for (position, expires_at) in copies {
            let kept_until = expires_at.checked_add(KEPT_LONGER).unwrap_or(*expires_at);
            batch = batch.create(position.key(), &RevokedCopy, Some(kept_until))?;
        }
        for list in &lists {
            let id = list.to_be_bytes();
            batch = match self.store.load::<StatusListHead>(id, now).await? {
                None => batch.create(id, &StatusListHead { revision: 1 }, None)?,
                Some(read) => {
                    let next = StatusListHead {
                        revision: read.value.revision + 1,
                    };
                    batch.replace(id, read.version, &next, None)?
                }
            };
        }
        Ok((batch, lists))
    }

    /// Signs a list and replaces its file.
    ///
    /// A lock on the folder makes processes take turns from reading the revocations to writing the
    /// file, so that an older state never replaces a newer one.
    ///
    /// # Errors
    /// [`StatusListsError`] if reading, signing or writing fails.
    pub(crate) async fn publish(
        &self,
        list: u32,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<(), StatusListsError> {
        let turn = self.files.lock().await?;
        let head = self
            .store
            .load::<StatusListHead>(list.to_be_bytes(), now)
            .await?;
        let revision = head.map_or(0, |head| head.value.revision);
        let content = self.revoked(list, now).await?;
        let uri = self.uri(list);
        let publication = Publication {
            list: &content,
            issuer: Some(&self.issuer),
            uri: &uri,
            expires_at: Some(now + self.expiry()),
            time_to_live: Some(self.time_to_live),
            key_reference: &self.key_reference,
        };
        let token = publication.sign(key, now)?;
        turn.write(list, token).await?;
        locked(&self.published).insert(list, Published { revision, at: now });
        Ok(())
    }

    /// Publishes every list that changed in the database, or that readers will soon find old.
    ///
    /// # Errors
    /// As [`StatusLists::publish`].
    pub(crate) async fn publish_due(
        &self,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<(), StatusListsError> {
        let heads = self.heads(now).await?;
        for (list, revision) in heads {
            let published = locked(&self.published).get(&list).copied();
            let fresh = published.is_some_and(|published| {
                let age = now.duration_since(published.at);
                published.revision == revision
                    && age >= SignedDuration::ZERO
                    && age < self.time_to_live / 2
            });
            if !fresh {
                self.publish(list, key, now).await?;
            }
        }
        Ok(())
    }

    /// Names all lists, so that verifiers fetch them before anybody presents
    /// (draft-ietf-oauth-status-list, section 9).
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub(crate) async fn uris(&self, now: Timestamp) -> Result<Vec<Url>, StoreError> {
        let heads = self.heads(now).await?;
        Ok(heads.into_keys().map(|list| self.uri(list)).collect())
    }

    /// The revision of every list.
    async fn heads(&self, now: Timestamp) -> Result<BTreeMap<u32, u64>, StoreError> {
        // The first list is published before anybody is in it, so that it says nothing to be there.
        let mut heads = BTreeMap::from([(0, 0)]);
        let mut after = None;
        loop {
            let page = self
                .store
                .list::<StatusListHead>(after.as_deref(), PAGE, now)
                .await?;
            for (id, head) in page.entries {
                if let Ok(list) = id.try_into() {
                    heads.insert(u32::from_be_bytes(list), head.value.revision);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(heads)
    }

    async fn revoked(&self, list: u32, now: Timestamp) -> Result<StatusList, StatusListsError> {
        let entries = usize::try_from(self.entries).unwrap_or(usize::MAX);
        let mut content = StatusList::new(Bits::One, entries);
        let prefix = list.to_be_bytes();
        let mut after = Some(prefix.to_vec());
        while let Some(from) = after {
            let page = self
                .store
                .list::<RevokedCopy>(Some(&from), PAGE, now)
                .await?;
            after = page.next;
            for (id, _) in page.entries {
                match id.split_first_chunk::<4>() {
                    Some((found, index)) if *found == prefix => {
                        let index: [u8; 4] =
                            index.try_into().map_err(|_| StatusListsError::Exhausted)?;
                        content.set(u32::from_be_bytes(index).into(), Status::INVALID)?;
                    }
                    _ => after = None,
                }
            }
        }
        Ok(content)
    }

    async fn permutation(
        &self,
        list: u32,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<Arc<IndexPermutation>, StatusListsError> {
        if let Some(known) = locked(&self.permutations).get(&list) {
            return Ok(Arc::clone(known));
        }
        let head = Batch::new().create(list.to_be_bytes(), &StatusListHead::default(), None)?;
        match self.store.commit(head, now).await {
            // Another process began the list.
            Err(error) if error.is_conflict() => {}
            other => other?,
        }
        // The file is there before a credential refers to it.
        self.publish(list, key, now).await?;
        let list_key = self.index_key.derive(&format!("status list {list}"));
        let made = IndexPermutation::new(&list_key, self.entries);
        let made = Arc::new(made.ok_or(StatusListsError::Exhausted)?);
        locked(&self.permutations).insert(list, Arc::clone(&made));
        Ok(made)
    }

    fn take(&self, count: usize) -> Vec<u64> {
        let mut free = locked(&self.free);
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            let Some(block) = free.front_mut() else { break };
            match block.next() {
                Some(counter) => taken.push(counter),
                None => drop(free.pop_front()),
            }
        }
        taken
    }

    fn uri(&self, list: u32) -> Url {
        let mut uri = self.base.clone();
        let path = uri.path().trim_end_matches('/').to_owned();
        uri.set_path(&format!("{path}/status/{list}"));
        uri
    }

    fn expiry(&self) -> SignedDuration {
        (self.time_to_live * 4).max(SHORTEST_EXPIRY)
    }
}

impl fmt::Debug for StatusLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusLists")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// Places for copies that are about to be issued.
#[derive(Debug)]
pub(crate) struct Allocation {
    pub(crate) positions: Vec<Position>,
    counters: Vec<u64>,
}

/// Why the status lists cannot be read or written. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum StatusListsError {
    /// There are no more lists or indexes.
    #[error("there are no status indexes left")]
    Exhausted,
    /// The files cannot be written.
    #[error(transparent)]
    Files(#[from] StatusFilesError),
    /// The list cannot be signed.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Copy, Debug)]
struct Published {
    revision: u64,
    at: Timestamp,
}

// Every guarded value is whole at each point where a thread could die.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const COUNTER: &str = "status_index";
/// Reserved at once: one durable write for so many copies.
const BLOCK: u64 = 512;
/// A verifier whose clock is behind still takes a copy that has expired here.
const KEPT_LONGER: SignedDuration = SignedDuration::from_hours(24);
const PAGE: u32 = 1000;
const SHORTEST_EXPIRY: SignedDuration = SignedDuration::from_hours(1);
