use std::sync::Arc;

use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::Serialize;
use store::{Batch, Depth, Record, StoreError, Stored};
use utoipa::ToSchema;

use super::{HEAD, KnownTag, LookAlikes, Mark, Seen, TagChain, TagHead, Tags, TagsError};
use crate::keyring::{KeyringError, make_secret};
use crate::records::{Enrolment, Pending};
use crate::usecases::scrub::Leftovers;

impl Tags {
    /// Wraps all tags under a new key, in bounded transactions between which others enrol.
    ///
    /// The key is written durably before the database hears of it, and the database says that tags
    /// are moving before the first one moves. So it can be ended at any moment, and goes on where it
    /// was when it is called again. At last the earlier tags are removed from the database's files.
    ///
    /// # Errors
    /// [`TagsError`]; nothing is lost.
    pub(crate) async fn rotate(
        &self,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Rotation, TagsError> {
        let resumed = self.begin(now, rng).await?;
        let mut seen = self.look_again(now).await?;
        let mut moved = 0;
        if seen.head.moving {
            moved += self.sweep::<KnownTag>(&seen, now).await?;
            moved += self.sweep::<LookAlikes>(&seen, now).await?;
            seen = self.pass(&seen, false, true, now).await?;
        }
        // Last, when there is one place alone where a tag may lie: the earlier place does not follow
        // from a tag that is wrapped already.
        if seen.head.trailing {
            moved += self.sweep::<Enrolment>(&seen, now).await?;
        }
        // Before it counts as done: whoever ends it here scrubs when it goes on.
        let leftovers = Leftovers::of(&self.store, Depth::Pages).await;
        if seen.head.trailing {
            seen = self.pass(&seen, false, false, now).await?;
        }
        Ok(Rotation {
            key: TagChain::file(seen.generation()),
            moved,
            resumed,
            leftovers,
        })
    }

    /// Makes the database say that a part of the work is done.
    async fn pass(
        &self,
        seen: &Seen,
        moving: bool,
        trailing: bool,
        now: Timestamp,
    ) -> Result<Arc<Seen>, TagsError> {
        let head = TagHead {
            moving,
            trailing,
            ..seen.head.clone()
        };
        let batch = Batch::new().replace(HEAD, seen.version, &head, None)?;
        match self.store.commit(batch, now).await {
            // Another process finished the same work.
            Err(error) if error.is_conflict() => {}
            other => other?,
        }
        self.look_again(now).await
    }

    /// Makes the database say that tags move under the next key; returns whether it said so before.
    async fn begin(&self, now: Timestamp, rng: &mut impl CryptoRng) -> Result<bool, TagsError> {
        let seen = self.look_again(now).await?;
        if seen.head.moving || seen.head.trailing {
            return Ok(true);
        }
        let next = seen.generation() + 1;
        // A key that is there already is one that was made, and not yet used.
        if seen.chain.generation() < next {
            make_secret(&self.folder, &TagChain::file(next), rng)?;
        }
        let chain = TagChain::load(&self.folder).map_err(KeyringError::from)?;
        let head = TagHead {
            generation: next,
            moving: true,
            trailing: false,
            checks: chain.checks(next),
        };
        let batch = Batch::new().replace(HEAD, seen.version, &head, None)?;
        match self.store.commit(batch, now).await {
            // Another process began: its work is joined.
            Err(error) if error.is_conflict() => Ok(true),
            other => Ok(other.map(|()| false)?),
        }
    }

    /// Wraps all tags in one kind of record.
    async fn sweep<T: Tagged>(&self, seen: &Seen, now: Timestamp) -> Result<u64, TagsError> {
        let (mut moved, mut after) = (0, None::<Vec<u8>>);
        loop {
            let page = self.store.list::<T>(after.as_deref(), PAGE, now).await?;
            let (mut batch, mut changed) = (Batch::new(), 0);
            for (id, stored) in page.entries {
                let (next, tags) = T::shift(batch, seen, &id, stored)?;
                (batch, changed) = (next, changed + tags);
            }
            if !batch.is_empty() {
                match self.store.commit(seen.guard(batch), now).await {
                    // Another process finished the same work.
                    Err(StoreError::Conflict {
                        kind: TagHead::KIND,
                        ..
                    }) => return Ok(moved),
                    // Somebody enrolled meanwhile: the page is read anew.
                    Err(error) if error.is_conflict() => continue,
                    other => other?,
                }
            }
            moved += changed;
            after = page.next;
            if after.is_none() {
                return Ok(moved);
            }
        }
    }
}

/// What the rotation of a key did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rotation {
    /// The file of the new key: every machine of the issuer needs a copy.
    pub key: String,
    /// How many tags were wrapped.
    pub moved: u64,
    /// Whether an earlier rotation was brought to its end.
    pub resumed: bool,
    /// Where the earlier tags may still lie.
    pub leftovers: Leftovers,
}

/// A record with tags, that says how many times they are wrapped.
trait Tagged: Record {
    /// Adds to a batch that they are wrapped anew, if need be; and tells how many they are.
    fn shift(
        batch: Batch,
        seen: &Seen,
        id: &[u8],
        stored: Stored<Self>,
    ) -> Result<(Batch, u64), StoreError>;
}

impl Tagged for KnownTag {
    fn shift(
        batch: Batch,
        seen: &Seen,
        id: &[u8],
        stored: Stored<Self>,
    ) -> Result<(Batch, u64), StoreError> {
        rename(batch, seen, id, stored, |tag| &mut tag.generation)
    }
}

impl Tagged for LookAlikes {
    fn shift(
        batch: Batch,
        seen: &Seen,
        id: &[u8],
        stored: Stored<Self>,
    ) -> Result<(Batch, u64), StoreError> {
        rename(batch, seen, id, stored, |tag| &mut tag.generation)
    }
}

/// The tags of a document that is not redeemed yet.
impl Tagged for Enrolment {
    fn shift(
        batch: Batch,
        seen: &Seen,
        id: &[u8],
        stored: Stored<Self>,
    ) -> Result<(Batch, u64), StoreError> {
        let pending = match &stored.value.pending {
            Some(pending) if pending.generation < seen.generation() => pending,
            _ => return Ok((batch, 0)),
        };
        let wrapped: Option<Vec<Mark>> = pending
            .marks()?
            .iter()
            .map(|mark| seen.current(mark))
            .collect();
        let wrapped = wrapped.ok_or(StoreError::Corrupt { kind: Self::KIND })?;
        let count = u64::try_from(wrapped.len()).unwrap_or(u64::MAX);
        let moved = Self {
            pending: Some(Pending::new(pending.version, &wrapped)),
            ..stored.value
        };
        Ok((batch.replace(id, stored.version, &moved, None)?, count))
    }
}

/// Moves a record that is found by its tag, and tells it the generation of that.
fn rename<T: Record>(
    batch: Batch,
    seen: &Seen,
    id: &[u8],
    mut stored: Stored<T>,
    generation: fn(&mut T) -> &mut u32,
) -> Result<(Batch, u64), StoreError> {
    let generation = generation(&mut stored.value);
    if *generation >= seen.generation() {
        return Ok((batch, 0));
    }
    let corrupt = || StoreError::Corrupt { kind: T::KIND };
    let mark = Mark {
        tag: id.try_into().map_err(|_| corrupt())?,
        generation: *generation,
    };
    *generation = seen.generation();
    let place = seen.current(&mark).ok_or_else(corrupt)?;
    let batch = batch
        .delete::<T>(id, stored.version)
        .create(place.tag, &stored.value, None)?;
    Ok((batch, 1))
}

/// Tags in one transaction.
const PAGE: u32 = 250;
