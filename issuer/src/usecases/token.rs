use http::HeaderMap;
use jiff::Timestamp;
use openid4vci::issuer::{
    OfferState, PreAuthorizedCall, RebindingCall, RefreshCall, Step, TokenCall, TokenError,
    WireError,
};
use openid4vci::messages::TokenResponse;
use openid4vci::oauth::Spend;
use store::{Batch, Record as _, StoreError};

use crate::app::App;
use crate::records::{Enrolment, OpenOffer, Standing, handle_of};

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
            TokenCall::Rebinding(call) => self.rebind(call).await,
            TokenCall::RefreshToken(call) => self.refresh(call).await,
        }
    }

    async fn redeem(&self, call: PreAuthorizedCall) -> Result<TokenResponse, TokenFailure> {
        let (now, parts) = (self.now(), self.parts());
        let id = call.offer_id();
        let id = id.as_bytes();
        let recent = parts.recent.offers.take(id);
        let read = match recent.filter(|recent| recent.value.0.expires_at() > now) {
            None => parts.store.load::<OpenOffer>(id, now).await?,
            recent => recent,
        };
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
        self.renewable(call.handle(), call.claims_version(), now)
            .await?;
        let step = call.answer(&parts.protocol, now, &mut host::system_rng());
        self.answered(step, now).await
    }

    /// Binds a ticket to the key of a restored wallet, which proves the anchor.
    async fn rebind(&self, call: RebindingCall) -> Result<TokenResponse, TokenFailure> {
        let now = self.now();
        let enrolment = self
            .renewable(call.handle(), call.claims_version(), now)
            .await?;
        let anchor = enrolment.anchored.ok_or(TokenError::Denied)?.anchor;
        let app = self.clone();
        let judged = self.compute(move || call.verify(&app.parts().protocol, &anchor));
        let call = judged.await.ok_or(TokenFailure::Ended)??;
        let step = call.answer(&self.parts().protocol, now, &mut host::system_rng());
        self.answered(step, now).await
    }

    /// Reads the enrolment of a ticket that is still good for it.
    async fn renewable(
        &self,
        grant: &str,
        claims_version: u32,
        now: Timestamp,
    ) -> Result<Enrolment, TokenFailure> {
        let store = &self.parts().store;
        let read = store.load::<Enrolment>(handle_of(grant), now).await?;
        let enrolment = read.ok_or(TokenError::Denied)?.value;
        match enrolment.standing(grant, claims_version) {
            Standing::Closed => Err(TokenError::Denied.into()),
            Standing::Stale => Err(TokenError::Stale.into()),
            Standing::Current | Standing::Pending => Ok(enrolment),
        }
    }

    async fn answered(
        &self,
        step: Step<(), TokenResponse>,
        now: Timestamp,
    ) -> Result<TokenResponse, TokenFailure> {
        let batch = spending(Batch::new(), step.spends);
        let committed = self.parts().store.commit(batch, now).await;
        committed.map_err(raced)?;
        Ok(step.reply)
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFailure {
    /// The process ends.
    #[error("the service is being stopped")]
    Ended,
    /// The request is refused: the wallet or the Holder must act.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokenFailure {
    /// What the wire learns, if the request was at fault.
    pub(crate) fn wire(self) -> Result<WireError, Self> {
        match self {
            Self::Refused(error) => Ok(error.into()),
            Self::Ended | Self::Store(_) => Err(self),
        }
    }
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
        StoreError::Conflict { kind, .. } => TokenError::conflict(kind).into(),
        error => error.into(),
    }
}
