//! What this process wrote a moment ago, so that what comes next need not ask the database.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::Stored;

use crate::records::{Enrolment, OpenOffer};

/// Records as this process wrote them last. Another process may have changed them since, so that they
/// serve what changes nothing, and what is committed against their version: the commit fails
/// then, and whoever tries again finds nothing here and reads.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// By their handles.
    pub(crate) enrolments: Written<Enrolment>,
    /// By their identifiers.
    pub(crate) offers: Written<OpenOffer>,
}

/// Records of one kind, by their identifiers.
pub(crate) struct Written<T> {
    kept: Mutex<Kept<T>>,
}

struct Kept<T> {
    records: HashMap<Vec<u8>, Arc<Stored<T>>>,
    /// The oldest first. May name some that are gone.
    order: VecDeque<Vec<u8>>,
}

impl<T> Written<T> {
    /// Keeps a record that was committed; the oldest makes room.
    pub(crate) fn keep(&self, id: &[u8], record: Stored<T>) {
        let mut kept = self.kept();
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.records.remove(&oldest);
        }
        kept.order.push_back(id.to_vec());
        kept.records.insert(id.to_vec(), Arc::new(record));
    }

    /// Finds a record.
    pub(crate) fn find(&self, id: &[u8]) -> Option<Arc<Stored<T>>> {
        self.kept().records.get(id).cloned()
    }

    /// Gives a record away, to be changed: once, and not while somebody looks at it.
    pub(crate) fn take(&self, id: &[u8]) -> Option<Stored<T>> {
        let record = self.kept().records.remove(id);
        Arc::into_inner(record?)
    }

    // Both parts may differ at a point where a thread dies: the order is only a hint.
    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Written<T> {
    fn default() -> Self {
        Self {
            kept: Mutex::new(Kept {
                records: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }
}

impl<T> fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written({})", self.kept().records.len())
    }
}

/// Each takes up to two KiB. Whoever redeems later than so many others is read.
const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_given_away_once_and_the_oldest_makes_room() {
        let written = Written::default();
        let record = |value: usize| Stored { value, version: 7 };
        for number in 0..=MOST {
            written.keep(&number.to_be_bytes(), record(number));
        }
        let id = |number: usize| number.to_be_bytes();
        assert!(written.find(&id(0)).is_none());
        assert_eq!(written.find(&id(1)).unwrap().value, 1);
        assert_eq!(written.take(&id(1)), Some(record(1)));
        assert_eq!(written.take(&id(1)), None);
        assert!(written.find(&id(1)).is_none());
        let looked_at = written.find(&id(2));
        assert_eq!(written.take(&id(2)), None);
        drop(looked_at);
        assert_eq!(written.kept().order.len(), MOST);
    }
}
