use credential::{Credential, UnverifiedCredential};
use fetch::Client;
use keys::{PublicKey, SigningKey, token::BearerToken};
use openid4vci::messages::NotificationEvent;
use openid4vci::wallet::{
    AccessGrant, Discovery, IssuerProfile, OfferReview, OfferedCredential, Progress, Received,
    Redemption,
};
use serde_json::Value;

use crate::contents::Pending;
use crate::copies::Copies;
use crate::error::ReceiveError;
use crate::held::{HeldCredential, OneTimeCopy, RefillGrant, Sealed, VaultKey};
use crate::history::Event;
use crate::wallet::{Wallet, WalletError};

impl Wallet {
    /// Finds out what a Credential Offer is about (OpenID4VCI 1.0, section 4).
    ///
    /// Only public documents are fetched: to decline is to drop the review.
    ///
    /// # Errors
    /// A [`ReceiveError`] when the link is no offer, or one that cannot be taken.
    pub async fn review_offer(&self, link: &str) -> Result<OfferReview, ReceiveError> {
        let transaction = self.transaction()?;
        let mut stage = Discovery::start(link, self.world.issuance_options())?;
        loop {
            let response = transaction.send(stage.request()).await?;
            match stage.receive(&response)? {
                Progress::More(next) => stage = next,
                Progress::Done(review) => return Ok(review),
            }
        }
    }

    /// Accepts an offer, and keeps what is received. Returns the identifiers of the Credentials.
    ///
    /// The right to fetch the Credentials is kept before they are ordered: if the machine stops in
    /// between, [`Wallet::refill`] with the identifier in [`Wallet::pending`] goes on.
    ///
    /// # Errors
    /// A [`ReceiveError`]; nothing is kept of a Credential that did not verify.
    pub async fn accept_offer(
        &mut self,
        review: OfferReview,
        tx_code: Option<BearerToken>,
    ) -> Result<Vec<String>, ReceiveError> {
        let dpop = SigningKey::generate(keys::Algorithm::Es256, &mut host::system_rng());
        let transaction = self.transaction()?;
        let redemption = review.accept(tx_code)?;
        let grant = self.redeem(&transaction, redemption, &dpop).await?;
        let pending = self.keep_pending(&grant, &dpop)?;
        self.fetch_granted(&transaction, &grant, &dpop, pending)
            .await
    }

    /// How many one-time copies of a Credential are ordered from an Issuer.
    #[must_use]
    pub fn copies_ordered(issuer: &IssuerProfile) -> usize {
        issuer.batch_size.clamp(1, MAX_COPIES)
    }

    /// Orders everything that was granted, verifies it, and keeps it.
    pub(crate) async fn fetch_granted(
        &mut self,
        transaction: &Client,
        grant: &AccessGrant,
        dpop: &SigningKey,
        pending: Option<String>,
    ) -> Result<Vec<String>, ReceiveError> {
        // First: to somebody who has an anchor, the Issuer gives nothing before it is proven. What
        // has come is kept whatever comes next, for by then the Issuer holds the person to it.
        let net = self.fetch_net(transaction, grant, dpop).await?;
        if net.is_some() {
            self.save()?;
        }
        let mut ids: Vec<String> = net.into_iter().collect();
        let mut batches = Vec::new();
        for offered in &grant.issuer().credentials {
            batches.push(self.fetch_batch(transaction, grant, offered, dpop).await?);
        }
        for batch in &mut batches {
            ids.push(self.keep(batch, grant, dpop));
        }
        self.contents
            .pending
            .retain(|one| Some(&one.id) != pending.as_ref());
        self.save()?;
        self.refresh_compartment()?;
        for batch in &batches {
            self.confirm(transaction, grant, dpop, &batch.received)
                .await;
        }
        Ok(ids)
    }

    /// Tells the Issuer that the Credentials are safe. One that does not listen is no failure.
    pub(crate) async fn confirm(
        &self,
        transaction: &Client,
        grant: &AccessGrant,
        dpop: &SigningKey,
        received: &Received,
    ) {
        let accepted = NotificationEvent::CredentialAccepted;
        self.notify(transaction, grant, dpop, received, accepted)
            .await;
    }

