//! The requests that were made a moment ago, so that the wallet's fetch need not ask the database.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openid4vp::verifier::{Requested, Session};

/// Requests that this process made and that nobody answered here.
///
/// It serves fetching alone, which changes nothing. Who answers first is decided in the database:
/// a request that another process saw answered may still be fetched here, in vain.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    requests: HashMap<String, Arc<Requested>>,
    /// The oldest first. May name some that are gone.
    order: VecDeque<String>,
}

impl Recent {
    /// Keeps a request; the oldest makes room.
    pub(crate) fn keep(&self, id: String, session: Session) {
        let Session::Requested(request) = session else {
            return;
        };
        let mut kept = self.kept();
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.requests.remove(&oldest);
        }
        kept.order.push_back(id.clone());
        kept.requests.insert(id, Arc::from(request));
    }

    /// Finds a request.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Requested>> {
        self.kept().requests.get(id).cloned()
    }

    /// Forgets a request that was answered.
    pub(crate) fn forget(&self, id: &str) {
        self.kept().requests.remove(id);
    }

    // Both parts may differ at a point where a thread dies: the order is only a hint.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each takes a few KiB.
const MOST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn requested() -> Session {
        let policy = serde_json::json!({
            "name": "a", "issuers": ["https://a.example"], "flow": "cross_device",
            "ttl_seconds": 300,
            "query": {"credentials": [
                {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:x"]}}]},
        });
        let policy = serde_json::from_value(policy).unwrap();
        let endpoint: url::Url = "https://shop.example/".parse().unwrap();
        let endpoints = openid4vp::verifier::Endpoints {
            request: endpoint.clone(),
            response: endpoint,
            dev_loopback: false,
        };
        let identity = openid4vp::verifier::Identity::ResponseUri;
        let rng = &mut host::system_rng();
        let now = jiff::Timestamp::UNIX_EPOCH;
        Requested::create(policy, identity, &endpoints, rng, now)
            .unwrap()
            .session
    }

    #[test]
    fn the_oldest_makes_room_and_what_was_answered_is_forgotten() {
        let recent = Recent::default();
        for number in 0..=MOST {
            recent.keep(number.to_string(), requested());
        }
        assert!(recent.find("0").is_none());
        assert!(recent.find("1").is_some());
        recent.forget("1");
        assert!(recent.find("1").is_none());
        assert_eq!(recent.kept().order.len(), MOST);
    }
}
