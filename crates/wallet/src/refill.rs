use credential::Credential;
use keys::SigningKey;
use keys::token::BearerToken;
use openid4vci::messages::NotificationEvent;
use openid4vci::wallet::{AccessGrant, Progress, Refill};

use crate::error::ReceiveError;
use crate::held::{HeldCredential, RefillGrant, VaultKey};
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
        if let Some(pending) = self.pending_grant(id) {
            let (issuer, configurations) = (pending.issuer.clone(), pending.configurations.clone());
            let ticket = Ticket::open(&pending.grant)?;
            let transaction = self.transaction()?;
            let (grant, dpop) = self
                .access(&transaction, &issuer, configurations, ticket)
                .await?;
            self.renew_grant(id, &grant, &dpop)?;
            return self
                .fetch_granted(&transaction, &grant, &dpop, Some(id.to_owned()))
                .await;
        }
        let held = self.credential(id).ok_or(WalletError::NoSuchCredential)?;
        let kept = held.grant.as_ref().ok_or(ReceiveError::NotRefillable)?;
        let ticket = Ticket::open(kept)?;
        let (issuer, configuration) = (held.issuer.clone(), held.configuration.clone());
        let transaction = self.transaction()?;
        let (grant, dpop) = self
            .access(&transaction, &issuer, vec![configuration.clone()], ticket)
            .await?;
        self.renew_grant(id, &grant, &dpop)?;
        let offered = grant
            .issuer()
            .credential(&configuration)
            .ok_or(ReceiveError::Nothing)?;
        let batch = self
            .fetch_batch(&transaction, &grant, offered, &dpop)
            .await?;
        let count = batch.copies.count();
        let held = self
            .contents
            .credentials
            .iter_mut()
            .find(|held| held.id == id)
            .ok_or(WalletError::NoSuchCredential)?;
        if !is_another_of(held, &batch.credential) {
            let failure = NotificationEvent::CredentialFailure;
            self.notify(&transaction, &grant, &dpop, &batch.received, failure)
                .await;
            return Err(ReceiveError::NotTheSame);
        }
        held.cryptosuites = batch.credential.cryptosuites;
        held.claims = batch.credential.claims;
        held.valid_until = batch.credential.valid_until;
        held.copies = batch.copies;
        let event = Event::Received {
            issuer: held.issuer_name.clone(),
            credential: held.name.clone(),
            copies: count,
        };
        self.contents.remember(self.world.now(), event);
        self.save()?;
        self.confirm(&transaction, &grant, &dpop, &batch.received)
            .await;
        Ok(vec![id.to_owned()])
    }

    /// Keeps a refresh token that takes the place of another, before anything is ordered with it:
    /// the Issuer may not take the old one again. What was granted together has the same one.
    fn renew_grant(
        &mut self,
        id: &str,
        grant: &AccessGrant,
        dpop: &SigningKey,
    ) -> Result<(), ReceiveError> {
        let Some(fresh) = refill_grant(grant, dpop) else {
            return Ok(());
        };
        let held = self.credential(id).and_then(|held| held.grant.as_ref());
        let pending = self.pending_grant(id).map(|pending| &pending.grant);
        let Some(old) = held.or(pending).map(|old| old.refresh_token.copy()) else {
            return Ok(());
        };
        if old.expose() == fresh.refresh_token.expose() {
            return Ok(());
        }
        let held = self.contents.credentials.iter_mut();
        let pending = self.contents.pending.iter_mut();
        for kept in held
            .filter_map(|held| held.grant.as_mut())
            .chain(pending.map(|one| &mut one.grant))
            .filter(|kept| kept.refresh_token.expose() == old.expose())
        {
            kept.refresh_token = fresh.refresh_token.copy();
        }
        Ok(self.save()?)
    }

    async fn access(
        &self,
        transaction: &fetch::Client,
        issuer: &str,
        configurations: Vec<String>,
        ticket: Ticket,
    ) -> Result<(AccessGrant, SigningKey), ReceiveError> {
        let Ticket {
            authorization_server: server,
            token,
            dpop,
        } = ticket;
        let options = self.world.issuance_options();
        let mut stage = Refill::start(issuer, &server, configurations, token, options)?;
        loop {
            let request = stage.request(&dpop, self.now(), &mut host::system_rng())?;
            match stage.receive(&transaction.send(request).await?, self.now())? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok((grant, dpop)),
            }
        }
    }
}

/// A refill grant, out of the vault.
struct Ticket {
    authorization_server: String,
    token: BearerToken,
    dpop: SigningKey,
}

impl Ticket {
    fn open(grant: &RefillGrant) -> Result<Self, ReceiveError> {
        Ok(Self {
            authorization_server: grant.authorization_server.clone(),
            token: BearerToken::from(grant.refresh_token.expose()),
            dpop: VaultKey::signing_key(&grant.dpop)?,
        })
    }
}

/// Whether fresh copies are of the Credential that the Holder took once: of its types, and signed
/// by its Issuer. What the Issuer's metadata say by now is not asked.
fn is_another_of(held: &HeldCredential, fresh: &Credential) -> bool {
    held.format == fresh.format && held.types == fresh.types && held.signed_by == fresh.issuer
}
