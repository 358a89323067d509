//! Where proofs are judged that take milliseconds: not on the threads that serve everybody.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The threads for slow proofs, as many as the machine has processors, and a queue before them
/// that has an end.
#[derive(Debug)]
pub(crate) struct Judges {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The sessions whose answer is being judged.
    busy: Mutex<HashSet<String>>,
}

impl Default for Judges {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(
                available_parallelism().map_or(1, usize::from),
            )),
            waiting: AtomicUsize::new(0),
            busy: Mutex::default(),
        }
    }
}

impl Judges {
    /// Does slow work when a thread is free. `None` if too many wait already, or the work died.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _place = self.queue()?;
        let permit = Arc::clone(&self.places).acquire_owned().await.ok()?;
        // With the work: it goes on when nobody waits for it any more.
        let work = move || {
            let done = work();
            drop(permit);
            done
        };
        spawn_blocking(work).await.ok()
    }

    /// Takes the turn of a session, until it is dropped; `None` while another answer to the same
    /// session has it.
    pub(crate) fn turn(&self, session: &str) -> Option<Turn<'_>> {
        let taken = self.busy().insert(session.to_owned());
        taken.then(|| Turn {
            judges: self,
            session: session.to_owned(),
        })
    }

    // A set is whole at each point where a thread could die.
    fn busy(&self) -> MutexGuard<'_, HashSet<String>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> Option<Queued<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let queued = Queued(&self.waiting);
        (before < LONGEST_QUEUE).then_some(queued)
    }
}

/// The turn of one session.
pub(crate) struct Turn<'a> {
    judges: &'a Judges,
    session: String,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.judges.busy().remove(&self.session);
    }
}

/// A place in the queue; free again when it is dropped.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// About two seconds of work for two processors: a wallet waits no longer gladly.
const LONGEST_QUEUE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_queue_has_an_end_and_places_come_back() {
        let judges = Judges::default();
        let queued: Vec<_> = (0..LONGEST_QUEUE)
            .map(|_| judges.queue().unwrap())
            .collect();
        assert!(judges.run(|| 1).await.is_none());
        drop(queued);
        assert_eq!(judges.run(|| 1).await, Some(1));
        assert_eq!(judges.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_session_has_one_turn_at_a_time() {
        let judges = Judges::default();
        let turn = judges.turn("a");
        assert!(turn.is_some() && judges.turn("b").is_some());
        assert!(judges.turn("a").is_none());
        drop(turn);
        assert!(judges.turn("a").is_some());
    }

    /// One judge that dies takes no other one's place.
    #[tokio::test]
    async fn what_panics_is_an_answer_less_and_no_more() {
        let judges = Judges::default();
        for _ in 0..100 {
            let died: Option<()> = judges.run(|| panic!("on purpose")).await;
            assert!(died.is_none());
        }
        assert_eq!(judges.run(|| 1).await, Some(1));
    }
}
