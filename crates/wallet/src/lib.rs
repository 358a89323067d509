//! The Holder's intentions: receive, present, refill, look back, forget.
//!
//! Knows nothing of terminals, screens or routes: a door shows what a review says, asks the
//! Holder, and brings the answer. Nothing leaves the wallet that a review did not show.

mod contents;
mod held;
mod history;

pub use contents::ContentsError;
pub use held::HeldCredential;
pub use history::{Event, HistoryEntry, Outcome, SharedCredential};
