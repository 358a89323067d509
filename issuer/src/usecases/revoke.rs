use evidence::IdentityDocument;
use jiff::Timestamp;
use serde::Serialize;
use store::{Batch, StoreError};
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Enrolment, EnrolmentState, Position};
use crate::status_lists::StatusListsError;
use crate::tags::{Marks, TagsError};
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
            // What is pending would open the enrolment again.
            if read.value.state != EnrolmentState::Active && read.value.pending.is_none() {
                return Ok(Revocation {
                    handle: handle.to_string(),
                    copies: 0,
                    already: true,
                    net_certificates_until: None,
                });
            }
            let net_certificates_until = self.net_certificates_until(&read.value, now);
            let batch = self.closing_offer(&read.value, Batch::new(), now).await?;
            let copies = read.value.unexpired(now);
            let (batch, lists) = self.parts().status.revoke(batch, &copies, now).await?;
            let revoked = Enrolment {
                state: match read.value.state {
                    EnrolmentState::Active | EnrolmentState::Revoked => EnrolmentState::Revoked,
                    EnrolmentState::Withdrawn => EnrolmentState::Withdrawn,
                },
                generation: read.value.generation + 1,
                offer: None,
                pending: None,
                batches: Vec::new(),
                ..read.value
            };
            let batch = batch.replace(handle.as_str(), read.version, &revoked, None)?;
            match self.parts().store.commit(batch, now).await {
                // Copies were issued, or others revoked, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
            self.publish_all(lists, now).await?;
            let copies = copies.len();
            return Ok(Revocation {
                handle: handle.to_string(),
                copies,
                already: false,
                net_certificates_until,
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
        self.revoke(&self.holder(document).await?).await
    }

    /// The enrolment that a document certainly has.
    ///
    /// # Errors
    /// [`RevokeError::Unknown`] if there is none, or not one alone.
    pub async fn holder(&self, document: &IdentityDocument) -> Result<Handle, RevokeError> {
        let (now, tags) = (self.now(), &self.parts().tags);
        for _ in 0..ATTEMPTS {
            let seen = tags.look_again(now).await?;
            let marks = Marks::of(document).tagged(&seen);
            let known = self.recognize(&seen, &marks, now).await?;
            let mut known = known.certain.into_iter();
            match (known.next(), known.next()) {
                (Some(handle), None) => return Ok(handle),
                // The tags moved while they were looked for.
                (None, _) if !tags.are_still(&seen, now).await? => {}
                _ => return Err(RevokeError::Unknown),
            }
        }
        Err(RevokeError::Busy)
    }

    /// When the last net certificate that this enrolment can have ends: revoking it is to issue none
    /// for later epochs.
    pub(crate) fn net_certificates_until(
        &self,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Option<String> {
        let epochs = self.parts().epochs.as_ref();
        let epochs = epochs.filter(|_| enrolment.anchored.is_some())?;
        Some(epochs.last_issued_ends(now).ok()?.to_string())
    }

    /// Publishes the lists in which something was revoked.
    pub(crate) async fn publish_all(
        &self,
        lists: Vec<u32>,
        now: Timestamp,
    ) -> Result<(), RevokeError> {
        for list in lists {
            let parts = self.parts();
            let published = parts.status.publish(list, &parts.keys, now).await;
            published.map_err(RevokeError::Unpublished)?;
        }
        Ok(())
    }
}

impl Enrolment {
    /// The copies that are good at `now`, and when they expire.
    pub(crate) fn unexpired(&self, now: Timestamp) -> Vec<(Position, Timestamp)> {
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
    /// Until when a net certificate that the wallet holds can be good, if there is one: the end of the
    /// last epoch that was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_certificates_until: Option<String>,
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
    /// The tags cannot be read: the operator must act.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// There is no such enrolment.
    #[error("there is no such enrolment")]
    Unknown,
    /// It is revoked, and the new status list could not be written.
    #[error("the enrolment is revoked, but its status list could not be published")]
    Unpublished(#[source] StatusListsError),
}
