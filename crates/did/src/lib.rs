//! Decentralized identifiers: documents, and the methods key, jwk and web.
//!
//! This crate does not know how to fetch anything: [`resolve`] either has the document at hand or
//! names the URL where the host finds it. Nor does it know who ought to be trusted; it answers one
//! question, which key a DID lets act for it in which role (DID Core 1.0, section 5.3).

pub use crate::document::{DidDocument, Relationship, VerificationMethod};
pub use crate::error::DidError;
pub use crate::identifier::{Did, DidUrl, Method};
pub use crate::resolution::{Resolution, resolve};

mod document;
mod error;
mod identifier;
pub mod jwk;
pub mod key;
mod resolution;
pub mod resolver;
pub mod web;
