use http::HeaderMap;
use openid4vci::issuer::{
    OfferState, PreAuthorizedCall, RefreshCall, Step, TokenCall, TokenError, WireError,
};
use openid4vci::messages::TokenResponse;
use openid4vci::oauth::Spend;
use store::{Batch, Record as _, StoreError};

use crate::app::App;
use crate::records::{Enrolment, EnrolmentState, OpenOffer};

impl App {
    /// Answers a Token Request (OpenID4VCI 1.0, section 6), in one commit.
    pub(crate) async fn token(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<TokenResponse, TokenFailure> {
        match self
            .parts()
            .protocol
            .token_call(headers, body, self.now())?
        {
            TokenCall::PreAuthorizedCode(call) => self.redeem(call).await,
            TokenCall::RefreshToken(call) => self.refresh(call).await,
        }
    }

    async fn redeem(&self, call: PreAuthorizedCall) -> Result<TokenResponse, TokenFailure> {
        let (now, parts) = (self.now(), self.parts());
        let id = call.offer_id();
        let id = id.as_bytes();
        let read = parts.store.load::<OpenOffer>(id, now).await?;
        let read = read.ok_or(TokenError::UnknownCode)?;
        let rng = &mut host::system_rng();
        let step = read.value.0.redeem(&parts.protocol, call, now, rng);
        let batch = match step.next {
            OfferState::Closed => Batch::new().delete::<OpenOffer>(id, read.version),
            OfferState::Open(offer) => {
                let expires_at = Some(offer.expires_at());
                Batch::new().replace(id, read.version, &OpenOffer(offer), expires_at)?
            }
        };
        parts
            .store
            .commit(spending(batch, step.spends), now)
            .await
            .map_err(raced)?;
        Ok(step.reply?)
    }

    async fn refresh(&self, call: RefreshCall) -> Result<TokenResponse, TokenFailure> {
        let (now, parts) = (self.now(), self.parts());
        let read = parts
            .store
            .load::<Enrolment>(handle_of(call.handle()), now)
            .await?;
        let read = read.ok_or(TokenError::Denied)?.value;
        if !read.honours(call.handle()) {
            return Err(TokenError::Denied.into());
        }
        let Step {
            spends,
            reply,
            next: (),
        } = call.answer(&parts.protocol, now, &mut host::system_rng());
        parts
            .store
            .commit(spending(Batch::new(), spends), now)
            .await
            .map_err(raced)?;
        Ok(reply)
    }
}

impl Enrolment {
    /// Whether a token with this grant is still good for it.
    pub(crate) fn honours(&self, grant: &str) -> bool {
        self.state == EnrolmentState::Active && self.grant(handle_of(grant)) == grant
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFailure {
    /// The request is refused: the wallet or the Holder must act.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokenFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, StoreError> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Store(error) => Err(error),
        }
    }
}

/// The handle inside a grant: what stands before the generation.
pub(crate) fn handle_of(grant: &str) -> &str {
    grant.split('.').next().unwrap_or_default()
}

/// Adds to a batch what is used for the first time.
pub(crate) fn spending(batch: Batch, spends: Vec<Spend>) -> Batch {
    spends.into_iter().fold(batch, |batch, spend| {
        batch.spend(spend.kind, spend.id, Some(spend.expires_at))
    })
}

/// Somebody used the same offer or proof at the same instant.
fn raced(error: StoreError) -> TokenFailure {
    match error {
        StoreError::Conflict {
            kind: OpenOffer::KIND,
            ..
        } => TokenError::Raced.into(),
        StoreError::Conflict { .. } => TokenError::Replayed.into(),
        error => error.into(),
    }
}
