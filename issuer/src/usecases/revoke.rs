use evidence::IdentityDocument;
use jiff::Timestamp;
use serde::Serialize;
use store::{Batch, StoreError};
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Enrolment, EnrolmentState, KnownDocument, Position};
use crate::status_lists::StatusListsError;
use crate::usecases::ATTEMPTS;

impl App {
    /// Revokes an enrolment: its open offer is closed, its tokens are refused, and its unexpired
    /// copies are marked in the status lists, which are published before this returns.
    ///
    /// # Errors
    /// [`RevokeError`] says who must act.
    pub async fn revoke(&self, handle: &Handle) -> Result<Revocation, RevokeError> {
        let now = self.now();
        for _ in 0..ATTEMPTS {
            let read = self
                .parts()
                .store
                .load::<Enrolment>(handle.as_str(), now)
                .await?;
            let read = read.ok_or(RevokeError::Unknown)?;
            if read.value.state == EnrolmentState::Revoked {
                return Ok(Revocation {
                    handle: handle.to_string(),
                    copies: 0,
                    already: true,
                });
            }
            let batch = self.closing_offer(&read.value, Batch::new(), now).await?;
            let copies = read.value.unexpired(now);
            let (batch, lists) = self.parts().status.revoke(batch, &copies, now).await?;
            let revoked = Enrolment {
                state: EnrolmentState::Revoked,
                generation: read.value.generation + 1,
                offer: None,
                batches: Vec::new(),
                ..read.value
            };
            let batch = batch.replace(handle.as_str(), read.version, &revoked, None)?;
            match self.parts().store.commit(batch, now).await {
                // Copies were issued, or others revoked, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
            for list in lists {
                let published = self
                    .parts()
                    .status
                    .publish(list, &self.parts().keys.es256, now)
                    .await;
                published.map_err(RevokeError::Unpublished)?;
            }
            let copies = copies.len();
            return Ok(Revocation {
                handle: handle.to_string(),
                copies,
                already: false,
            });
        }
        Err(RevokeError::Busy)
    }

    /// Revokes the enrolment of a document, as when somebody reports it stolen.
    ///
    /// # Errors
    /// As [`App::revoke`].
    pub async fn revoke_document(
        &self,
        document: &IdentityDocument,
    ) -> Result<Revocation, RevokeError> {
        let tag = self.document_tag(document);
        let entry = self
            .parts()
            .store
            .load::<KnownDocument>(tag, self.now())
            .await?;
        let entry = entry.ok_or(RevokeError::Unknown)?;
        let handle = entry
            .value
            .handle
            .parse()
            .map_err(|_| RevokeError::Unknown)?;
        self.revoke(&handle).await
    }
}

impl Enrolment {
    /// The copies that are good at `now`, and when they expire.
    fn unexpired(&self, now: Timestamp) -> Vec<(Position, Timestamp)> {
        self.batches
            .iter()
            .filter_map(|batch| Some((batch, Timestamp::from_second(batch.expires_at).ok()?)))
            .filter(|(_, expires_at)| *expires_at > now)
            .flat_map(|(batch, expires_at)| {
                batch.positions.iter().map(move |one| (*one, expires_at))
            })
            .collect()
    }
}

/// An enrolment is revoked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revocation {
    /// Its name.
    pub handle: String,
    /// How many copies were revoked.
    pub copies: usize,
    /// Whether it was revoked before.
    pub already: bool,
}

/// Why nothing was revoked, or not published.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The enrolment is being changed by others, time and again.
    #[error("the enrolment is being changed at the same time")]
    Busy,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such enrolment.
    #[error("there is no such enrolment")]
    Unknown,
    /// It is revoked, and the new status list could not be written.
    #[error("the enrolment is revoked, but its status list could not be published")]
    Unpublished(#[source] StatusListsError),
}
