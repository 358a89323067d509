use jiff::Timestamp;
use keys::token::BearerToken;
use openid4vp::verifier::{self, Identity, PolicyError, Requested};
use store::{Batch, StoreError};

use crate::app::App;
use crate::policy::{ClientIdPrefix, FlowKind, PolicyRefused};
use crate::records::StoredSession;

impl App {
    /// Asks for a presentation by a policy, in one commit.
    ///
    /// # Errors
    /// [`RequestError`] says who must act.
    pub async fn request(&self, policy: &str, wish: &Wish) -> Result<Created, RequestError> {
        let (now, parts) = (self.now(), self.parts());
        let named = parts
            .policies
            .get(policy)
            .ok_or(RequestError::UnknownPolicy)?;
        let policy = named.policy(wish.flow, wish.language.as_deref())?;
        let identity = match named.named.client_id_prefix {
            ClientIdPrefix::DecentralizedIdentifier => Identity::Did(parts.identity.did()),
            ClientIdPrefix::RedirectUri => Identity::ResponseUri,
        };
        let rng = &mut host::system_rng();
        let verifier::Created {
            id,
            session,
            link,
            token,
        } = Requested::create(policy, identity, &parts.endpoints, rng, now)?;
        let expires_at = session.expires_at();
        let stored = StoredSession(session);
        let batch = Batch::new().create(&id, &stored, Some(expires_at))?;
        parts.store.commit(batch, now).await?;
        parts.recent.keep(id.clone(), stored.0);
        Ok(Created {
            id,
            link: link.into(),
            token,
            expires_at,
        })
    }
}

/// What a request may wish for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Where the wallet is; as the policy says unless given.
    pub flow: Option<FlowKind>,
    /// The language of name and purpose (`en`, `zh`); English unless given.
    pub language: Option<String>,
}

/// A request that waits for an answer.
#[derive(Debug)]
pub struct Created {
    /// Names the session.
    pub id: String,
    /// To be shown to the holder, as a link or a QR code. Whoever has it may answer.
    pub link: BearerToken,
    /// With this alone the result can be had.
    pub token: BearerToken,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// Why nothing was asked for.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The request's flow needs more than the policy says: the caller must act.
    #[error(transparent)]
    Flow(#[from] PolicyRefused),
    /// The policy does not do: the operator must act.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no policy of this name: the caller must act.
    #[error("there is no policy of this name")]
    UnknownPolicy,
}
