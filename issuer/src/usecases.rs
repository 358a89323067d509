//! What an issuer does for people, operators and wallets: each parses, loads, steps, commits and
//! replies.

pub(crate) mod anchor;
pub(crate) mod credential;
pub(crate) mod enrol;
pub(crate) mod list;
pub(crate) mod mechanism;
pub(crate) mod mechanism_status;
pub(crate) mod message;
pub(crate) mod net_certificate;
pub(crate) mod notification;
pub(crate) mod offer;
pub(crate) mod recognize;
pub(crate) mod revoke;
pub(crate) mod scrub;
pub(crate) mod suspend;
pub(crate) mod token;
pub(crate) mod withdraw;

/// How often a use case begins anew when somebody else changed the same record meanwhile.
const ATTEMPTS: usize = 8;
