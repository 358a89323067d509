use fetch::Client;
use keys::SigningKey;
use netcert::{
    Anchor, AnchorOpening, Binding, EpochProfile, HolderSecret, IssuanceProof, Prepared,
};
use openid4vci::wallet::{AccessGrant, OfferedNetCertificate};

use super::anchors;
use super::collect::TakeError;
use super::held::NetCertificate;
use super::order;
use crate::error::ReceiveError;
use crate::history::Event;
use crate::receive::refill_grant;
use crate::wallet::{Wallet, WalletError};

impl Wallet {
    /// The Net Certificates, one for each Issuer, in the order in which they were received.
    #[must_use]
    pub fn net_certificates(&self) -> &[NetCertificate] {
        &self.contents.net
    }

    /// Finds a Net Certificate by its identifier.
    #[must_use]
    pub fn net_certificate(&self, id: &str) -> Option<&NetCertificate> {
        self.contents.net.iter().find(|held| held.id == id)
    }

    /// A Net Certificate's name in the Holder's language, or its configuration's identifier.
    #[must_use]
    pub fn net_name(&self, offered: &OfferedNetCertificate) -> String {
        self.display_name(&offered.display, &offered.configuration_id)
    }

    /// Orders the certificates of this epoch and the next, for the secret that the Issuer knows
    /// this person by; for a new one if it knows none.
    ///
    /// The anchor is kept before the Issuer can see it, and what the Issuer needs to bring it back
    /// goes along: whenever the machine stops, the next order is for the same secret and anchor.
    /// The caller saves what has come.
    pub(crate) async fn fetch_net(
        &mut self,
        transaction: &Client,
        grant: &AccessGrant,
        dpop: &SigningKey,
    ) -> Result<Option<String>, ReceiveError> {
        let Some(offered) = grant.issuer().net_certificate.clone() else {
            return Ok(None);
        };
        let mut pins = self.contents.pins.clone();
        let epochs = order::epochs(&self.world, transaction, grant, &mut pins).await;
        self.keep_pins(pins)?;
        let epochs = epochs?;
        let issuer = grant.issuer().identifier.clone();
        let own = self.anchored(transaction, grant, dpop, &issuer).await?;
        let profiles = vec![epochs.current, epochs.next];
        let prepared = prepare(&own, &profiles)?;
        let prove = |place: usize, binding: &Binding<'_>| {
            let one = prepared.get(place).ok_or(ReceiveError::Nothing)?;
            own.prove(place, one, binding)
        };
        let received = order::order(&self.world, transaction, grant, dpop, profiles, prove).await?;
        let id = self.hold(&own, grant, dpop, &offered)?;
        let arrived = received.profiles.iter().zip(&received.certificates);
        for ((profile, document), prepared) in arrived.zip(&prepared) {
            let taken = self.take_certificate(&id, profile, prepared, document);
            if let Err(error) = taken {
                // One that holds nothing yet is no certificate.
                self.contents
                    .net
                    .retain(|held| held.id != id || !held.epochs.is_empty());
                return Err(error.into());
            }
        }
        let issuer = self.issuer_name(grant.issuer());
        self.contents
            .remember(self.now(), Event::ReceivedNet { issuer });
        Ok(Some(id))
    }

    /// The secret by which the Issuer knows the person: what it keeps, if this wallet's words open
    /// it; else what it may have seen of this wallet; else a new one.
    async fn anchored(
        &mut self,
        transaction: &Client,
        grant: &AccessGrant,
        dpop: &SigningKey,
        issuer: &str,
    ) -> Result<Anchored, ReceiveError> {
        let seed = self.contents.seed().map_err(WalletError::from)?;
        let stored = order::stored_anchor(&self.world, transaction, grant, dpop).await?;
        let known = self.contents.anchors_in(issuer);
        let proven = match &stored {
            None => known.first(),
            Some(stored) => known.iter().find(|one| one.anchor == stored.anchor),
        };
        if let Some(proven) = proven {
            return Ok(Anchored {
                secret: proven.secret(&seed),
                anchor: proven.anchor,
                opening: proven.opening().map_err(WalletError::from)?,
                // After a withdrawal the Issuer has the bare anchor: without the sealed opening,
                // words alone would not bring the numbers back.
                first: stored.is_none_or(|one| one.sealed.is_none()),
            });
        }
        let own = match stored {
            Some(stored) => {
                let sealed = stored.sealed.ok_or(ReceiveError::AnotherSecret)?;
                let (secret, opening) = sealed
                    .open(&seed, issuer, &stored.anchor)
                    .map_err(|_| ReceiveError::AnotherSecret)?;
                // Of two anchors of one secret, the numbers differ by what the Issuer can compute.
                if known
                    .iter()
                    .any(|one| one.generation == secret.generation())
                {
                    return Err(ReceiveError::SecondAnchor);
                }
                Anchored {
                    secret,
                    anchor: stored.anchor,
                    opening,
                    first: false,
                }
            }
            None => {
                let secret = HolderSecret::derive(&seed, issuer, 0);
                let (anchor, opening) = AnchorOpening::create(&secret, &mut host::system_rng())
                    .map_err(|_| ReceiveError::Proof)?;
                Anchored {
                    secret,
                    anchor,
                    opening,
                    first: true,
                }
            }
        };
        self.contents
            .note_anchor(&own.secret, own.anchor, &own.opening);
        self.save()?;
        Ok(own)
    }

    /// Begins to hold what an Issuer certifies, or goes on with what is held of it.
    fn hold(
        &mut self,
        own: &Anchored,
        grant: &AccessGrant,
        dpop: &SigningKey,
        offered: &OfferedNetCertificate,
    ) -> Result<String, ReceiveError> {
        let ticket = refill_grant(grant, dpop);
        let issuer = grant.issuer();
        let (name, issuer_name) = (self.net_name(offered), self.issuer_name(issuer));
        let same =
            |one: &&mut NetCertificate| one.issuer == issuer.identifier && one.anchor == own.anchor;
        if let Some(held) = self.contents.net.iter_mut().find(same) {
            (held.name, held.issuer_name) = (name, issuer_name);
            held.ticket = ticket.or(held.ticket.take());
            held.rebind = false;
            return Ok(held.id.clone());
        }
        let id = self.contents.fresh_id(&mut host::system_rng());
        self.contents.net.push(NetCertificate {
            id: id.clone(),
            name,
            issuer: issuer.identifier.clone(),
            issuer_name,
            configuration: offered.configuration_id.clone(),
            received_at: self.now(),
            renewal_due: None,
            refused_at: None,
            domain: own.secret.domain().to_owned(),
            generation: own.secret.generation(),
            anchor: own.anchor,
            opening: anchors::seal(&own.opening),
            ticket,
            rebind: false,
            epochs: Vec::new(),
            resting: std::collections::BTreeMap::new(),
            numbers: Vec::new(),
        });
        Ok(id)
    }
}

