use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use credential::{IssuerKey, IssuerKeyError, KeySetReference, KeySource};
use did::{Did, DidDocument, DidError, Resolution};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::client::Client;
use crate::resolve::ResolveError;

/// The documents in which issuers publish their keys, each fetched by one caller at a time.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    slots: Mutex<HashMap<Location, Arc<Slot>>>,
}

impl Documents {
    /// Returns the kept document, or fetches it.
    pub(crate) async fn get(
        &self,
        client: &Client,
        location: &Location,
        now: Timestamp,
    ) -> Result<Arc<Kept>, ResolveError> {
        let slot = self.slot(location);
        if let Some(kept) = slot.usable(now) {
            return Ok(kept);
        }
        let _turn = slot.turn.lock().await;
        // Whoever had the turn before may have fetched it.
        if let Some(kept) = slot.usable(now) {
            return Ok(kept);
        }
        slot.fetch(client, location, now).await
    }

    /// Returns the document if it is kept.
    pub(crate) fn kept(&self, location: &Location, now: Timestamp) -> Option<Arc<Kept>> {
        let slot = self.slots().get(location).cloned();
        slot?.usable(now)
    }

    /// Fetches the document again. Who asks for it meanwhile gets the kept one.
    pub(crate) async fn renew(
        &self,
        client: &Client,
        location: &Location,
        now: Timestamp,
    ) -> Result<Arc<Kept>, ResolveError> {
        let slot = self.slot(location);
        let _turn = slot.turn.lock().await;
        if let Some(kept) = slot.usable(now).filter(|kept| !kept.may_be_renewed(now)) {
            return Ok(kept);
        }
        slot.fetch(client, location, now).await
    }

    /// Lists the documents that have aged.
    pub(crate) fn due(&self, now: Timestamp) -> Vec<Location> {
        let is_due = |slot: &Slot| slot.kept().is_some_and(|kept| kept.age(now) >= RENEW_AFTER);
        let slots = self.slots();
        slots
            .iter()
            .filter(|(_, slot)| is_due(slot))
            .map(|(location, _)| location.clone())
            .collect()
    }

    fn slot(&self, location: &Location) -> Arc<Slot> {
        let mut slots = self.slots();
        if slots.len() >= MOST && !slots.contains_key(location) {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.fetched_at());
            if let Some(oldest) = oldest.map(|(location, _)| location.clone()) {
                slots.remove(&oldest);
            }
        }
        slots.entry(location.clone()).or_default().clone()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Location, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a document is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Location {
    /// Where the method of a DID says.
    Did(Did),
    /// A `jwks_uri`.
    KeySet(Url),
    /// JWT VC Issuer Metadata.
    Metadata(Url),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Did(did) => did.fmt(f),
            Self::KeySet(url) | Self::Metadata(url) => url.fmt(f),
        }
    }
}

/// A document as fetched.
#[derive(Debug)]
pub(crate) enum Document {
    /// A DID document, read.
    Did(DidDocument),
    /// Issuer metadata or a key set; read with the key source in hand.
    Json(Vec<u8>),
}

/// A document and the keys that were read from it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) document: Document,
    fetched_at: Timestamp,
    keys: RwLock<HashMap<KeySource, IssuerKey>>,
}

impl Kept {
    /// Finds the key in a DID document or in issuer metadata.
    pub(crate) fn key(&self, source: &KeySource) -> Result<IssuerKey, IssuerKeyError> {
        self.remember(source, || match &self.document {
            Document::Did(document) => IssuerKey::from_did_document(source, document),
            Document::Json(json) => IssuerKey::from_issuer_metadata(source, json),
        })
    }

    /// Finds the key in a key set.
    pub(crate) fn key_of_set(
        &self,
        source: &KeySource,
        reference: &KeySetReference,
    ) -> Result<IssuerKey, IssuerKeyError> {
        match &self.document {
            Document::Did(_) => Err(IssuerKeyError::Source),
            // Not remembered: two issuers may refer to one set.
            Document::Json(json) => IssuerKey::from_key_set(source, reference, json),
        }
    }

    /// Tells whether it is old enough to be fetched again before its time.
    pub(crate) fn may_be_renewed(&self, now: Timestamp) -> bool {
        self.age(now) >= NOT_BEFORE
    }

    fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.fetched_at)
    }

    // Only what was found is remembered: the document bounds it, not who asks.
    fn remember(
        &self,
        source: &KeySource,
        read: impl FnOnce() -> Result<IssuerKey, IssuerKeyError>,
    ) -> Result<IssuerKey, IssuerKeyError> {
        if let Some(key) = self
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(source)
        {
            return Ok(key.clone());
        }
        let key = read()?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(source.clone(), key.clone());
        Ok(key)
    }
}

#[derive(Debug, Default)]
struct Slot {
    kept: RwLock<Option<Arc<Kept>>>,
    turn: tokio::sync::Mutex<()>,
}

impl Slot {
    fn kept(&self) -> Option<Arc<Kept>> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn usable(&self, now: Timestamp) -> Option<Arc<Kept>> {
        self.kept().filter(|kept| kept.age(now) < USE_UNTIL)
    }

    fn fetched_at(&self) -> Option<Timestamp> {
        self.kept().map(|kept| kept.fetched_at)
    }

    async fn fetch(
        &self,
        client: &Client,
        location: &Location,
        now: Timestamp,
    ) -> Result<Arc<Kept>, ResolveError> {
        let document = match location {
            Location::Did(did) => Document::Did(fetch_did(client, did).await?),
            Location::KeySet(url) | Location::Metadata(url) => {
                Document::Json(client.get(url, "application/json", MOST_BYTES).await?)
            }
        };
        let kept = Arc::new(Kept {
            document,
            fetched_at: now,
            keys: RwLock::default(),
        });
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
        Ok(kept)
    }
}

async fn fetch_did(client: &Client, did: &Did) -> Result<DidDocument, ResolveError> {
    let Resolution::Fetch(url) = did::resolve(did, client.dev_loopback())? else {
        return Err(DidError::Unsupported.into());
    };
    let json = client
        .get(&url, "application/did+json, application/json", MOST_BYTES)
        .await?;
    Ok(DidDocument::parse(&json, did)?)
}

const MOST: usize = 1024;
const MOST_BYTES: usize = 64 * 1024;
const NOT_BEFORE: SignedDuration = SignedDuration::from_mins(5);
const RENEW_AFTER: SignedDuration = SignedDuration::from_hours(1);
const USE_UNTIL: SignedDuration = SignedDuration::from_hours(24);
