//! The status lists: which index a copy gets, and the signed files that say who was revoked.
//!
//! Indexes come in blocks from a counter of the database (so that processes do not wait for each
//! other) through a keyed permutation (so that neighbours in a list are not neighbours in time).
//! A list is a few files that say the same: a Status List Token for SD-JWT VCs, and Bitstring Status
//! List Credentials for W3C credentials. Any web server or CDN can serve them, and reading one tells
//! nobody about whom one wanted to know.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use credential::data_integrity::SecureError;
use credential::{StatusReference, vc_jwt};
use jiff::{SignedDuration, Timestamp};
use keys::mac::MacKey;
use serde::Serialize;
use status::{BitstringEntry, IndexPermutation, StatusError};
use store::{Batch, Record, Store, StoreError};
use url::Url;

use crate::config::StatusConfig;
use crate::identity::Identity;
use crate::keyring::SigningKeys;
use crate::messages::Messages;
use crate::records::{Position, RevokedCopy, StatusListHead, SuspendedCopy};
use crate::status_files::{Form, StatusFiles, StatusFilesError};
use crate::status_lists::imprint::Imprint;
use crate::topic::Topic;

mod imprint;
mod marks;
mod telling;

pub(crate) use telling::Carrier;

/// The status lists of an issuer.
pub(crate) struct StatusLists {
    store: Store,
    files: StatusFiles,
    imprint: Imprint,
    messages: Messages,
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
        messages: Messages,
        store: Store,
        base: Url,
        identity: &Identity,
        index_key: &[u8; 32],
    ) -> Self {
        let default = u32::try_from(status::MINIMUM_ENTRIES).unwrap_or(u32::MAX);
        let entries = config.entries.max(default).into();
        let time_to_live = SignedDuration::from_secs(config.ttl_seconds.max(1).into());
        Self {
            store,
            files: StatusFiles::new(config.folder.clone()),
            imprint: Imprint::new(entries, time_to_live, base, identity),
            messages,
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
        self.imprint.time_to_live
    }

    /// Gives out places that nobody had before.
    ///
    /// # Errors
    /// [`StatusListsError`] if the counter or the first signing of a new list fails.
    pub(crate) async fn allocate(
        &self,
        count: usize,
        keys: &SigningKeys,
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
            let list = u32::try_from(counter / self.imprint.entries)
                .map_err(|_| StatusListsError::Exhausted)?;
            let permutation = self.permutation(list, keys, now).await?;
            let index = permutation.index(counter % self.imprint.entries);
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

    /// What an SD-JWT VC says of its place.
    #[must_use]
    pub(crate) fn reference(&self, position: Position) -> StatusReference {
        StatusReference {
            uri: self.imprint.uri(position.0, Form::Token),
            index: position.1.into(),
        }
    }

    /// What a W3C credential says of its place, by lists that are secured as it is.
    #[must_use]
    pub(crate) fn entries(
        &self,
        position: Position,
        form: fn(Topic) -> Form,
    ) -> Vec<BitstringEntry> {
        let index = position.1.into();
        let list = |topic| self.imprint.uri(position.0, form(topic));
        let bit = |topic: Topic| BitstringEntry::bit(topic.purpose(), index, list(topic));
        let told = self
            .messages
            .entry(index, |bits| list(Topic::Message(bits)));
        Topic::OF_ALL.into_iter().map(bit).chain(told).collect()
    }

    /// Adds revocations to a batch, and that their lists have changed. Returns these lists.
    ///
    /// # Errors
    /// [`StoreError`] from reading the lists' state.
    pub(crate) async fn revoke(
        &self,
        batch: Batch,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        self.mark(batch, &RevokedCopy, copies, now).await
    }

    /// Adds suspensions to a batch, as [`Self::revoke`].
    ///
    /// # Errors
    /// As [`Self::revoke`].
    pub(crate) async fn suspend(
        &self,
        batch: Batch,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        self.mark(batch, &SuspendedCopy, copies, now).await
    }

    /// Adds the ends of suspensions to a batch, as [`Self::revoke`].
    ///
    /// # Errors
    /// As [`Self::revoke`].
    pub(crate) async fn resume(
        &self,
        mut batch: Batch,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        for (position, _) in copies {
            let id = position.key();
            if let Some(read) = self.store.load::<SuspendedCopy>(id, now).await? {
                batch = batch.delete::<SuspendedCopy>(id, read.version);
            }
        }
        self.changed(batch, copies, now).await
    }

    /// Adds this record of each copy to a batch, for as long as the copy counts.
    async fn mark(
        &self,
        mut batch: Batch,
        record: &impl Record,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        for (position, expires_at) in copies {
            batch = batch.create(position.key(), record, Some(kept_until(*expires_at)))?;
        }
        self.changed(batch, copies, now).await
    }

    /// Adds to a batch that the lists of these copies have changed, and returns those.
    async fn changed(
        &self,
        mut batch: Batch,
        copies: &[(Position, Timestamp)],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        let mut lists: Vec<u32> = copies.iter().map(|(position, _)| position.0).collect();
        lists.sort_unstable();
        lists.dedup();
        for list in &lists {
            let id = list.to_be_bytes();
            batch = match self.store.load::<StatusListHead>(id, now).await? {
                None => {
                    let first = StatusListHead {
                        revision: 1,
                        ..self.first_head()
                    };
                    batch.create(id, &first, None)?
                }
                Some(read) => {
                    let next = StatusListHead {
                        revision: read.value.revision + 1,
                        ..read.value
                    };
                    batch.replace(id, read.version, &next, None)?
                }
            };
        }
        Ok((batch, lists))
    }

    /// Signs a list and replaces its files.
    ///
    /// A lock on the folder makes processes take turns from reading the revocations to writing the
    /// files, so that an older state never replaces a newer one.
    ///
    /// # Errors
    /// [`StatusListsError`] if reading, signing or writing fails.
    pub(crate) async fn publish(
        &self,
        list: u32,
        keys: &SigningKeys,
        now: Timestamp,
    ) -> Result<(), StatusListsError> {
        let turn = self.files.lock().await?;
        let head = self
            .store
            .load::<StatusListHead>(list.to_be_bytes(), now)
            .await?;
        let head = head.map_or_else(|| self.first_head(), |head| head.value);
        let marked = self.marked(list, now).await?;
        let token = self.imprint.token(list, &marked, keys, now)?;
        turn.write(list, Form::Token, token).await?;
        for topic in topics(&head) {
            let messages = match topic {
                Topic::Message(bits) => self.messages.in_bits(bits),
                Topic::Revocation | Topic::Suspension => None,
            };
            for form in self.imprint.forms(topic) {
                let place = (form, topic);
                let signed = self.imprint.list_credential(
                    list,
                    place,
                    &marked,
                    messages.as_ref(),
                    keys,
                    now,
                )?;
                turn.write(list, form, signed).await?;
            }
        }
        let published = Published {
            revision: head.revision,
            at: now,
        };
        locked(&self.published).insert(list, published);
        Ok(())
    }

    /// Publishes every list that changed in the database, or that readers will soon find old.
    ///
    /// # Errors
    /// As [`StatusLists::publish`].
    pub(crate) async fn publish_due(
        &self,
        keys: &SigningKeys,
        now: Timestamp,
    ) -> Result<(), StatusListsError> {
        let heads = self.heads(now).await?;
        for (list, head) in heads {
            let published = locked(&self.published).get(&list).copied();
            let fresh = published.is_some_and(|published| {
                let age = now.duration_since(published.at);
                published.revision == head.revision
                    && age >= SignedDuration::ZERO
                    && age < self.imprint.time_to_live / 2
            });
            if !fresh {
                self.publish(list, keys, now).await?;
            }
        }
        Ok(())
    }

    /// Names all lists, so that verifiers fetch them before anybody presents.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub(crate) async fn aggregation(&self, now: Timestamp) -> Result<Aggregation, StoreError> {
        let heads = self.heads(now).await?;
        let credentials = heads.iter().flat_map(|(list, head)| {
            let forms = topics(head).flat_map(|topic| self.imprint.forms(topic));
            forms.map(|form| self.imprint.uri(*list, form))
        });
        Ok(Aggregation {
            status_lists: heads
                .keys()
                .map(|list| self.imprint.uri(*list, Form::Token))
                .collect(),
            bitstring_status_lists: credentials.collect(),
        })
    }

    /// The state of every list.
    async fn heads(&self, now: Timestamp) -> Result<BTreeMap<u32, StatusListHead>, StoreError> {
        // The first list is published before anybody is in it, so that it says nothing to be there.
        let mut heads = BTreeMap::from([(0, self.first_head())]);
        let mut after = None;
        loop {
            let page = self
                .store
                .list::<StatusListHead>(after.as_deref(), PAGE, now)
                .await?;
            for (id, head) in page.entries {
                if let Ok(list) = id.try_into() {
                    heads.insert(u32::from_be_bytes(list), head.value);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(heads)
    }

    async fn permutation(
        &self,
        list: u32,
        keys: &SigningKeys,
        now: Timestamp,
    ) -> Result<Arc<IndexPermutation>, StatusListsError> {
        if let Some(known) = locked(&self.permutations).get(&list) {
            return Ok(Arc::clone(known));
        }
        let head = Batch::new().create(list.to_be_bytes(), &self.first_head(), None)?;
        match self.store.commit(head, now).await {
            // Another process began the list, and maybe another configuration.
            Err(error) if error.is_conflict() => self.add_messages(list, now).await?,
            other => other?,
        }
        // The files are there before a credential refers to them.
        self.publish(list, keys, now).await?;
        let list_key = self.index_key.derive(&format!("status list {list}"));
        let made = IndexPermutation::new(&list_key, self.imprint.entries);
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
}

impl fmt::Debug for StatusLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusLists")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// All lists (draft-ietf-oauth-status-list, section 9.3), with a member of our own for the
/// Bitstring Status List Credentials: no text says where those are named.
#[derive(Debug, Serialize)]
pub(crate) struct Aggregation {
    status_lists: Vec<Url>,
    bitstring_status_lists: Vec<Url>,
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
    /// A list credential cannot be secured by JOSE.
    #[error(transparent)]
    Jose(#[from] vc_jwt::IssueError),
    /// A list credential cannot be given a proof.
    #[error(transparent)]
    Proof(#[from] SecureError),
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

/// What the list credentials of a list are about.
fn topics(head: &StatusListHead) -> impl Iterator<Item = Topic> {
    let messages = head.message_bits.iter().copied().map(Topic::Message);
    Topic::OF_ALL.into_iter().chain(messages)
}

/// A verifier whose clock is behind still takes a copy that has expired here.
fn kept_until(expires_at: Timestamp) -> Timestamp {
    expires_at.checked_add(KEPT_LONGER).unwrap_or(expires_at)
}

// Every guarded value is whole at each point where a thread could die.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const COUNTER: &str = "status_index";
/// Reserved at once: one durable write for so many copies.
const BLOCK: u64 = 512;
const KEPT_LONGER: SignedDuration = SignedDuration::from_hours(24);
const PAGE: u32 = 1000;
