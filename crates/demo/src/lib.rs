//! The whole story on one machine: enrol, receive, present to two platforms, revoke, be refused.
//!
//! It knows every crate, and none knows it. Its `tests/` are the end-to-end tests of the suite.

mod broken;
mod by_hand;
pub mod cli;
mod encounter;
pub mod passport;
pub mod stage;
mod story;
mod teller;
mod told;
pub mod traces;
mod transcript;

pub use broken::{Broken, Step, Unmet, Why};
pub use by_hand::FOLLOW_EVERY;
pub use story::{Listener, POLICIES, play};
pub use told::{
    Compared, CredentialTold, Enrolled, LinkableBy, PlatformTold, Presented, Received, Revoked,
    Started, Told,
};
pub use transcript::{Failure, TRANSCRIPT, Transcript};
