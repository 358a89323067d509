//! The LINK game: the Issuer and all Platforms pool everything that they saw, and try to find out
//! who is who.
//!
//! People enrol, renew and visit Platforms, by the project's own code: the Issuer's and the wallet's
//! conversation of OpenID4VCI, the Verifier's and the wallet's of OpenID4VP, certificates and
//! numbers. The attackers get the full dump of both sides: every request to the last byte, rows,
//! what they sent themselves, times. Three games: which row of the Issuer has which account at a
//! Platform; which account here is which there; who came twice without a number.
//!
//! It is a failure when
//! - pairing the two dumps in the best way (an optimal assignment) is right so often, over all
//!   games, that chance would do it once in a million times. Chance means: whoever knows nothing but
//!   what people agreed to show both sides pairs at random among those who showed the same;
//! - a field of a transcript is neither constant, nor fresh, nor disclosed. What is allowed is
//!   derived from the transcripts and from what was agreed, and written down nowhere;
//! - the difference of two numbers is a multiple of a scalar that the Issuer knows.
//!
//! And the program has to earn trust: with each of ten defects, most of which somebody has had, it
//! must fail.
//!
//! It does not know the network address, which every peer sees (a proxy hides it), and what people
//! say about themselves. In the games TLS is a model: a new session with fresh keys for each
//! transaction. That the project's client is so is a game of its own, over real sockets. Seeds are
//! printed; the same seed plays the same games.
#![expect(
    clippy::expect_used,
    reason = "a game that cannot be played is a defect, and has to stop the run"
)]

mod algebra;
mod assignment;
mod attack;
mod capture;
mod chance;
mod cli;
mod issuer;
mod kinds;
mod line;
mod mutant;
mod numbers;
mod platform;
mod play;
mod side;
mod tree;
mod wallet;
mod world;

pub use attack::Attack;
pub use cli::run;
pub use kinds::FieldType;
pub use mutant::Mutant;
pub use play::{Finding, Outcome, Report, Settings};
pub use side::Kind;
