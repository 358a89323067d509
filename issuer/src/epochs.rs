//! The epochs of the net certificate: their keys, and the profiles that are published.
//!
//! The key of an epoch derives from one master key, so that it is the same in every process and
//! after every restart. A profile is made once, kept in the database, and never changed: two
//! profiles for one epoch would let people be told apart, and every wallet refuses the second.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use netcert::{EpochKey, EpochProfile, ProfileError, Schedule, ScheduleError};
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};
use zeroize::Zeroizing;

use crate::config::NetCertificateConfig;

/// The epochs of an issuer.
pub(crate) struct Epochs {
    store: Store,
    issuer: String,
    time_zone: String,
    schedule: Schedule,
    master: Zeroizing<[u8; 32]>,
    known: RwLock<BTreeMap<u64, Arc<Epoch>>>,
}

/// One epoch: what is public, and the key.
#[derive(Debug)]
pub(crate) struct Epoch {
    /// What everybody sees.
    pub(crate) profile: EpochProfile,
    /// What certificates are signed with.
    pub(crate) key: EpochKey,
}

impl Epochs {
    /// Takes hold of the epochs. Nothing is published yet.
    ///
    /// # Errors
    /// [`EpochsError::Schedule`] for lengths that do not fit together.
    pub(crate) fn new(
        config: &NetCertificateConfig,
        store: Store,
        issuer: &str,
        master: Zeroizing<[u8; 32]>,
    ) -> Result<Self, EpochsError> {
        Ok(Self {
            store,
            issuer: issuer.to_owned(),
            time_zone: config.time_zone.clone(),
            schedule: config.schedule()?,
            master,
            known: RwLock::default(),
        })
    }

    /// Publishes the profiles of the current epoch and of the next, if that has not been done.
    ///
    /// # Errors
    /// [`EpochsError`]: the database, or a configuration under which a published profile would be
    /// another.
    pub(crate) async fn publish(&self, now: Timestamp) -> Result<(), EpochsError> {
        let current = self.current(now)?;
        if self.known(current).is_none() {
            self.check_calendar(now).await?;
        }
        for number in [current, current + 1] {
            if self.known(number).is_none() {
                let epoch = Arc::new(self.establish(number, now).await?);
                self.keep(number, epoch);
            }
        }
        Ok(())
    }

    /// The epochs whose certificates are issued now: the current one and the next.
    ///
    /// # Errors
    /// As [`Epochs::publish`].
    pub(crate) async fn issued(&self, now: Timestamp) -> Result<[Arc<Epoch>; 2], EpochsError> {
        let current = self.current(now)?;
        if let (Some(this), Some(next)) = (self.known(current), self.known(current + 1)) {
            return Ok([this, next]);
        }
        self.publish(now).await?;
        let this = self.known(current).ok_or(ScheduleError)?;
        Ok([this, self.known(current + 1).ok_or(ScheduleError)?])
    }

    /// When the last epoch whose certificates are issued now ends.
    ///
    /// # Errors
    /// [`ScheduleError`] if the clock is before the first epoch.
    pub(crate) fn last_issued_ends(&self, now: Timestamp) -> Result<Timestamp, ScheduleError> {
        self.schedule.ends(self.current(now)? + 1)
    }

