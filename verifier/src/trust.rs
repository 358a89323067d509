//! The issuers that are believed: their keys and status lists, fetched before anybody presents.
//!
//! Nothing here is asked for because of a presentation: the schedule and the lists of an issuer
//! are the same whoever comes, and an answer is found in what is kept, or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use credential::{CredentialStatus, IssuerKey, IssuerKeyError, KeySource};
use did::Did;
use fetch::Client;
use fetch::resolve::{ResolveError, Resolver};
use host::KeyFileError;
use jiff::{SignedDuration, Timestamp};
use netcert::EpochProfile;
use serde::Serialize;
use status::{BitstringEntry, StatusMessage};
use store::{Store, StoreError};
use tokio::task::JoinSet;
use url::Url;
use utoipa::ToSchema;

use crate::config::TrustedIssuer;
use crate::trust::discovery::{Discovery, address};
use crate::trust::epochs::{Epochs, EpochsError};

mod discovery;
mod epochs;

pub use epochs::ProfileMessage;

/// The issuers that are believed.
#[derive(Debug)]
pub(crate) struct Trust {
    issuers: BTreeMap<String, Arc<KnownIssuer>>,
}

impl Trust {
    /// Reads the anchors. Nobody is asked yet.
    ///
    /// # Errors
    /// [`KeyFileError`] names a file without certificates.
    pub(crate) fn new(
        issuers: &[TrustedIssuer],
        client: &Client,
        store: &Store,
    ) -> Result<Self, KeyFileError> {
        let known = issuers.iter().map(|issuer| {
            let mut known = KnownIssuer::new(issuer, client, store.clone())?;
            known.other_names = other_names(issuer, issuers);
            Ok((issuer.identifier.clone(), Arc::new(known)))
        });
        Ok(Self {
            issuers: known.collect::<Result<_, KeyFileError>>()?,
        })
    }

    /// Reads what earlier processes kept, so that nobody has to be asked.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub(crate) async fn load(&self, now: Timestamp) -> Result<(), StoreError> {
        for issuer in self.issuers.values() {
            let epochs = &issuer.epochs;
            epochs.load(&issuer.identifier, &issuer.store, now).await?;
        }
        Ok(())
    }

    /// Finds epoch profiles by their hashes in what was fetched on schedule.
    pub(crate) fn profiles(&self, hashes: &[[u8; 32]]) -> Vec<EpochProfile> {
        let issuers = self.issuers.values();
        issuers
            .flat_map(|issuer| issuer.epochs.find(hashes))
            .collect()
    }

    /// Tells which epoch profiles are used, and which were refused.
    pub(crate) fn published(&self) -> Vec<ProfileMessage> {
        let issuers = self.issuers.values();
        issuers
            .flat_map(|issuer| issuer.epochs.published())
            .collect()
    }

    /// Finds an issuer's key in what is kept.
    ///
    /// # Errors
    /// [`ResolveError::NotKept`] if the next round may bring it; another error if what is kept
    /// says that there is no such key.
    pub(crate) fn key(
        &self,
        source: &KeySource,
        now: Timestamp,
    ) -> Result<IssuerKey, ResolveError> {
        match self.issuers.get(&source.issuer()) {
            Some(issuer) => issuer.resolver.kept_key(source, now),
            // The issuer was trusted when the request was made, and is not any more.
            None => Err(IssuerKeyError::OtherIssuer.into()),
        }
    }

    /// Tells the status of an issuer's credential by the list that is kept.
    pub(crate) fn status(
        &self,
        status: &CredentialStatus,
        issuer: &str,
        now: Timestamp,
    ) -> status::Answer {
        match self.issuers.get(issuer) {
            Some(known) => known.resolver.status(status, issuer, now),
            None => status::Answer::Unknown,
        }
    }

    /// Tells what an issuer's credential is made to say, by the list that is kept.
    pub(crate) fn message(
        &self,
        entry: &BitstringEntry,
        issuer: &str,
        now: Timestamp,
    ) -> status::Answer<StatusMessage> {
        match self.issuers.get(issuer) {
            Some(known) => known.resolver.message(entry, issuer, now),
            None => status::Answer::Unknown,
        }
    }

    /// Fetches what is missing or grows old, from all issuers at once.
    pub(crate) async fn refresh_due(&self, now: Timestamp) {
        let mut rounds = JoinSet::new();
        for issuer in self.issuers.values() {
            let issuer = Arc::clone(issuer);
            rounds.spawn(async move { issuer.refresh_due(now).await });
        }
        rounds.join_all().await;
    }

    /// Fetches all status lists now, however fresh the kept ones are.
    pub(crate) async fn refresh(&self, now: Timestamp) -> Refreshed {
        let mut rounds = JoinSet::new();
        for issuer in self.issuers.values() {
            let issuer = Arc::clone(issuer);
            rounds.spawn(async move { issuer.refresh(now).await });
        }
        let done = rounds.join_all().await;
        let mut all = Refreshed::default();
        for one in done {
            all.lists += one.lists;
            all.profiles += one.profiles;
            all.failed.extend(one.failed);
        }
        all.failed.sort_unstable();
        all
    }

    /// Names what was never fetched.
    pub(crate) fn missing(&self, now: Timestamp) -> Vec<String> {
        self.issuers
            .values()
            .filter_map(|issuer| issuer.missing(now))
            .collect()
    }
}

