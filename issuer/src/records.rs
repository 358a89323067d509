//! What the database remembers: states, hashes and tags, and nothing that a person said.

use jiff::Timestamp;
use openid4vci::issuer::Offer;
use serde::{Deserialize, Serialize};
use store::Record;

/// An enrolment, found by its handle.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Enrolment {
    /// Whether credentials are issued under it.
    pub state: EnrolmentState,
    /// Counts revocations: tokens of an earlier generation are refused.
    pub generation: u32,
    /// The day of enrolment (UTC), `YYYY-MM-DD`. No finer: an exact time would find the person in
    /// a visitors' book.
    pub enrolled_on: String,
    /// The offer handed out last (its identifier, base64url), until it is redeemed or replaced.
    pub offer: Option<String>,
    /// The copies that have not expired yet.
    pub batches: Vec<Batch>,
}

impl Enrolment {
    /// How many copies are good at `now`.
    #[must_use]
    pub(crate) fn copies(&self, now: Timestamp) -> usize {
        let live = self
            .batches
            .iter()
            .filter(|batch| batch.expires_at > now.as_second());
        live.map(|batch| batch.positions.len()).sum()
    }

    /// What the tokens of this enrolment say of it.
    #[must_use]
    pub(crate) fn grant(&self, handle: &str) -> String {
        format!("{handle}.{}", self.generation)
    }
}

impl Record for Enrolment {
    const KIND: &'static str = "enrolment";
}

/// Whether credentials are issued under an enrolment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnrolmentState {
    /// They are.
    Active,
    /// They are not, and those issued are revoked.
    Revoked,
}

/// Copies that were issued together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Batch {
    /// When they expire, in seconds since 1970: rounded, as in the credentials.
    pub expires_at: i64,
    /// Their places in the status lists.
    pub positions: Vec<Position>,
}

/// The place of one copy: status list, and index in it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub(crate) struct Position(pub u32, pub u32);

impl Position {
    /// The key under which a revocation is stored: ordered by list, so that one list is read in
    /// one go.
    #[must_use]
    pub(crate) fn key(self) -> [u8; 8] {
        let mut key = [0; 8];
        let (list, index) = key.split_at_mut(4);
        list.copy_from_slice(&self.0.to_be_bytes());
        index.copy_from_slice(&self.1.to_be_bytes());
        key
    }
}

/// Which enrolment a document has, found by the document's keyed tag.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct KnownDocument {
    /// The enrolment's handle.
    pub handle: String,
}

impl Record for KnownDocument {
    const KIND: &'static str = "known_document";
}

/// An offer that can still be redeemed, found by the hash of its Pre-Authorized Code.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct OpenOffer(pub Offer);

impl Record for OpenOffer {
    const KIND: &'static str = "offer";
}

/// One revoked copy, found by [`Position::key`]. It is forgotten when the copy has expired by
/// every clock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct RevokedCopy;

impl Record for RevokedCopy {
    const KIND: &'static str = "revoked_copy";
}

/// How often a status list has changed, found by its number (big-endian): so that every process
/// sees that its file is old.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct StatusListHead {
    /// Rises with every revocation.
    pub revision: u64,
}

impl Record for StatusListHead {
    const KIND: &'static str = "status_list";
}