    /// A published profile, as it is sent.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub(crate) async fn published(
        &self,
        number: u64,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(epoch) = self.known(number) {
            return Ok(Some(epoch.profile.canonical().to_vec()));
        }
        let read = self.store.load::<PublishedEpoch>(id(number), now).await?;
        Ok(read.map(|read| read.value.profile.into_bytes()))
    }

    /// The current epoch, and all whose certificates may still be shown.
    ///
    /// # Errors
    /// As [`Epochs::publish`].
    pub(crate) async fn listed(&self, now: Timestamp) -> Result<(u64, Vec<u64>), EpochsError> {
        let current = self.current(now)?;
        let mut numbers = Vec::new();
        if let Some(before) = current.checked_sub(1)
            && self.schedule.ends(before)? > now
            && self.published(before, now).await?.is_some()
        {
            numbers.push(before);
        }
        self.issued(now).await?;
        numbers.extend([current, current + 1]);
        Ok((current, numbers))
    }

    /// Refuses settings by which epochs begin, end or count birthdays otherwise than in what was
    /// published. Their numbers may be new, and wallets would refuse them all the same, for good.
    async fn check_calendar(&self, now: Timestamp) -> Result<(), EpochsError> {
        let oldest = self.store.list::<PublishedEpoch>(None, 1, now).await?;
        for (_, published) in oldest.entries {
            let profile = EpochProfile::parse(published.value.profile.as_bytes())?;
            if profile.schedule() != self.schedule || profile.time_zone() != self.time_zone {
                return Err(EpochsError::Calendar(profile.epoch()));
            }
        }
        Ok(())
    }

    /// Reads the profile of an epoch, or makes it.
    async fn establish(&self, number: u64, now: Timestamp) -> Result<Epoch, EpochsError> {
        let key = self.key(number)?;
        let profile =
            EpochProfile::new(&self.issuer, self.schedule, number, &self.time_zone, &key)?;
        let text = String::from_utf8_lossy(profile.canonical()).into_owned();
        let made = PublishedEpoch { profile: text };
        let batch = Batch::new().create(id(number), &made, None)?;
        match self.store.commit(batch, now).await {
            Ok(()) => {}
            // It was published before: it must be the same, byte for byte.
            Err(error) if error.is_conflict() => {
                let read = self.store.load::<PublishedEpoch>(id(number), now).await?;
                if read.is_none_or(|read| read.value != made) {
                    return Err(EpochsError::Changed(number));
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Epoch { profile, key })
    }

    /// The key of an epoch: no other issuer, epoch or version of the profile has it.
    fn key(&self, number: u64) -> Result<EpochKey, EpochsError> {
        let info = [
            netcert::PROFILE.as_bytes(),
            &number.to_be_bytes(),
            self.issuer.as_bytes(),
        ]
        .concat();
        let key = bbs::SecretKey::key_gen(self.master.as_slice(), &info)?;
        EpochKey::from_bytes(&key.expose_secret()).map_err(|_| EpochsError::Key)
    }

    fn current(&self, now: Timestamp) -> Result<u64, ScheduleError> {
        self.schedule.epoch_at(now).ok_or(ScheduleError)
    }

    fn known(&self, number: u64) -> Option<Arc<Epoch>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&number).cloned()
    }

    fn keep(&self, number: u64, epoch: Arc<Epoch>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(number, epoch);
        while known.len() > KEPT {
            known.pop_first();
        }
    }
}

impl fmt::Debug for Epochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epochs")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// A profile that was published, found by the number of its epoch (big-endian).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct PublishedEpoch {
    /// Its canonical text.
    pub profile: String,
}

impl Record for PublishedEpoch {
    const KIND: &'static str = "epoch_profile";
}

/// Why there is no epoch. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum EpochsError {
    /// The length of epochs, or the time zone, was changed after a profile had been published.
    #[error(
        "the profile of epoch {0} is published, with another `epoch_days` or `time_zone`: wallets \
         take no other calendar from this issuer"
    )]
    Calendar(u64),
    /// A key or setting was changed after the profile of an epoch had been published.
    #[error(
        "the profile of epoch {0} is published, and the configuration or the key would make another"
    )]
    Changed(u64),
    /// A key cannot be derived; none in practice.
    #[error(transparent)]
    Derivation(#[from] bbs::Error),
    /// A derived key is none; none in practice.
    #[error("the key of an epoch cannot be used")]
    Key,
    /// The profile cannot be made.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The lengths do not fit together, or the clock is before the first epoch.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NetCertificateConfig {
    /// Epochs of so many days, shown and overlapping as in the weekly schedule.
    fn schedule(&self) -> Result<Schedule, ScheduleError> {
        let weekly = Schedule::weekly();
        let origin = weekly.begins(0)?;
        let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let switch_after = weekly.switches(0)?.duration_since(origin);
        let overlap = weekly.ends(0)?.duration_since(weekly.begins(1)?);
        // A day more than an epoch of a day would be two.
        let overlap = overlap.min(days(self.epoch_days) / 2);
        Schedule::new(origin, days(self.epoch_days), overlap, switch_after)
    }
}

fn id(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The one before, the current one, the next, and one while they change.
const KEPT: usize = 4;
