//! What happened, as data: the transcript, and what the terminal words.

use std::collections::BTreeMap;

use jiff::Timestamp;
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
    /// Two Platforms saw two numbers, and the second visit showed the same one.
    LogIn(LoggedIn),
    /// A second wallet with the same passport was refused.
    SecondWallet(SecondWallet),
    /// The person has a new device, and kept both numbers.
    Restore(Restored),
    /// A Platform blocked its number, and the other one did not notice.
    Block(Blocked),
    /// The next epoch: new certificates, the same numbers.
    Renew(Renewed),
    /// The Issuer revoked: copies were refused at once, the Net Certificate ended with its epoch.
    Revoke(Revoked),
    /// What the parties could find out together.
    Compare(Compared),
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
    /// The Net Certificate.
    pub net_certificate: NetTold,
    /// The Credentials for peers that speak no net certificates.
    pub credentials: Vec<CredentialTold>,
}

/// A Net Certificate in the wallet.
#[derive(Clone, Debug, Serialize)]
pub struct NetTold {
    /// Its identifier in the wallet.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The epoch that is shown now.
    pub epoch: u64,
    /// The newest epoch that is there.
    pub newest_epoch: u64,
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

/// A Platform let somebody in.
#[derive(Clone, Debug, Serialize)]
pub struct Visit {
    /// The Platform's name.
    pub platform: String,
    /// The DID that signed the request.
    pub asked_by: String,
    /// The Credential's name.
    pub credential: String,
    /// The net number that the Platform saw; the wallet had shown exactly this.
    pub net_number: Option<String>,
    /// Whether the Platform never saw that number before.
    pub first_visit: Option<bool>,
    /// The epoch of the certificate.
    pub epoch: Option<u64>,
    /// What the Platform's Verifier learned; the wallet had shown exactly this.
    pub learned: BTreeMap<String, Value>,
    /// The claims of the Credential that stayed hidden.
    pub hidden: Vec<String>,
}

/// Two Platforms saw two numbers, and the second visit showed the same one.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedIn {
    /// One visit to each, and one more to the first.
    pub visits: Vec<Visit>,
}

/// A second wallet with the same passport was refused.
#[derive(Clone, Debug, Serialize)]
pub struct SecondWallet {
    /// Why. The wallet got nothing.
    pub refused: String,
}

/// The person has a new device, and kept both numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// How many words there were.
    pub words: usize,
    /// One visit to each Platform, from the new device.
    pub visits: Vec<Visit>,
}

/// A Platform blocked its number, and the other one did not notice.
#[derive(Clone, Debug, Serialize)]
pub struct Blocked {
    /// The Platform that refused.
    pub platform: String,
    /// The number that it blocked.
    pub net_number: String,
    /// The visit to the other Platform, and one to the first when it let the number in again.
    pub visits: Vec<Visit>,
}

/// The next epoch: new certificates, the same numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Renewed {
    /// What time the demo's clock says. From here on, all is played on a copy.
    pub now: Timestamp,
    /// The newest epoch of which there is a certificate.
    pub newest_epoch: u64,
    /// One visit to each Platform.
    pub visits: Vec<Visit>,
}

/// The Issuer revoked: copies were refused at once, the Net Certificate ended with its epoch.
#[derive(Clone, Debug, Serialize)]
pub struct Revoked {
    /// The name of the enrolment.
    pub handle: String,
    /// How many one-time copies were revoked.
    pub copies: usize,
    /// The Platform that refused the next copy because of that.
    pub platform: String,
    /// Why the Net Certificate was not renewed.
    pub renewal_refused: String,
    /// The last time that it was shown.
    pub last_visit: Visit,
    /// When it ended. After that the wallet sends nothing.
    pub ended: Timestamp,
}

/// What the parties could find out together.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// How many Presentations there were, with those that were refused.
    pub presentations: usize,
    /// The requests that the Issuer saw during all Presentations. There were none.
    pub issuer_requests: Vec<String>,
    /// What is equal in what the two Platforms stored: the same for everybody of whom the claims
    /// are true.
    pub equal: Vec<String>,
    /// Who can tell that two visits with Net Certificates were of one person.
    pub linkable_by: LinkableBy,
    /// Who can tell it of visits with one-time copies: the compatible profile.
    pub copies_linkable_by: LinkableBy,
}

/// Who can tell that two Presentations at two Platforms are of one Holder.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LinkableBy {
    /// The Issuer alone: it hears of no Presentation.
    pub issuer_alone: bool,
    /// Both Platforms together: they saw different numbers, or different copies.
    pub platforms_together: bool,
    /// The Issuer together with a Platform: it knows whose each copy is, and whose no proof is.
    pub issuer_with_platform: bool,
}
