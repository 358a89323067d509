use std::collections::HashMap;

use credential::StatusReference;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::{Status, StatusListToken};

/// The lists that a Verifier keeps, so that a Presentation causes no request to anybody.
///
/// It judges; the host fetches what is [`StatusListCache::due`] on its own schedule.
#[derive(Debug, Default)]
pub struct StatusListCache {
    lists: HashMap<Url, Kept>,
}

impl StatusListCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a list that was fetched at this time, unless a newer one is there already.
    pub fn keep(&mut self, uri: Url, token: StatusListToken, fetched_at: Timestamp) {
        if let Some(kept) = self.lists.get(&uri)
            && kept.token.issued_at() > token.issued_at()
        {
            return;
        }
        self.lists.insert(uri, Kept { token, fetched_at });
    }

    /// Forgets a list that nobody asks for any more.
    pub fn forget(&mut self, uri: &Url) {
        self.lists.remove(uri);
    }

    /// What is known now about one Credential.
    #[must_use]
    pub fn look_up(&self, reference: &StatusReference, now: Timestamp) -> Answer {
        let Some(kept) = self.lists.get(&reference.uri) else {
            return Answer::Unknown;
        };
        match (kept.freshness(now), kept.token.list().get(reference.index)) {
            (Freshness::Expired, _) => Answer::Unknown,
            (_, None) => Answer::NoEntry,
            (Freshness::Fresh, Some(status)) => Answer::Fresh(status),
            (Freshness::Stale, Some(status)) => Answer::Stale(status),
        }
    }

    /// How fresh a kept list is. `None` if it is not kept.
    #[must_use]
    pub fn freshness(&self, uri: &Url, now: Timestamp) -> Option<Freshness> {
        self.lists.get(uri).map(|kept| kept.freshness(now))
    }

    /// The lists that should be fetched again.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &Url> {
        self.lists
            .iter()
            .filter(move |(_, kept)| kept.freshness(now) != Freshness::Fresh)
            .map(|(uri, _)| uri)
    }
}

/// What the cache knows about one Credential. What to make of [`Answer::Stale`] is policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer {
    /// The status, by a list within its time to live.
    Fresh(Status),
    /// The list has no entry with this index: the Issuer must act.
    NoEntry,
    /// The status, by a list past its time to live that has not expired.
    Stale(Status),
    /// No list is kept, or it has expired.
    Unknown,
}

/// How fresh a kept list is (section 13.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Past `exp`: it must not be used.
    Expired,
    /// Within its time to live.
    Fresh,
    /// Past its time to live: a new one should be fetched.
    Stale,
}

#[derive(Debug)]
struct Kept {
    token: StatusListToken,
    fetched_at: Timestamp,
}

impl Kept {
    fn freshness(&self, now: Timestamp) -> Freshness {
        if self.token.expires_at().is_some_and(|end| end <= now) {
            return Freshness::Expired;
        }
        let stated = self.token.time_to_live().unwrap_or(DEFAULT_TIME_TO_LIVE);
        let time_to_live = stated.min(LONGEST_TIME_TO_LIVE);
        if now.duration_since(self.fetched_at) < time_to_live {
            Freshness::Fresh
        } else {
            Freshness::Stale
        }
    }
}

/// Whatever the Issuer states: a revocation must arrive some day.
const LONGEST_TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(24);

/// For Issuers that state none.
const DEFAULT_TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(1);
