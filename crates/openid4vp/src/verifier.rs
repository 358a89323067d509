//! The Verifier's side (OpenID4VP 1.0): one session per request, each state a type, each step
//! consuming it.
//!
//! ```text
//! Requested --receive--> AwaitingKeys --verify--> AwaitingStatus --judge--> Answered --take--> Taken
//!     |                       |                        |                       (or Failed)
//!     +-----------------------+------------------------+--> Failed
//! ```
//!
//! A step returns a [`Step`]: the host commits `next` against the version that it read, then sends
//! `reply`. Between the steps it looks up keys and status lists in what it fetched beforehand:
//! neither depends on the Holder, and no key source is named that the policy does not trust.
//!
//! ```no_run
//! # use std::ops::ControlFlow;
//! # use credential::{CredentialStatus, IssuerKey, KeySource};
//! # use openid4vp::{messages::AuthorizationResponse, verifier::{Requested, Step}};
//! # fn keys(_: &[KeySource]) -> Vec<IssuerKey> { unimplemented!() }
//! # fn profiles(_: impl Iterator<Item = [u8; 32]>) -> Vec<netcert::EpochProfile> { unimplemented!() }
//! # fn status(_: &CredentialStatus, _issuer: &str) -> status::Answer { unimplemented!() }
//! # fn host(session: Requested, response: AuthorizationResponse,
//! #     rng: &mut impl rand_core::CryptoRng, now: jiff::Timestamp) -> Step {
//! let decide = || {
//!     let awaiting = session.receive(response, rng, now)?;
//!     let found = keys(awaiting.key_sources()); // or: awaiting.unavailable(now)
//!     let epochs = profiles(awaiting.profile_hashes()); // of those fetched on schedule
//!     let awaiting = awaiting.verify(&found, &epochs, now)?;
//!     let awaiting = awaiting.hold_against(&credential::KnownResources::default(), now)?;
//!     ControlFlow::Break(awaiting.judge(status, rng, now))
//! };
//! let ControlFlow::<Step, std::convert::Infallible>::Break(step) = decide();
//! # step
//! # }
//! ```

mod answer;
mod create;
mod error;
mod judge;
mod messages;
mod object;
mod policy;
mod receive;
mod references;
mod reply;
mod result;
mod session;

pub use answer::{
    Answer, AnsweredClaim, AnsweredCredential, AnsweredMessage, ShownCertificate, ShownPseudonym,
};
pub use create::{Created, Endpoints, Identity};
pub use error::{Error, Failure, WalletFault};
pub use judge::AwaitingStatus;
pub(crate) use judge::showing_presented;
pub use object::{RequestObjectError, WalletQuestion};
pub use policy::{Flow, Policy, PolicyError};
pub use receive::AwaitingKeys;
pub use reply::{Step, respond};
pub use result::{TakeError, Taking};
pub use session::{Answered, Failed, Phase, Requested, Session, Taken};
