use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// When an Issuer's epochs begin and end. The same for everybody; part of every [`EpochProfile`].
///
/// Epoch `n` begins at `origin + n * length`. Its certificates are issued from one epoch before
/// that, are shown from `switch_after` later (clocks differ), and are good until `overlap` after
/// the next has begun (for stragglers).
///
/// [`EpochProfile`]: crate::EpochProfile
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Schedule {
    origin: i64,
    length: i64,
    overlap: i64,
    switch_after: i64,
}

impl Schedule {
    /// Takes the beginning of epoch 0 and the lengths in seconds.
    ///
    /// # Errors
    /// [`ScheduleError`] unless `switch_after < overlap < length <= 366 days`.
    pub fn new(
        origin: Timestamp,
        length: SignedDuration,
        overlap: SignedDuration,
        switch_after: SignedDuration,
    ) -> Result<Self, ScheduleError> {
        Self::checked(
            origin.as_second(),
            length.as_secs(),
            overlap.as_secs(),
            switch_after.as_secs(),
        )
    }

    /// Weeks from Monday, 5 January 2026, 00:00 UTC, shown from ten minutes later, good for one
    /// day more.
    #[must_use]
    pub const fn weekly() -> Self {
        Self {
            origin: 1_767_571_200,
            length: 7 * DAY,
            overlap: DAY,
            switch_after: 600,
        }
    }

    /// The epoch at an instant; none before the origin.
    #[must_use]
    pub fn epoch_at(&self, now: Timestamp) -> Option<u64> {
        let elapsed = now.as_second().checked_sub(self.origin)?;
        u64::try_from(elapsed.div_euclid(self.length)).ok()
    }

    /// When an epoch begins (`validFrom`).
    ///
    /// # Errors
    /// [`ScheduleError`] if that is beyond the calendar.
    pub fn begins(&self, epoch: u64) -> Result<Timestamp, ScheduleError> {
        self.instant(epoch, 0)
    }

    /// When certificates of an epoch run out (`validUntil`).
    ///
    /// # Errors
    /// As [`Self::begins`].
    pub fn ends(&self, epoch: u64) -> Result<Timestamp, ScheduleError> {
        self.instant(epoch, self.length + self.overlap)
    }

    /// When certificates of an epoch begin to be issued: one epoch ahead.
    ///
    /// # Errors
    /// As [`Self::begins`].
    pub fn issued_from(&self, epoch: u64) -> Result<Timestamp, ScheduleError> {
        self.instant(epoch, -self.length)
    }

    /// When all wallets switch to an epoch, at the same instant.
    ///
    /// # Errors
    /// As [`Self::begins`].
    pub fn switches(&self, epoch: u64) -> Result<Timestamp, ScheduleError> {
        self.instant(epoch, self.switch_after)
    }

    /// The epoch that wallets show at an instant, if they hold it.
    #[must_use]
    pub fn shown_at(&self, now: Timestamp) -> Option<u64> {
        let earlier = now.as_second().checked_sub(self.switch_after)?;
        self.epoch_at(Timestamp::from_second(earlier).ok()?)
    }

    /// A random instant for renewing to `epoch`, within the epoch before it: whole seconds, the
    /// same chance for each, whatever the Holder does.
    ///
    /// # Errors
    /// As [`Self::begins`].
    pub fn renewal(
        &self,
        epoch: u64,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Timestamp, ScheduleError> {
        let length = u64::try_from(self.length).map_err(|_| ScheduleError)?;
        // 2^64 is so much larger than a year in seconds that no second is favoured noticeably.
        let second = i64::try_from(rng.next_u64() % length).map_err(|_| ScheduleError)?;
        self.instant(epoch, second - self.length)
    }

    fn checked(
        origin: i64,
        length: i64,
        overlap: i64,
        switch_after: i64,
    ) -> Result<Self, ScheduleError> {
        let lawful = 0 <= switch_after
            && switch_after < overlap
            && overlap < length
            && length <= 366 * DAY
            && Timestamp::from_second(origin).is_ok();
        match lawful {
            true => Ok(Self {
                origin,
                length,
                overlap,
                switch_after,
            }),
            false => Err(ScheduleError),
        }
    }

    fn instant(&self, epoch: u64, offset: i64) -> Result<Timestamp, ScheduleError> {
        i64::try_from(epoch)
            .ok()
            .and_then(|epoch| epoch.checked_mul(self.length))
            .and_then(|elapsed| elapsed.checked_add(self.origin))
            .and_then(|begin| begin.checked_add(offset))
            .and_then(|second| Timestamp::from_second(second).ok())
            .ok_or(ScheduleError)
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self::weekly()
    }
}

/// Lengths that do not fit together, or an epoch beyond the calendar.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the schedule of epochs is not lawful")]
pub struct ScheduleError;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    length_seconds: i64,
    origin: Timestamp,
    overlap_seconds: i64,
    switch_after_seconds: i64,
}

impl TryFrom<Wire> for Schedule {
    type Error = ScheduleError;

    fn try_from(wire: Wire) -> Result<Self, ScheduleError> {
        Self::checked(
            wire.origin.as_second(),
            wire.length_seconds,
            wire.overlap_seconds,
            wire.switch_after_seconds,
        )
    }
}

impl From<Schedule> for Wire {
    fn from(schedule: Schedule) -> Self {
        Self {
            length_seconds: schedule.length,
            origin: Timestamp::from_second(schedule.origin).unwrap_or_default(),
            overlap_seconds: schedule.overlap,
            switch_after_seconds: schedule.switch_after,
        }
    }
}

const DAY: i64 = 24 * 60 * 60;
