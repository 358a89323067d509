//! Messages: what is told of copies beside whether they are good.

use jiff::Timestamp;
use store::{Batch, StoreError};

use super::{StatusLists, kept_until};
use crate::messages::Messages;
use crate::records::{Position, StatusListHead, ToldCopy};

/// A copy of which something can be told, and what is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carrier {
    pub(crate) position: Position,
    pub(crate) expires_at: Timestamp,
    /// The code; zero for what all say at first.
    pub(crate) value: u8,
    /// In how many bits.
    pub(crate) bits: u8,
}

impl StatusLists {
    /// What copies can be made to say.
    #[must_use]
    pub(crate) fn messages(&self) -> &Messages {
        &self.messages
    }

    /// In how many bits new copies can be made to say something; zero if they cannot.
    #[must_use]
    pub(crate) fn message_bits(&self) -> u8 {
        self.messages.bits().unwrap_or(0)
    }

    /// Adds to a batch what is told of copies from now on, and that their lists have changed. Returns
    /// these lists.
    ///
    /// # Errors
    /// [`StoreError`] from reading what was told before, or the lists' state.
    pub(crate) async fn tell(
        &self,
        mut batch: Batch,
        copies: &[Carrier],
        now: Timestamp,
    ) -> Result<(Batch, Vec<u32>), StoreError> {
        let mut changed = Vec::new();
        for copy in copies {
            let id = copy.position.key();
            let before = self.store.load::<ToldCopy>(id, now).await?;
            let until = Some(kept_until(copy.expires_at));
            let told = ToldCopy {
                value: copy.value,
                bits: copy.bits,
            };
            batch = match (before, copy.value) {
                (None, 0) => continue,
                (None, _) => batch.create(id, &told, until)?,
                (Some(read), 0) => batch.delete::<ToldCopy>(id, read.version),
                (Some(read), _) => batch.replace(id, read.version, &told, until)?,
            };
            changed.push((copy.position, copy.expires_at));
        }
        self.changed(batch, &changed, now).await
    }

    /// A list of which nothing was said yet.
    pub(super) fn first_head(&self) -> StatusListHead {
        StatusListHead {
            revision: 0,
            message_bits: self.messages.bits().into_iter().collect(),
        }
    }

    /// Notes that copies in this list can carry messages of this size from now on.
    pub(super) async fn add_messages(&self, list: u32, now: Timestamp) -> Result<(), StoreError> {
        let Some(bits) = self.messages.bits() else {
            return Ok(());
        };
        let id = list.to_be_bytes();
        loop {
            let Some(read) = self.store.load::<StatusListHead>(id, now).await? else {
                return Ok(());
            };
            let mut head = read.value;
            if head.message_bits.contains(&bits) {
                return Ok(());
            }
            head.message_bits.push(bits);
            head.revision += 1;
            let batch = Batch::new().replace(id, read.version, &head, None)?;
            match self.store.commit(batch, now).await {
                // The list changed meanwhile.
                Err(error) if error.is_conflict() => {}
                other => return other,
            }
        }
    }
}
