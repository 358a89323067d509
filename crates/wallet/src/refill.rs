use keys::token::BearerToken;
use openid4vci::wallet::{AccessGrant, Progress, Refill};

use crate::error::ReceiveError;
use crate::held::{RefillGrant, VaultKey};
use crate::history::Event;
use crate::receive::refill_grant;
use crate::wallet::{Wallet, WalletError};

impl Wallet {
    /// Fetches fresh copies of a Credential, or what an interrupted receipt left pending.
    ///
    /// The Issuer learns that this Holder wants copies, and when; never where they are used. Returns
    /// the identifiers of the Credentials that have fresh copies now.
    ///
    /// # Errors
    /// A [`ReceiveError`]; what the wallet has is then unchanged.
    pub async fn refill(&mut self, id: &str) -> Result<Vec<String>, ReceiveError> {
        if let Some(pending) = self.take_pending(id) {
            let (issuer, configurations) = (pending.issuer.clone(), pending.configurations.clone());
            let (token, dpop) = open_grant(&pending.grant)?;
            let transaction = self.client.fresh()?;
            let grant = self
                .access(&transaction, &issuer, configurations, token, &dpop)
                .await?;
            return self
                .fetch_granted(&transaction, &grant, &dpop, Some(id.to_owned()))
                .await;
        }
        let held = self.credential(id).ok_or(WalletError::NoSuchCredential)?;
        let kept = held.grant.as_ref().ok_or(ReceiveError::NotRefillable)?;
        let (token, dpop) = open_grant(kept)?;
        let (issuer, configuration) = (held.issuer.clone(), held.configuration.clone());
        let transaction = self.client.fresh()?;
        let grant = self
            .access(
                &transaction,
                &issuer,
                vec![configuration.clone()],
                token,
                &dpop,
            )
            .await?;
        let offered = grant
            .issuer()
            .credential(&configuration)
            .ok_or(ReceiveError::Nothing)?;
        let batch = self
            .fetch_batch(&transaction, &grant, offered, &dpop)
            .await?;
        let count = batch.copies.len();
        let held = self
            .contents
            .credentials
            .iter_mut()
            .find(|held| held.id == id)
            .ok_or(WalletError::NoSuchCredential)?;
        held.claims = batch.credential.claims;
        held.valid_until = batch.credential.valid_until;
        held.copies = batch.copies;
        held.grant = refill_grant(&grant, &dpop).or(held.grant.take());
        let event = Event::Received {
            issuer: held.issuer_name.clone(),
            credential: held.name.clone(),
            copies: count,
        };
        self.contents.remember(self.clock.now(), event);
        self.save()?;
        Ok(vec![id.to_owned()])
    }

    async fn access(
        &self,
        transaction: &fetch::Client,
        issuer: &str,
        configurations: Vec<String>,
        token: BearerToken,
        dpop: &keys::SigningKey,
    ) -> Result<AccessGrant, ReceiveError> {
        let mut stage = Refill::start(issuer, configurations, token, self.issuance_options())?;
        loop {
            let request = stage.request(dpop, self.now(), &mut host::system_rng())?;
            match stage.receive(&transaction.send(request).await?, self.now())? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok(grant),
            }
        }
    }
}

fn open_grant(grant: &RefillGrant) -> Result<(BearerToken, keys::SigningKey), ReceiveError> {
    let dpop = VaultKey::signing_key(&grant.dpop)?;
    Ok((BearerToken::from(grant.refresh_token.expose()), dpop))
}
