use std::collections::BTreeMap;

use jiff::Timestamp;
use keys::base64url;
use serde::{Deserialize, Serialize};

use crate::{EpochProfile, Schedule};

/// The profiles that were seen: one for each Issuer and epoch, for ever.
///
/// An Issuer could give one person a profile of their own, and know that person wherever the
/// profile's key, header or times show up. So a second profile for an epoch is refused, as is
/// another schedule, or an epoch that it is not time for. What one Wallet saw first may still
/// differ from what others saw: hashes can be compared over a second channel.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProfilePins {
    issuers: BTreeMap<String, Pinned>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Pinned {
    schedule: Schedule,
    time_zone: String,
    /// Base64url of the hashes, by epoch.
    hashes: BTreeMap<u64, String>,
}

impl ProfilePins {
    /// Accepts a profile that was seen before, or is the first for its epoch; remembers it.
    ///
    /// A first one is accepted while certificates of its epoch are issued or good.
    ///
    /// # Errors
    /// [`PinError`].
    pub fn accept(&mut self, profile: &EpochProfile, now: Timestamp) -> Result<(), PinError> {
        let hash = base64url::encode(profile.hash());
        let pinned = self.issuers.get(profile.issuer());
        if let Some(pinned) = pinned {
            match pinned.hashes.get(&profile.epoch()) {
                Some(known) if *known == hash => return Ok(()),
                Some(_) => return Err(PinError::SecondProfile),
                None => {}
            }
            if pinned.schedule != profile.schedule() || pinned.time_zone != profile.time_zone() {
                return Err(PinError::Schedule);
            }
        }
        let issued_from = profile.renew_from().map_err(|_| PinError::Time)?;
        if now < issued_from || profile.valid_until() < now {
            return Err(PinError::Time);
        }
        let pinned = self
            .issuers
            .entry(profile.issuer().to_owned())
            .or_insert_with(|| Pinned {
                schedule: profile.schedule(),
                time_zone: profile.time_zone().to_owned(),
                hashes: BTreeMap::new(),
            });
        pinned.hashes.insert(profile.epoch(), hash);
        Ok(())
    }

    /// The hash that is pinned for an Issuer's epoch, in base64url.
    #[must_use]
    pub fn hash(&self, issuer: &str, epoch: u64) -> Option<&str> {
        let hashes = &self.issuers.get(issuer)?.hashes;
        hashes.get(&epoch).map(String::as_str)
    }
}

/// Why a profile is not taken. Each is a reason to stop dealing with the Issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PinError {
    /// The Issuer's epochs begin, end or count birthdays otherwise than before.
    #[error("the issuer has changed the schedule of its epochs")]
    Schedule,
    /// There is another profile for this epoch already.
    #[error("the issuer has shown two profiles for one epoch: it could tell people apart by them")]
    SecondProfile,
    /// Nothing is issued for this epoch now, nor good in it.
    #[error("the issuer has shown a profile for an epoch that it is not time for")]
    Time,
}
