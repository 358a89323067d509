use openid4vp::verifier::{RequestObjectError, Session, WalletQuestion};
use store::StoreError;

use crate::app::App;
use crate::records::StoredSession;

impl App {
    /// Signs the request for a wallet that fetches it (OpenID4VP 1.0, section 5.10). Nothing
    /// changes: it may be fetched time and again, and is answered once.
    pub(crate) async fn request_object(
        &self,
        id: &str,
        question: &WalletQuestion,
    ) -> Result<String, ObjectFailure> {
        let (now, parts) = (self.now(), self.parts());
        if let Some(request) = parts.recent.find(id) {
            return Ok(request.request_object(parts.identity.signer(), question, now)?);
        }
        let read = parts.store.load::<StoredSession>(id, now).await?;
        match read.map(|read| read.value.0) {
            Some(Session::Requested(session)) => {
                Ok(session.request_object(parts.identity.signer(), question, now)?)
            }
            Some(_) | None => Err(ObjectFailure::Gone),
        }
    }
}

/// Why there is no request to fetch.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectFailure {
    /// It was answered, has expired, or never was.
    #[error("the request was answered before, or has expired")]
    Gone,
    #[error(transparent)]
    Object(#[from] RequestObjectError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
