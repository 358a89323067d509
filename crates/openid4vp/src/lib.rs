//! OpenID4VP 1.0: the messages, and both sides of a presentation.
//!
//! This crate does not know who may be asked for what (policy), what a claim means, where anything
//! is stored, or how bytes travel: it has no clock, no source of randomness and no IO. The host
//! brings the time and what it fetched, commits what a step leaves behind, and sends its answer.
//!
//! - [`door`]: both sides of a presentation without a network;
//! - [`messages`]: what is on the wire, in the text's own names;
//! - [`request`]: the Authorization Request behind its door, and the signed Request Object;
//! - [`scopes`]: the purposes for which a Verifier may ask for numbers of their own;
//! - [`verifier`]: the session of a Verifier, from the request to the result;
//! - [`wallet`]: the wallet's side, from the link to what the Verifier said in the end.
//!
//! Response Mode `direct_post` and Response Type `vp_token` only; Client Identifier Prefixes
//! `decentralized_identifier` (signed) and `redirect_uri` (unsigned, unauthenticated).

pub mod door;
pub mod messages;
pub mod request;
pub mod scopes;
pub mod verifier;
pub mod wallet;

mod client_id;
mod endpoint;

pub use client_id::{ClientId, ClientIdError, Prefix};
