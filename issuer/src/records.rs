//! What the database remembers: states, hashes and tags, and nothing that a person said.

use jiff::Timestamp;
use jiff::civil::Date;
use netcert::{Anchor, AnchorBox};
use openid4vci::issuer::Offer;
use serde::{Deserialize, Serialize};
use store::Record;

/// An enrolment, found by its handle.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Enrolment {
    /// Whether credentials are issued under it.
    pub state: EnrolmentState,
    /// Counts revocations: tokens of an earlier generation are refused.
    pub generation: u32,
    /// The day of enrolment (UTC), `YYYY-MM-DD`; none after a withdrawal. No finer: an exact time
    /// would find the person in a visitors' book.
    pub enrolled_on: Option<String>,
    /// The offer handed out last (its identifier, base64url), until it is redeemed or replaced.
    pub offer: Option<String>,
    /// The copies that have not expired yet.
    pub batches: Vec<Batch>,
    /// Which claims are current: tokens with others are refused.
    #[serde(default)]
    pub claims_version: u32,
    /// Whether it is on hold: whatever else it is, nothing is issued under it then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub suspended: bool,
    /// The code of the message that its copies carry; zero says that there is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub message: u8,
    /// What takes effect when the offer handed out last is redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// What every net certificate of this person is bound to, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchored: Option<Anchored>,
    /// After a withdrawal: the day (UTC) from which the person may enrol again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down_until: Option<Date>,
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

    /// What a token with this grant and these claims is worth.
    #[must_use]
    pub(crate) fn standing(&self, grant: &str, claims_version: u32) -> Standing {
        let pending = self.pending.as_ref().map(|pending| pending.version);
        if self.suspended || self.grant(handle_of(grant)) != grant {
            Standing::Closed
        } else if pending == Some(claims_version) {
            Standing::Pending
        } else if self.state != EnrolmentState::Active {
            Standing::Closed
        } else if claims_version == self.claims_version {
            Standing::Current
        } else {
            Standing::Stale
        }
    }

    /// The version that claims taken from a document now will have.
    #[must_use]
    pub(crate) fn next_version(&self) -> u32 {
        let last = self.pending.as_ref().map(|pending| pending.version);
        last.unwrap_or(self.claims_version).saturating_add(1)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(crate) fn is_zero(value: &u8) -> bool {
    *value == 0
}

/// The handle inside a grant: what stands before the generation.
pub(crate) fn handle_of(grant: &str) -> &str {
    grant.split('.').next().unwrap_or_default()
}

/// What a token is worth to an enrolment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// Nothing: the enrolment was revoked or withdrawn since, or is on hold.
    Closed,
    /// Its claims are the enrolment's.
    Current,
    /// Its claims become the enrolment's when it is first used: if there is an anchor, with a
    /// proof for that.
    Pending,
    /// Nothing: the document was shown again since.
    Stale,
}

/// What the document that was shown last changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Pending {
    /// The version of its claims.
    pub version: u32,
    /// Its tags (base64url): of document and personal number, and last of the likeness.
    pub tags: Vec<String>,
    /// How many times these tags are wrapped.
    pub generation: u32,
}

/// What every net certificate of a person is bound to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Anchored {
    /// The first commitment, which hides the secret perfectly.
    pub anchor: Anchor,
    /// Its opening, sealed by the wallet; none after a withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_opening: Option<AnchorBox>,
    /// The day (UTC) since when numbers have been the same; none after a withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
}

/// Which enrolment has an anchor, found by the anchor: one secret is enrolled once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct KnownAnchor {
    /// The enrolment's handle.
    pub handle: String,
}

impl Record for KnownAnchor {
    const KIND: &'static str = "known_anchor";
}

impl Record for Enrolment {
    const KIND: &'static str = "enrolment";
}

/// Whether credentials are issued under an enrolment.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnrolmentState {
    /// They are.
    #[default]
    Active,
    /// They are not, and those issued are revoked.
    Revoked,
    /// The person left.
    Withdrawn,
}

impl EnrolmentState {
    /// The name that operators see.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Copies that were issued together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Batch {
    /// When they expire, in seconds since 1970: rounded, as in the credentials.
    pub expires_at: i64,
    /// Their places in the status lists.
    pub positions: Vec<Position>,
    /// In how many bits their lists tell messages; zero, if they were issued without.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub message_bits: u8,
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

/// One copy that is put on hold, found by [`Position::key`]. It is forgotten when the enrolment is
/// resumed, or the copy has expired by every clock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct SuspendedCopy;

impl Record for SuspendedCopy {
    const KIND: &'static str = "suspended_copy";
}

/// What is told of one copy, found by [`Position::key`]. It is forgotten when nothing is told any
/// more, or the copy has expired by every clock.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct ToldCopy {
    /// The code, which is not zero.
    pub value: u8,
    /// In how many bits the copy's list tells it.
    pub bits: u8,
}

impl Record for ToldCopy {
    const KIND: &'static str = "told_copy";
}

/// What the codes of messages mean. It is published with every credential that can carry one, so
/// that it never changes.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct PromisedMessages(pub Vec<String>);

impl Record for PromisedMessages {
    const KIND: &'static str = "status_messages";
}

/// How often a status list has changed, found by its number (big-endian): so that every process
/// sees that its file is old.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct StatusListHead {
    /// Rises with every change.
    pub revision: u64,
    /// In how many bits copies in this list can carry a message: one list credential for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message_bits: Vec<u8>,
}

impl Record for StatusListHead {
    const KIND: &'static str = "status_list";
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Databases have records from before there were messages, and other versions read ours.
    #[test]
    fn records_without_messages_are_as_they_were() {
        let old = json!({
            "state": "active", "generation": 0, "enrolled_on": "2026-11-21", "offer": null,
            "batches": [{"expires_at": 1, "positions": [[0, 7]]}], "claims_version": 1,
        });
        let read: Enrolment = serde_json::from_value(old.clone()).unwrap();
        assert_eq!((read.message, read.batches[0].message_bits), (0, 0));
        assert_eq!(serde_json::to_value(&read).unwrap(), old);
        let old = json!({"revision": 3});
        let read: StatusListHead = serde_json::from_value(old.clone()).unwrap();
        assert!(read.message_bits.is_empty());
        assert_eq!(serde_json::to_value(&read).unwrap(), old);
    }
}
