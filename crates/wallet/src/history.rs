use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that the Holder did with a Credential: theirs to read, and nobody else's.
#[derive(Clone, Deserialize, Serialize)]
pub struct HistoryEntry {
    /// When it began.
    pub at: Timestamp,
    /// What it was.
    pub event: Event,
}

/// What a [`HistoryEntry`] tells.
#[derive(Clone, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The Holder refused a Presentation Request, and the Verifier was told so.
    Declined {
        /// Who had asked.
        verifier: String,
    },
    /// The Holder removed a Credential from the wallet.
    Forgot {
        /// The Credential's name.
        credential: String,
    },
    /// A Presentation was sent.
    Presented {
        /// Who asked, as shown to the Holder.
        verifier: String,
        /// What each Credential showed.
        shared: Vec<SharedCredential>,
        /// How it ended.
        outcome: Outcome,
        /// The net number that the Verifier saw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// Credentials were received from an Issuer.
    Received {
        /// The Issuer, as shown to the Holder.
        issuer: String,
        /// The Credential's name.
        credential: String,
        /// How many one-time copies came.
        copies: usize,
    },
    /// A Net Certificate was received for the first time, or again after it was lost.
    ReceivedNet {
        /// The Issuer, as shown to the Holder.
        issuer: String,
    },
    /// A Net Certificate was renewed.
    Renewed {
        /// The Issuer, as shown to the Holder.
        issuer: String,
    },
    /// The wallet was restored.
    Restored {
        /// When the backup was made; without one, it was restored from its words.
        backup: Option<Timestamp>,
    },
    /// An Issuer was found to show two profiles for one epoch, or another schedule than before: it
    /// could tell people apart by them. The hashes are evidence, to compare with what others saw.
    TwoProfiles {
        /// The Issuer's identifier.
        issuer: String,
        /// The epoch.
        epoch: u64,
        /// The hash of the profile that counts here; none if the schedule differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pinned: Option<String>,
        /// The hash of the one that was refused.
        refused: String,
    },
}

/// What one Credential showed to a Verifier.
#[derive(Clone, Deserialize, Serialize)]
pub struct SharedCredential {
    /// The Credential's name.
    pub credential: String,
    /// The claims that were shown, as paths: the values stay in the Credential.
    pub claims: Vec<String>,
}

/// How a Presentation ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The Verifier took it.
    Accepted,
    /// The Verifier answered with an error.
    Refused,
    /// It was sent, and no answer came, or none that can be read: the Verifier may have taken it.
    Unknown,
}