/// What [`crate::App::refresh`] did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Refreshed {
    /// How many status lists were fetched.
    pub lists: usize,
    /// How many epoch profiles of net certificates are known now.
    pub profiles: usize,
    /// The issuers and lists that could not be.
    pub failed: Vec<String>,
}

/// An issuer, and what is kept of it. Each has a resolver of its own, so that nothing that one
/// publishes says anything about another.
struct KnownIssuer {
    identifier: String,
    /// What else it is trusted by, as somebody with an address and a DID on it.
    other_names: Vec<String>,
    carries_certificates: bool,
    resolver: Resolver,
    discovery: Discovery,
    epochs: Epochs,
    store: Store,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_keys: bool,
    /// The lists that are known, and when they were named.
    lists: Option<(Vec<Url>, Timestamp)>,
    /// Whether all lists were fetched at least once.
    has_lists: bool,
    /// When the issuer was last asked for its epochs.
    asked_for_epochs: Option<Timestamp>,
}

impl KnownIssuer {
    fn new(issuer: &TrustedIssuer, client: &Client, store: Store) -> Result<Self, KeyFileError> {
        let anchors = issuer
            .x5c_anchors
            .as_deref()
            .map(host::read_certificates)
            .transpose()?;
        Ok(Self {
            identifier: issuer.identifier.clone(),
            other_names: Vec::new(),
            carries_certificates: anchors.is_some(),
            resolver: Resolver::new(client.clone(), anchors.unwrap_or_default())
                .with_status_issuer(issuer.status_issuer.clone()),
            discovery: Discovery::new(issuer, client.clone()),
            epochs: Epochs::default(),
            store,
            state: Mutex::default(),
        })
    }

    async fn refresh_due(&self, now: Timestamp) {
        self.refresh_epochs(now, EPOCHS_EVERY).await;
        if !self.state().has_keys {
            // Without its keys nothing of what an issuer publishes can be believed.
            if let Err(error) = self.fetch_keys(now).await {
                return self.complain("keys", &error);
            }
            self.state().has_keys = true;
        }
        let refreshed = self.resolver.refresh_due(now).await;
        for (what, error) in refreshed.failed {
            self.complain(&what, &error);
        }
        let mut complete = true;
        for list in self.lists(now, DISCOVER_EVERY).await {
            let fetched = self.resolver.prefetch_list(&list, &self.identifier, now);
            if let Err(error) = fetched.await {
                complete = false;
                self.complain(list.as_str(), &error);
            }
        }
        let mut state = self.state();
        state.has_lists |= complete && state.lists.is_some();
    }

    async fn refresh(&self, now: Timestamp) -> Refreshed {
        let mut done = Refreshed::default();
        self.refresh_due(now).await;
        self.refresh_epochs(now, SignedDuration::ZERO).await;
        done.profiles = self.epochs.published().len();
        done.failed.extend(self.missing(now));
        for list in self.lists(now, SignedDuration::ZERO).await {
            match self.resolver.renew_list(&list, &self.identifier, now).await {
                Ok(()) => done.lists += 1,
                Err(error) => {
                    self.complain(list.as_str(), &error);
                    done.failed.push(list.into());
                }
            }
        }
        done
    }

