//! What happened, as data: the transcript, and what the terminal words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// A step of the story that held.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Told {
    /// Services and wallet stand ready.
    Start(Started),
    /// The Issuer enrolled a person.
    Enrol(Enrolled),
    /// The wallet received Credentials.
    Receive(Received),
    /// A Platform was shown a copy.
    Present(Presented),
    /// What the parties could find out together.
    Compare(Compared),
    /// The Issuer revoked, and the next Presentation was refused.
    Revoke(Revoked),
}

/// Services and wallet stand ready.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    /// The Credential Issuer Identifier.
    pub issuer: String,
    /// The Platforms, in the order in which they will ask.
    pub platforms: Vec<PlatformTold>,
}

/// A Platform.
#[derive(Clone, Debug, Serialize)]
pub struct PlatformTold {
    /// What people call it.
    pub name: String,
    /// Its address.
    pub url: String,
    /// As whom its Verifier asks.
    pub did: String,
    /// The policy that it asks by.
    pub policy: String,
}

/// The Issuer enrolled a person.
#[derive(Clone, Debug, Serialize)]
pub struct Enrolled {
    /// The lines of the machine-readable zone.
    pub mrz: Vec<String>,
    /// Why the same passport with one digit changed was refused.
    pub forgery_refused: String,
    /// The name of the enrolment.
    pub handle: String,
    /// Whether an earlier run enrolled the same passport.
    pub enrolled_before: bool,
    /// How many of the Issuer's files were searched for what the person would be recognized by.
    /// None had it.
    pub files_searched: usize,
}

/// The wallet received Credentials.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// The Credentials.
    pub credentials: Vec<CredentialTold>,
}

/// A Credential in the wallet.
#[derive(Clone, Debug, Serialize)]
pub struct CredentialTold {
    /// Its identifier in the wallet.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its format.
    pub format: String,
    /// The one-time copies.
    pub copies: usize,
}

/// A Platform was shown a copy.
#[derive(Clone, Debug, Serialize)]
pub struct Presented {
    /// The Platform's name.
    pub platform: String,
    /// The DID that signed the request.
    pub asked_by: String,
    /// The Credential's name.
    pub credential: String,
    /// What the Platform's Verifier learned; the wallet had shown exactly this.
    pub learned: BTreeMap<String, Value>,
    /// The claims of the Credential that stayed hidden.
    pub hidden: Vec<String>,
    /// The requests that the Issuer saw meanwhile. There were none.
    pub issuer_requests: Vec<String>,
}

/// What the parties could find out together.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The requests that the Issuer saw during all Presentations. There were none.
    pub issuer_requests: Vec<String>,
    /// What is equal in what the two Platforms stored: the same for everybody of whom the claims
    /// are true.
    pub equal: Vec<String>,
    /// Who can tell that both visits were of one person.
    pub linkable_by: LinkableBy,
}

/// Who can tell that two Presentations are of one Holder, in the compatible profile.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LinkableBy {
    /// The Issuer alone: it hears of no Presentation.
    pub issuer_alone: bool,
    /// Both Platforms together: they saw different copies.
    pub platforms_together: bool,
    /// The Issuer together with a Platform: it knows whose each copy is.
    pub issuer_with_platform: bool,
}

/// The Issuer revoked, and the next Presentation was refused.
#[derive(Clone, Debug, Serialize)]
pub struct Revoked {
    /// The name of the enrolment.
    pub handle: String,
    /// How many copies were revoked.
    pub copies: usize,
    /// The Platform that refused the next Presentation because of that.
    pub platform: String,
}