impl From<TakeError> for ReceiveError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Fault(fault) => Self::NetFault(fault),
            TakeError::Wallet(error) => Self::Wallet(error),
        }
    }
}

/// A secret, and the anchor by which an Issuer knows it.
struct Anchored {
    secret: HolderSecret,
    anchor: Anchor,
    opening: AnchorOpening,
    /// Whether the Issuer does not know it yet.
    first: bool,
}

impl Anchored {
    fn prove(
        &self,
        place: usize,
        prepared: &Prepared,
        binding: &Binding<'_>,
    ) -> Result<IssuanceProof, ReceiveError> {
        let rng = &mut host::system_rng();
        let Self {
            secret,
            anchor,
            opening,
            first,
        } = self;
        match (first, place) {
            (true, 0) => {
                IssuanceProof::prove_first(secret, opening, anchor, prepared, binding, rng)
            }
            _ => IssuanceProof::prove_renewal(anchor, prepared, binding, rng),
        }
        .map_err(|_| ReceiveError::Proof)
    }
}

fn prepare(own: &Anchored, profiles: &[EpochProfile]) -> Result<Vec<Prepared>, ReceiveError> {
    let one = |_| Prepared::create(&own.secret, &own.opening, &mut host::system_rng());
    let made: Result<_, _> = profiles.iter().map(one).collect();
    made.map_err(|_| ReceiveError::Proof)
}
