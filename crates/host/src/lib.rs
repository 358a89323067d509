//! What a process asks its machine for: the time and randomness.
//!
//! Knows nothing of credentials, services or wallets. It is the only place that reads the clock
//! or the operating system's randomness; everything below the sans-IO line takes `now` and `rng`
//! as arguments, and a door asks here for both.

mod clock;
mod randomness;

pub use crate::clock::{Clock, ManualClock, SystemClock};
pub use crate::randomness::{SystemRng, system_rng};
