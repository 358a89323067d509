//! Who watches a session at the moment: each looks into the database again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many watch each session. Clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watchers {
    counts: Arc<Mutex<HashMap<String, usize>>>,
}

/// A place among those who watch a session; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    watchers: Watchers,
    id: String,
}

impl Watchers {
    /// Takes a place, if one is left.
    pub(crate) fn take(&self, id: &str) -> Option<Place> {
        self.with(|counts| {
            let count = counts.entry(id.to_owned()).or_default();
            (*count < MOST).then(|| *count += 1)
        })?;
        Some(Place {
            watchers: self.clone(),
            id: id.to_owned(),
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, usize>) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.watchers.with(|counts| {
            if let Some(count) = counts.get_mut(&self.id) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&self.id);
                }
            }
        });
    }
}

/// A page, its second tab, a server, and one that reconnects.
const MOST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_few_for_each_session_and_come_back() {
        let watchers = Watchers::default();
        let taken: Vec<_> = (0..MOST).map(|_| watchers.take("a").unwrap()).collect();
        assert!(watchers.take("a").is_none());
        assert!(watchers.take("b").is_some());
        drop(taken);
        assert!(watchers.take("a").is_some());
        assert!(watchers.with(|counts| counts.is_empty()), "nothing stays");
    }
}
