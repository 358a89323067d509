use serde::Serialize;
use store::Batch;
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::Enrolment;
use crate::usecases::ATTEMPTS;
use crate::usecases::revoke::RevokeError;

impl App {
    /// Puts an enrolment on hold: its tokens are refused, and its unexpired copies are marked as
    /// suspended in the status lists, which are published before this returns. A document that is
    /// shown again does not end it.
    ///
    /// # Errors
    /// [`RevokeError`] says who must act.
    pub async fn suspend(&self, handle: &Handle) -> Result<Suspension, RevokeError> {
        self.hold(handle, true).await
    }

    /// Ends what [`App::suspend`] began. Copies that were revoked meanwhile stay so.
    ///
    /// # Errors
    /// [`RevokeError`] says who must act.
    pub async fn resume(&self, handle: &Handle) -> Result<Suspension, RevokeError> {
        self.hold(handle, false).await
    }

    async fn hold(&self, handle: &Handle, suspended: bool) -> Result<Suspension, RevokeError> {
        let now = self.now();
        for _ in 0..ATTEMPTS {
            let parts = self.parts();
            let read = parts.store.load::<Enrolment>(handle.as_str(), now).await?;
            let read = read.ok_or(RevokeError::Unknown)?;
            if read.value.suspended == suspended {
                return Ok(Suspension {
                    handle: handle.to_string(),
                    suspended,
                    copies: 0,
                    already: true,
                });
            }
            let copies = read.value.unexpired(now);
            let marked = match suspended {
                true => parts.status.suspend(Batch::new(), &copies, now).await,
                false => parts.status.resume(Batch::new(), &copies, now).await,
            };
            let (batch, lists) = marked?;
            let held = Enrolment {
                suspended,
                ..read.value
            };
            let batch = batch.replace(handle.as_str(), read.version, &held, None)?;
            match parts.store.commit(batch, now).await {
                // Copies were issued or revoked, or a list changed, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
            self.publish_all(lists, now).await?;
            return Ok(Suspension {
                handle: handle.to_string(),
                suspended,
                copies: copies.len(),
                already: false,
            });
        }
        Err(RevokeError::Busy)
    }
}

/// An enrolment is on hold, or is not any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suspension {
    /// Its name.
    pub handle: String,
    /// Whether it is on hold now.
    pub suspended: bool,
    /// For how many copies that changed.
    pub copies: usize,
    /// Whether nothing changed.
    pub already: bool,
}
