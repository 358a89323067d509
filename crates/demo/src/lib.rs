//! The whole story on one machine.
//!
//! Its `tests/` are the end-to-end tests.

mod broken;
mod encounter;
pub mod passport;
pub mod stage;
mod story;
mod told;
pub mod traces;

pub use broken::{Broken, Step, Unmet, Why};
pub use story::{Listener, POLICIES, play};
pub use told::{
    Compared, CredentialTold, Enrolled, LinkableBy, PlatformTold, Presented, Received, Revoked,
    Started, Told,
};
