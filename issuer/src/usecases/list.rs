use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::app::App;
use crate::handle::Handle;
use crate::records::{Enrolment, EnrolmentState, is_zero};

impl App {
    /// Lists enrolments in the order of their handles, which says nothing of who or when.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub async fn enrolments(
        &self,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<EnrolmentPage, StoreError> {
        let now = self.now();
        let after = after.map(|handle| handle.as_str().as_bytes());
        let page = self
            .parts()
            .store
            .list::<Enrolment>(after, limit, now)
            .await?;
        let enrolments: Vec<EnrolmentSummary> = page
            .entries
            .into_iter()
            .map(|(id, stored)| EnrolmentSummary {
                handle: String::from_utf8_lossy(&id).into_owned(),
                state: match (stored.value.state, stored.value.suspended) {
                    (EnrolmentState::Active, true) => "suspended",
                    (state, _) => state.as_str(),
                },
                anchored: stored.value.anchored.is_some(),
                message: stored.value.message,
                copies: stored.value.copies(now),
                enrolled_on: stored.value.enrolled_on,
            })
            .collect();
        let next = page
            .next
            .is_some()
            .then(|| enrolments.last().map(|last| last.handle.clone()));
        Ok(EnrolmentPage {
            enrolments,
            next: next.flatten(),
        })
    }
}

/// A part of the list of enrolments.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentPage {
    /// The enrolments.
    pub enrolments: Vec<EnrolmentSummary>,
    /// What to pass as `after` for the next part; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What an operator sees of an enrolment: no name, no document.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentSummary {
    /// Its name.
    pub handle: String,
    /// `active`, `suspended`, `revoked` or `withdrawn`.
    pub state: &'static str,
    /// Whether the person has a net certificate's anchor.
    pub anchored: bool,
    /// The code of the message that its copies carry; absent if they say what all say at first.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: u8,
    /// The day of enrolment (UTC); absent after a withdrawal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolled_on: Option<String>,
    /// How many copies are neither expired nor revoked.
    pub copies: usize,
}
