//! What an issuer does for people, operators and wallets: each parses, loads, steps, commits and
//! replies.

pub(crate) mod credential;
pub(crate) mod enrol;
pub(crate) mod list;
pub(crate) mod notification;
pub(crate) mod offer;
pub(crate) mod revoke;
pub(crate) mod token;

/// How often a use case begins anew when somebody else changed the same record meanwhile.
const ATTEMPTS: usize = 8;
