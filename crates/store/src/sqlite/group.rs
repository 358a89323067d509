//! Decides which of several batches apply together.
//!
//! The writer holds the write lock, so what it has read cannot change before it
//! commits: the batches are judged here, one after the other, and only the result
//! is written. It needs no savepoint, and each record is written once, however many
//! batches change it.

use crate::batch::{Change, Content, Key, Write};
use crate::error::StoreError;

/// The records that a group of batches is about.
#[derive(Default)]
pub(super) struct Group {
    /// Sorted by key.
    slots: Vec<Slot>,
}

struct Slot {
    key: Key,
    state: State,
}

#[derive(Default)]
enum State {
    #[default]
    Absent,
    /// As in the database.
    Found {
        version: i64,
        expires_at: Option<i64>,
    },
    /// To be deleted.
    Gone,
    /// To be written. Nobody knows its version yet, so no batch of the group names it.
    Written(Content),
}

impl Group {
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a Write>) -> Self {
        let mut keys: Vec<Key> = writes.map(|write| write.key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let slots = keys.into_iter().map(|key| Slot {
            key,
            state: State::Absent,
        });
        Self {
            slots: slots.collect(),
        }
    }

    /// Looks every key up: its version and expiry, if the database has it.
    pub(super) fn find<E>(
        &mut self,
        mut look_up: impl FnMut(&Key) -> Result<Option<(i64, Option<i64>)>, E>,
    ) -> Result<(), E> {
        for slot in &mut self.slots {
            if let Some((version, expires_at)) = look_up(&slot.key)? {
                slot.state = State::Found {
                    version,
                    expires_at,
                };
            }
        }
        Ok(())
    }

    /// Applies a batch as a whole, or undoes what it began.
    pub(super) fn apply(&mut self, writes: Vec<Write>, now: i64) -> Result<(), StoreError> {
        let mut before = Vec::with_capacity(writes.len());
        for (position, Write { key, change }) in writes.into_iter().enumerate() {
            let place = self.slots.binary_search_by(|slot| slot.key.cmp(&key));
            let slot = place
                .ok()
                .and_then(|place| Some((place, self.slots.get_mut(place)?)));
            match slot.map(|(place, slot)| (place, slot.state.change(change, now))) {
                Some((place, Some(state))) => before.push((place, state)),
                _ => {
                    self.undo(before);
                    return Err(StoreError::Conflict {
                        kind: key.kind,
                        position,
                    });
                }
            }
        }
        Ok(())
    }

    /// What must be written: the rows, and the keys to delete.
    pub(super) fn result(self) -> (Vec<(Key, Content)>, Vec<Key>) {
        let (mut written, mut gone) = (Vec::new(), Vec::new());
        for Slot { key, state } in self.slots {
            match state {
                State::Absent | State::Found { .. } => {}
                State::Gone => gone.push(key),
                State::Written(content) => written.push((key, content)),
            }
        }
        (written, gone)
    }

    fn undo(&mut self, before: Vec<(usize, State)>) {
        for (place, state) in before.into_iter().rev() {
            if let Some(slot) = self.slots.get_mut(place) {
                slot.state = state;
            }
        }
    }
}

impl State {
    /// Makes the change if its condition holds, and returns the state before.
    fn change(&mut self, change: Change, now: i64) -> Option<Self> {
        let next = match change {
            Change::Create(content) if !self.lives(now) => Self::Written(content),
            Change::Delete(read) if self.lives(now) && self.has(read) => Self::Gone,
            Change::Replace(read, content) if self.lives(now) && self.has(read) => {
                Self::Written(content)
            }
            Change::Require(read) if self.lives(now) && self.has(read) => self.found()?,
            _ => return None,
        };
        Some(std::mem::replace(self, next))
    }

    /// The state again, if it is as the database has it.
    fn found(&self) -> Option<Self> {
        match *self {
            Self::Found {
                version,
                expires_at,
            } => Some(Self::Found {
                version,
                expires_at,
            }),
            Self::Absent | Self::Gone | Self::Written(_) => None,
        }
    }

    fn lives(&self, now: i64) -> bool {
        match self {
            Self::Absent | Self::Gone => false,
            Self::Found { expires_at, .. } | Self::Written(Content { expires_at, .. }) => {
                expires_at.is_none_or(|expires_at| expires_at > now)
            }
        }
    }

    fn has(&self, read: i64) -> bool {
        matches!(self, Self::Found { version, .. } if *version == read)
    }
}
