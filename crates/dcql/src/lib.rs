//! Digital Credentials Query Language (OpenID4VP 1.0, sections 6 and 7).
//!
//! This crate does not know who asks, how a credential is secured, whether it is to be believed,
//! or what a Holder agreed to. It answers two questions about plain data:
//!
//! - for the wallet, [`match_candidates`]: which of the held credentials answer the query, and
//!   which claims at least have to leave for that;
//! - for the verifier, [`judge`]: does what was presented answer the query, is nothing that is
//!   required missing, and was anything sent that nobody asked for.
//!
//! A query enters by `TryFrom<messages::DcqlQuery>` for [`DcqlQuery`] (serde goes the same way);
//! behind that door, every reference resolves and every size is bounded.

pub mod messages;

mod candidate;
mod judgement;
mod parse;
mod query;
mod selection;

pub use candidate::{Candidate, FoundClaim, Mismatch};
pub use claim_path::{ClaimPath, Component, PathError};
pub use judgement::{AnsweredQuery, Judgement, Presented, Shortfall, UnaskedClaim, judge};
pub use parse::{Part, UnsupportedQuery};
pub use query::{
    ClaimQuery, CredentialQuery, CredentialSet, DcqlQuery, Meta, PseudonymQuery, TrustedAuthority,
    formats,
};
pub use selection::{
    Answer, Chosen, Matches, QueryMatches, Selection, SelectionError, match_candidates,
};
