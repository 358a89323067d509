use std::collections::{BTreeMap, BTreeSet};

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
///
/// A profile that was refused beside another is kept as evidence: both hashes together show that
/// the Issuer divides people, whoever compares them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProfilePins {
    issuers: BTreeMap<String, Pinned>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Pinned {
    schedule: Schedule,
    time_zone: String,
    /// Base64url of the hashes, by epoch.
    hashes: BTreeMap<u64, String>,
    /// Base64url of the hashes that were refused, by epoch.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    refused: BTreeMap<u64, BTreeSet<String>>,
}

/// Two profiles of one Issuer that cannot both be everybody's.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct PinConflict {
    /// The Issuer.
    pub issuer: String,
    /// The epoch.
    pub epoch: u64,
    /// The hash that is pinned, in base64url; `None` if it is the schedule that differs.
    pub pinned: Option<String>,
    /// The hash that is refused, in base64url.
    pub refused: String,
}

impl ProfilePins {
    /// Accepts a profile that was seen before, or is the first for its epoch; remembers it.
    ///
    /// A first one is accepted while certificates of its epoch are issued or good. One that is
    /// refused because of another is remembered as evidence.
    ///
    /// # Errors
    /// [`PinError`].
    pub fn accept(&mut self, profile: &EpochProfile, now: Timestamp) -> Result<(), PinError> {
        let hash = base64url::encode(profile.hash());
        if let Some(pinned) = self.issuers.get_mut(profile.issuer()) {
            let fault = match pinned.hashes.get(&profile.epoch()) {
                Some(known) if *known == hash => return Ok(()),
                Some(_) => Some(PinError::SecondProfile),
                None => (pinned.schedule != profile.schedule()
                    || pinned.time_zone != profile.time_zone())
                .then_some(PinError::Schedule),
            };
            if let Some(fault) = fault {
                pinned.refuse(profile.epoch(), &hash);
                return Err(fault);
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
                refused: BTreeMap::new(),
            });
        pinned.hashes.insert(profile.epoch(), hash);
        Ok(())
    }

    /// Takes over what another process of the same Holder has seen. Where the two differ, what is
    /// pinned here stays, and the other is kept as evidence: nothing is ever overwritten. Returns
    /// the conflicts that were not known yet.
    pub fn merge(&mut self, other: &Self) -> Vec<PinConflict> {
        let before = self.conflicts();
        for (issuer, theirs) in &other.issuers {
            let Some(ours) = self.issuers.get_mut(issuer) else {
                self.issuers.insert(issuer.clone(), theirs.clone());
                continue;
            };
            let same = ours.schedule == theirs.schedule && ours.time_zone == theirs.time_zone;
            for (epoch, hash) in &theirs.hashes {
                match ours.hashes.get(epoch) {
                    Some(known) if known == hash => {}
                    None if same => {
                        ours.hashes.insert(*epoch, hash.clone());
                    }
                    _ => ours.refuse(*epoch, hash),
                }
            }
            for (epoch, hashes) in &theirs.refused {
                hashes.iter().for_each(|hash| ours.refuse(*epoch, hash));
            }
        }
        let mut conflicts = self.conflicts();
        conflicts.retain(|conflict| !before.contains(conflict));
        conflicts
    }

    /// The hash that is pinned for an Issuer's epoch, in base64url.
    #[must_use]
    pub fn hash(&self, issuer: &str, epoch: u64) -> Option<&str> {
        let hashes = &self.issuers.get(issuer)?.hashes;
        hashes.get(&epoch).map(String::as_str)
    }

    /// The evidence: every profile that was refused because of another.
    #[must_use]
    pub fn conflicts(&self) -> Vec<PinConflict> {
        let issuers = self.issuers.iter();
        let of_one = |(issuer, pinned): (&String, &Pinned)| {
            let conflict = |epoch: &u64, refused: &String| PinConflict {
                issuer: issuer.clone(),
                epoch: *epoch,
                pinned: pinned.hashes.get(epoch).cloned(),
                refused: refused.clone(),
            };
            let refused = pinned.refused.iter();
            let conflicts: Vec<PinConflict> = refused
                .flat_map(|(epoch, hashes)| hashes.iter().map(move |hash| conflict(epoch, hash)))
                .collect();
            conflicts
        };
        issuers.flat_map(of_one).collect()
    }
}

impl Pinned {
    /// Keeps a hash as evidence. A few for an epoch prove as much as many.
    fn refuse(&mut self, epoch: u64, hash: &str) {
        if self.hashes.get(&epoch).is_some_and(|pinned| pinned == hash) {
            return;
        }
        if self.refused.len() >= MOST_EPOCHS && !self.refused.contains_key(&epoch) {
            return;
        }
        let hashes = self.refused.entry(epoch).or_default();
        if hashes.len() < MOST_REFUSED {
            hashes.insert(hash.to_owned());
        }
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

/// Epochs of one Issuer for which evidence is kept: those of a schedule of its own may have any
/// number.
const MOST_EPOCHS: usize = 64;
/// Refused hashes that are kept for one epoch.
const MOST_REFUSED: usize = 4;
