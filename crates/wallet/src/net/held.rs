use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use keys::seed::Seed;
use netcert::{
    Anchor, AnchorOpening, Certificate, CertificateRecord, HolderSecret, Slot, SlotValue,
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::anchors;
use super::numbers::KnownNumber;
use crate::contents::ContentsError;
use crate::held::{RefillGrant, Sealed};

/// A Holder's Net Certificates by one Issuer, through all epochs.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NetCertificate {
    /// What the Holder calls it in commands; unique in this wallet.
    pub id: String,
    /// Its name, as the Issuer's metadata display it.
    pub name: String,
    /// The Credential Issuer Identifier that it came from.
    pub issuer: String,
    /// The Issuer's name, as its metadata display it.
    pub issuer_name: String,
    /// The Credential Configuration that it is issued by.
    pub configuration: String,
    /// When the first one was received.
    pub received_at: Timestamp,
    /// When the next epoch's is fetched, if a timer is installed: a moment of chance.
    pub renewal_due: Option<Timestamp>,
    /// When the Issuer refused to renew it, unless it was renewed since.
    pub refused_at: Option<Timestamp>,
    pub(crate) domain: String,
    pub(crate) generation: u32,
    pub(crate) anchor: Anchor,
    pub(crate) opening: Sealed,
    /// The Renewal Ticket.
    pub(crate) ticket: Option<RefillGrant>,
    /// Whether the ticket is bound to a key that is gone: the wallet was restored.
    pub(crate) rebind: bool,
    /// By epoch, the oldest first.
    pub(crate) epochs: Vec<EpochCertificate>,
    /// Flags that became true lately, and from when on they are shown.
    pub(crate) resting: BTreeMap<String, Timestamp>,
    pub(crate) numbers: Vec<KnownNumber>,
}

/// The certificate of one epoch.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EpochCertificate {
    pub(crate) epoch: u64,
    pub(crate) valid_from: Timestamp,
    pub(crate) shown_from: Timestamp,
    pub(crate) valid_until: Timestamp,
    pub(crate) record: CertificateRecord,
}

impl EpochCertificate {
    /// Keeps a certificate.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let profile = certificate.profile();
        Self {
            epoch: profile.epoch(),
            valid_from: profile.valid_from(),
            shown_from: profile.switch_at().unwrap_or(profile.valid_from()),
            valid_until: profile.valid_until(),
            record: certificate.to_record(),
        }
    }

    fn valid(&self, now: Timestamp) -> bool {
        self.valid_from <= now && now <= self.valid_until
    }
}

impl NetCertificate {
    /// The epoch of the certificate that is shown now, if one is valid.
    #[must_use]
    pub fn shown_epoch(&self, now: Timestamp) -> Option<u64> {
        self.shown(now).map(|one| one.epoch)
    }

    /// The newest epoch of which there is a certificate.
    #[must_use]
    pub fn newest_epoch(&self) -> Option<u64> {
        self.epochs.last().map(|one| one.epoch)
    }

    /// When the newest certificate stops being valid.
    #[must_use]
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.epochs.last().map(|one| one.valid_until)
    }

    /// Whether no certificate is valid now.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        self.shown(now).is_none()
    }

    /// Whether the Issuer gave a ticket for renewals.
    #[must_use]
    pub const fn renewable(&self) -> bool {
        self.ticket.is_some()
    }

    /// What the newest certificate says, false flags too: for its Holder's own eyes.
    #[must_use]
    pub fn statements(&self) -> Vec<(String, Value)> {
        let newest = self.epochs.last();
        let certificate = newest.and_then(|one| Certificate::from_record(&one.record).ok());
        let slots = certificate.iter().flat_map(|one| one.slots().iter());
        slots
            .filter_map(|(slot, value)| Some((slot.name().to_owned(), value.to_json()?)))
            .collect()
    }

    /// Flags that became true lately, and from when on they are shown. A number whose flag turned
    /// true between two visits would tell its platform a birthday.
    pub fn resting(&self, now: Timestamp) -> impl Iterator<Item = (&str, Timestamp)> {
        self.resting
            .iter()
            .filter(move |(_, until)| now < **until)
            .map(|(slot, until)| (slot.as_str(), *until))
    }

    /// The net numbers that were shown, by platform.
    #[must_use]
    pub fn numbers(&self) -> &[KnownNumber] {
        &self.numbers
    }

    /// The certificate to show. All wallets switch to an epoch at one instant, and show no older
    /// one from then on if they have a newer one.
    pub(crate) fn shown(&self, now: Timestamp) -> Option<&EpochCertificate> {
        let valid = || self.epochs.iter().rev().filter(|one| one.valid(now));
        valid()
            .find(|one| one.shown_from <= now)
            .or_else(|| valid().next())
    }

    pub(crate) fn secret(&self, seed: &Seed) -> HolderSecret {
        HolderSecret::derive(seed, &self.domain, self.generation)
    }

    pub(crate) fn opening(&self) -> Result<AnchorOpening, ContentsError> {
        anchors::open(&self.opening)
    }

    /// Takes the certificate of another epoch, in the place of one of the same; forgets what no
    /// epoch needs any more.
    pub(crate) fn take(
        &mut self,
        certificate: &Certificate,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) {
        self.note_new_flags(certificate, rng);
        let taken = EpochCertificate::of(certificate);
        self.epochs.retain(|one| one.epoch != taken.epoch);
        self.epochs.push(taken);
        self.epochs.sort_by_key(|one| one.epoch);
        let newest = self.newest_epoch();
        self.epochs
            .retain(|one| now <= one.valid_until || Some(one.epoch) == newest);
        self.resting.retain(|_, until| now < *until);
        self.refused_at = None;
        let profile = certificate.profile();
        if Some(profile.epoch()) == newest {
            let next = profile.epoch().checked_add(1);
            self.renewal_due = next.and_then(|next| profile.schedule().renewal(next, rng).ok());
        }
    }

    /// Flags that were false in the epoch before rest for up to four weeks, each for as long as
    /// chance says.
    fn note_new_flags(&mut self, certificate: &Certificate, rng: &mut (impl CryptoRng + ?Sized)) {
        let epoch = certificate.profile().epoch();
        let before = self.epochs.iter().rev().find(|one| one.epoch < epoch);
        let Some(before) = before.and_then(|one| Certificate::from_record(&one.record).ok()) else {
            return;
        };
        for slot in Slot::ALL.into_iter().filter(|slot| slot.is_flag()) {
            let now_true = *certificate.slots().get(slot) == SlotValue::Flag(true);
            let was_false = *before.slots().get(slot) == SlotValue::Flag(false);
            if now_true && was_false && !self.resting.contains_key(slot.name()) {
                // 2^64 is so much larger that no second is favoured noticeably.
                let seconds = rng.next_u64() % LONGEST_REST;
                let rest = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or_default());
                let from = certificate.profile().valid_from();
                let until = from.checked_add(rest).unwrap_or(from);
                self.resting.insert(slot.name().to_owned(), until);
            }
        }
    }
}

/// 28 days in seconds.
const LONGEST_REST: u64 = 28 * 24 * 60 * 60;
