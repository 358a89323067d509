//! What a verifier does for platforms and wallets: each parses, loads, steps, commits and replies.

pub(crate) mod accounts;
pub(crate) mod door;
pub(crate) mod judge;
pub(crate) mod object;
pub(crate) mod receive;
pub(crate) mod request;
pub(crate) mod resolve;
pub(crate) mod result;
pub(crate) mod watch;
