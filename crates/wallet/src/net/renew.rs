use std::path::Path;
use std::sync::Arc;

use fetch::Client;
use host::Clock;
use keys::SigningKey;
use keys::token::BearerToken;
use netcert::{Binding, EpochProfile, IssuanceProof, Prepared, ProfilePins, TokenBinding};
use openid4vci::wallet::{
    AccessGrant, IssuanceError, Progress, Rebinding, RedemptionError, Refill,
};
use vault::Compartment;

use super::compartment::{Arrived, CompartmentContents, Renewable, open_prepared, seal_prepared};
use super::order;
use crate::error::ReceiveError;
use crate::held::Sealed;
use crate::history::Event;
use crate::receive::refill_grant;
use crate::wallet::{Wallet, WalletError};
use crate::world::{Settings, World};

/// The renewal of Net Certificates while the vault is locked: by what its compartment holds.
pub struct LockedRenewal {
    compartment: Compartment,
    contents: CompartmentContents,
    world: World,
}

impl LockedRenewal {
    /// Opens the compartment beside a vault. `None` when there is none: the Holder has installed
    /// no timer.
    ///
    /// # Errors
    /// A [`WalletError`] when it cannot be opened; the wallet makes it anew at the next unlock.
    pub fn open(
        vault: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Self>, WalletError> {
        let Some(compartment) = Compartment::open(vault)? else {
            return Ok(None);
        };
        let contents = CompartmentContents::from_bytes(compartment.contents())?;
        Ok(Some(Self {
            compartment,
            contents,
            world: World::new(settings, clock),
        }))
    }

    /// Whether there is nothing that could be renewed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contents.renewals.is_empty()
    }

    /// The Issuers that would be asked, by their names.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        let renewals = self.contents.renewals.iter();
        renewals.map(|one| one.issuer_name.as_str())
    }

    /// Renews what is due, or everything that can be renewed. What arrives is unblinded when the
    /// wallet is opened next.
    ///
    /// # Errors
    /// A [`WalletError`] when the compartment cannot be written. What an Issuer does not deliver
    /// is told in the reports.
    pub async fn run(&mut self, which: Which) -> Result<Vec<RenewalReport>, WalletError> {
        let now = self.world.now();
        let mut reports = Vec::new();
        for place in 0..self.contents.renewals.len() {
            let Some(renewable) = self.contents.renewals.get_mut(place) else {
                break;
            };
            let due = renewable.due.is_some_and(|due| due <= now);
            if which == Which::Due && !due {
                continue;
            }
            let outcome = renew(&self.world, renewable, &mut self.contents.pins).await;
            if was_refused(&outcome) {
                renewable.refused_at = Some(now);
                // The timer asks no more; the Holder may.
                renewable.due = None;
            }
            reports.push(RenewalReport {
                id: renewable.id.clone(),
                issuer_name: renewable.issuer_name.clone(),
                outcome,
            });
            let bytes = self.contents.to_bytes()?;
            self.compartment.save(bytes, &mut host::system_rng())?;
        }
        Ok(reports)
    }
}

/// Which certificates a run renews.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Which {
    /// All.
    All,
    /// Those whose moment has come.
    Due,
}

/// What became of one certificate's renewal.
#[derive(Debug)]
pub struct RenewalReport {
    /// The certificate.
    pub id: String,
    /// Its Issuer.
    pub issuer_name: String,
    /// What came of it.
    pub outcome: Result<Renewed, ReceiveError>,
}

/// How a renewal ended well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renewed {
    /// There are certificates for all epochs for which they are issued.
    Already,
    /// Certificates up to this epoch have come.
    UpTo(u64),
}

impl Wallet {
    /// Renews a Net Certificate: fetches those of this epoch and the next that are not held.
    ///
    /// The Issuer learns that this Holder renews, and when; never where certificates are shown. So
    /// a person is asked before, unless the moment is one of chance.
    ///
    /// # Errors
    /// A [`ReceiveError`]; what the wallet has is then unchanged.
    pub async fn renew(&mut self, id: &str) -> Result<Renewed, ReceiveError> {
        self.collect()?;
        if self.net_mut(id)?.rebind {
            self.rebind(id).await?;
        }
        let seed = self.contents.seed().map_err(WalletError::from)?;
        let held = self
            .net_certificate(id)
            .ok_or(WalletError::NoSuchCredential)?;
        let mut renewable = Renewable::of(held).ok_or(ReceiveError::NotRenewable)?;
        let (secret, opening) = (
            held.secret(&seed),
            held.opening().map_err(WalletError::from)?,
        );
        for _ in 0..MOST_AT_ONCE {
            let prepared = Prepared::create(&secret, &opening, &mut host::system_rng());
            let prepared = prepared.map_err(|_| ReceiveError::Proof)?;
            renewable.prepared.push(seal_prepared(&prepared));
        }
        let mut pins = self.contents.pins.clone();
        let outcome = renew(&self.world, &mut renewable, &mut pins).await;
        self.keep_pins(pins)?;
        let now = self.now();
        if was_refused(&outcome) {
            let held = self.net_mut(id)?;
            held.refused_at = Some(now);
            held.renewal_due = None;
            self.save()?;
        }
        let outcome = outcome?;
        for arrived in &renewable.arrived {
            let profile = EpochProfile::parse(arrived.profile.as_bytes())
                .map_err(|error| ReceiveError::NetFault(error.into()))?;
            let prepared = open_prepared(&arrived.prepared).map_err(WalletError::from)?;
            self.take_certificate(id, &profile, &prepared, &arrived.document)?;
        }
        let held = self.net_mut(id)?;
        held.ticket = Some(renewable.ticket);
        let issuer = held.issuer_name.clone();
        if outcome != Renewed::Already {
            self.contents.remember(now, Event::Renewed { issuer });
        }
        self.save()?;
        self.refresh_compartment()?;
        Ok(outcome)
    }

