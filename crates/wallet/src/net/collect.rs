//! Between the vault and the renewal's compartment: what a timer needs goes out, what it fetched
//! comes in.

use netcert::{
    CertificateError, EpochProfile, PinConflict, PinError, Prepared, ProfileError, ProfilePins,
    UnverifiedCertificate,
};
use vault::{Compartment, VaultError};

use super::compartment::{Arrived, CompartmentContents, Renewable, open_prepared, seal_prepared};
use super::held::NetCertificate;
use crate::contents::ContentsError;
use crate::history::Event;
use crate::wallet::{Wallet, WalletError};

/// What was brought in from the renewal's compartment.
#[derive(Debug, Default)]
pub struct Collected {
    /// Profiles that the timer was shown and that differ from what the vault has pinned: an Issuer
    /// shows several, and could tell people apart by them. Told once; kept as evidence, and in the
    /// history.
    pub conflicts: Vec<PinConflict>,
    /// Certificates that have new epochs, by their identifiers.
    pub renewed: Vec<String>,
    /// What an Issuer sent and the wallet does not take.
    pub refused: Vec<(String, NetFault)>,
}

/// Why a certificate, or its profile, is not taken. The Issuer is at fault.
#[derive(Debug, thiserror::Error)]
pub enum NetFault {
    /// The certificate is not everybody's, or not this wallet's.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The profile is another one than was seen before.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The profile cannot be read.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

impl Wallet {
    /// Whether a timer has what it needs to renew while the vault is locked.
    #[must_use]
    pub fn renews_by_itself(&self) -> bool {
        // One that another process holds is there as well.
        !matches!(Compartment::open(self.vault_path()), Ok(None))
    }

    /// Lets a timer renew while the vault is locked, for eight epochs after each unlock.
    ///
    /// # Errors
    /// A [`WalletError`] when the compartment cannot be written.
    pub fn renew_by_itself(&mut self) -> Result<(), WalletError> {
        // What an earlier timer has seen is not overwritten.
        self.collect()?;
        self.make_compartment()
    }

    /// Takes from the timer what it needs.
    ///
    /// # Errors
    /// A [`WalletError`] when the compartment cannot be removed.
    pub fn stop_renewing_by_itself(&mut self) -> Result<(), WalletError> {
        self.collect()?;
        Ok(Compartment::remove(self.vault_path())?)
    }

    /// Unblinds and keeps what a timer fetched since the vault was open last, and gives it new
    /// commitments for what it used.
    ///
    /// # Errors
    /// A [`WalletError`] when vault or compartment cannot be written. What an Issuer did wrong is
    /// no error here: it must not keep the Holder from the rest.
    pub fn collect(&mut self) -> Result<Collected, WalletError> {
        let mut compartment = match Compartment::open(self.vault_path()) {
            Ok(Some(compartment)) => compartment,
            Ok(None) => return Ok(Collected::default()),
            // A renewal is at work: its results come in next time.
            Err(VaultError::Locked { .. }) => return Ok(Collected::default()),
            Err(VaultError::Damaged { .. }) => {
                self.make_compartment()?;
                return Ok(Collected::default());
            }
            Err(error) => return Err(error.into()),
        };
        let Ok(found) = CompartmentContents::from_bytes(compartment.contents()) else {
            // What another version wrote is made anew.
            drop(compartment);
            self.make_compartment()?;
            return Ok(Collected::default());
        };
        // First: what arrived is judged by all that was seen.
        let mut pins = self.contents.pins.clone();
        pins.merge(&found.pins);
        let conflicts = self.keep_pins(pins)?;
        let (mut collected, changed) = self.absorb(&found.renewals)?;
        collected.conflicts = conflicts;
        if changed {
            self.save()?;
        }
        if changed || self.differs(&found) {
            let contents = self.compartment_contents(found.renewals)?;
            compartment.save(contents.to_bytes()?, &mut host::system_rng())?;
        }
        Ok(collected)
    }

    /// Brings the compartment up to date after a change, where there is one.
    pub(crate) fn refresh_compartment(&mut self) -> Result<(), WalletError> {
        self.collect().map(drop)
    }

    /// Keeps what was seen of Issuers' profiles, whatever else comes of it. Returns what is new of
    /// the evidence, which is in the history from now on.
    pub(crate) fn keep_pins(&mut self, pins: ProfilePins) -> Result<Vec<PinConflict>, WalletError> {
        if pins == self.contents.pins {
            return Ok(Vec::new());
        }
        let known = self.contents.pins.conflicts();
        let mut conflicts = pins.conflicts();
        conflicts.retain(|conflict| !known.contains(conflict));
        let now = self.now();
        for conflict in &conflicts {
            let event = Event::TwoProfiles {
                issuer: conflict.issuer.clone(),
                epoch: conflict.epoch,
                pinned: conflict.pinned.clone(),
                refused: conflict.refused.clone(),
            };
            self.contents.remember(now, event);
        }
        self.contents.pins = pins;
        self.save()?;
        Ok(conflicts)
    }

    /// Takes one fetched certificate; the caller saves.
    pub(crate) fn take_certificate(
        &mut self,
        id: &str,
        profile: &EpochProfile,
        prepared: &Prepared,
        document: &serde_json::Value,
    ) -> Result<(), TakeError> {
        let now = self.now();
        let seed = self.contents.seed()?;
        self.contents
            .pins
            .accept(profile, now)
            .map_err(NetFault::from)?;
        let held = self.net_mut(id)?;
        let secret = held.secret(&seed);
        let certificate = UnverifiedCertificate::parse(document)
            .and_then(|unverified| {
                let opening = held.opening().map_err(|_| CertificateError::Secret)?;
                unverified.finish(profile, &secret, &opening, &held.anchor, prepared)
            })
            .map_err(NetFault::from)?;
        held.take(&certificate, now, &mut host::system_rng());
        Ok(())
    }

