use http::HeaderMap;
use jiff::Timestamp;
use openid4vci::issuer::{Accepted, CredentialError, WireError};
use openid4vci::messages::CredentialResponse;
use store::{Batch as Writes, Record as _, StoreError, Stored};

use crate::app::App;
use crate::mint::MintError;
use crate::person::Person;
use crate::records::{Batch, Enrolment, Position};
use crate::status_lists::StatusListsError;
use crate::usecases::ATTEMPTS;
use crate::usecases::token::{handle_of, spending};

impl App {
    /// Answers a Credential Request (OpenID4VCI 1.0, section 8), in one commit: the proofs are
    /// spent and the copies recorded together, and only then do the credentials leave.
    pub(crate) async fn credential(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<CredentialResponse, CredentialFailure> {
        let (now, parts) = (self.now(), self.parts());
        let accepted = parts.protocol.credential_call(headers, body, now)?;
        let count = accepted.holder_keys.len();
        let read = self.admitted(&accepted, count, now).await?;
        let places = parts.status.allocate(count, &parts.keys.es256, now).await?;
        let (credentials, batch) = self.strike(&accepted, places.positions.clone(), now)?;
        match self.record(&accepted, read, batch, now).await {
            Ok(()) => Ok(accepted.response(&parts.protocol, credentials, &mut host::system_rng())),
            Err(refused @ CredentialFailure::Refused(_)) => {
                parts.status.take_back(places);
                Err(refused)
            }
            Err(unclear) => Err(unclear),
        }
    }

    fn strike(
        &self,
        accepted: &Accepted,
        positions: Vec<Position>,
        now: Timestamp,
    ) -> Result<(Vec<String>, Batch), CredentialFailure> {
        let parts = self.parts();
        let person: Person =
            serde_json::from_slice(&accepted.claims).map_err(|_| CredentialError::Denied)?;
        let plate = parts.mint.plate(&accepted.configuration_id, &person, now)?;
        let rng = &mut host::system_rng();
        let copies = accepted.holder_keys.iter().zip(&positions);
        let credentials = copies
            .map(|(holder, place)| {
                plate.strike(&parts.keys, holder, &parts.status.reference(*place), rng)
            })
            .collect::<Result<_, _>>()?;
        Ok((
            credentials,
            Batch {
                expires_at: plate.until().as_second(),
                positions,
            },
        ))
    }

    /// Reads the enrolment, if it may have so many more copies.
    async fn admitted(
        &self,
        accepted: &Accepted,
        count: usize,
        now: Timestamp,
    ) -> Result<Stored<Enrolment>, CredentialFailure> {
        let parts = self.parts();
        let read = parts
            .store
            .load::<Enrolment>(handle_of(&accepted.handle), now)
            .await?;
        let read = read.ok_or(CredentialError::Denied)?;
        let most = usize::try_from(parts.config.max_copies).unwrap_or(usize::MAX);
        if !read.value.honours(&accepted.handle) || read.value.copies(now) + count > most {
            return Err(CredentialError::Denied.into());
        }
        Ok(read)
    }

    /// Commits against the version that was read: a revocation since then finds these copies, or
    /// prevents them.
    async fn record(
        &self,
        accepted: &Accepted,
        mut read: Stored<Enrolment>,
        batch: Batch,
        now: Timestamp,
    ) -> Result<(), CredentialFailure> {
        for _ in 0..ATTEMPTS {
            let mut enrolment = read.value;
            enrolment.offer = None;
            enrolment
                .batches
                .retain(|batch| batch.expires_at > now.as_second());
            enrolment.batches.push(batch.clone());
            let id = handle_of(&accepted.handle);
            let writes = Writes::new().replace(id, read.version, &enrolment, None)?;
            let writes = spending(writes, accepted.spends.clone());
            match self.parts().store.commit(writes, now).await {
                Err(StoreError::Conflict {
                    kind: Enrolment::KIND,
                    ..
                }) => {
                    read = self.admitted(accepted, batch.positions.len(), now).await?;
                }
                Err(StoreError::Conflict { kind, .. }) => {
                    return Err(Accepted::conflict(kind).into());
                }
                other => return Ok(other?),
            }
        }
        Err(CredentialFailure::Busy)
    }
}

/// Why there is no credential.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialFailure {
    /// The enrolment is being changed by others, time and again.
    #[error("the enrolment is being changed at the same time")]
    Busy,
    /// The credential cannot be made: the operator must act.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The request is refused: the wallet must act.
    #[error(transparent)]
    Refused(#[from] CredentialError),
    /// No status index can be had: the operator must act.
    #[error(transparent)]
    Status(#[from] StatusListsError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CredentialFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, Self> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Busy | Self::Mint(_) | Self::Status(_) | Self::Store(_) => Err(self),
        }
    }
}
