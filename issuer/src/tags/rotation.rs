use host::{Access, Folder, FolderError, secret_line};
use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::Serialize;
use store::{Batch, Record, StoreError, Stored};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{HEAD, KnownTag, LookAlikes, Mark, Seen, TagChain, TagHead, Tags, TagsError};
use crate::keyring::KeyringError;

impl Tags {
    /// Wraps all tags under a new key, in bounded transactions between which others enrol.
    ///
    /// The key is written durably before the database hears of it, and the database says that tags
    /// are moving before the first one moves. So it can be ended at any moment, and goes on where it
    /// was when it is called again.
    ///
    /// # Errors
    /// [`TagsError`]; nothing is lost.
    pub(crate) async fn rotate(
        &self,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Rotation, TagsError> {
        let resumed = self.begin(now, rng).await?;
        let seen = self.look_again(now).await?;
        let moved = self.sweep::<KnownTag>(&seen, now).await?
            + self.sweep::<LookAlikes>(&seen, now).await?;
        let settled = TagHead {
            generation: seen.generation(),
            moving: false,
        };
        let batch = Batch::new().replace(HEAD, seen.version, &settled, None)?;
        match self.store.commit(batch, now).await {
            // Another process finished the same work.
            Err(error) if error.is_conflict() => {}
            other => other?,
        }
        self.look_again(now).await?;
        Ok(Rotation {
            key: TagChain::file(seen.generation()),
            moved,
            resumed,
        })
    }

    /// Makes the database say that tags move under the next key; returns whether it said so before.
    async fn begin(&self, now: Timestamp, rng: &mut impl CryptoRng) -> Result<bool, TagsError> {
        let seen = self.look_again(now).await?;
        if seen.head.moving {
            return Ok(true);
        }
        let next = seen.generation() + 1;
        // A key that is there already is one that was made, and not yet used.
        if seen.chain.generation() < next {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut_slice());
            let (file, line) = (TagChain::file(next), secret_line(&secret));
            let written = Folder::create(&self.folder)
                .and_then(|folder| folder.write_new(&[(&file, line.as_bytes(), Access::Private)]));
            match written {
                Ok(_) | Err(FolderError::Exists { .. }) => {}
                Err(error) => return Err(KeyringError::from(error).into()),
            }
        }
        let head = TagHead {
            generation: next,
            moving: true,
        };
        let batch = Batch::new().replace(HEAD, seen.version, &head, None)?;
        match self.store.commit(batch, now).await {
            // Another process began: its work is joined.
            Err(error) if error.is_conflict() => Ok(true),
            other => Ok(other.map(|()| false)?),
        }
    }

    /// Moves all tags of one kind.
    async fn sweep<T: Tagged>(&self, seen: &Seen, now: Timestamp) -> Result<u64, TagsError> {
        let (mut moved, mut after) = (0, None::<Vec<u8>>);
        loop {
            let page = self.store.list::<T>(after.as_deref(), PAGE, now).await?;
            let mut batch = Batch::new();
            for (id, stored) in page.entries {
                batch = shift(batch, seen, &id, stored)?;
            }
            let changed = u64::try_from(batch.len() / 2).unwrap_or(u64::MAX);
            if changed > 0 {
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
}

/// A record that is found by a tag, and says how many times that is wrapped.
trait Tagged: Record {
    fn generation(&mut self) -> &mut u32;
}

impl Tagged for KnownTag {
    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

impl Tagged for LookAlikes {
    fn generation(&mut self) -> &mut u32 {
        &mut self.generation
    }
}

fn shift<T: Tagged>(
    batch: Batch,
    seen: &Seen,
    id: &[u8],
    stored: Stored<T>,
) -> Result<Batch, StoreError> {
    let mut record = stored.value;
    let from = std::mem::replace(record.generation(), seen.generation());
    if from >= seen.generation() {
        return Ok(batch);
    }
    let corrupt = || StoreError::Corrupt { kind: T::KIND };
    let tag = id.try_into().map_err(|_| corrupt())?;
    let mark = Mark {
        tag,
        generation: from,
    };
    let places = seen.places(&mark).ok_or_else(corrupt)?;
    batch
        .delete::<T>(id, stored.version)
        .create(places.current, &record, None)
}

/// Tags in one transaction.
const PAGE: u32 = 250;
