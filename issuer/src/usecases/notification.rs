use http::HeaderMap;
use openid4vci::issuer::{AccessError, NotificationError, WireError};
use store::{Batch, StoreError};

use crate::app::App;
use crate::usecases::token::spending;

impl App {
    /// Takes a notification (OpenID4VCI 1.0, section 11). Nothing is kept of it but a line in the
    /// log, which does not say of whom.
    pub(crate) async fn notification(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), NotificationFailure> {
        let now = self.now();
        let notified = self
            .parts()
            .protocol
            .notification_call(headers, body, now)?;
        let batch = spending(Batch::new(), notified.spends);
        self.parts()
            .store
            .commit(batch, now)
            .await
            .map_err(|error| match error {
                StoreError::Conflict { .. } => {
                    NotificationError::from(AccessError::Replayed).into()
                }
                error => NotificationFailure::from(error),
            })?;
        tracing::info!(event = ?notified.event, "a wallet notified");
        Ok(())
    }
}

/// Why a notification is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotificationFailure {
    /// The request is refused: the wallet must act.
    #[error(transparent)]
    Refused(#[from] NotificationError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotificationFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, StoreError> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Store(error) => Err(error),
        }
    }
}
