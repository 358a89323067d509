//! One door from an unverified Credential to a verified one.
//!
//! This crate does not know what a Verifier asks for (policy), whether a Credential was revoked
//! (status lists), how keys are fetched, or what time it is: the key evidence and `now` come in.
//! It decides one thing: *did this Issuer say this, about the Holder who is presenting it?*
//!
//! [`UnverifiedCredential`] and [`UnverifiedPresentation`] are what anybody may send;
//! [`Verified`] is what remains. One module per securing mechanism:
//!
//! - [`sd_jwt`]: SD-JWT (RFC 9901) and SD-JWT VC (draft-ietf-oauth-sd-jwt-vc);
//! - [`data_integrity`]: W3C VCDM with Data Integrity proofs (JSON objects);
//! - [`vc_jwt`]: W3C VCDM 2.0 secured by JOSE (`vc+jwt`, `vp+jwt`), and the VCDM 1.1 `vc` claim;
//! - [`vc_sd_jwt`]: W3C VCDM 2.0 secured by SD-JWT (`vc+sd-jwt`, `vp+sd-jwt`).
//!
//! [`mechanism`] joins them for callers that only know a name, or nothing.
//!
//! Who is to blame follows one rule: before a signature holds, whoever *sent* the bytes is at
//! fault; after it, whoever *signed* them.

pub use crate::all::verify_all;
pub use crate::credential::{Credential, Format, Verified, type_names};
pub use crate::door::UnverifiedCredential;
pub use crate::envelope::Enveloped;
pub use crate::error::{HolderFault, IssuerFault, PeerFault, StructureFault, VerificationError};
pub use crate::issuer_key::{IssuerKey, IssuerKeyError, KeySetReference};
pub use crate::key_reference::KeyReference;
pub use crate::key_source::KeySource;
pub use crate::presentation::{Challenge, Presentation, UnverifiedPresentation};
pub use crate::resources::{DigestFault, KnownResources, ReferenceFault, check_digest};
pub use crate::schema::{JsonSchema, SchemaFault};
pub use crate::status::{
    BitstringEntry, CredentialStatus, Purpose, StatusMessages, StatusReference,
};

mod all;
mod credential;
pub mod data_integrity;
mod data_model;
mod door;
mod envelope;
mod error;
mod holder_key;
mod issuer_key;
mod judge;
mod key_reference;
mod key_source;
pub mod mechanism;
mod presentation;
mod registered;
mod resources;
mod schema;
pub mod sd_jwt;
mod status;
pub mod vc_jwt;
pub mod vc_sd_jwt;
mod x509;
