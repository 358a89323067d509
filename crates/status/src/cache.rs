use std::collections::HashMap;

use credential::{BitstringEntry, CredentialStatus, Purpose};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::{AnyList, EntryFault, Status, StatusMessage};

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
    pub fn keep(&mut self, uri: Url, list: impl Into<AnyList>, fetched_at: Timestamp) {
        let list = list.into();
        if let Some(kept) = self.lists.get(&uri)
            && kept.list.made_at() > list.made_at()
        {
            return;
        }
        self.lists.insert(uri, Kept { list, fetched_at });
    }

    /// Forgets a list that nobody asks for any more.
    pub fn forget(&mut self, uri: &Url) {
        self.lists.remove(uri);
    }

    /// What is known now about one Credential, by one place at which its status is published.
    #[must_use]
    pub fn look_up(&self, status: &CredentialStatus, now: Timestamp) -> Answer {
        if let CredentialStatus::Bitstring(entry) = status
            && !is_of_validity(entry.purpose)
        {
            return Answer::Fresh(Status::VALID);
        }
        self.answer(status.list(), now, |list| list.look_up(status))
    }

    /// What is told now of one Credential at a place for messages.
    #[must_use]
    pub fn message(&self, entry: &BitstringEntry, now: Timestamp) -> Answer<StatusMessage> {
        self.answer(&entry.list, now, |list| list.message(entry))
    }

    fn answer<T>(
        &self,
        list: &Url,
        now: Timestamp,
        read: impl Fn(&AnyList) -> Result<T, EntryFault>,
    ) -> Answer<T> {
        let Some(kept) = self.lists.get(list) else {
            return Answer::Unknown;
        };
        match (kept.freshness(now), read(&kept.list)) {
            (Freshness::Expired, _) => Answer::Unknown,
            (_, Err(fault)) => Answer::NoEntry(fault),
            (Freshness::Fresh, Ok(status)) => Answer::Fresh(status),
            (Freshness::Stale, Ok(status)) => Answer::Stale(status),
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
pub enum Answer<T = Status> {
    /// The status, by a list within its time to live.
    Fresh(T),
    /// The list has no such entry: the Issuer must act.
    NoEntry(EntryFault),
    /// The status, by a list past its time to live that has not expired.
    Stale(T),
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
    list: AnyList,
    fetched_at: Timestamp,
}

impl Kept {
    fn freshness(&self, now: Timestamp) -> Freshness {
        if self.list.expires_at().is_some_and(|end| end <= now) {
            return Freshness::Expired;
        }
        let stated = self.list.time_to_live().unwrap_or(DEFAULT_TIME_TO_LIVE);
        let time_to_live = stated.min(LONGEST_TIME_TO_LIVE);
        if now.duration_since(self.fetched_at) < time_to_live {
            Freshness::Fresh
        } else {
            Freshness::Stale
        }
    }
}

/// Whether a purpose says if the Credential is good: for the others, no list is needed.
const fn is_of_validity(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Revocation | Purpose::Suspension => true,
        Purpose::Message | Purpose::Refresh => false,
    }
}

/// Whatever the Issuer states: a revocation must arrive some day.
const LONGEST_TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(24);

/// For Issuers that state none.
const DEFAULT_TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(1);
