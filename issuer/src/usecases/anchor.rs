use http::HeaderMap;
use openid4vci::issuer::{AccessError, AnchorCall, AnchorError, WireError};
use openid4vci::messages::AnchorResponse;
use store::{Batch, StoreError};

use crate::app::App;
use crate::records::{Enrolment, Standing, handle_of};
use crate::usecases::token::spending;

impl App {
    /// Hands a restored wallet the anchor of its enrolment; `None` if it has none.
    pub(crate) async fn anchor(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<AnchorResponse>, AnchorFailure> {
        let (now, parts) = (self.now(), self.parts());
        let call = parts.protocol.anchor_call(headers, now)?;
        let read = parts
            .store
            .load::<Enrolment>(handle_of(&call.handle), now)
            .await?;
        let enrolment = read.ok_or(AnchorError::Denied)?.value;
        match enrolment.standing(&call.handle, call.claims_version) {
            Standing::Current | Standing::Pending => {}
            Standing::Closed | Standing::Stale => return Err(AnchorError::Denied.into()),
        }
        let batch = spending(Batch::new(), call.spends);
        match parts.store.commit(batch, now).await {
            Err(error) if error.is_conflict() => {
                return Err(AnchorError::from(AccessError::Replayed).into());
            }
            other => other?,
        }
        let anchored = enrolment.anchored.as_ref();
        Ok(anchored.map(|one| AnchorCall::response(&one.anchor, one.sealed_opening.as_ref())))
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnchorFailure {
    /// The request is refused: the wallet must act.
    #[error(transparent)]
    Refused(#[from] AnchorError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AnchorFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, StoreError> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Store(error) => Err(error),
        }
    }
}