    pub(crate) fn net_mut(&mut self, id: &str) -> Result<&mut NetCertificate, WalletError> {
        self.contents
            .net
            .iter_mut()
            .find(|held| held.id == id)
            .ok_or(WalletError::NoSuchCredential)
    }

    fn make_compartment(&mut self) -> Result<(), WalletError> {
        let contents = self.compartment_contents(Vec::new())?;
        let bytes = contents.to_bytes()?;
        Compartment::create(self.vault_path(), bytes, &mut host::system_rng())?;
        Ok(())
    }

    fn absorb(&mut self, found: &[Renewable]) -> Result<(Collected, bool), WalletError> {
        let now = self.now();
        let mut collected = Collected::default();
        let mut changed = false;
        for renewable in found {
            let Ok(held) = self.net_mut(&renewable.id) else {
                continue;
            };
            if held.anchor != renewable.anchor {
                continue;
            }
            if renewable.refused_at > held.refused_at {
                held.refused_at = renewable.refused_at;
                held.renewal_due = None;
                changed = true;
            }
            let same = held.ticket.as_ref().is_some_and(|ticket| {
                ticket.refresh_token.expose() == renewable.ticket.refresh_token.expose()
            });
            if !same && held.renewed_ticket(renewable) {
                changed = true;
            }
            let mut renewed = false;
            for arrived in &renewable.arrived {
                match self.absorb_one(&renewable.id, arrived) {
                    Ok(()) => renewed = true,
                    Err(TakeError::Fault(NetFault::Pin(PinError::Time))) => {}
                    Err(TakeError::Fault(fault)) => {
                        collected.refused.push((renewable.id.clone(), fault));
                    }
                    Err(TakeError::Wallet(error)) => return Err(error),
                }
                changed = true;
            }
            if renewed {
                collected.renewed.push(renewable.id.clone());
                let event = Event::Renewed {
                    issuer: renewable.issuer_name.clone(),
                };
                self.contents.remember(now, event);
            }
        }
        Ok((collected, changed))
    }

    fn absorb_one(&mut self, id: &str, arrived: &Arrived) -> Result<(), TakeError> {
        let profile = EpochProfile::parse(arrived.profile.as_bytes()).map_err(NetFault::from)?;
        let prepared = open_prepared(&arrived.prepared)?;
        self.take_certificate(id, &profile, &prepared, &arrived.document)
    }

    /// What the timer shall find: every certificate that can be renewed, with commitments for
    /// eight epochs. Those that are there and unused are kept.
    fn compartment_contents(
        &self,
        found: Vec<Renewable>,
    ) -> Result<CompartmentContents, WalletError> {
        let seed = self.contents.seed()?;
        let mut unused = found;
        let mut renewals = Vec::new();
        for held in &self.contents.net {
            let Some(mut renewable) = Renewable::of(held).filter(|_| !held.rebind) else {
                continue;
            };
            let same = |one: &Renewable| one.id == held.id && one.anchor == held.anchor;
            if let Some(place) = unused.iter().position(same) {
                renewable.prepared = unused.swap_remove(place).prepared;
            }
            let (secret, opening) = (held.secret(&seed), held.opening()?);
            while renewable.prepared.len() < PREPARED {
                let prepared = Prepared::create(&secret, &opening, &mut host::system_rng())
                    .map_err(|_| ContentsError::Malformed)?;
                renewable.prepared.push(seal_prepared(&prepared));
            }
            renewals.push(renewable);
        }
        let pins: ProfilePins = self.contents.pins.clone();
        Ok(CompartmentContents::new(renewals, pins))
    }

    /// Whether the compartment says other things than the vault.
    fn differs(&self, found: &CompartmentContents) -> bool {
        let expected = self.contents.net.iter().filter(|held| !held.rebind);
        let expected: Vec<_> = expected.filter_map(Renewable::of).collect();
        found.pins != self.contents.pins
            || expected.len() != found.renewals.len()
            || expected.iter().any(|expected| {
                !found.renewals.iter().any(|found| {
                    expected.id == found.id
                        && expected.anchor == found.anchor
                        && expected.newest == found.newest
                        && expected.due == found.due
                        && expected.ticket.refresh_token.expose()
                            == found.ticket.refresh_token.expose()
                        && found.prepared.len() == PREPARED
                })
            })
    }
}

/// Why a fetched certificate was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    #[error(transparent)]
    Fault(#[from] NetFault),
    #[error(transparent)]
    Wallet(#[from] WalletError),
}

impl From<ContentsError> for TakeError {
    fn from(error: ContentsError) -> Self {
        Self::Wallet(error.into())
    }
}

impl NetCertificate {
    /// Keeps a ticket that took the place of the one that is held, if the timer had the key of
    /// this device.
    fn renewed_ticket(&mut self, renewable: &Renewable) -> bool {
        let Some(ticket) = &mut self.ticket else {
            return false;
        };
        if !ticket.dpop.same(&renewable.ticket.dpop) {
            return false;
        }
        ticket.refresh_token = renewable.ticket.refresh_token.copy();
        true
    }
}

/// Epochs for which commitments are made beforehand.
pub(crate) const PREPARED: usize = 8;
