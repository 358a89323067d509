use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use keys::base64url;
use netcert::{EpochProfile, PinError, ProfileError};
use serde::Serialize;
use store::{Batch, Store, StoreError};
use utoipa::ToSchema;

use crate::records::StoredEpochs;

/// The epoch profiles of one issuer: what is used, and what was refused.
///
/// A profile for one person would make that person known to whoever sees the profile's hash. So
/// the first one for an epoch counts, in every process on this database and for good; which ones
/// those are is published, so that wallets and other verifiers can compare.
#[derive(Debug, Default)]
pub(crate) struct Epochs {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the issuer offers net certificates at all, once that is known.
    offered: Option<bool>,
    profiles: Vec<EpochProfile>,
    refused: BTreeMap<[u8; 32], (EpochProfile, PinError)>,
}

/// An epoch profile, as this verifier tells others of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileMessage {
    /// Who issues.
    pub(crate) issuer: String,
    /// The number of the epoch.
    pub(crate) epoch: u64,
    /// SHA-256 of the profile's canonical bytes, base64url.
    pub(crate) hash: String,
    /// Why it is not used, if it is not: somebody was given another one than others were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<String>,
}

impl ProfileMessage {
    fn new(profile: &EpochProfile, refused: Option<PinError>) -> Self {
        Self {
            issuer: profile.issuer().to_owned(),
            epoch: profile.epoch(),
            hash: base64url::encode(profile.hash()),
            refused: refused.map(|error| error.to_string()),
        }
    }
}

impl Epochs {
    /// Reads what was kept by an earlier process.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub(crate) async fn load(
        &self,
        issuer: &str,
        store: &Store,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(kept) = store.load::<StoredEpochs>(issuer, now).await? {
            self.state().profiles = kept.value.profiles(now);
        }
        Ok(())
    }

    /// Takes what an issuer publishes now. What it says of epochs that are known counts no more.
    ///
    /// # Errors
    /// [`EpochsError`]; what was known stays.
    pub(crate) async fn take(
        &self,
        issuer: &str,
        published: Option<Vec<Vec<u8>>>,
        store: &Store,
        now: Timestamp,
    ) -> Result<(), EpochsError> {
        let Some(published) = published else {
            self.state().offered.get_or_insert(false);
            return Ok(());
        };
        let mut profiles = Vec::with_capacity(published.len());
        for bytes in published {
            let profile = EpochProfile::parse(&bytes)?;
            if profile.issuer() != issuer {
                return Err(EpochsError::Issuer(profile.issuer().to_owned()));
            }
            profiles.push(profile);
        }
        // Again when another process was faster: then its profiles are those that count.
        for _ in 0..ATTEMPTS {
            let read = store.load::<StoredEpochs>(issuer, now).await?;
            let version = read.as_ref().map(|read| read.version);
            let mut kept = read.map(|read| read.value).unwrap_or_default();
            let refused = kept.take(&profiles, now);
            let batch = match version {
                None => Batch::new().create(issuer, &kept, None)?,
                Some(version) => Batch::new().replace(issuer, version, &kept, None)?,
            };
            match store.commit(batch, now).await {
                Err(error) if error.is_conflict() => {}
                other => {
                    other?;
                    self.keep(kept.profiles(now), refused);
                    return Ok(());
                }
            }
        }
        Err(EpochsError::Busy)
    }

    /// Finds the profiles with these hashes among those that are used.
    pub(crate) fn find(&self, hashes: &[[u8; 32]]) -> Vec<EpochProfile> {
        let state = self.state();
        let wanted = |profile: &&EpochProfile| hashes.contains(&profile.hash());
        state.profiles.iter().filter(wanted).cloned().collect()
    }

    /// Says whether the issuer offers net certificates whose profile of this moment is missing.
    pub(crate) fn is_incomplete(&self, now: Timestamp) -> bool {
        let state = self.state();
        let good =
            |profile: &EpochProfile| profile.valid_from() <= now && now <= profile.valid_until();
        state.offered == Some(true) && !state.profiles.iter().any(good)
    }

    /// Tells which profiles are used, and which were refused.
    pub(crate) fn published(&self) -> Vec<ProfileMessage> {
        let state = self.state();
        let used = state.profiles.iter();
        let refused = state.refused.values();
        used.map(|profile| ProfileMessage::new(profile, None))
            .chain(refused.map(|(profile, error)| ProfileMessage::new(profile, Some(*error))))
            .collect()
    }

    fn keep(&self, profiles: Vec<EpochProfile>, refused: Vec<(EpochProfile, PinError)>) {
        let mut state = self.state();
        state.offered = Some(true);
        state.profiles = profiles;
        for (profile, error) in refused {
            if !state.refused.contains_key(&profile.hash()) && state.refused.len() < MOST_REFUSED {
                tracing::error!(
                    issuer = profile.issuer(),
                    epoch = profile.epoch(),
                    hash = base64url::encode(profile.hash()),
                    reason = %error,
                    "a trusted issuer published an epoch profile that is refused"
                );
                state.refused.insert(profile.hash(), (profile, error));
            }
        }
    }

    // Every field is whole at each point where a thread could die.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StoredEpochs {
    /// Takes the profiles that may be taken, drops those that are over, and returns those that are
    /// a reason to stop dealing with the issuer.
    fn take(
        &mut self,
        published: &[EpochProfile],
        now: Timestamp,
    ) -> Vec<(EpochProfile, PinError)> {
        let mut refused = Vec::new();
        let mut kept = self.profiles(now);
        for profile in published {
            match self.pins.accept(profile, now) {
                Ok(()) if !kept.contains(profile) => kept.push(profile.clone()),
                // An epoch long over, or not yet issued: nothing is wrong with that.
                Ok(()) | Err(PinError::Time) => {}
                Err(error) => refused.push((profile.clone(), error)),
            }
        }
        let text =
            |profile: &EpochProfile| String::from_utf8_lossy(profile.canonical()).into_owned();
        self.profiles = kept.iter().map(text).collect();
        refused
    }

    /// Reads the profiles that are not long over.
    fn profiles(&self, now: Timestamp) -> Vec<EpochProfile> {
        let profiles = self.profiles.iter();
        profiles
            .filter_map(|text| EpochProfile::parse(text.as_bytes()).ok())
            .filter(|profile| now.duration_since(profile.valid_until()) < KEEP)
            .collect()
    }
}

/// Why the epochs of an issuer are not known. The issuer must act, or the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EpochsError {
    #[error("other processes changed the issuer's epochs again and again")]
    Busy,
    #[error("the issuer publishes another issuer's epoch profile")]
    Issuer(String),
    #[error("the issuer's epoch profile is refused")]
    Profile(#[from] ProfileError),
    #[error("the issuer's epochs cannot be kept")]
    Store(#[from] StoreError),
}

const ATTEMPTS: usize = 5;
/// So that who is late hears that the certificate has run out.
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 7);
const MOST_REFUSED: usize = 64;