    /// Fetches the issuer's epoch profiles, if it was asked longer ago than this. The schedule
    /// alone asks, and never a presentation.
    async fn refresh_epochs(&self, now: Timestamp, good_for: SignedDuration) {
        let asked = self.state().asked_for_epochs;
        let is_recent = asked.is_some_and(|asked| now.duration_since(asked) < good_for);
        if is_recent && !self.epochs.is_incomplete(now) {
            return;
        }
        let published = match self.discovery.profiles().await {
            Ok(published) => published,
            Err(error) => return self.complain("the epochs", &error),
        };
        let epochs = &self.epochs;
        let taken = epochs.take(&self.identifier, published, &self.store, now);
        match taken.await {
            // They are in its other name, and are taken there.
            Err(EpochsError::Issuer(name)) if self.other_names.contains(&name) => {}
            Err(error) => return self.complain("the epochs", &error),
            Ok(()) => {}
        }
        self.state().asked_for_epochs = Some(now);
    }

    fn missing(&self, now: Timestamp) -> Option<String> {
        let state = self.state();
        let what = match (state.has_keys, state.has_lists) {
            (true, true) if self.epochs.is_incomplete(now) => "the epoch profiles",
            (true, true) => return None,
            (true, false) => "the status lists",
            (false, _) => "the keys",
        };
        Some(format!("{what} of {}", self.identifier))
    }

    /// Fetches the document with the keys, for issuers that have one.
    async fn fetch_keys(&self, now: Timestamp) -> Result<(), ResolveError> {
        if let Ok(did) = Did::parse(&self.identifier) {
            return self.resolver.did_document(&did, now).await.map(drop);
        }
        if Url::parse(&self.identifier).is_err() {
            return Ok(());
        }
        let source = KeySource::WellKnown {
            issuer: self.identifier.clone(),
            kid: None,
        };
        match self.resolver.issuer_key(&source, now).await {
            // The document is there, and several keys in it.
            Err(ResolveError::Key(IssuerKeyError::NoSuchKey)) => Ok(()),
            Err(_) if self.carries_certificates => Ok(()),
            found => found.map(drop),
        }
    }

    /// Returns the lists that the issuer names, asking it if it said so longer ago than this.
    async fn lists(&self, now: Timestamp, good_for: SignedDuration) -> Vec<Url> {
        let known = self.state().lists.clone();
        if let Some((lists, named_at)) = &known
            && now.duration_since(*named_at) < good_for
        {
            return lists.clone();
        }
        match self.discovery.lists().await {
            Ok(lists) => {
                self.state().lists = Some((lists.clone(), now));
                lists
            }
            Err(error) => {
                self.complain("the names of the status lists", &error);
                known.map(|(lists, _)| lists).unwrap_or_default()
            }
        }
    }

    fn complain(&self, what: &str, error: &dyn std::error::Error) {
        let said = error.to_string();
        let causes = host::causes(&said, error.source());
        let reason = [vec![said], causes].concat().join(": ");
        tracing::warn!(
            issuer = self.identifier,
            what,
            reason,
            "not fetched from a trusted issuer"
        );
    }

    // Every field is whole at each point where a thread could die.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KnownIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownIssuer")
            .field("identifier", &self.identifier)
            .finish_non_exhaustive()
    }
}

/// The other identifiers among those that are trusted that lead to the same address.
fn other_names(issuer: &TrustedIssuer, trusted: &[TrustedIssuer]) -> Vec<String> {
    let Some(own) = address(&issuer.identifier) else {
        return Vec::new();
    };
    let names = trusted.iter().map(|other| &other.identifier);
    names
        .filter(|name| **name != issuer.identifier && address(name).as_ref() == Some(&own))
        .cloned()
        .collect()
}

/// Shorter than the time between the publication of a profile and its first use, by far.
const EPOCHS_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How long an issuer's word for which lists there are is good.
const DISCOVER_EVERY: SignedDuration = SignedDuration::from_secs(60);
