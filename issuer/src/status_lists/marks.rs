//! What the database says of the places in a list.

use jiff::Timestamp;
use store::Record;

use super::imprint::Marked;
use super::{PAGE, StatusLists, StatusListsError};
use crate::records::{RevokedCopy, SuspendedCopy, ToldCopy};

impl StatusLists {
    /// Reads all that is said of a list.
    pub(super) async fn marked(
        &self,
        list: u32,
        now: Timestamp,
    ) -> Result<Marked, StatusListsError> {
        let places = |records: Vec<(u64, _)>| records.into_iter().map(|(place, ())| place);
        let revoked = self.records(list, |_: RevokedCopy| (), now).await?;
        let suspended = self.records(list, |_: SuspendedCopy| (), now).await?;
        Ok(Marked {
            revoked: places(revoked).collect(),
            suspended: places(suspended).collect(),
            told: self.records(list, |told: ToldCopy| told, now).await?,
        })
    }

    /// The places in a list at which there is a record, and what it says.
    async fn records<T: Record, S>(
        &self,
        list: u32,
        says: fn(T) -> S,
        now: Timestamp,
    ) -> Result<Vec<(u64, S)>, StatusListsError> {
        let prefix = list.to_be_bytes();
        let mut records = Vec::new();
        let mut after = Some(prefix.to_vec());
        while let Some(from) = after {
            let page = self.store.list::<T>(Some(&from), PAGE, now).await?;
            after = page.next;
            for (id, read) in page.entries {
                match id.split_first_chunk::<4>() {
                    Some((found, index)) if *found == prefix => {
                        let index: [u8; 4] =
                            index.try_into().map_err(|_| StatusListsError::Exhausted)?;
                        records.push((u32::from_be_bytes(index).into(), says(read.value)));
                    }
                    _ => after = None,
                }
            }
        }
        Ok(records)
    }
}
