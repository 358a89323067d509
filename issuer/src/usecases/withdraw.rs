use jiff::ToSpan as _;
use serde::Serialize;
use store::Batch;
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Anchored, Enrolment, EnrolmentState};
use crate::usecases::ATTEMPTS;
use crate::usecases::enrol::day;
use crate::usecases::revoke::RevokeError;

impl App {
    /// Lets a person leave: what was issued is revoked, and what is kept is what makes them known
    /// again (tags, anchor, generation) and when they may come back. Nothing else is.
    ///
    /// Without the tags and the anchor, leaving and coming back would make a second person of one.
    ///
    /// # Errors
    /// [`RevokeError`] says who must act.
    pub async fn withdraw(&self, handle: &Handle) -> Result<Withdrawal, RevokeError> {
        let now = self.now();
        for _ in 0..ATTEMPTS {
            let store = &self.parts().store;
            let read = store.load::<Enrolment>(handle.as_str(), now).await?;
            let read = read.ok_or(RevokeError::Unknown)?;
            let waiting = read.value.cool_down_until;
            if let (EnrolmentState::Withdrawn, Some(until), None) =
                (read.value.state, waiting, &read.value.pending)
            {
                return Ok(Withdrawal {
                    handle: handle.to_string(),
                    until: until.to_string(),
                    already: true,
                });
            }
            let batch = self.closing_offer(&read.value, Batch::new(), now).await?;
            let copies = read.value.unexpired(now);
            let (batch, lists) = self.parts().status.revoke(batch, &copies, now).await?;
            let days = i64::from(self.parts().config.withdrawal_days).days();
            let until = day(now).checked_add(days).unwrap_or(day(now));
            let kept = Enrolment {
                state: EnrolmentState::Withdrawn,
                generation: read.value.generation + 1,
                anchored: read.value.anchored.map(|anchored| Anchored {
                    anchor: anchored.anchor,
                    sealed_opening: None,
                    since: None,
                }),
                cool_down_until: Some(until),
                ..Enrolment::default()
            };
            let batch = batch.replace(handle.as_str(), read.version, &kept, None)?;
            match self.parts().store.commit(batch, now).await {
                suspended: read.value.suspended,
                // Something was issued, or revoked, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
            self.publish_all(lists, now).await?;
            return Ok(Withdrawal {
                handle: handle.to_string(),
                until: until.to_string(),
                already: false,
            });
        }
        Err(RevokeError::Busy)
    }
}

/// A person has left.
#[derive(Debug, Serialize, ToSchema)]
pub struct Withdrawal {
    /// The name of the enrolment.
    pub handle: String,
    /// The day (UTC) from which the person may enrol again.
    pub until: String,
    /// Whether the person had left before.
    pub already: bool,
}
