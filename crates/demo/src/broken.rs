//! Why the story did not end as it should.

use std::io;
use std::path::PathBuf;

use issuer::{EnrolError, RevokeError};
use serde::Serialize;
use verifier::{RequestError, ResultError};
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
    /// The first Platform is shown a copy.
    PresentFirst,
    /// The second Platform is shown a copy.
    PresentSecond,
    /// What the parties could find out together.
    Compare,
    /// The Issuer revokes, and the next Presentation is refused.
    Revoke,
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
    /// Nobody was enrolled.
    #[error("nobody was enrolled")]
    Enrol(#[from] EnrolError),
    /// A file of the Issuer cannot be read.
    #[error("a file of the issuer cannot be read")]
    Files(#[from] io::Error),
    /// Nothing was presented.
    #[error("nothing was presented")]
    Present(#[from] PresentError),
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
    /// The passport with a changed digit was accepted.
    #[error("a passport with a changed digit was accepted")]
    ForgeryAccepted,
    /// The Issuer saw requests while somebody presented.
    #[error("the issuer saw requests while somebody presented: {}", .0.join(", "))]
    IssuerAsked(Vec<String>),
    /// The Verifier learned something else than the wallet had shown, or than was asked for.
    #[error("the verifier did not learn exactly what the wallet had shown")]
    LearnedOther,
    /// The wallet could not tell who signed the request.
    #[error("the wallet could not authenticate the verifier")]
    NotAuthenticated,
    /// A Verifier does not have what it needs of the Issuer.
    #[error("a verifier is not ready: {0}")]
    NotReady(String),
    /// The revoked copy was accepted, or refused for another reason.
    #[error("the revoked credential was not refused as revoked")]
    NotRefused,
    /// The wallet did not get the number of copies that the Issuer grants.
    #[error("the wallet did not receive as many copies as the issuer grants")]
    OtherCopies,
    /// What the person would be recognized by is in a file of the Issuer.
    #[error("the person can be recognized by the issuer's file {}", .0.display())]
    PersonFound(PathBuf),
    /// What the Platforms stored has more in common than what is true of everybody.
    #[error("what both platforms stored has in common: {}", .0.join(", "))]
    PlatformsLink(Vec<String>),
    /// The Presentation has no good answer.
    #[error("the verifier did not accept the presentation")]
    Unanswered,
}

impl Broken {
    pub(crate) fn at(step: Step) -> impl Fn(Why) -> Self {
        move |why| Self { step, why }
    }
}