    /// Binds the ticket to a key of this device, by proving the anchor.
    async fn rebind(&mut self, id: &str) -> Result<(), ReceiveError> {
        let seed = self.contents.seed().map_err(WalletError::from)?;
        let held = self
            .net_certificate(id)
            .ok_or(WalletError::NoSuchCredential)?;
        let ticket = held.ticket.as_ref().ok_or(ReceiveError::NotRenewable)?;
        let (secret, anchor) = (held.secret(&seed), held.anchor);
        let opening = held.opening().map_err(WalletError::from)?;
        let dpop = SigningKey::generate(keys::Algorithm::Es256, &mut host::system_rng());
        let transaction = self.transaction()?;
        let mut stage = Rebinding::start(
            &held.issuer,
            &ticket.authorization_server,
            vec![held.configuration.clone()],
            BearerToken::from(ticket.refresh_token.expose()),
            self.world.issuance_options(),
        )?;
        let grant = loop {
            let request = stage.request(
                |session| {
                    let rng = &mut host::system_rng();
                    TokenBinding::prove(&secret, &opening, &anchor, session, rng)
                },
                &dpop,
                self.now(),
                &mut host::system_rng(),
            )?;
            match stage.receive(&transaction.send(request).await?, self.now())? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => break grant,
            }
        };
        let ticket = refill_grant(&grant, &dpop).ok_or(ReceiveError::NotRenewable)?;
        let held = self.net_mut(id)?;
        held.ticket = Some(ticket);
        held.rebind = false;
        Ok(self.save()?)
    }
}

/// Fetches the certificates of all epochs that are issued now and not held. Neither the vault nor
/// any secret of a number is needed for that.
async fn renew(
    world: &World,
    renewable: &mut Renewable,
    pins: &mut ProfilePins,
) -> Result<Renewed, ReceiveError> {
    let transaction = world.transaction()?;
    let dpop = renewable.ticket.dpop.signing_key()?;
    let grant = access(world, &transaction, renewable, &dpop).await?;
    if let Some(ticket) = grant.refresh_token() {
        renewable.ticket.refresh_token = Sealed::from(ticket.expose());
    }
    let epochs = order::epochs(world, &transaction, &grant, pins).await?;
    let newest = renewable.newest;
    let wanted: Vec<EpochProfile> = [epochs.current, epochs.next]
        .into_iter()
        .filter(|profile| newest.is_none_or(|newest| newest < profile.epoch()))
        .collect();
    let Some(last) = wanted.last().cloned() else {
        return Ok(Renewed::Already);
    };
    let prepared: Vec<Prepared> = renewable
        .prepared
        .iter()
        .take(wanted.len())
        .map(open_prepared)
        .collect::<Result<_, _>>()
        .map_err(WalletError::from)?;
    if prepared.len() < wanted.len() {
        return Err(ReceiveError::NothingPrepared);
    }
    let anchor = renewable.anchor;
    let prove = |place: usize, binding: &Binding<'_>| {
        let prepared = prepared.get(place).ok_or(ReceiveError::NothingPrepared)?;
        IssuanceProof::prove_renewal(&anchor, prepared, binding, &mut host::system_rng())
            .map_err(|_| ReceiveError::Proof)
    };
    let received = order::order(world, &transaction, &grant, &dpop, wanted, prove).await?;
    let used: Vec<Sealed> = renewable.prepared.drain(..prepared.len()).collect();
    let arrived = received.profiles.iter().zip(received.certificates);
    for ((profile, document), prepared) in arrived.zip(used) {
        renewable.arrived.push(Arrived {
            profile: String::from_utf8_lossy(profile.canonical()).into_owned(),
            prepared,
            document,
        });
    }
    renewable.newest = Some(last.epoch());
    renewable.refused_at = None;
    let next = last.epoch().checked_add(1);
    renewable.due =
        next.and_then(|next| last.schedule().renewal(next, &mut host::system_rng()).ok());
    Ok(Renewed::UpTo(last.epoch()))
}

async fn access(
    world: &World,
    transaction: &Client,
    renewable: &Renewable,
    dpop: &SigningKey,
) -> Result<AccessGrant, ReceiveError> {
    let mut stage = Refill::start(
        &renewable.issuer,
        &renewable.ticket.authorization_server,
        vec![renewable.configuration.clone()],
        BearerToken::from(renewable.ticket.refresh_token.expose()),
        world.issuance_options(),
    )?;
    loop {
        let request = stage.request(dpop, world.now(), &mut host::system_rng())?;
        match stage.receive(&transaction.send(request).await?, world.now())? {
            Progress::More(next) => stage = next,
            Progress::Done(grant) => return Ok(grant),
        }
    }
}

/// Whether the Issuer will not renew, however often it is asked.
fn was_refused(outcome: &Result<Renewed, ReceiveError>) -> bool {
    matches!(
        outcome,
        Err(ReceiveError::Redemption(RedemptionError::InvalidGrant)
            | ReceiveError::Issuance(IssuanceError::Denied))
    )
}

/// This epoch's and the next one's.
const MOST_AT_ONCE: usize = 2;
