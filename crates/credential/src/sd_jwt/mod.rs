//! SD-JWT (RFC 9901) and SD-JWT VC (draft-ietf-oauth-sd-jwt-vc).
//!
//! Issuing ([`Issuance`]), holding ([`Held`], [`Selected`]) and verifying ([`UnverifiedSdJwt`]).
//! The compact serialization only; the hash algorithm `sha-256` only.
//!
//! SD-JWT VCs are written with `typ: dc+sd-jwt`. `vc+sd-jwt`, the value until November 2024, is
//! read too: the draft recommends so for a transitional period.

pub use crate::sd_jwt::format::{ProcessedSdJwt, UnverifiedSdJwt};
pub use crate::sd_jwt::hold::{Held, HoldError, Selected};
pub use crate::sd_jwt::issue::{Issuance, IssueError};
pub use claim_path::{ClaimPath, Component};

mod disclosure;
mod format;
mod hold;
pub(crate) mod issue;
mod key_binding;
mod process;
pub(crate) mod vc;

/// The array of digests of an object (RFC 9901, section 4.2.4.1).
const DIGESTS: &str = "_sd";

/// The only member of an array element that stands for a digest (RFC 9901, section 4.2.4.2).
const ELEMENT_DIGEST: &str = "...";

/// The hash algorithm of the digests (RFC 9901, section 4.1.1).
const DIGEST_ALGORITHM: &str = "_sd_alg";

/// The only hash algorithm that this crate accepts.
const SHA_256: &str = "sha-256";
