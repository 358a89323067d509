use std::convert::Infallible;
use std::ops::ControlFlow;

use credential::IssuerKey;
use fetch::resolve::ResolveError;
use jiff::Timestamp;
use openid4vp::messages::{AuthorizationResponse, DirectPostReply};
use openid4vp::verifier::{AwaitingKeys, Error, Requested, Session, Step};
use store::{Batch, StoreError};

use crate::app::{App, News};
use crate::records::StoredSession;

impl App {
    /// Takes a wallet's answer (OpenID4VP 1.0, section 8.2), in one commit. Nobody is asked.
    pub(crate) async fn receive(
        &self,
        id: &str,
        body: &[u8],
    ) -> Result<Result<DirectPostReply, Error>, StoreError> {
        let (now, parts) = (self.now(), self.parts());
        let response = match AuthorizationResponse::parse(body) {
            Ok(response) => response,
            Err(error) => return Ok(Err(error.into())),
        };
        let read = parts.store.load::<StoredSession>(id, now).await?;
        let Some((Session::Requested(session), version)) =
            read.map(|read| (read.value.0, read.version))
        else {
            parts.recent.forget(id);
            return Ok(Err(Error::Closed));
        };
        let Step { next, reply } = self.judge(*session, response, now);
        if let Some(next) = next {
            let expires_at = Some(next.expires_at());
            let batch = Batch::new().replace(id, version, &StoredSession(next), expires_at)?;
            match parts.store.commit(batch, now).await {
                // Somebody else answered meanwhile.
                Err(error) if error.is_conflict() => {
                    parts.recent.forget(id);
                    return Ok(Err(Error::Closed));
                }
                other => other?,
            }
            parts.recent.forget(id);
            self.tell(News::Changed(id.to_owned()));
        }
        Ok(reply)
    }

    fn judge(&self, session: Requested, response: AuthorizationResponse, now: Timestamp) -> Step {
        let rng = &mut host::system_rng();
        let decide = || {
            let awaiting = session.receive(response, rng, now)?;
            let Some(keys) = self.keys(&awaiting, now) else {
                return ControlFlow::Break(awaiting.unavailable(now));
            };
            let awaiting = awaiting.verify(&keys, &[], now)?;
            let trust = &self.parts().trust;
            let status = |reference: &_, issuer: &_| trust.status(reference, issuer, now);
            ControlFlow::Break(awaiting.judge(status, rng, now))
        };
        let ControlFlow::<Step, Infallible>::Break(step) = decide();
        step
    }

    /// Finds the issuers' keys; `None` if one was not fetched yet. One that is known not to exist
    /// is left out: the credential then has no evidence, and is refused.
    fn keys(&self, awaiting: &AwaitingKeys, now: Timestamp) -> Option<Vec<IssuerKey>> {
        let mut keys = Vec::new();
        for source in awaiting.key_sources() {
            match self.parts().trust.key(source, now) {
                Ok(key) => keys.push(key),
                Err(ResolveError::NotKept) => return None,
                Err(error) => tracing::info!(reason = %error, "a credential names no usable key"),
            }
        }
        Some(keys)
    }
}
