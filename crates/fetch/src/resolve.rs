//! Issuers' keys and status lists: fetched, verified, and kept, so that a presentation asks nobody.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use credential::{CredentialStatus, IssuerKey, IssuerKeyError, KeySource};
use did::{Did, DidDocument, DidError, Resolution};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use status::{Answer, BitstringEntry, StatusError, StatusMessage};
use thiserror::Error;
use url::Url;

use crate::client::Client;
use crate::error::FetchError;

use self::documents::{Document, Documents, Location};
use self::lists::Lists;

mod documents;
mod lists;
mod web_keys;

/// Finds issuers' keys and the status of credentials.
///
/// What was fetched once is kept, and renewed by [`Resolver::refresh_due`] on the host's schedule:
/// whether and when somebody presents shows in no request. Only what was never asked for before is
/// fetched when it is asked for; a verifier asks beforehand for all that its policies name.
pub struct Resolver {
    client: Client,
    anchors: Vec<Vec<u8>>,
    documents: Documents,
    lists: Lists,
    // Who signs the lists, if it is not the credentials' issuer.
    status_issuer: Option<String>,
    // Keys that need no document: did:key, did:jwk, certificate chains.
    contained: RwLock<HashMap<KeySource, IssuerKey>>,
}

impl Resolver {
    /// Takes the client, and the DER trust anchors of issuers that sign with `x5c`.
    #[must_use]
    pub fn new(client: Client, anchors: Vec<Vec<u8>>) -> Self {
        Self {
            client,
            anchors,
            documents: Documents::default(),
            lists: Lists::default(),
            status_issuer: None,
            contained: RwLock::default(),
        }
    }

    /// Believes status lists that this issuer signs, and not those of the credentials' own issuer.
    #[must_use]
    pub fn with_status_issuer(mut self, status_issuer: Option<String>) -> Self {
        self.status_issuer = status_issuer;
        self
    }

    /// Finds the key of an issuer. Judge first whether the issuer is one to be trusted: anybody
    /// can name an address that this would ask.
    ///
    /// # Errors
    ///
    /// When the issuer's document cannot be had, or has no such key.
    pub async fn issuer_key(
        &self,
        source: &KeySource,
        now: Timestamp,
    ) -> Result<IssuerKey, ResolveError> {
        let location = match self.locate(source, now)? {
            ControlFlow::Continue(location) => location,
            ControlFlow::Break(key) => return Ok(key),
        };
        let kept = self.documents.get(&self.client, &location, now).await?;
        let found = match kept.key(source) {
            // The issuer may have a new key: look again, but not for everybody who invents one.
            Err(IssuerKeyError::NoSuchKey) if kept.may_be_renewed(now) => self
                .documents
                .renew(&self.client, &location, now)
                .await?
                .key(source),
            found => found,
        };
        match found {
            Err(IssuerKeyError::KeysElsewhere(reference)) => {
                let location = Location::KeySet(reference.url().clone());
                let kept = self.documents.get(&self.client, &location, now).await?;
                Ok(match kept.key_of_set(source, &reference) {
                    Err(IssuerKeyError::NoSuchKey) if kept.may_be_renewed(now) => {
                        let renewed = self.documents.renew(&self.client, &location, now).await?;
                        renewed.key_of_set(source, &reference)?
                    }
                    found => found?,
                })
            }
            found => Ok(found?),
        }
    }

    /// Finds the key of an issuer in what is kept. Never asks anybody: for a verifier, whose
    /// requests must not show when somebody presents.
    ///
    /// # Errors
    ///
    /// [`ResolveError::NotKept`] when the issuer's document was never fetched or is too old, or
    /// the document has no such key.
    pub fn kept_key(&self, source: &KeySource, now: Timestamp) -> Result<IssuerKey, ResolveError> {
        let location = match self.locate(source, now)? {
            ControlFlow::Continue(location) => location,
            ControlFlow::Break(key) => return Ok(key),
        };
        let kept = |location| {
            let kept = self.documents.kept(location, now);
            kept.ok_or(ResolveError::NotKept)
        };
        match kept(&location)?.key(source) {
            Err(IssuerKeyError::KeysElsewhere(reference)) => {
                let keys = kept(&Location::KeySet(reference.url().clone()))?;
                Ok(keys.key_of_set(source, &reference)?)
            }
            found => Ok(found?),
        }
    }

    /// Finds a DID document, as for authenticating who signed a request.
    ///
    /// # Errors
    ///
    /// When the DID does not resolve.
    pub async fn did_document(
        &self,
        did: &Did,
        now: Timestamp,
    ) -> Result<DidDocument, ResolveError> {
        if let Resolution::Here(document) = did::resolve(did, self.client.dev_loopback())? {
            return Ok(document);
        }
        let kept = self
            .documents
            .get(&self.client, &Location::Did(did.clone()), now)
            .await?;
        match &kept.document {
            Document::Did(document) => Ok(document.clone()),
            Document::Json(_) => Err(DidError::Unsupported.into()),
        }
    }

    /// Tells the status of an issuer's credential by the list that is kept. Never asks anybody.
    #[must_use]
    pub fn status(&self, status: &CredentialStatus, issuer: &str, now: Timestamp) -> Answer {
        self.lists.look_up(status, issuer, now)
    }

