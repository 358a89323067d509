//! Where proofs are judged that take milliseconds: not on the threads that serve everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The threads for slow proofs, as many as the machine has processors, and a queue before them
/// that has an end.
#[derive(Debug)]
pub(crate) struct Judges {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Judges {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(
                available_parallelism().map_or(1, usize::from),
            )),
            waiting: AtomicUsize::new(0),
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

    fn queue(&self) -> Option<Queued<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let queued = Queued(&self.waiting);
        (before < LONGEST_QUEUE).then_some(queued)
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
