use jiff::ToSpan as _;
use serde::Serialize;
use store::{Batch, Depth};
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Anchored, Enrolment, EnrolmentState};
use crate::usecases::ATTEMPTS;
use crate::usecases::enrol::day;
use crate::usecases::revoke::RevokeError;
use crate::usecases::scrub::Leftovers;

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
                    net_certificates_until: None,
                    leftovers: Leftovers::of(store, Depth::Log).await,
                });
            }
            let net_certificates_until = self.net_certificates_until(&read.value, now);
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
                suspended: read.value.suspended,
                ..Enrolment::default()
            };
            let batch = batch.replace(handle.as_str(), read.version, &kept, None)?;
            match self.parts().store.commit(batch, now).await {
                // Something was issued, or revoked, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
            self.publish_all(lists, now).await?;
            return Ok(Withdrawal {
                handle: handle.to_string(),
                until: until.to_string(),
                already: false,
                net_certificates_until,
                leftovers: Leftovers::of(store, Depth::Log).await,
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
    /// Until when a net certificate that the wallet holds can be good, if there is one: the end of the
    /// last epoch that was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_certificates_until: Option<String>,
    /// Where what was deleted may still lie.
    pub leftovers: Leftovers,
}