    /// Orders one batch of copies, each with a fresh key, and verifies every one.
    pub(crate) async fn fetch_batch(
        &self,
        transaction: &Client,
        grant: &AccessGrant,
        offered: &OfferedCredential,
        dpop: &SigningKey,
    ) -> Result<Batch, ReceiveError> {
        let algorithm = *offered.algorithms.first().ok_or(ReceiveError::Unbound)?;
        let count = Self::copies_ordered(grant.issuer());
        let keys: Vec<SigningKey> = (0..count)
            .map(|_| SigningKey::generate(algorithm, &mut host::system_rng()))
            .collect();
        let public = keys.iter().map(|key| key.public().clone()).collect();
        let lent: Vec<&SigningKey> = keys.iter().collect();
        let mut stage = grant.order(&offered.configuration_id, public)?;
        let received = loop {
            let request = stage.request(&lent, dpop, self.now(), &mut host::system_rng())?;
            match stage.receive(&transaction.send(request).await?)? {
                Progress::More(next) => stage = next,
                Progress::Done(received) => break received,
            }
        };
        match self
            .verify_batch(transaction, &received, keys, offered)
            .await
        {
            Ok((credential, copies)) => Ok(Batch {
                offered: offered.clone(),
                received,
                credential,
                copies,
            }),
            Err(error) => {
                let failure = NotificationEvent::CredentialFailure;
                self.notify(transaction, grant, dpop, &received, failure)
                    .await;
                Err(error)
            }
        }
    }

    /// Puts every copy through the one door, and gives each the key that it is bound to.
    async fn verify_batch(
        &self,
        transaction: &Client,
        received: &Received,
        keys: Vec<SigningKey>,
        offered: &OfferedCredential,
    ) -> Result<(Credential, Copies), ReceiveError> {
        let resolver = self.resolver(transaction);
        let mut verified: Vec<Credential> = Vec::new();
        for text in &received.credentials {
            let unverified = UnverifiedCredential::parse(received.format, text)?;
            let source = unverified.key_source()?;
            let key = resolver.issuer_key(&source, self.now()).await?;
            let credential = unverified.verify_as_holder(&key, self.now())?.into_inner();
            if credential.types != offered.types {
                return Err(ReceiveError::OtherType);
            }
            verified.push(credential);
        }
        let holders: Vec<_> = verified.iter().map(Credential::holder).collect();
        let owners = received.owners(&holders)?;
        let mut keys: Vec<Option<SigningKey>> = keys.into_iter().map(Some).collect();
        let mut copies = Vec::new();
        let together = received.credentials.iter().zip(owners).zip(&mut verified);
        for ((text, owner), credential) in together {
            let key = owner
                .and_then(|place| keys.get_mut(place)?.take())
                .ok_or(ReceiveError::Unbound)?;
            forget_key_name(credential, key.public());
            copies.push(OneTimeCopy {
                credential: Sealed::from(text.as_str()),
                key: VaultKey::of(&key),
            });
        }
        let alike = verified.windows(2).all(|pair| match pair {
            [one, other] => one.cryptosuites == other.cryptosuites && says(one) == says(other),
            _ => true,
        });
        if !alike {
            return Err(ReceiveError::CopiesDiffer);
        }
        let first = verified.into_iter().next().ok_or(ReceiveError::Nothing)?;
        let copies = Copies::new(&copies).map_err(WalletError::from)?;
        Ok((first, copies))
    }

