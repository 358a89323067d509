//! OpenID4VCI 1.0 and what it takes from OAuth 2.0: the messages, and both sides of issuance.
//!
//! This crate does not know what a claim means, how a Credential is signed, where anything is
//! stored, or how bytes travel: it has no clock, no source of randomness, and no IO. The host
//! brings requests and the time, commits what a step leaves behind, and sends its answer.
//!
//! - [`messages`]: what is on the wire, in the texts' own names;
//! - [`oauth`]: DPoP (RFC 9449) and things that count once;
//! - [`issuer`]: the Credential Issuer and its Authorization Server;
//! - [`wallet`]: the wallet's side.

pub mod issuer;
pub mod messages;
pub mod oauth;
pub mod wallet;
