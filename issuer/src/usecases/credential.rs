use http::HeaderMap;
use jiff::Timestamp;
use netcert::{IssueError, SlotError};
use openid4vci::issuer::{Accepted, CredentialCall, CredentialError, WireError};
use openid4vci::messages::CredentialResponse;
use serde_json::Value;
use store::{Batch as Writes, StoreError, Stored};

use crate::app::App;
use crate::epochs::EpochsError;
use crate::mint::MintError;
use crate::person::Person;
use crate::records::{Batch, Enrolment, Position, Standing, handle_of};
use crate::status_lists::StatusListsError;
use crate::tags::TagsError;
use crate::usecases::ATTEMPTS;
use crate::usecases::token::spending;

impl App {
    /// Answers a Credential Request (OpenID4VCI 1.0, section 8), in one commit: the proofs are
    /// spent and the copies recorded together, and only then do the credentials leave.
    pub(crate) async fn credential(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<CredentialResponse, CredentialFailure> {
        match self
            .parts()
            .protocol
            .credential_call(headers, body, self.now())?
        {
            CredentialCall::Keyed(accepted) => self.copies(accepted).await,
            CredentialCall::NetCertificate(request) => self.net_certificates(*request).await,
        }
    }

    /// Issues copies, one for each key.
    async fn copies(&self, accepted: Accepted) -> Result<CredentialResponse, CredentialFailure> {
        let (now, parts) = (self.now(), self.parts());
        let count = accepted.holder_keys.len();
        let read = self.admitted(&accepted, count, now).await?;
        let places = parts.status.allocate(count, &parts.keys, now).await?;
        let positions = places.positions.clone();
        let (accepted, (credentials, batch)) =
            self.strike_somewhere(accepted, positions, now).await?;
        match self.record(&accepted, read, batch, now).await {
            Ok(()) => Ok(accepted.response(&parts.protocol, credentials, &mut host::system_rng())),
            Err(refused @ CredentialFailure::Refused(_)) => {
                parts.status.take_back(places);
                Err(refused)
            }
            Err(unclear) => Err(unclear),
        }
    }

    /// Strikes at once what takes microseconds, and elsewhere what takes milliseconds: signatures
    /// of every single statement.
    async fn strike_somewhere(
        &self,
        accepted: Accepted,
        positions: Vec<Position>,
        now: Timestamp,
    ) -> Result<(Accepted, Struck), CredentialFailure> {
        if !self.parts().mint.is_slow(&accepted.configuration_id) {
            let struck = self.strike(&accepted, positions, now)?;
            return Ok((accepted, struck));
        }
        let app = self.clone();
        let work = move || {
            let struck = app.strike(&accepted, positions, now)?;
            Ok((accepted, struck))
        };
        self.compute(work).await.ok_or(CredentialFailure::Ended)?
    }

    fn strike(
        &self,
        accepted: &Accepted,
        positions: Vec<Position>,
        now: Timestamp,
    ) -> Result<Struck, CredentialFailure> {
        let parts = self.parts();
        let person: Person =
            serde_json::from_slice(&accepted.claims).map_err(|_| CredentialError::Denied)?;
        let plate = parts.mint.plate(&accepted.configuration_id, &person, now)?;
        let rng = &mut host::system_rng();
        let copies = accepted.holder_keys.iter().zip(&positions);
        let credentials = copies
            .map(|(holder, place)| plate.strike(&parts.keys, holder, (&parts.status, *place), rng))
            .collect::<Result<_, _>>()?;
        Ok((
            credentials,
            Batch {
                expires_at: plate.until().as_second(),
                positions,
                message_bits: plate.message_bits(&parts.status),
            },
        ))
    }

    /// Reads the enrolment, if it may have so many more copies.
    async fn admitted(
        &self,
        accepted: &Accepted,
        count: usize,
        now: Timestamp,
    ) -> Result<(Stored<Enrolment>, Standing), CredentialFailure> {
        let (grant, version) = (&accepted.handle, accepted.claims_version);
        // Written a moment ago: if that lets nobody in, it is read whether it is still so.
        let recent = &self.parts().recent.enrolments;
        if let Some(read) = recent.take(handle_of(grant).as_bytes()) {
            let standing = read.value.standing(grant, version);
            let entitled = matches!(standing, Standing::Current | Standing::Pending);
            if entitled && self.may_have(&read.value, standing, count, now) {
                return Ok((read, standing));
            }
        }
        let (read, standing) = self.entitled(grant, version, now).await?;
        match self.may_have(&read.value, standing, count, now) {
            true => Ok((read, standing)),
            false => Err(CredentialError::Denied.into()),
        }
    }

    fn may_have(
        &self,
        enrolment: &Enrolment,
        standing: Standing,
        count: usize,
        now: Timestamp,
    ) -> bool {
        // Whoever has an anchor proves it first: by asking for a net certificate.
        let unproven = standing == Standing::Pending && enrolment.anchored.is_some();
        let most = usize::try_from(self.parts().config.max_copies).unwrap_or(usize::MAX);
        !unproven && enrolment.copies(now) + count <= most
    }

    /// Commits against the version that was read: a revocation since then finds these copies, or
    /// prevents them.
    async fn record(
        &self,
        accepted: &Accepted,
        (mut read, mut standing): (Stored<Enrolment>, Standing),
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
            let mut writes = Writes::new();
            if standing == Standing::Pending {
                writes = self.take_effect(writes, &mut enrolment, id, now).await?;
            }
            let writes = self.tell_of(writes, &enrolment, &batch, now).await?;
            let writes = writes.replace(id, read.version, &enrolment, None)?;
            let writes = spending(writes, accepted.spends.clone());
            match self.parts().store.commit(writes, now).await {
                Err(error) => self.retry(error, now).await?,
                Ok(()) => return Ok(()),
            }
            (read, standing) = self.admitted(accepted, batch.positions.len(), now).await?;
        }
        Err(CredentialFailure::Busy)
    }
}

/// Copies, and what is recorded of them.
type Struck = (Vec<Value>, Batch);

/// Why there is no credential.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialFailure {
    /// The enrolment is being changed by others, time and again.
    #[error("the enrolment is being changed at the same time")]
    Busy,
    /// The process ends.
    #[error("the service is being stopped")]
    Ended,
    /// No epoch can be had: the operator must act.
    #[error(transparent)]
    Epochs(#[from] EpochsError),
    /// The net certificate cannot be made: the operator must act.
    #[error(transparent)]
    Issue(IssueError),
    /// The credential cannot be made: the operator must act.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The request is refused: the wallet must act.
    #[error(transparent)]
    Refused(#[from] CredentialError),
    /// The document says what the profile does not take: the operator must act.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// No status index can be had: the operator must act.
    #[error(transparent)]
    Status(#[from] StatusListsError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tags cannot be read: the operator must act.
    #[error(transparent)]
    Tags(#[from] TagsError),
}

impl From<IssueError> for CredentialFailure {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Commitment => CredentialError::Commitment.into(),
            other => Self::Issue(other),
        }
    }
}

impl CredentialFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, Self> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Busy
            | Self::Ended
            | Self::Epochs(_)
            | Self::Issue(_)
            | Self::Mint(_)
            | Self::Slot(_)
            | Self::Status(_)
            | Self::Store(_)
            | Self::Tags(_) => Err(self),
        }
    }
}
