use jiff::Timestamp;
use serde::Serialize;
use store::{Batch, StoreError};
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Batch as Copies, Enrolment, EnrolmentState};
use crate::status_lists::Carrier;
use crate::usecases::ATTEMPTS;
use crate::usecases::revoke::RevokeError;

impl App {
    /// Lets the W3C credentials of an enrolment say something: those that there are, in lists that
    /// are published before this returns, and those that are issued later. The code zero says
    /// what all say at first. It makes no credential good or bad.
    ///
    /// # Errors
    /// [`MessageError`] says who must act.
    pub async fn tell(&self, handle: &Handle, code: u8) -> Result<Telling, MessageError> {
        let (now, parts) = (self.now(), self.parts());
        let messages = parts.status.messages();
        if messages.bits().is_none() {
            return Err(MessageError::NotConfigured);
        }
        let meaning = messages.meaning(code).ok_or(MessageError::Code(code))?;
        for _ in 0..ATTEMPTS {
            let read = parts.store.load::<Enrolment>(handle.as_str(), now).await;
            let read = read.map_err(RevokeError::from)?;
            let read = read.ok_or(RevokeError::Unknown)?;
            if read.value.state == EnrolmentState::Withdrawn {
                return Err(MessageError::Withdrawn);
            }
            let already = read.value.message == code;
            let carriers: Vec<Carrier> = read.value.carriers(now, code).collect();
            let copies = read.value.copies(now);
            let telling = parts.status.tell(Batch::new(), &carriers, now).await;
            let (batch, lists) = telling.map_err(RevokeError::from)?;
            let told = carriers.iter().filter(|one| one.value == code).count();
            let changed = Enrolment {
                message: code,
                ..read.value
            };
            let batch = batch
                .replace(handle.as_str(), read.version, &changed, None)
                .map_err(RevokeError::from)?;
            match parts.store.commit(batch, now).await {
                // Copies were issued or revoked, or a list changed, meanwhile.
                Err(error) if error.is_conflict() => continue,
                other => other.map_err(RevokeError::from)?,
            }
            self.publish_all(lists, now).await?;
            return Ok(Telling {
                handle: handle.to_string(),
                code,
                message: meaning.to_owned(),
                copies: told,
                silent: copies.saturating_sub(told),
                already,
            });
        }
        Err(RevokeError::Busy.into())
    }

    /// Adds to a batch that copies that are about to be issued say what the enrolment's say. Their
    /// lists are published on schedule, so that nobody sees in them when somebody fetched copies.
    pub(crate) async fn tell_of(
        &self,
        writes: Batch,
        enrolment: &Enrolment,
        issued: &Copies,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        if enrolment.message == 0 || issued.message_bits == 0 {
            return Ok(writes);
        }
        let carriers: Vec<Carrier> = issued.carriers(enrolment.message).collect();
        let (writes, _) = self.parts().status.tell(writes, &carriers, now).await?;
        Ok(writes)
    }
}

impl Enrolment {
    /// The copies that are good at `now` and can say something: this, if it has room.
    fn carriers(&self, now: Timestamp, code: u8) -> impl Iterator<Item = Carrier> {
        let live = self.batches.iter();
        let live = live.filter(move |batch| batch.expires_at > now.as_second());
        live.flat_map(move |batch| batch.carriers(code))
    }
}

impl Copies {
    /// The copies, if they can say something: this, if it has room.
    fn carriers(&self, code: u8) -> impl Iterator<Item = Carrier> {
        let bits = self.message_bits;
        let fits = u16::from(code) >> bits == 0;
        let expires_at = Timestamp::from_second(self.expires_at).ok();
        let expires_at = expires_at.filter(|_| bits > 0).into_iter();
        expires_at.flat_map(move |expires_at| {
            self.positions.iter().map(move |position| Carrier {
                position: *position,
                expires_at,
                value: if fits { code } else { 0 },
                bits,
            })
        })
    }
}

/// What the credentials of an enrolment say.
#[derive(Debug, Serialize, ToSchema)]
pub struct Telling {
    /// Its name.
    pub handle: String,
    /// The code of the message.
    pub code: u8,
    /// What it means.
    pub message: String,
    /// How many copies say it now.
    pub copies: usize,
    /// How many copies cannot say it: SD-JWT VCs, and what was issued before there was this message.
    pub silent: usize,
    /// Whether they said it before.
    pub already: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// There is no message with this code.
    #[error("there is no message with the code {0}")]
    Code(u8),
    /// There is no such enrolment, or it cannot be changed.
    #[error(transparent)]
    Enrolment(#[from] RevokeError),
    /// No messages are configured: the operator must act.
    #[error("no messages are configured")]
    NotConfigured,
    /// The person has left.
    #[error("the person has left")]
    Withdrawn,
}
