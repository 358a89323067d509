use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use credential::CredentialStatus;
use jiff::Timestamp;
use status::{
    Answer, AnyList, BitstringEntry, Freshness, StatusListCache, StatusMessage, UnverifiedList,
};
use url::Url;

use crate::client::Client;
use crate::resolve::ResolveError;

/// The status lists that are kept, and whose they are.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    kept: RwLock<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    cache: StatusListCache,
    issuers: HashMap<Url, String>,
}

impl Shelf {
    fn is_of(&self, uri: &Url, issuer: &str) -> bool {
        self.issuers.get(uri).is_some_and(|owner| owner == issuer)
    }

    fn is_foreign(&self, uri: &Url, issuer: &str) -> bool {
        self.issuers.get(uri).is_some_and(|owner| owner != issuer)
    }
}

impl Lists {
    pub(crate) fn look_up(
        &self,
        status: &CredentialStatus,
        issuer: &str,
        now: Timestamp,
    ) -> Answer {
        let shelf = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        // One issuer's list says nothing about another's credential.
        if shelf.is_foreign(status.list(), issuer) {
            Answer::Unknown
        } else {
            shelf.cache.look_up(status, now)
        }
    }

    pub(crate) fn message(
        &self,
        entry: &BitstringEntry,
        issuer: &str,
        now: Timestamp,
    ) -> Answer<StatusMessage> {
        let shelf = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if shelf.is_foreign(&entry.list, issuer) {
            Answer::Unknown
        } else {
            shelf.cache.message(entry, now)
        }
    }

    pub(crate) fn is_usable(&self, uri: &Url, issuer: &str, now: Timestamp) -> bool {
        let shelf = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        shelf.is_of(uri, issuer)
            && matches!(
                shelf.cache.freshness(uri, now),
                Some(Freshness::Fresh | Freshness::Stale)
            )
    }

    pub(crate) fn keep(&self, uri: &Url, issuer: &str, list: AnyList, now: Timestamp) {
        let mut shelf = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if !shelf.is_of(uri, issuer) {
            shelf.cache.forget(uri);
        }
        shelf.issuers.insert(uri.clone(), issuer.to_owned());
        shelf.cache.keep(uri.clone(), list, now);
    }

    pub(crate) fn due(&self, now: Timestamp) -> Vec<(Url, String)> {
        let shelf = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let owned = |uri: &Url| Some((uri.clone(), shelf.issuers.get(uri)?.clone()));
        shelf.cache.due(now).filter_map(owned).collect()
    }
}

/// Fetches a whole list (draft-ietf-oauth-status-list, section 8.1; Bitstring Status List 1.0,
/// section 3.2): nobody learns which entry is of interest.
pub(crate) async fn fetch(client: &Client, uri: &Url) -> Result<UnverifiedList, ResolveError> {
    let body = client.get(uri, FORMS, MOST_BYTES).await?;
    let text = String::from_utf8(body).unwrap_or_default();
    Ok(UnverifiedList::parse(&text, MOST_BYTES)?)
}

const FORMS: &str =
    "application/statuslist+jwt, application/vc+jwt, application/vc+sd-jwt, application/vc";
// A list of 2^26 entries that does not compress, in base64.
const MOST_BYTES: usize = 12 * 1024 * 1024;
