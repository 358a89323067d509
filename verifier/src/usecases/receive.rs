use std::convert::Infallible;
use std::ops::ControlFlow;

use credential::IssuerKey;
use dcql::Meta;
use fetch::resolve::ResolveError;
use jiff::Timestamp;
use openid4vp::messages::{AuthorizationResponse, DirectPostReply};
use openid4vp::verifier::{AwaitingKeys, Error, Requested, Session, Step};
use store::{Batch, StoreError};

use crate::app::{App, News};
use crate::outcomes;
use crate::records::StoredSession;

impl App {
    /// Takes a wallet's answer (OpenID4VP 1.0, section 8.2), in one commit, together with the
    /// accounts of the numbers in it. Nobody is asked.
    ///
    /// Once it is taken, it counts, whether or not somebody waits for the reply: whoever could hang
    /// up while it is judged could have it judged again and again.
    pub(crate) async fn receive(
        &self,
        id: &str,
        body: &[u8],
    ) -> Result<Result<DirectPostReply, Error>, StoreError> {
        let response = match AuthorizationResponse::parse(body) {
            Ok(response) => response,
            Err(error) => return Ok(Err(error.into())),
        };
        let (app, id) = (self.clone(), id.to_owned());
        let taken = tokio::spawn(async move { app.take(&id, response).await });
        taken.await.unwrap_or_else(|died| {
            tracing::error!(reason = %died, "an answer was not judged to its end");
            Ok(Err(Error::Unavailable))
        })
    }

    async fn take(
        &self,
        id: &str,
        response: AuthorizationResponse,
    ) -> Result<Result<DirectPostReply, Error>, StoreError> {
        let (now, parts) = (self.now(), self.parts());
        // Two at once would both be judged, and one of them in vain.
        let Some(_turn) = parts.judges.turn(id) else {
            return Ok(Err(Error::Unavailable));
        };
        let read = parts.store.load::<StoredSession>(id, now).await?;
        let Some((Session::Requested(session), version)) =
            read.map(|read| (read.value.0, read.version))
        else {
            parts.recent.forget(id);
            return Ok(Err(Error::Closed));
        };
        let Some(mut step) = self.judge_somewhere(session, response, now).await else {
            return Ok(Err(Error::Unavailable));
        };
        for _ in 0..ATTEMPTS {
            let recognized = self.recognize(step, now).await?;
            step = recognized.step;
            let Some(next) = step.next else {
                return Ok(step.reply);
            };
            let expires_at = Some(next.expires_at());
            let stored = StoredSession(next);
            // The session comes first: a conflict says which of the two changed.
            let batch = Batch::new().replace(id, version, &stored, expires_at)?;
            let batch = recognized.accounts.add_to(batch)?;
            match parts.store.commit(batch, now).await {
                // Somebody else answered meanwhile.
                Err(StoreError::Conflict { position: 0, .. }) => {
                    parts.recent.forget(id);
                    return Ok(Err(Error::Closed));
                }
                // Somebody with the same number did, or it was blocked: look again.
                Err(error) if error.is_conflict() => {
                    step = Step {
                        next: Some(stored.0),
                        reply: step.reply,
                    };
                }
                other => {
                    other?;
                    if let Some(outcome) = stored.0.outcome() {
                        outcomes::count(outcome);
                    }
                    parts.recent.forget(id);
                    self.tell(News::Changed(id.to_owned()));
                    return Ok(step.reply);
                }
            }
        }
        Ok(Err(Error::Unavailable))
    }

    /// Judges at once what takes microseconds, and elsewhere what takes milliseconds; `None` if
    /// there are too many of those.
    async fn judge_somewhere(
        &self,
        session: Box<Requested>,
        response: AuthorizationResponse,
        now: Timestamp,
    ) -> Option<Step> {
        let queries = session.policy().query.credentials();
        // Among the suites of `ldp_vc` are such as take milliseconds, too.
        let is_slow = |query: &dcql::CredentialQuery| {
            let meta = query.meta();
            matches!(meta, Meta::LdpVc { .. } | Meta::NetCertificate { .. })
        };
        // So does a schema, if there is one.
        let has_schemas = !self.parts().references.known().is_empty();
        if !has_schemas && !queries.iter().any(is_slow) {
            return Some(self.judge(*session, response, now));
        }
        let app = self.clone();
        let work = move || app.judge(*session, response, now);
        self.parts().judges.run(work).await
    }

    fn judge(&self, session: Requested, response: AuthorizationResponse, now: Timestamp) -> Step {
        let rng = &mut host::system_rng();
        let decide = || {
            let awaiting = session.receive(response, rng, now)?;
            let Some(keys) = self.keys(&awaiting, now) else {
                return ControlFlow::Break(awaiting.unavailable(now));
            };
            let trust = &self.parts().trust;
            let profiles = trust.profiles(&awaiting.profile_hashes().collect::<Vec<_>>());
            let awaiting = awaiting.verify(&keys, &profiles, now)?;
            let awaiting = awaiting.hold_against(&self.parts().references.known(), now)?;
            let tell = |entry: &_, issuer: &_| trust.message(entry, issuer, now);
            let status = |reference: &_, issuer: &_| trust.status(reference, issuer, now);
            ControlFlow::Break(awaiting.with_messages(tell).judge(status, rng, now))
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

/// Each loses to another answer with the same number, or to an operator: more is no accident.
const ATTEMPTS: usize = 8;
