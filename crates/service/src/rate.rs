use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use keys::mac::MacKey;
use rand_core::CryptoRng;

use crate::address::ClientAddress;
use crate::problem::Problem;

/// A limit on the requests from one network address.
///
/// What is kept of an address is its hash under a random key. The key lives in memory alone and is
/// replaced every day by a one-way step, so that neither a dump of yesterday nor tomorrow's key
/// tells who called.
#[derive(Clone)]
pub(crate) struct RateLimit {
    shared: Arc<Shared>,
}

impl RateLimit {
    /// Allows `per_minute` requests from one address in the long run, and `burst` of them at once.
    /// With a `per_minute` of 0 there is no limit.
    pub(crate) fn new(per_minute: u32, burst: u32, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = NonZeroU32::new(per_minute)
            .map(|per_minute| Quota::per_minute(per_minute).allow_burst(burst));
        let day = Day::new(MacKey::generate(rng), Instant::now(), quota);
        Self {
            shared: Arc::new(Shared {
                quota,
                day: RwLock::new(day),
                checks: AtomicU32::new(0),
            }),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    ///
    /// [`Problem::TooManyRequests`] when it is one too many.
    pub(crate) fn check(&self, client: &ClientAddress) -> Result<(), Problem> {
        self.check_at(client, Instant::now())
    }

    fn check_at(&self, client: &ClientAddress, now: Instant) -> Result<(), Problem> {
        if self.shared.quota.is_none() {
            return Ok(());
        }
        self.shared.turn_the_page(now);
        let day = self
            .shared
            .day
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if self
            .shared
            .checks
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(SWEEP_EVERY)
        {
            day.addresses.retain_recent();
        }
        let address = day.key.tag(&client.subscriber());
        day.addresses.check_key(&address).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::TooManyRequests(wait.as_secs() + 1)
        })
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("quota", &self.shared.quota)
            .finish_non_exhaustive()
    }
}

struct Shared {
    quota: Option<Quota>,
    day: RwLock<Day>,
    checks: AtomicU32,
}

impl Shared {
    fn turn_the_page(&self, now: Instant) {
        let is_over = |day: &Day| now.saturating_duration_since(day.begun) >= DAY;
        if !is_over(&self.day.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut day = self.day.write().unwrap_or_else(PoisonError::into_inner);
        if is_over(&day) {
            *day = Day::new(day.key.derive("next day"), now, self.quota);
        }
    }
}

struct Day {
    key: MacKey,
    begun: Instant,
    addresses: DefaultKeyedRateLimiter<[u8; 32]>,
}

impl Day {
    fn new(key: MacKey, begun: Instant, quota: Option<Quota>) -> Self {
        let quota = quota.unwrap_or_else(|| Quota::per_minute(NonZeroU32::MIN));
        Self {
            key,
            begun,
            addresses: DefaultKeyedRateLimiter::keyed(quota),
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
// Addresses that have been silent long enough are forgotten after so many requests.
const SWEEP_EVERY: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    // Deterministic, and good enough to tell two keys apart.
    struct Counting(u8);

    impl rand_core::TryRng for Counting {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(7)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(7)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(self.0);
            self.0 += 1;
            Ok(())
        }
    }

    impl rand_core::TryCryptoRng for Counting {}

    fn address(text: &str) -> ClientAddress {
        crate::address::tests::address(text)
    }

    #[test]
    fn one_too_many_is_refused_with_the_time_to_wait() {
        let limit = RateLimit::new(6, 3, &mut Counting(1));
        let (one, two) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..3 {
            assert_eq!(limit.check(&one), Ok(()));
        }
        let Err(Problem::TooManyRequests(seconds)) = limit.check(&one) else {
            panic!("allowed")
        };
        assert!((1..=11).contains(&seconds), "{seconds}");
        assert_eq!(limit.check(&two), Ok(()));
    }

    #[test]
    fn the_key_changes_daily_and_nothing_of_yesterday_is_kept() {
        let limit = RateLimit::new(6, 1, &mut Counting(1));
        let one = address("192.0.2.1");
        let now = Instant::now();
        let tag = || limit.shared.day.read().unwrap().key.tag(b"x");
        let today = tag();
        assert!(limit.check_at(&one, now).is_ok());
        assert!(
            limit
                .check_at(&one, now + DAY - Duration::from_secs(5))
                .is_err()
        );
        assert_eq!(tag(), today);
        assert!(
            limit
                .check_at(&one, now + DAY + Duration::from_secs(5))
                .is_ok()
        );
        assert_ne!(tag(), today);
        assert_eq!(limit.shared.day.read().unwrap().addresses.len(), 1);
    }

    #[test]
    fn zero_switches_the_limit_off() {
        let limit = RateLimit::new(0, 0, &mut Counting(1));
        let one = address("192.0.2.1");
        assert!((0..1000).all(|_| limit.check(&one).is_ok()));
    }

    #[test]
    fn what_is_kept_is_no_plain_hash_of_the_address() {
        let (limit, other) = (
            RateLimit::new(6, 1, &mut Counting(1)),
            RateLimit::new(6, 1, &mut Counting(2)),
        );
        let subscriber = address("192.0.2.1").subscriber();
        let tag = |limit: &RateLimit| limit.shared.day.read().unwrap().key.tag(&subscriber);
        assert_ne!(tag(&limit), tag(&other));
        assert_ne!(tag(&limit), keys::sha256(&subscriber));
    }
}