    /// Tells what an issuer's credential is made to say, by the list that is kept. Never asks
    /// anybody.
    #[must_use]
    pub fn message(
        &self,
        entry: &BitstringEntry,
        issuer: &str,
        now: Timestamp,
    ) -> Answer<StatusMessage> {
        self.lists.message(entry, issuer, now)
    }

    /// Fetches an issuer's status list, verifies and keeps it, however fresh the kept one is.
    ///
    /// # Errors
    ///
    /// When the list cannot be had, or is not that issuer's; the kept one stays.
    pub async fn renew_list(
        &self,
        uri: &Url,
        issuer: &str,
        now: Timestamp,
    ) -> Result<(), ResolveError> {
        self.fetch_list(uri, issuer, now).await
    }

    /// Fetches an issuer's status list, verifies and keeps it, unless a usable one is kept.
    ///
    /// # Errors
    ///
    /// When the list cannot be had, or is not that issuer's.
    pub async fn prefetch_list(
        &self,
        uri: &Url,
        issuer: &str,
        now: Timestamp,
    ) -> Result<(), ResolveError> {
        if self.lists.is_usable(uri, issuer, now) {
            return Ok(());
        }
        self.fetch_list(uri, issuer, now).await
    }

    /// Renews what has aged: documents after an hour, lists half a minute before the end of the
    /// time for which their issuers let them be used (`ttl`). The host calls it on a schedule of
    /// its own, more often than that, so that no list in use grows stale.
    ///
    /// What cannot be renewed stays in use until it expires.
    pub async fn refresh_due(&self, now: Timestamp) -> Refreshed {
        let mut done = Refreshed::default();
        for location in self.documents.due(now) {
            let renewed = self.documents.renew(&self.client, &location, now).await;
            done.count(location.to_string(), renewed.map(drop));
        }
        let soon = now.checked_add(AHEAD).unwrap_or(now);
        for (uri, issuer) in self.lists.due(soon) {
            let renewed = self.fetch_list(&uri, &issuer, now).await;
            done.count(uri.to_string(), renewed);
        }
        done
    }

    async fn fetch_list(
        &self,
        uri: &Url,
        issuer: &str,
        now: Timestamp,
    ) -> Result<(), ResolveError> {
        let list = lists::fetch(&self.client, uri).await?;
        let signer = self.status_issuer.as_deref().unwrap_or(issuer);
        let mut keys = Vec::with_capacity(1);
        for source in list.key_sources(signer)? {
            keys.push(self.issuer_key(&source, now).await?);
        }
        let list = list.verify(uri, signer, &keys, now)?;
        self.lists.keep(uri, issuer, list, now);
        Ok(())
    }

    /// Finds the key that the source itself holds, or where else it is.
    fn locate(
        &self,
        source: &KeySource,
        now: Timestamp,
    ) -> Result<ControlFlow<IssuerKey, Location>, ResolveError> {
        let contained = |document| self.contained_key(source, document, now);
        Ok(match source {
            KeySource::Did(url) => match did::resolve(url.did(), self.client.dev_loopback())? {
                Resolution::Here(document) => ControlFlow::Break(contained(Some(&document))?),
                Resolution::Fetch(_) => ControlFlow::Continue(Location::Did(url.did().clone())),
            },
            KeySource::WellKnown { .. } => {
                let url = source.metadata_url().ok_or(IssuerKeyError::Source)?;
                ControlFlow::Continue(Location::Metadata(url))
            }
            KeySource::X509 { .. } => ControlFlow::Break(contained(None)?),
        })
    }

    fn contained_key(
        &self,
        source: &KeySource,
        document: Option<&DidDocument>,
        now: Timestamp,
    ) -> Result<IssuerKey, ResolveError> {
        let kept = self
            .contained
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(source)
            .cloned();
        if let Some(key) = kept.filter(|key| key.check(source, now).is_ok()) {
            return Ok(key);
        }
        let key = match document {
            Some(document) => IssuerKey::from_did_document(source, document)?,
            None => IssuerKey::from_x509(source, &self.anchors, now)?,
        };
        let mut contained = self
            .contained
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if contained.len() >= MOST_CONTAINED {
            contained.clear();
        }
        contained.insert(source.clone(), key.clone());
        Ok(key)
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// What [`Resolver::refresh_due`] did.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// What could not be renewed, and why.
    pub failed: Vec<(String, ResolveError)>,
    /// How many were.
    pub renewed: usize,
}

impl Refreshed {
    fn count(&mut self, what: String, result: Result<(), ResolveError>) {
        match result {
            Ok(()) => self.renewed += 1,
            Err(error) => self.failed.push((what, error)),
        }
    }
}

/// Why a key or list was not found. The issuer must act, or the network.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// The publisher answered with another status than 200.
    #[error("the publisher answered with the status {0}")]
    Answered(StatusCode),
    /// The DID does not resolve.
    #[error("the DID does not resolve")]
    Did(#[from] DidError),
    /// Nothing came back.
    #[error("the issuer's document cannot be fetched")]
    Fetch(#[from] FetchError),
    /// The document gives no key.
    #[error("the issuer's key cannot be established")]
    Key(#[from] IssuerKeyError),
    /// The issuer's document is not kept: the next round of the schedule may bring it.
    #[error("the issuer's keys were not fetched yet")]
    NotKept,
    /// The list is not to be believed.
    #[error("the status list is refused")]
    Status(#[from] StatusError),
}

// Longer than hosts wait between two rounds.
const AHEAD: SignedDuration = SignedDuration::from_secs(30);
const MOST_CONTAINED: usize = 1024;
