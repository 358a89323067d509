//! What the database remembers.

use openid4vp::verifier::Session;
use serde::{Deserialize, Serialize};
use store::Record;

/// A session, found by its identifier: the request until it is answered, then what was asked for
/// until it is taken, then nothing of it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct StoredSession(pub(crate) Session);

impl Record for StoredSession {
    const KIND: &'static str = "presentation_session";
}
