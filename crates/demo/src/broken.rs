//! Why the story did not end as it should.

use std::io;
use std::path::PathBuf;

use issuer::{EnrolError, RevokeError, StatusListsError};
use serde::Serialize;
use verifier::{AccountError, RequestError, ResultError};
use wallet::{PresentError, ReceiveError};

use crate::passport::SpecimenError;
use crate::stage::StageError;

/// A step did not hold.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Broken {
    /// The step.
    pub step: Step,
    /// Why.
    #[source]
    pub why: Why,
}

/// The steps of the story.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Services and wallet stand ready.
    Start,
    /// The Issuer enrols a person.
    Enrol,
    /// The wallet receives Credentials.
    Receive,
    /// Two Platforms see two numbers, and the second visit shows the same one.
    LogIn,
    /// A second wallet with the same passport is refused.
    SecondWallet,
    /// The person has a new device, and keeps both numbers.
    Restore,
    /// A Platform blocks its number, and the other one does not notice.
    Block,
    /// The next epoch: new certificates, the same numbers.
    Renew,
    /// The Issuer revokes: copies are refused at once, the Net Certificate ends with its epoch.
    Revoke,
    /// What the parties could find out together.
    Compare,
}

impl Step {
    /// Its number in the story, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// Why a step did not hold.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Nobody was blocked, or let in again.
    #[error("the platform cannot block")]
    Account(#[from] AccountError),
    /// Nobody was enrolled.
    #[error("nobody was enrolled")]
    Enrol(#[from] EnrolError),
    /// A file of the Issuer cannot be read.
    #[error("a file of the issuer cannot be read")]
    Files(#[from] io::Error),
    /// Nothing was presented.
    #[error("nothing was presented")]
    Present(#[from] PresentError),
    /// The Issuer's lists cannot be published.
    #[error("the issuer cannot publish")]
    Publish(#[from] StatusListsError),
    /// Nothing was received.
    #[error("nothing was received")]
    Receive(#[from] ReceiveError),
    /// Nobody asked for anything.
    #[error("the verifier cannot ask")]
    Request(#[from] RequestError),
    /// There is no result.
    #[error("the verifier has no result")]
    Result(#[from] ResultError),
    /// Nothing was revoked.
    #[error("nothing was revoked")]
    Revoke(#[from] RevokeError),
    /// The specimen is no document.
    #[error("the specimen passport is not accepted")]
    Specimen(#[from] SpecimenError),
    /// Somebody is missing.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// All went through, and the outcome is not what it must be.
    #[error(transparent)]
    Unmet(#[from] Unmet),
}

/// What must hold, and did not.
#[derive(Debug, thiserror::Error)]
pub enum Unmet {
    /// A Platform takes a person that it knows for somebody new.
    #[error("the platform does not know its visitor again")]
    AccountLost,
    /// The passport with a changed digit was accepted.
    #[error("a passport with a changed digit was accepted")]
    ForgeryAccepted,
    /// The Issuer saw requests while somebody presented.
    #[error("the issuer saw requests while somebody presented: {}", .0.join(", "))]
    IssuerAsked(Vec<String>),
    /// The Verifier learned something else than the wallet had shown, or than was asked for.
    #[error("the verifier did not learn exactly what the wallet had shown")]
    LearnedOther,
    /// The blocked person was let in, or refused for another reason.
    #[error("the blocked number was not refused as blocked")]
    NotBlocked,
    /// The wallet could not tell who signed the request.
    #[error("the wallet could not authenticate the verifier")]
    NotAuthenticated,
    /// A certificate is shown although its last epoch has ended.
    #[error("the net certificate did not end with its epoch")]
    NotEnded,
    /// A Verifier does not have what it needs of the Issuer.
    #[error("a verifier is not ready: {0}")]
    NotReady(String),
    /// The revoked copy was accepted, or refused for another reason.
    #[error("the revoked credential was not refused as revoked")]
    NotRefused,
    /// The certificate of the next epoch did not come, or is not the one that is shown.
    #[error("the net certificate was not renewed to the next epoch")]
    NotRenewed,
    /// A Platform saw another number than before.
    #[error("a net number has changed")]
    NumberChanged,
    /// The Platforms saw one number.
    #[error("two platforms saw the same net number")]
    NumbersAlike,
    /// The wallet did not get what the Issuer grants.
    #[error("the wallet did not receive what the issuer grants")]
    OtherCopies,
    /// What the person would be recognized by is in a file of the Issuer.
    #[error("the person can be recognized by the issuer's file {}", .0.display())]
    PersonFound(PathBuf),
    /// What the Platforms stored has more in common than what is true of everybody.
    #[error("what both platforms stored has in common: {}", .0.join(", "))]
    PlatformsLink(Vec<String>),
    /// A revoked person's certificate was renewed, or refused for another reason.
    #[error("the renewal of a revoked person was not refused")]
    RenewedAfterAll,
    /// A second wallet got something with the same passport, or was refused for another reason.
    #[error("a second wallet with the same passport was not refused")]
    SecondNumber,
    /// The Presentation has no good answer.
    #[error("the verifier did not accept the presentation")]
    Unanswered,
}

impl Broken {
    pub(crate) fn at(step: Step) -> impl Fn(Why) -> Self {
        move |why| Self { step, why }
    }
}
