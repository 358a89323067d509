//! What first receipts and renewals have in common: profiles, and the order itself.

use fetch::Client;
use keys::SigningKey;
use netcert::{Binding, EpochProfile, IssuanceProof, ProfilePins};
use openid4vci::wallet::{
    AccessGrant, AnchorLookup, EpochLookup, Epochs, Progress, ReceivedNet, StoredAnchor,
};

use super::collect::NetFault;
use crate::error::ReceiveError;
use crate::world::World;

/// Fetches the profiles of this epoch and the next, and compares them with all that were seen.
pub(crate) async fn epochs(
    world: &World,
    transaction: &Client,
    grant: &AccessGrant,
    pins: &mut ProfilePins,
) -> Result<Epochs, ReceiveError> {
    let mut stage = EpochLookup::start(grant.issuer()).ok_or(ReceiveError::NotRenewable)?;
    let epochs = loop {
        let response = transaction.send(stage.request()).await?;
        match stage.receive(&response, world.now())? {
            Progress::More(next) => stage = next,
            Progress::Done(epochs) => break epochs,
        }
    };
    // Of two, none is pinned unless both are lawful.
    let mut seen = pins.clone();
    for profile in [&epochs.current, &epochs.next] {
        if let Err(fault) = seen.accept(profile, world.now()) {
            // What contradicts an earlier profile is kept as evidence.
            let told = pins.accept(profile, world.now()).err().unwrap_or(fault);
            return Err(NetFault::from(told).into());
        }
    }
    *pins = seen;
    Ok(epochs)
}

/// Asks which anchor the Issuer keeps for the person.
pub(crate) async fn stored_anchor(
    world: &World,
    transaction: &Client,
    grant: &AccessGrant,
    dpop: &SigningKey,
) -> Result<Option<StoredAnchor>, ReceiveError> {
    let mut stage: AnchorLookup<'_> = grant.anchor();
    loop {
        let request = stage.request(dpop, world.now(), &mut host::system_rng())?;
        match stage.receive(&transaction.send(request).await?)? {
            Progress::More(next) => stage = next,
            Progress::Done(stored) => return Ok(stored),
        }
    }
}

/// Orders one certificate for each profile.
pub(crate) async fn order(
    world: &World,
    transaction: &Client,
    grant: &AccessGrant,
    dpop: &SigningKey,
    profiles: Vec<EpochProfile>,
    mut prove: impl FnMut(usize, &Binding<'_>) -> Result<IssuanceProof, ReceiveError>,
) -> Result<ReceivedNet, ReceiveError> {
    let mut stage = grant.order_net(profiles)?;
    loop {
        let request = stage.request(&mut prove, dpop, world.now(), &mut host::system_rng())?;
        match stage.receive(&transaction.send(request).await?)? {
            Progress::More(next) => stage = next,
            Progress::Done(received) => return Ok(received),
        }
    }
}
