use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The port through which a door learns the time.
///
/// Services hold an `Arc<dyn Clock>`: the system's clock in production, a [`ManualClock`] where a
/// test or the demo moves time by hand.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock port")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that moves only when told to. Clones share one hand.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<Timestamp>>,
}

impl ManualClock {
    /// Stops the clock at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: Arc::new(Mutex::new(now)),
        }
    }

    /// Moves the clock to `now`, which may lie in its past.
    pub fn set(&self, now: Timestamp) {
        *self.hand() = now;
    }

    /// Moves the clock forward by `duration`; at the end of representable time it stops.
    pub fn advance(&self, duration: SignedDuration) {
        let mut hand = self.hand();
        *hand = hand.checked_add(duration).unwrap_or(Timestamp::MAX);
    }

    // A timestamp is whole or unchanged at every point where a thread could die.
    fn hand(&self) -> MutexGuard<'_, Timestamp> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.hand()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_one_hand() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(other.now().as_second(), 90);
        other.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        let clock = ManualClock::at(Timestamp::MAX);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn the_machine_knows_that_this_code_is_not_from_1970() {
        assert!(SystemClock.now() > Timestamp::UNIX_EPOCH);
    }
}