    async fn redeem(
        &self,
        transaction: &Client,
        mut stage: Redemption,
        dpop: &SigningKey,
    ) -> Result<AccessGrant, ReceiveError> {
        loop {
            let request = stage.request(dpop, self.now(), &mut host::system_rng())?;
            match stage.receive(&transaction.send(request).await?, self.now())? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok(grant),
            }
        }
    }

    /// Keeps the right to come back, before anything is ordered with it.
    fn keep_pending(
        &mut self,
        grant: &AccessGrant,
        dpop: &SigningKey,
    ) -> Result<Option<String>, ReceiveError> {
        let Some(refill) = refill_grant(grant, dpop) else {
            return Ok(None);
        };
        let issuer = grant.issuer();
        let id = self.contents.fresh_id(&mut host::system_rng());
        self.contents.pending.push(Pending {
            id: id.clone(),
            issuer: issuer.identifier.clone(),
            issuer_name: self.issuer_name(issuer),
            configurations: configurations(issuer),
            grant: refill,
        });
        self.save()?;
        Ok(Some(id))
    }

    /// Puts a batch into the contents; the caller saves.
    fn keep(&mut self, batch: &mut Batch, grant: &AccessGrant, dpop: &SigningKey) -> String {
        let issuer = grant.issuer();
        let credential = &batch.credential;
        let id = self.contents.fresh_id(&mut host::system_rng());
        let name = self.credential_name(&batch.offered);
        let issuer_name = self.issuer_name(issuer);
        let copies = std::mem::take(&mut batch.copies);
        self.contents.remember(
            self.world.now(),
            Event::Received {
                issuer: issuer_name.clone(),
                credential: name.clone(),
                copies: copies.count(),
            },
        );
        self.contents.credentials.push(HeldCredential {
            id: id.clone(),
            name,
            issuer: issuer.identifier.clone(),
            issuer_name,
            signed_by: credential.issuer.clone(),
            configuration: batch.offered.configuration_id.clone(),
            format: credential.format,
            cryptosuites: credential.cryptosuites.clone(),
            types: credential.types.clone(),
            claims: credential.claims.clone(),
            authority_key_ids: credential.authority_key_ids.clone(),
            received_at: self.world.now(),
            valid_until: credential.valid_until,
            copies,
            grant: refill_grant(grant, dpop),
        });
        id
    }

    pub(crate) async fn notify(
        &self,
        transaction: &Client,
        grant: &AccessGrant,
        dpop: &SigningKey,
        received: &Received,
        event: NotificationEvent,
    ) {
        let Some(mut stage) = grant.notify(received, event) else {
            return;
        };
        while let Ok(request) = stage.request(dpop, self.now(), &mut host::system_rng()) {
            let Ok(response) = transaction.send(request).await else {
                return;
            };
            match stage.receive(&response) {
                Ok(Progress::More(next)) => stage = next,
                Ok(Progress::Done(())) | Err(_) => return,
            }
        }
    }
}

/// One verified batch.
pub(crate) struct Batch {
    offered: OfferedCredential,
    pub(crate) received: Received,
    pub(crate) credential: Credential,
    pub(crate) copies: Copies,
}

/// All that was granted.
fn configurations(issuer: &IssuerProfile) -> Vec<String> {
    let net = issuer.net_certificate.iter();
    let signed = issuer.credentials.iter();
    net.map(|one| one.configuration_id.clone())
        .chain(signed.map(|one| one.configuration_id.clone()))
        .collect()
}

/// What a later refill needs, if the Issuer gave it.
pub(crate) fn refill_grant(grant: &AccessGrant, dpop: &SigningKey) -> Option<RefillGrant> {
    grant.refresh_token().map(|token| RefillGrant {
        authorization_server: grant.authorization_server().to_owned(),
        refresh_token: Sealed::from(token.expose()),
        dpop: VaultKey::of(dpop),
    })
}

/// Removes the name of the copy's own key. Any other name of the subject stays, as the claim that
/// it is: it must be the same in all copies, and the Holder sees when it would be shared.
fn forget_key_name(credential: &mut Credential, key: &PublicKey) {
    let own = [
        did::key::did(key).to_string(),
        did::jwk::did(key).to_string(),
    ];
    let is_own = |name: Option<&Value>| {
        name.and_then(Value::as_str)
            .is_some_and(|name| own.iter().any(|one| one == name))
    };
    if is_own(credential.claims.get("sub")) {
        credential.claims.remove("sub");
    }
    if let Some(Value::Object(subject)) = credential.claims.get_mut("credentialSubject")
        && is_own(subject.get("id"))
    {
        subject.remove("id");
    }
}

/// What a copy says, without what makes it a copy of its own.
fn says(credential: &Credential) -> Value {
    let mut claims = credential.claims.clone();
    for own in ["cnf", "credentialStatus", "id", "jti", "status"] {
        claims.remove(own);
    }
    Value::Object(claims)
}

/// More copies than this of one Credential are not asked for at once.
const MAX_COPIES: usize = 32;
