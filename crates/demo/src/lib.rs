//! The whole story on one machine: one passport, a number for each platform, a new device, the next
//! epoch, a revocation.
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
pub use story::{Listener, play};
pub use told::{
    Blocked, Compared, CredentialTold, Enrolled, LinkableBy, LoggedIn, NetTold, PlatformTold,
    Received, Renewed, Restored, Revoked, SecondWallet, Started, Told, Visit,
};
pub use transcript::{Failure, TRANSCRIPT, Transcript};
